"""The published schema of `parties.yaml`, made from the models so that the two cannot differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from include.config.party import Party

SCHEMA_FILE = Path(__file__).resolve().parent / "parties.schema.json"


def parties_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the whole file."""
    party = Party.model_json_schema()
    definitions = party.pop("$defs")
    # The folder has a default that depends on the id, which a schema cannot say.
    party["properties"]["drop"].pop("default")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Samsvar: the importers",
        "type": "object",
        "required": ["parties"],
        "additionalProperties": False,
        "patternProperties": {"^x-": {"description": "Yours, for anchors that blocks share."}},
        "properties": {
            "parties": {"type": ["array", "null"], "items": {"$ref": "#/$defs/Party"}, "description": "One block each."}
        },
        "$defs": {**definitions, "Party": party},
    }


def schema_text() -> str:
    """The schema as it is kept in the repository."""
    return json.dumps(parties_schema(), indent=2, ensure_ascii=False) + "\n"
