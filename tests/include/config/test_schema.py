from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from include.config.__main__ import main
from include.config.party import Party
from include.config.schema import SCHEMA_FILE, parties_schema, schema_text

SHIPPED = SCHEMA_FILE.with_name("parties.yaml")


def test_the_published_schema_is_the_one_the_models_make() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run `python -m include.config schema`"


def test_the_shipped_parties_fit_the_schema_and_an_unknown_key_does_not() -> None:
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    content = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    jsonschema.validate(content, schema)
    content["parties"][0]["langauge"] = "nb"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, schema)


def test_every_key_of_every_block_has_a_description() -> None:
    definitions = parties_schema()["$defs"]
    silent = {
        f"{block}.{key}"
        for block, definition in definitions.items()
        for key, told in definition.get("properties", {}).items()
        # What is only a block of its own is described by that block.
        if "description" not in told and not re.search(r"\$defs/", json.dumps(told))
    }
    assert silent == set()
    assert [block for block, told in definitions.items() if "properties" in told and "description" not in told] == []
    assert set(definitions["Party"]["properties"]) == set(Party.model_fields)


def test_the_check_command_names_file_line_and_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "parties.yaml"
    file.write_text("parties:\n  - id: nordbil\n    name: N\n    organisation_number: 1\n")
    assert main([str(file)]) == 1
    told = capsys.readouterr().out
    assert f"{file}:4: nordbil: `organisation_number`" in told
    assert main([str(SHIPPED)]) == 0
