"""The reconciliation of all parties over real nights: days without a run are rows, and looking twice counts once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from include.config.party import Party
from include.embedded import demo_reconciliation
from include.errors import SumsDiffer
from include.journey.reconcile import reconcile, record_end
from include.journey.reconcile_days import DaysReconciled, reconcile_days
from include.ledger.warehouse import connect

pytestmark = pytest.mark.postgres

OTHER = Party.model_validate({"id": "fjordimport", "name": "Fjordimport AS", "organisation_number": "310000027"})


def look(night: Any, **days: date) -> DaysReconciled:
    with connect(night.dsn) as connection:
        return reconcile_days(connection, [night.party, OTHER], **days)


def account(night: Any, columns: str) -> list[tuple[Any, ...]]:
    rows = night.sql(f"SELECT {columns} FROM mart.reconciliation ORDER BY importer, day")
    return [tuple(row.values()) for row in rows]


def end_run(night: Any) -> None:
    with connect(night.dsn) as connection:
        record_end(connection, night.party, night.run, reconcile(connection, night.party, night.run))


async def test_a_whole_night_agrees_and_its_run_is_in_the_account(night: Any) -> None:
    night.put_many(range(3))
    night.put("again.xml", night.put("first.xml", number=7))
    await night.whole()
    end_run(night)

    found = look(night)

    assert [one for one in found.tallies if one.open] == []
    today = night.one("SELECT (now() AT TIME ZONE 'Europe/Oslo')::date")
    rows = account(night, "importer, day, files, documents, accepted, duplicate, sent, runs, differences, verdict")
    assert ("nordbil", today, 5, 4, 4, 1, 4, 1, 0, "agrees") in rows
    assert ("fjordimport", today, 0, 0, 0, 0, 0, 0, 0, "agrees") in rows
    assert night.one("SELECT last_summary FROM mart.reconciliation WHERE files > 0").startswith("nordbil: 5 received")


async def test_the_reconciliation_and_the_daily_counts_are_the_same_numbers(night: Any) -> None:
    night.put_many(range(2))
    night.put("broken.xml", b"<not-an-ivi/>")
    await night.whole()
    look(night)

    both = night.sql(
        "SELECT r.files, d.received, r.accepted, d.accepted AS a, r.invalid, d.invalid AS i "
        "FROM mart.reconciliation r JOIN mart.ecoc_daily d USING (importer, day)"
    )
    assert [tuple(row.values()) for row in both] == [(3, 3, 2, 2, 1, 1)]


async def test_a_party_that_did_not_run_is_a_row_with_a_difference(night: Any) -> None:
    look(night)
    night.sql(
        "UPDATE ledger.party_day SET day = day - 9, first_checked_at = now() - interval '9 days', "
        "checked_at = now() - interval '3 days'"
    )

    found = look(night)

    yesterday = night.one("SELECT (now() AT TIME ZONE 'Europe/Oslo')::date") - timedelta(days=1)
    assert yesterday in found.days and len(found.days) >= 4
    rows = night.sql(
        "SELECT importer, owner, sentence FROM mart.difference WHERE day = %s AND kind = 'party_did_not_run'", yesterday
    )
    assert {row["importer"] for row in rows} == {"nordbil", "fjordimport"} and rows[0]["owner"] == "operator"
    assert set(account(night, "importer, run_due, verdict")) >= {("nordbil", True, "differs")}

    night.sql(
        "INSERT INTO ledger.party_run (party, stream, run_id, day, summary) VALUES ('nordbil', 'ecoc', 'r', %s, 's')",
        yesterday,
    )
    look(night)
    left = night.sql("SELECT importer FROM mart.difference WHERE day = %s AND is_open", yesterday)
    assert [row["importer"] for row in left] == ["fjordimport"]


async def test_the_first_time_nobody_is_late(night: Any) -> None:
    assert [one for one in look(night).tallies if one.open] == []
    assert [one for one in look(night).tallies if one.open] == []


async def test_looking_twice_and_at_days_by_hand_finds_the_same(night: Any) -> None:
    night.put_many(range(2))
    await night.whole()
    night.sql("ALTER TABLE ledger.attempt DISABLE TRIGGER USER")
    night.sql("DELETE FROM ledger.attempt")
    first, second = look(night), look(night)

    assert [(one.kind, one.open, one.new) for one in first.tallies if one.open] == [("accepted_without_evidence", 2, 2)]
    assert [(one.kind, one.open, one.new) for one in second.tallies if one.open] == [
        ("accepted_without_evidence", 2, 0)
    ]
    assert "2 accepted_without_evidence (2 new)" in first.sentence()
    again = look(night, first=first.days[-1], last=first.days[-1])
    assert again.days == first.days[-1:]
    assert night.one("SELECT count(*) FROM ledger.difference") == 2


async def test_the_demo_plants_differences_finds_each_and_leaves_none(night: Any) -> None:
    night.put_many(range(5))
    await night.whole()
    # Two of them refused, as the demo's closed approvals are.
    with connect(night.dsn) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        refused = "(SELECT id FROM ledger.submission ORDER BY id LIMIT 2)"
        connection.execute(f"UPDATE ledger.submission SET state = 'REFUSED' WHERE id IN {refused}".encode())
        connection.execute(f"UPDATE ledger.attempt SET outcome = 'refused' WHERE submission_id IN {refused}".encode())
        connection.execute(b"UPDATE ledger.sighting s SET receipt_state = t.state FROM ledger.sighting_status t "
                           b"WHERE t.id = s.id")  # fmt: skip
        connection.commit()
        said: list[str] = []
        demo_reconciliation.look_and_plant(connection, [night.party, OTHER], said.append)

    planted = [kind for kind, _ in demo_reconciliation.PLANTS]
    assert [kind for kind in planted if not any(f"planted and found: {kind}:" in line for line in said)] == []
    assert night.one("SELECT count(*) FROM ledger.difference") == 0
    assert night.one("SELECT count(*) FROM ledger.attempt WHERE owner = 'planted'") == 0


async def test_a_planted_difference_that_is_not_found_fails_the_demo() -> None:
    with pytest.raises(SumsDiffer, match="unknown_overdue"):
        demo_reconciliation._tell([("receipt_behind", "x")], lambda _: None)
