"""What analysts read about presentations: every row of every file, in one state, with a reason and a next step."""

from __future__ import annotations

from typing import Any

import pytest

from include.ledger.presentation_rows import NewRow, open_rows
from include.ledger.warehouse import Connection
from include.toll.codes import document_types
from include.toll.presentation import Consignment, Level

pytestmark = pytest.mark.postgres


def test_names_of_document_types_are_those_of_the_code_list(connection: Connection) -> None:
    for code, (nb, en) in document_types().items():
        row = connection.execute(
            "SELECT ledger.document_type_name(%(code)s, 'nb') AS nb, ledger.document_type_name(%(code)s, 'en') AS en",
            {"code": code},
        ).fetchone()
        assert row == {"nb": nb, "en": en}
    (row,) = connection.execute("SELECT ledger.document_type_name('X999', 'nb') AS name").fetchall()
    assert row["name"] is None


def _rows(connection: Connection) -> list[dict[str, Any]]:
    return connection.execute("SELECT * FROM mart.customs_presentation ORDER BY row_no").fetchall()


def test_every_row_but_the_expected_ones_is_there_with_reason_and_next_step(connection: Connection) -> None:
    from datetime import date, timedelta

    from include.ledger.presentation_files import add_form

    add_form(connection, "nordbil", "run-1", date(2026, 11, 22), "0" * 64, {})
    (file,) = connection.execute("SELECT id FROM ledger.presentation_file").fetchall()
    house = Consignment(Level.HOUSE, "NO351001", document_number="HC001", document_type="N740")
    bad = {"level": "error", "rule_id": "toll.mrn.form", "field": "mrn", "nb": "Feil.", "en": "Wrong."}
    warning = {**bad, "level": "warning"}
    open_rows(
        connection,
        party="nordbil",
        sender="310000019",
        environment="test",
        file_id=file["id"],
        office=None,
        rows=[
            NewRow(row_no=2, given={"level": "hus"}, consignment=house, remarks=[warning]),
            NewRow(row_no=3, given={"level": "hus", "document_type": "N750"}, remarks=[bad]),
            NewRow(row_no=4, given={"level": "hus"}, consignment=house),
            NewRow(row_no=5, given={"level": "forventet"}, consignment=house, expected=True),
        ],
        arrives_again=timedelta(days=30),
    )

    first, second, third = _rows(connection)

    assert (first["state"], first["document_type_nb"], first["warnings"]) == ("PENDING", "Flyfraktbrev", 1)
    assert (first["awaits"], first["next_step"], first["presented_at"]) == ("answer", "The next run sends it.", None)
    assert (second["state"], second["reason"], second["document_type_en"]) == (
        "BAD", "Wrong.", "Movement by post including parcel post",
    )  # fmt: skip
    assert second["request_id"] is None and second["next_step"].startswith("The importer corrects")
    assert (third["state"], third["request_id"], third["age"]) == ("AGAIN", first["request_id"], None)
