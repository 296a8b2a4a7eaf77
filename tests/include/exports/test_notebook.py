"""The example notebook runs from its first cell to its last, as an analyst and as an importer's own people."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from include.ledger.roles import ANALYST, make_reader, party_role
from include.ledger.warehouse import connect

pytestmark = pytest.mark.postgres

NOTEBOOK = Path(__file__).parents[3] / "docs" / "notebooks" / "marts.ipynb"


@pytest.mark.parametrize(("group", "schema", "importers"), [
    (ANALYST, "mart", {"nordbil", "fjordimport"}),
    (party_role("nordbil"), "mart_party", {"nordbil"}),
])  # fmt: skip
def test_every_cell_runs(
    filled: str, monkeypatch: pytest.MonkeyPatch, group: str, schema: str, importers: set[str]
) -> None:
    name, password = f"notebook_{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    with connect(filled) as connection:
        make_reader(connection, name, group=group, password=password)
    parts = conninfo_to_dict(filled)
    dsn = f"postgresql://{name}:{password}@/{parts['dbname']}?host={parts['host']}&port={parts['port']}"
    monkeypatch.setenv("SAMSVAR_READER_DSN", dsn)
    monkeypatch.setenv("SAMSVAR_READER_SCHEMA", schema)
    names: dict[str, Any] = {}
    try:
        for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                assert cell["outputs"] == [], "what a run printed does not belong into the repository"
                exec("".join(cell["source"]), names)
    finally:
        if "engine" in names:
            names["engine"].dispose()
        with connect(filled) as connection:
            connection.execute(f"DROP ROLE {name}".encode())
            connection.commit()
    assert set(names["pace"]["importer"]) == importers and len(names["weekly"]) == len(importers)
