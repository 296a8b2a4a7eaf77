"""The picture of the warehouse is that of the database as it is migrated now."""

from __future__ import annotations

import os

import pytest
from lxml import etree

from include.ledger.picture import PAGE, draw
from include.ledger.warehouse import Connection

pytestmark = pytest.mark.postgres


def test_the_picture_is_current(ledger: Connection) -> None:
    drawn = draw(ledger)
    if os.environ.get("SAMSVAR_DRAW"):
        PAGE.write_text(drawn, encoding="utf-8")
    assert PAGE.read_text("utf-8") == drawn, "run SAMSVAR_DRAW=1 pytest tests/include/ledger/test_picture.py"


def test_it_names_tables_keys_references_and_what_a_mart_reads(ledger: Connection) -> None:
    root = etree.fromstring(draw(ledger).encode())
    texts = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"submission", "document_id → document", "mart.ecoc_document", "reads sighting_status"} <= texts
    assert "sighting_default" not in texts


def test_a_new_table_changes_it(ledger: Connection) -> None:
    before = draw(ledger)
    ledger.execute("CREATE TABLE ledger.planted (id int PRIMARY KEY, party text REFERENCES ledger.party (id))")
    assert draw(ledger) != before and "party → party" in draw(ledger)
