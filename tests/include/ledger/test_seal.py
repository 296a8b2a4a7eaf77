"""Evidence is sealed day by day, and what goes after its time goes with a proof."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from include.errors import Busy, ServiceUnavailable
from include.ledger import leaves, sealing, sightings
from include.ledger.retention import remove_old_payloads
from include.ledger.sealing import GENESIS, seal
from include.ledger.verifying import Verified, verify
from include.ledger.warehouse import Connection, connect
from tests.drivers.evidence import ATTEMPT, NOON, PARTIES, evidence, found, tamper

pytestmark = pytest.mark.postgres


def test_every_day_that_is_over_is_sealed_and_holds_the_root_of_the_day_before(three_days: Connection) -> None:
    done = seal(three_days, now=NOON)

    assert (done.days, done.seals, done.leaves, done.through) == (3, 6, 16, date(2026, 3, 3))
    rows = three_days.execute(
        "SELECT party, day, leaves, root, previous_root FROM ledger.seal ORDER BY party, day"
    ).fetchall()
    assert [row["leaves"] for row in rows] == [3, 0, 3, 3, 4, 3]
    for party in PARTIES:
        own = [row for row in rows if row["party"] == party]
        assert [row["previous_root"] for row in own] == [GENESIS, own[0]["root"], own[1]["root"]]
        assert done.heads[party] == own[-1]["root"]
    assert len({row["root"] for row in rows}) == 6, "the empty day has a root of its own"


def test_a_day_is_sealed_once_and_not_before_it_is_over(three_days: Connection) -> None:
    begin = datetime(2026, 3, 4, tzinfo=UTC)
    assert seal(three_days, now=begin).through == date(2026, 3, 2), "within the hour of grace"
    assert seal(three_days, now=begin + timedelta(hours=1)).days == 1
    again = seal(three_days, now=begin + timedelta(hours=2))
    assert (again.days, again.seals) == (0, 0)
    assert again.heads.keys() == set(PARTIES)


def test_what_is_verified_is_counted_and_later_rows_wait(sealed: Connection) -> None:
    evidence(sealed, "nordbil", 9, date(2026, 3, 4))
    sealed.commit()
    result = Verified()

    assert list(verify(sealed, result)) == []

    assert (result.seals, result.leaves, result.unsealed) == (6, 16, 1)
    assert "6 seals, 16 rows, through 2026-03-03. 1 rows of later days are not sealed yet." in result.sentence()


def test_nothing_sealed_is_no_tampering(warehouse: str) -> None:
    with connect(warehouse) as connection:
        assert seal(connection, now=NOON).days == 0
        result = Verified()
        assert list(verify(connection, result)) == []
        assert "Nothing is sealed yet" in result.sentence()


def test_after_its_time_a_payload_goes_with_proof_and_the_seals_still_hold(sealed: Connection) -> None:
    sealed.execute("UPDATE ledger.reply SET stored_at = now() WHERE stored_at::date > '2026-03-01'")
    sealed.execute("UPDATE ledger.reply SET stored_at = now() - interval '13 months' WHERE stored_at < '2026-03-02'")
    sealed.commit()

    assert remove_old_payloads(sealed, months=12) == 6
    assert remove_old_payloads(sealed, months=12) == 0

    left = sealed.execute("SELECT count(*) AS n FROM ledger.reply").fetchone()
    proof = sealed.execute("SELECT DISTINCT kind, keep_months FROM ledger.payload_removal").fetchall()
    assert (left, proof) == ({"n": 9}, [{"kind": "reply", "keep_months": 12}])
    assert found(sealed) == []
    tamper(sealed, "ledger.attempt", f"UPDATE ledger.attempt SET outcome = 'refused' WHERE {ATTEMPT}")
    assert found(sealed) == ["nordbil, 2026-03-02: 1 row of attempt was changed (id 7)."]


def test_the_proof_of_a_removal_is_sealed_itself(sealed: Connection) -> None:
    sealed.execute("UPDATE ledger.reply SET stored_at = now() - interval '13 months' WHERE stored_at < '2026-03-02'")
    remove_old_payloads(sealed, months=12)
    today = sealed.execute("SELECT clock_timestamp() AS now").fetchone()["now"]
    seal(sealed, now=today + timedelta(days=2))
    assert found(sealed) == []

    tamper(sealed, "ledger.payload_removal", "DELETE FROM ledger.payload_removal WHERE id = 1")

    first, second = found(sealed)
    assert first == f"the installation, {today:%Y-%m-%d}: 1 row of payload_removal is gone (id 1)."
    assert "1 answers are gone from ledger.reply" in second


def test_the_answer_of_what_is_not_decided_stays_however_old(three_days: Connection) -> None:
    three_days.execute(
        "UPDATE ledger.submission SET state = 'SENT', version = 1, sent_at = now() WHERE party = 'nordbil'"
    )
    three_days.execute("UPDATE ledger.reply SET stored_at = now() - interval '5 years'")
    three_days.commit()

    assert remove_old_payloads(three_days, months=12) == 6, "those of the other party"


def test_a_writer_that_is_not_done_holds_the_seal_back(three_days: Connection, warehouse: str) -> None:
    with connect(warehouse) as writer, pytest.MonkeyPatch.context() as patched:
        evidence(writer, "nordbil", 77, date(2026, 3, 3))
        patched.setattr(sealing, "LOCK_TIMEOUT", "200ms")
        with pytest.raises(ServiceUnavailable, match=r"writes to ledger\.attempt does not end"):
            seal(three_days, now=NOON)
        writer.commit()

    assert seal(three_days, now=NOON).leaves == 17
    assert found(three_days) == []


def test_a_row_gets_the_time_of_the_warehouse_not_of_its_transactions_start(warehouse: str) -> None:
    with connect(warehouse) as connection:
        sightings.name_party(connection, "nordbil", "n", "310000019", "Europe/Oslo")
        connection.execute("SELECT pg_sleep(0.05)")
        connection.execute(
            "INSERT INTO ledger.attempt (ended_at, submission_id, attempt_no, owner, started_at, outcome) "
            "VALUES (now() - interval '3 days', gen_random_uuid(), 1, 'me', now(), 'unknown')"
        )
        row = connection.execute("SELECT recorded_at > now() AS later FROM ledger.attempt").fetchone()
    assert row == {"later": True}


def test_two_do_not_seal_at_once(three_days: Connection, warehouse: str) -> None:
    with connect(warehouse) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (sealing._LOCK,))
        with pytest.raises(Busy):
            seal(three_days, now=NOON)
        other.execute("SELECT pg_advisory_unlock(%s)", (sealing._LOCK,))
    assert seal(three_days, now=NOON).days == 3


def test_a_kill_between_two_days_leaves_whole_days(three_days: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sealing._seal_day

    def dies(connection: Connection, day: date) -> tuple[int, int]:
        done = real(connection, day)
        if day == date(2026, 3, 2):
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(sealing, "_seal_day", dies)
    with pytest.raises(KeyboardInterrupt):
        seal(three_days, now=NOON)
    monkeypatch.setattr(sealing, "_seal_day", real)

    assert seal(three_days, now=NOON).days == 2
    assert found(three_days) == []


@pytest.mark.parametrize("table", ["ledger.seal", "ledger.seal_mark", "ledger.payload_removal"])
def test_seals_and_proofs_are_append_only(sealed: Connection, table: str) -> None:
    sealed.execute(
        "INSERT INTO ledger.payload_removal (kind, sha256, stored_at, keep_months) VALUES ('reply', %s, now(), 12)",
        ("0" * 64,),
    )
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(psycopg.errors.CheckViolation, match="append only"), sealed.transaction():
            sealed.execute(statement.encode())


def test_canonical_bytes_do_not_depend_on_order_or_on_the_sessions_time_zone(sealed: Connection) -> None:
    assert leaves.canonical({"b": 1, "a": "Å"}) == '{"a":"Å","b":1}'.encode()
    sealed.execute("SET TIME ZONE 'Asia/Tokyo'")
    sealed.commit()
    assert found(sealed) == []
