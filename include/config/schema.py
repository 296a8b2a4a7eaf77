"""The published schema of `parties.yaml`, made from the models so that the two cannot differ."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from include.config import blocks, party
from include.config.party import Party

SCHEMA_FILE = Path(__file__).resolve().parent / "parties.schema.json"


def parties_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the whole file."""
    described = Party.model_json_schema()
    definitions = described.pop("$defs")
    _describe({**definitions, "Party": described})
    # The folder has a default that depends on the id, which a schema cannot say.
    described["properties"]["drop"].pop("default")
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
        "$defs": {**definitions, "Party": described},
    }


def _describe(models: dict[str, Any]) -> None:
    """Gives each property the text that stands under its field.

    Pydantic can do so itself, but then every process that reads the parties pays 50 ms for reading the source.
    """
    for module in (blocks, party):
        for model in ast.parse(inspect.getsource(module)).body:
            if isinstance(model, ast.ClassDef) and model.name in models:
                for name, text in _texts(model.body):
                    models[model.name]["properties"][name]["description"] = text


def _texts(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)


def schema_text() -> str:
    """The schema as it is kept in the repository."""
    return json.dumps(parties_schema(), indent=2, ensure_ascii=False) + "\n"
