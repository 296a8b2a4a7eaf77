"""Whatever a superuser does to sealed evidence is shown, with party, day and rows."""

# ruff: noqa: E501 - sentences and statements are written as they are told, on one line
from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest

from include.ledger import leaves, sealing
from include.ledger.sealing import seal
from include.ledger.warehouse import Connection
from tests.drivers.evidence import ATTEMPT, FIRST, NOON, evidence, found, tamper

pytestmark = pytest.mark.postgres


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
    assert tamper(sealed, table, statement) >= 1

    assert found(sealed) == sentences


def test_the_marks_alone_prove_nothing(sealed: Connection) -> None:
    """Whoever changes a row and its mark is found by the root all the same."""
    tamper(sealed, "ledger.attempt", f"UPDATE ledger.attempt SET outcome = 'refused' WHERE {ATTEMPT}")
    changed = next(leaf for leaf in leaves.leaves_of(sealed, date(2026, 3, 2)) if leaf.id == 7)
    tamper(
        sealed,
        "ledger.seal_mark",
        "UPDATE ledger.seal_mark SET marks[1] = %s WHERE party = 'nordbil' AND day = '2026-03-02' AND source = 'attempt'",
        changed.hash[: sealing.MARK_BYTES],
    )

    assert found(sealed) == [
        "nordbil, 2026-03-02: its 4 rows are as they were marked, not as the seal says: the seal was changed."
    ]


def test_a_chain_that_was_made_anew_as_a_whole_lacks_the_root_that_was_written_down(sealed: Connection) -> None:
    head = seal(sealed, now=NOON).heads["nordbil"]
    assert found(sealed, head) == []
    tamper(sealed, "ledger.attempt", f"UPDATE ledger.attempt SET outcome = 'refused' WHERE {ATTEMPT}")
    for table in ("ledger.seal", "ledger.seal_mark"):
        tamper(sealed, table, f"DELETE FROM {table}")
    seal(sealed, now=NOON)

    assert found(sealed) == [], "the warehouse alone cannot tell"
    (said,) = found(sealed, head)
    assert f"No seal has the root {head[:16]}" in said


def test_many_rows_are_sealed_in_parts_and_the_one_that_differs_is_named(
    three_days: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PART", 4)
    for number in range(10, 20):
        evidence(three_days, "nordbil", number, FIRST)
    three_days.commit()
    seal(three_days, now=NOON)
    parts = three_days.execute(
        "SELECT part, cardinality(ids) AS n FROM ledger.seal_mark WHERE party = 'nordbil' AND day = %s ORDER BY part",
        (FIRST,),
    ).fetchall()
    assert [row["n"] for row in parts] == [4, 4, 4, 1]

    tamper(three_days, "ledger.attempt", "DELETE FROM ledger.attempt WHERE id BETWEEN 17 AND 23")

    assert found(three_days) == [f"nordbil, {FIRST}: 7 rows of attempt are gone (ids 17, 18, 19, 20, 21 …)."]
