"""Everything that is append only is sealed, whole, or says why not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from include.ledger import sightings
from include.ledger.leaf_sources import SOURCES, Source
from include.ledger.leaves import leaves_of
from include.ledger.sealing import seal
from include.ledger.verifying import Verified, verify
from include.ledger.warehouse import Connection, connect, now_of

pytestmark = pytest.mark.postgres

NOT_SEALED = {
    "ledger.seal": "the seals themselves are chained",
    "ledger.seal_mark": "marks prove nothing, they only find the row",
    "ledger.stop_switch_log": "who stopped and started; nothing that was sent hangs on it",
    "ledger.marker_history": "how far a feed was read; the signals themselves are sealed",
}
#: Columns that a leaf leaves out: they change later, or the leaf says the same in another way.
LEFT_OUT = {
    "ledger.customs_signal": {
        "announced_at": "changes when the asset event was given to Airflow",
        **dict.fromkeys(
            ("receptacle", "container", "transport_id", "transport_type", "eta", "sta", "control_location"),
            "read from raw, whose hash is in the leaf",
        ),
        "consignment_id": "our own link, made anew from what the signal says",
        "feed": "the endpoint and the organisation are in the leaf",
        "raw": "its hash is in the leaf",
    },
    "ledger.decision": {"document_id": "the document's hash is in the leaf"},
}

_APPEND_ONLY = """
SELECT DISTINCT coalesce(i.inhparent, t.tgrelid)::regclass::text AS name FROM pg_trigger t
JOIN pg_proc p ON p.oid = t.tgfoid LEFT JOIN pg_inherits i ON i.inhrelid = t.tgrelid
WHERE p.proname = 'refuse_change' AND NOT t.tgisinternal
"""


@pytest.fixture
def opened(warehouse: str) -> Iterator[Connection]:
    with connect(warehouse) as connection:
        yield connection


def test_every_append_only_table_is_sealed_or_says_why_not(opened: Connection) -> None:
    found = {row["name"] for row in opened.execute(_APPEND_ONLY)}
    sealed = {source.table for source in SOURCES}
    assert found - sealed - set(NOT_SEALED) == set()
    assert sealed - found == {"ledger.customs_signal"}, "which may only be announced"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_leaf_holds_every_column_that_does_not_change(opened: Connection, source: Source) -> None:
    columns = {
        row["attname"]
        for row in opened.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            (source.table,),
        )
    }
    told = {column for column in columns if any(f"x.{column}" in said for said in source.fields.values())}
    assert columns - told - set(LEFT_OUT.get(source.table, ())) == set()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_day_of_each_source_is_closed_by_the_clock_of_the_warehouse(opened: Connection, source: Source) -> None:
    column = source.recorded.removeprefix("x.")
    row = opened.execute(
        "SELECT column_default, is_nullable FROM information_schema.columns "
        "WHERE table_schema || '.' || table_name = %s AND column_name = %s",
        (source.table, column),
    ).fetchone()
    assert row == {"column_default": "clock_timestamp()", "is_nullable": "NO"}
    indexed = opened.execute(
        "SELECT count(*) AS n FROM pg_index i "
        "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
        "WHERE i.indrelid = %s::regclass AND a.attname = %s",
        (source.table, column),
    ).fetchone()
    assert indexed is not None and indexed["n"] >= 1


def test_a_signal_of_customs_is_sealed_and_may_still_be_announced(opened: Connection) -> None:
    sightings.name_party(opened, "frakt", "F", "310000019", "Europe/Oslo")
    opened.execute(
        "WITH o AS (INSERT INTO ledger.customs_organisation (environment, organisation, party) "
        "VALUES ('test', '310000019', 'frakt') RETURNING id) "
        "INSERT INTO ledger.marker (organisation_id, endpoint) SELECT id, 'transport' FROM o"
    )
    opened.execute(
        "INSERT INTO ledger.customs_signal (feed, position, id, routing, raw) "
        "SELECT m.id, n, 'signal-' || n, 'TO_CONTROL', 'bytes' FROM ledger.marker m, generate_series(1, 3) n"
    )
    opened.commit()
    today = now_of(opened)
    seal(opened, now=today + timedelta(days=2))
    opened.execute("UPDATE ledger.customs_signal SET announced_at = now()")
    opened.commit()
    assert list(verify(opened, Verified())) == []

    opened.execute("UPDATE ledger.customs_signal SET routing = 'RELEASED' WHERE position = 2")
    opened.commit()
    (said,) = verify(opened, Verified())
    assert said == f"customs test 310000019, {today:%Y-%m-%d}: 1 row of customs_signal was changed (id 2)."


def test_rows_with_equal_ids_come_in_one_order_only(opened: Connection) -> None:
    sightings.name_party(opened, "frakt", "F", "310000019", "Europe/Oslo")
    opened.execute(
        "WITH o AS (INSERT INTO ledger.customs_organisation (environment, organisation, party) "
        "VALUES ('test', '310000019', 'frakt') RETURNING id) "
        "INSERT INTO ledger.marker (organisation_id, endpoint) "
        "SELECT id, unnest(ARRAY['transport', 'house-consignment']) FROM o"
    )
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    order = ("ASC", "DESC")
    hashes = []
    for direction in order:
        opened.execute(
            "INSERT INTO ledger.customs_signal (feed, position, id, routing, raw, recorded_at) "
            f"SELECT id, 1, 'same', 'TO_CONTROL', 'x', %s FROM ledger.marker ORDER BY id {direction}".encode(),
            (moment,),
        )
        hashes.append([leaf.hash for leaf in leaves_of(opened, date(2026, 3, 1))])
        opened.execute("DELETE FROM ledger.customs_signal")
    assert hashes[0] == hashes[1] and len(set(hashes[0])) == 2
