"""Evidence is sealed, and whatever a superuser does to it afterwards is shown."""

# ruff: noqa: E501 - sentences and statements are written as they are told, on one line
# longer because every way to tamper stands beside the sentence that it gets

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import psycopg
import pytest

from include.errors import Busy, ServiceUnavailable
from include.ledger import leaves, sealing, sightings
from include.ledger.retention import remove_old_payloads
from include.ledger.sealing import GENESIS, seal
from include.ledger.verifying import Verified, verify
from include.ledger.warehouse import Connection, connect

pytestmark = pytest.mark.postgres

FIRST = date(2026, 3, 1)
PARTIES = ("nordbil", "fjordimport")
PER_DAY = 3
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""Three days are over: 1, 2 and 3 March."""


def _evidence(connection: Connection, party: str, number: int, day: date, outcome: str = "accepted") -> None:
    """One document with an attempt recorded at noon of a day, and an answer whose bytes are kept."""
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(seconds=number)
    key = f"{party}-{day}-{number}"
    identity, body = uuid.uuid5(uuid.NAMESPACE_URL, key), f"answer {key}".encode()
    row = connection.execute(
        "INSERT INTO ledger.document (party, sha256, size, sighting_id) VALUES (%s, %s, 1, 1) RETURNING id",
        (party, sha256(key.encode()).hexdigest()),
    ).fetchone()
    assert row is not None
    connection.execute(
        "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source) "
        "VALUES (%s, %s, %s, 1, 1, '310000019', 'none')",
        (identity, party, row["id"]),
    )
    connection.execute(
        "INSERT INTO ledger.reply (sha256, body, stored_at) VALUES (%s, %s, %s)",
        (sha256(body).hexdigest(), body, moment),
    )
    connection.execute(
        "INSERT INTO ledger.attempt (ended_at, recorded_at, submission_id, attempt_no, owner, started_at, outcome, "
        "request_sha256, reply_sha256, sentence) VALUES (%s, %s, %s, 1, 'me', %s, %s, %s, %s, 'Ærlig svar.')",
        (moment, moment, identity, moment, outcome, "0" * 64, sha256(body).hexdigest()),
    )


def _decision(connection: Connection, party: str, moment: datetime) -> None:
    connection.execute(
        "INSERT INTO ledger.decision (document_id, decided_at, decided_by, from_state, to_state, reason, evidence) "
        "SELECT id, %s, 'Kari Nordmann', 'UNKNOWN', 'ACCEPTED', 'Telephone.', '{\"n\": [1, 2.5]}' FROM ledger.document "
        "WHERE party = %s ORDER BY id LIMIT 1",
        (moment, party),
    )


@pytest.fixture
def ledger(warehouse: str) -> Iterator[Connection]:
    """Three days of two parties; the second party does nothing on the second day."""
    with connect(warehouse) as connection:
        for party in PARTIES:
            sightings.name_party(connection, party, party, "310000019", "Europe/Oslo")
        for offset in range(3):
            day = FIRST + timedelta(days=offset)
            for party in PARTIES[: 1 if offset == 1 else 2]:
                for number in range(PER_DAY):
                    _evidence(connection, party, number, day)
        _decision(connection, "nordbil", datetime(2026, 3, 2, 13, tzinfo=UTC))
        connection.commit()
        yield connection


@pytest.fixture
def sealed(ledger: Connection) -> Connection:
    seal(ledger, now=NOON)
    assert _found(ledger) == []
    return ledger


def _found(connection: Connection, *anchors: str) -> list[str]:
    return list(verify(connection, Verified(), anchors))


def _tamper(connection: Connection, table: str, statement: str, *values: object) -> int:
    """What somebody with all rights does: past the triggers that refuse it."""
    connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
    rows = connection.execute(statement.encode(), values).rowcount
    connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL".encode())
    connection.commit()
    return rows


def test_every_day_that_is_over_is_sealed_and_holds_the_root_of_the_day_before(ledger: Connection) -> None:
    done = seal(ledger, now=NOON)

    assert (done.days, done.seals, done.leaves, done.through) == (3, 6, 16, date(2026, 3, 3))
    rows = ledger.execute(
        "SELECT party, day, leaves, root, previous_root FROM ledger.seal ORDER BY party, day"
    ).fetchall()
    assert [row["leaves"] for row in rows] == [3, 0, 3, 3, 4, 3]
    for party in PARTIES:
        own = [row for row in rows if row["party"] == party]
        assert [row["previous_root"] for row in own] == [GENESIS, own[0]["root"], own[1]["root"]]
        assert done.heads[party] == own[-1]["root"]
    assert len({row["root"] for row in rows}) == 6, "the empty day has a root of its own"


def test_a_day_is_sealed_once_and_not_before_it_is_over(ledger: Connection) -> None:
    begin = datetime(2026, 3, 4, tzinfo=UTC)
    assert seal(ledger, now=begin).through == date(2026, 3, 2), "within the hour of grace"
    assert seal(ledger, now=begin + timedelta(hours=1)).days == 1
    again = seal(ledger, now=begin + timedelta(hours=2))
    assert (again.days, again.seals) == (0, 0)
    assert again.heads.keys() == set(PARTIES)


def test_what_is_verified_is_counted_and_later_rows_wait(sealed: Connection) -> None:
    _evidence(sealed, "nordbil", 9, date(2026, 3, 4))
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


ATTEMPT = "id = (SELECT min(a.id) FROM ledger.attempt a JOIN ledger.submission u ON u.id = a.submission_id WHERE u.party = 'nordbil' AND a.recorded_at::date = '2026-03-02')"
TAMPERINGS = {
    "an outcome is changed": (
        "ledger.attempt",
        f"UPDATE ledger.attempt SET outcome = 'refused' WHERE {ATTEMPT}",
        ["nordbil, 2026-03-02: 1 row of attempt was changed (id 7)."],
    ),
    "a hash is changed": (
        "ledger.attempt",
        f"UPDATE ledger.attempt SET request_sha256 = repeat('1', 64) WHERE {ATTEMPT}",
        ["nordbil, 2026-03-02: 1 row of attempt was changed (id 7)."],
    ),
    "a time is changed": (
        "ledger.attempt",
        f"UPDATE ledger.attempt SET started_at = started_at - interval '1 microsecond' WHERE {ATTEMPT}",
        ["nordbil, 2026-03-02: 1 row of attempt was changed (id 7)."],
    ),
    "a row is deleted": (
        "ledger.attempt",
        f"DELETE FROM ledger.attempt WHERE {ATTEMPT}",
        ["nordbil, 2026-03-02: 1 row of attempt is gone (id 7)."],
    ),
    "all rows of a day are deleted": (
        "ledger.attempt",
        "DELETE FROM ledger.attempt WHERE recorded_at::date = '2026-03-03'",
        [
            "fjordimport, 2026-03-03: 3 rows of attempt are gone (ids 13, 14, 15).",
            "nordbil, 2026-03-03: 3 rows of attempt are gone (ids 10, 11, 12).",
        ],
    ),
    "a row is put in": (
        "ledger.attempt",
        "INSERT INTO ledger.attempt (ended_at, recorded_at, submission_id, attempt_no, owner, started_at, outcome) "
        f"SELECT ended_at, recorded_at, submission_id, 2, owner, started_at, 'accepted' FROM ledger.attempt WHERE {ATTEMPT}",
        ["nordbil, 2026-03-02: 1 row of attempt was put in after the day was sealed (id 16)."],
    ),
    "a row moves to another day": (
        "ledger.attempt",
        f"UPDATE ledger.attempt SET recorded_at = recorded_at - interval '1 day' WHERE {ATTEMPT}",
        [
            "nordbil, 2026-03-01: 1 row of attempt was put in after the day was sealed (id 7).",
            "nordbil, 2026-03-02: 1 row of attempt is gone (id 7).",
        ],
    ),
    "a row is dated before everything": (
        "ledger.attempt",
        f"UPDATE ledger.attempt SET recorded_at = '2025-01-01' WHERE {ATTEMPT}",
        [
            "1 rows of ledger.attempt are dated before 2026-03-01, the first sealed day of all: they were put in later, "
            "or the seals before were removed.",
            "nordbil, 2026-03-02: 1 row of attempt is gone (id 7).",
        ],
    ),
    "a document changes its importer": (
        "ledger.submission",
        f"UPDATE ledger.submission SET party = 'fjordimport' WHERE id = (SELECT submission_id FROM ledger.attempt WHERE {ATTEMPT})",
        [
            "fjordimport, 2026-03-02: 1 row of attempt was put in after the day was sealed (id 7).",
            "nordbil, 2026-03-02: 1 row of attempt is gone (id 7).",
        ],
    ),
    "a decision is rewritten": (
        "ledger.decision",
        "UPDATE ledger.decision SET decided_by = 'Ola Nordmann'",
        ["nordbil, 2026-03-02: 1 row of decision was changed (id 1)."],
    ),
    "a seal's root is changed": (
        "ledger.seal",
        "UPDATE ledger.seal SET root = repeat('a', 64) WHERE party = 'nordbil' AND day = '2026-03-02'",
        [
            "nordbil, 2026-03-02: its 4 rows are as they were marked, not as the seal says: the seal was changed.",
            "nordbil, 2026-03-03: the chain is broken: this seal names another root for the day before than the one that "
            "is there; one of the two was changed or put in later.",
        ],
    ),
    "a seal's time is changed": (
        "ledger.seal",
        "UPDATE ledger.seal SET sealed_at = sealed_at - interval '1 hour' WHERE party = 'nordbil' AND day = '2026-03-03'",
        ["nordbil, 2026-03-03: its 3 rows are as they were marked, not as the seal says: the seal was changed."],
    ),
    "a seal's count is changed": (
        "ledger.seal",
        "UPDATE ledger.seal SET leaves = 5 WHERE party = 'nordbil' AND day = '2026-03-03'",
        ["nordbil, 2026-03-03: the seal says 5 rows where 3 were sealed: the seal was changed."],
    ),
    "a seal covers less": (
        "ledger.seal",
        "UPDATE ledger.seal SET sources = '{attempt}' WHERE party = 'nordbil' AND day = '2026-03-02'",
        ["nordbil, 2026-03-02: its 3 rows are as they were marked, not as the seal says: the seal was changed."],
    ),
    "a seal claims a newer format": (
        "ledger.seal",
        "UPDATE ledger.seal SET format = 2 WHERE party = 'nordbil' AND day = '2026-03-03'",
        [
            "nordbil, 2026-03-03: the seal speaks of format 2, which this version does not know: it was changed, or "
            "written by a newer one."
        ],
    ),
    "a seal is removed": (
        "ledger.seal",
        "DELETE FROM ledger.seal WHERE party = 'nordbil' AND day = '2026-03-02'",
        [
            "nordbil, 2026-03-02: 4 rows of evidence and no seal: the seal was removed, or the rows were put in later.",
            "nordbil, 2026-03-02: the seal of this day is missing; it was removed.",
        ],
    ),
    "the seal of an empty day is removed": (
        "ledger.seal",
        "DELETE FROM ledger.seal WHERE party = 'fjordimport' AND day = '2026-03-02'",
        ["fjordimport, 2026-03-02: the seal of this day is missing; it was removed."],
    ),
    "the first seals are removed": (
        "ledger.seal",
        "DELETE FROM ledger.seal WHERE day = '2026-03-01'",
        [
            "6 rows of ledger.attempt are dated before 2026-03-02, the first sealed day of all: they were put in later, "
            "or the seals before were removed.",
            "fjordimport, 2026-03-02: the chain is broken: this seal names another root for the day before than the one "
            "that is there; one of the two was changed or put in later.",
            "nordbil, 2026-03-02: the chain is broken: this seal names another root for the day before than the one that "
            "is there; one of the two was changed or put in later.",
        ],
    ),
    "an answer is changed": (
        "ledger.reply",
        "UPDATE ledger.reply SET body = 'forged' WHERE stored_at = '2026-03-01 12:00:00+00' AND body = 'answer nordbil-2026-03-01-0'",
        [
            f"The answer {sha256(b'answer nordbil-2026-03-01-0').hexdigest()[:16]}… in ledger.reply was changed: its bytes "
            "do not have this hash."
        ],
    ),
    "answers are deleted without proof": (
        "ledger.reply",
        "DELETE FROM ledger.reply WHERE stored_at::date = '2026-03-01'",
        [
            "fjordimport, 2026-03-01: 3 answers are gone from ledger.reply, and ledger.payload_removal does not say that "
            "their time was over.",
            "nordbil, 2026-03-01: 3 answers are gone from ledger.reply, and ledger.payload_removal does not say that "
            "their time was over.",
        ],
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_shown_with_party_day_and_what_differs(sealed: Connection, name: str) -> None:
    table, statement, sentences = TAMPERINGS[name]
    assert _tamper(sealed, table, statement) >= 1

    assert _found(sealed) == sentences


def test_the_marks_alone_prove_nothing(sealed: Connection) -> None:
    """Whoever changes a row and its mark is found by the root all the same."""
    _tamper(sealed, "ledger.attempt", f"UPDATE ledger.attempt SET outcome = 'refused' WHERE {ATTEMPT}")
    changed = next(leaf for leaf in leaves.leaves_of(sealed, date(2026, 3, 2)) if leaf.id == 7)
    _tamper(
        sealed,
        "ledger.seal_mark",
        "UPDATE ledger.seal_mark SET marks[1] = %s WHERE party = 'nordbil' AND day = '2026-03-02' AND source = 'attempt'",
        changed.hash[: sealing.MARK_BYTES],
    )

    assert _found(sealed) == [
        "nordbil, 2026-03-02: its 4 rows are as they were marked, not as the seal says: the seal was changed."
    ]


def test_a_chain_that_was_made_anew_as_a_whole_lacks_the_root_that_was_written_down(sealed: Connection) -> None:
    head = seal(sealed, now=NOON).heads["nordbil"]
    assert _found(sealed, head) == []
    _tamper(sealed, "ledger.attempt", f"UPDATE ledger.attempt SET outcome = 'refused' WHERE {ATTEMPT}")
    for table in ("ledger.seal", "ledger.seal_mark"):
        _tamper(sealed, table, f"DELETE FROM {table}")
    seal(sealed, now=NOON)

    assert _found(sealed) == [], "the warehouse alone cannot tell"
    (said,) = _found(sealed, head)
    assert f"No seal has the root {head[:16]}" in said


def test_after_its_time_a_payload_goes_with_proof_and_the_seals_still_hold(sealed: Connection) -> None:
    sealed.execute("UPDATE ledger.reply SET stored_at = now() WHERE stored_at::date > '2026-03-01'")
    sealed.execute("UPDATE ledger.reply SET stored_at = now() - interval '13 months' WHERE stored_at < '2026-03-02'")
    sealed.commit()

    assert remove_old_payloads(sealed, months=12) == 6
    assert remove_old_payloads(sealed, months=12) == 0

    left = sealed.execute("SELECT count(*) AS n FROM ledger.reply").fetchone()
    proof = sealed.execute("SELECT DISTINCT kind, keep_months FROM ledger.payload_removal").fetchall()
    assert (left, proof) == ({"n": 9}, [{"kind": "reply", "keep_months": 12}])
    assert _found(sealed) == []
    _tamper(sealed, "ledger.attempt", f"UPDATE ledger.attempt SET outcome = 'refused' WHERE {ATTEMPT}")
    assert _found(sealed) == ["nordbil, 2026-03-02: 1 row of attempt was changed (id 7)."]


def test_the_proof_of_a_removal_is_sealed_itself(sealed: Connection) -> None:
    sealed.execute("UPDATE ledger.reply SET stored_at = now() - interval '13 months' WHERE stored_at < '2026-03-02'")
    remove_old_payloads(sealed, months=12)
    today = sealed.execute("SELECT clock_timestamp() AS now").fetchone()["now"]
    seal(sealed, now=today + timedelta(days=2))
    assert _found(sealed) == []

    _tamper(sealed, "ledger.payload_removal", "DELETE FROM ledger.payload_removal WHERE id = 1")

    first, second = _found(sealed)
    assert first == f"the installation, {today:%Y-%m-%d}: 1 row of payload_removal is gone (id 1)."
    assert "1 answers are gone from ledger.reply" in second


def test_the_answer_of_what_is_not_decided_stays_however_old(ledger: Connection) -> None:
    ledger.execute("UPDATE ledger.submission SET state = 'SENT', version = 1, sent_at = now() WHERE party = 'nordbil'")
    ledger.execute("UPDATE ledger.reply SET stored_at = now() - interval '5 years'")
    ledger.commit()

    assert remove_old_payloads(ledger, months=12) == 6, "those of the other party"


def test_many_rows_are_sealed_in_parts_and_the_one_that_differs_is_named(
    ledger: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PART", 4)
    for number in range(10, 20):
        _evidence(ledger, "nordbil", number, FIRST)
    ledger.commit()
    seal(ledger, now=NOON)
    parts = ledger.execute(
        "SELECT part, cardinality(ids) AS n FROM ledger.seal_mark WHERE party = 'nordbil' AND day = %s ORDER BY part",
        (FIRST,),
    ).fetchall()
    assert [row["n"] for row in parts] == [4, 4, 4, 1]

    _tamper(ledger, "ledger.attempt", "DELETE FROM ledger.attempt WHERE id BETWEEN 17 AND 23")

    assert _found(ledger) == [f"nordbil, {FIRST}: 7 rows of attempt are gone (ids 17, 18, 19, 20, 21 …)."]


def test_a_writer_that_is_not_done_holds_the_seal_back(ledger: Connection, warehouse: str) -> None:
    with connect(warehouse) as writer, pytest.MonkeyPatch.context() as patched:
        _evidence(writer, "nordbil", 77, date(2026, 3, 3))
        patched.setattr(sealing, "LOCK_TIMEOUT", "200ms")
        with pytest.raises(ServiceUnavailable, match=r"writes to ledger\.attempt does not end"):
            seal(ledger, now=NOON)
        writer.commit()

    assert seal(ledger, now=NOON).leaves == 17
    assert _found(ledger) == []


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


def test_two_do_not_seal_at_once(ledger: Connection, warehouse: str) -> None:
    with connect(warehouse) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (sealing._LOCK,))
        with pytest.raises(Busy):
            seal(ledger, now=NOON)
        other.execute("SELECT pg_advisory_unlock(%s)", (sealing._LOCK,))
    assert seal(ledger, now=NOON).days == 3


def test_a_kill_between_two_days_leaves_whole_days(ledger: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sealing._seal_day

    def dies(connection: Connection, day: date) -> tuple[int, int]:
        done = real(connection, day)
        if day == date(2026, 3, 2):
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(sealing, "_seal_day", dies)
    with pytest.raises(KeyboardInterrupt):
        seal(ledger, now=NOON)
    monkeypatch.setattr(sealing, "_seal_day", real)

    assert seal(ledger, now=NOON).days == 2
    assert _found(ledger) == []


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
    assert _found(sealed) == []
