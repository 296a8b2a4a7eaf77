"""The bench's ledger in small: every mart answers from indexes, and a ledger without differences has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from include.ledger.warehouse import Connection, connect
from tests.bench import marts
from tests.bench.full_ledger import fill

pytestmark = pytest.mark.postgres

DOCUMENTS = 20_000
BIG = (
    *("document", "submission", "sighting", "attempt", "finding"),
    *("customs_signal", "customs_consignment", "presentation", "leasing_change", "vehicle"),
)
#: Read for the whole party: one more index on consignments would make every signal dearer to store, and there are too
#: few presentations in this small ledger for one to pay.
OF_THE_PARTY = ("customs_consignment", "customs_presentation")


@pytest.fixture
def full(warehouse: str) -> Iterator[Connection]:
    with connect(warehouse) as connection:
        fill(connection, DOCUMENTS)
        yield connection


def scanned(connection: Connection, query: str) -> dict[str, int]:
    """Rows that a plan read from each big table, whether it kept them or not."""
    row = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}".encode()).fetchone()
    assert row is not None
    found: dict[str, int] = {}

    def walk(node: dict[str, Any]) -> None:
        relation = node.get("Relation Name", "")
        for table in BIG:
            if relation == table or relation.startswith(f"{table}_"):
                rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                found[table] = found.get(table, 0) + round(rows * node["Actual Loops"])
        for child in node.get("Plans", ()):
            walk(child)

    walk(row["QUERY PLAN"][0]["Plan"])
    return found


def test_no_day_and_party_question_reads_the_history(full: Connection) -> None:
    most = {}
    for relation, (how, _) in marts.BY.items():
        read = scanned(full, marts.question(relation, "party_3", 40))
        # A tenth of what there is: a day of a year of eight importers is a three-thousandth.
        limit = 3 if how == "whole" or relation in OF_THE_PARTY else 10
        sizes = dict.fromkeys(BIG, DOCUMENTS) | {"attempt": 2 * DOCUMENTS, "finding": 8 * DOCUMENTS}
        sizes |= dict.fromkeys(("presentation", "leasing_change"), DOCUMENTS // 10) | {"vehicle": DOCUMENTS // 4}
        most[relation] = {table: rows for table, rows in read.items() if rows > sizes[table] / limit}
    assert {relation: tables for relation, tables in most.items() if tables} == {}


def test_a_question_without_an_index_is_seen_to_read_it(full: Connection) -> None:
    full.execute("DROP INDEX ledger.document_by_day")
    read = scanned(full, marts.question("ecoc_document", "party_3", 40))
    assert read["document"] > DOCUMENTS / 10


def test_a_ledger_without_differences_has_none_and_is_looked_at_in_seconds(full: Connection) -> None:
    assert marts.reconcile(full) < 20
    row = full.execute("SELECT count(*) AS n FROM mart.difference WHERE is_open").fetchone()
    assert row is not None and row["n"] == 0


def test_every_relation_of_the_mart_is_measured_and_has_rows(full: Connection) -> None:
    rows = full.execute("SELECT relname AS name FROM pg_class WHERE relnamespace = 'mart'::regnamespace").fetchall()
    assert {row["name"] for row in rows} == set(marts.BY)
    bare = [name for name in marts.BY if not full.execute(f"SELECT FROM mart.{name} LIMIT 1".encode()).fetchall()]
    assert bare == [], "a relation without rows answers at once and proves nothing"
