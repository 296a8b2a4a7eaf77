"""Unknown outcomes against the sandbox: what the register shows settles them, and nothing is sent twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from include.errors import AccessDenied, PersonMustAct, ServiceUnavailable
from include.register.port import Absent, NotAsked, Unreadable
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres

GOOD = "late_accept"


class Says:
    """A register that always says the same, and counts."""

    name = "planted"

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def lookup_vins(self, vins: Any) -> dict[str, Any]:
        found = list(vins)
        self.asked += found
        if isinstance(self.answer, Exception):
            raise self.answer
        return dict.fromkeys(found, self.answer)


async def _with_unknown(night: Night, *kinds: str, files: int = 4, asks: bool = True) -> None:
    """A night whose sends after the first end like `kinds`; the time to settle is over."""
    night.asks = asks
    night.put_many(range(files))
    await night.through_validation()
    night.fault(GOOD, *kinds, slow_seconds=0.0)
    await night.send()
    await night.file()
    night.heal()
    night.settle()


async def test_a_vehicle_that_was_not_there_before_and_is_there_now_is_accepted(night: Night) -> None:
    await _with_unknown(night, "lost_answer", "cut_body", "error_after_accept")
    assert night.submissions() == {"ACCEPTED": 1, "UNKNOWN": 3}
    posts = night.posts

    resolved = await night.resolve()

    assert resolved.sentence() == "nordbil: 3 unknown outcomes looked at: 3 accepted"
    assert night.submissions() == {"ACCEPTED": 4}
    rows = night.sql("SELECT * FROM ledger.submission WHERE decided_by = 'lookup'")
    assert len(rows) == 3 and all(row["kuid"] and row["merkekode"] and row["decided_at"] for row in rows)
    decisions = night.sql("SELECT * FROM ledger.decision")
    assert {row["from_state"] + row["to_state"] for row in decisions} == {"UNKNOWNACCEPTED"} and len(decisions) == 3
    assert night.posts == posts and set(night.truth().values()) == {1}


async def test_the_importer_gets_the_final_receipt_with_the_next_run(night: Night) -> None:
    await _with_unknown(night, "lost_answer")
    (before,) = night.sql("SELECT receipt_state, filed_at FROM ledger.sighting WHERE filed_at IS NULL")
    assert before["receipt_state"] in ("SENT", "UNKNOWN") and len(night.names()) == 1
    await night.resolve()

    await night.whole("run-2")

    assert night.names() == []
    assert {row["receipt_state"] for row in night.sql("SELECT receipt_state FROM ledger.sighting")} == {"ACCEPTED"}
    assert set(night.truth().values()) == {1}


async def test_a_vehicle_that_is_not_there_is_sent_once_more_and_only_once(night: Night) -> None:
    await _with_unknown(night, "lost_request", "unavailable")
    await night.resolve()
    assert night.submissions() == {"ACCEPTED": 2, "PENDING": 2}

    night.fault(GOOD, "lost_request", slow_seconds=0.0)  # one re-send arrives, the other is lost again
    posts = night.posts
    await night.whole("run-2")
    night.heal()
    night.settle()
    assert night.posts == posts + 2
    assert night.submissions() == {"ACCEPTED": 3, "UNKNOWN": 1}

    await night.resolve()
    assert night.submissions() == {"ACCEPTED": 3, "NEEDS_PERSON": 1}
    await night.whole("run-3")
    assert night.posts == posts + 2 and set(night.truth().values()) == {1}
    (row,) = night.sql("SELECT * FROM mart.ecoc_document WHERE state = 'NEEDS_PERSON'")
    assert "already sent once more" in row["reason"] and "ecoc_decision" in row["next_step"] and row["resends"] == 1


async def test_a_re_send_is_called_off_when_its_vehicle_has_come_meanwhile(night: Night) -> None:
    await _with_unknown(night, "lost_answer", files=2)
    night.sandbox.knobs.lookup_lag_seconds = 60.0  # the register shows new vehicles later than we believed
    await night.resolve()
    assert night.submissions() == {"ACCEPTED": 1, "PENDING": 1}
    night.sandbox.knobs.lookup_lag_seconds = 0.0
    posts = night.posts

    await night.whole("run-2")
    assert night.submissions() == {"ACCEPTED": 1, "UNKNOWN": 1}
    night.settle()
    await night.resolve()

    assert night.submissions() == {"ACCEPTED": 2}
    assert night.posts == posts and set(night.truth().values()) == {1}


async def test_nothing_is_looked_up_before_its_time_to_settle_is_over(night: Night) -> None:
    night.asks = True
    night.put_many(range(3))
    await night.through_validation()
    night.fault(GOOD, "lost_request", slow_seconds=0.0)
    await night.send()
    register = Says(Absent())

    resolved = await night.resolve(register)

    assert register.asked == [] and resolved.states.total() == 0
    assert night.submissions() == {"ACCEPTED": 2, "UNKNOWN": 1}


async def test_an_intent_without_an_answer_becomes_unknown_and_is_settled(night: Night) -> None:
    night.asks = True
    night.put_many(range(4))
    await night.through_validation()
    night.slow(0.3)
    task = asyncio.create_task(night.send())
    await night.until_posts(2)
    night.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = "
              "current_database()")  # fmt: skip
    with pytest.raises(ServiceUnavailable, match="warehouse"):
        await task
    await asyncio.sleep(0.5)
    night.heal()
    assert night.submissions()["SENT"] >= 1
    night.settle()

    await night.resolve()

    assert night.submissions()["SENT"] == night.submissions()["UNKNOWN"] == 0
    await night.whole("run-2")
    night.settle()
    await night.resolve()
    assert night.submissions() == {"ACCEPTED": 4}
    assert sorted(night.truth().values()) == [1, 1, 1, 1]


@pytest.mark.parametrize("answer", [NotAsked("The register is away.", 900.0), Unreadable("Cut off.")])
async def test_a_register_that_says_nothing_leaves_everything_unknown(night: Night, answer: Any) -> None:
    await _with_unknown(night, "lost_answer", "lost_request")
    posts = night.posts

    await night.resolve(Says(answer))
    again = await night.resolve(register := Says(Absent()))

    assert register.asked == [] and again.states.total() == 0, "it is not asked again before its time"
    assert night.submissions() == {"ACCEPTED": 2, "UNKNOWN": 2}
    for row in night.sql("SELECT * FROM mart.ecoc_document WHERE state = 'UNKNOWN'"):
        assert answer.sentence in row["reason"] and "ecoc_resolution looks it up after" in row["next_step"]
    assert night.posts == posts


async def test_without_a_register_a_person_decides_and_nothing_else_changes(night: Night) -> None:
    await _with_unknown(night, "lost_answer", asks=False)
    resolved = await night.resolve(None)
    assert night.submissions() == {"ACCEPTED": 3, "UNKNOWN": 1} and resolved.states == {"UNKNOWN": 1}
    (row,) = night.sql("SELECT reason FROM mart.ecoc_document WHERE state = 'UNKNOWN'")
    assert "No register is configured" in row["reason"] and "person decides" in row["reason"]


async def test_a_register_that_refuses_us_is_an_error_and_leaves_everything_unknown(night: Night) -> None:
    await _with_unknown(night, "lost_answer")
    with pytest.raises(AccessDenied):
        await night.resolve(Says(AccessDenied("The scope is missing.")))
    assert night.submissions() == {"ACCEPTED": 3, "UNKNOWN": 1}
    (row,) = night.sql("SELECT reason FROM mart.ecoc_document WHERE state = 'UNKNOWN'")
    assert "The scope is missing." in row["reason"]


async def test_without_a_baseline_what_is_found_waits_for_a_person(night: Night) -> None:
    await _with_unknown(night, "lost_answer", asks=False)
    await night.resolve()
    assert night.submissions() == {"ACCEPTED": 3, "NEEDS_PERSON": 1}


async def test_resolving_again_or_twice_at_once_decides_once_and_sends_nothing(night: Night) -> None:
    await _with_unknown(night, "lost_answer", "lost_request", "cut_body", files=6)
    posts = night.posts

    await asyncio.gather(night.resolve(), night.resolve())
    await night.resolve()

    assert night.submissions() == {"ACCEPTED": 5, "PENDING": 1}
    assert night.one("SELECT count(*) FROM ledger.decision") == 3
    assert night.posts == posts
    with pytest.raises(PersonMustAct, match="CheckViolation"):
        night.sql("DELETE FROM ledger.decision")


async def test_many_unknowns_are_settled_group_by_group(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("include.journey.resolve.GROUP", 3)
    await _with_unknown(night, *["lost_answer", "lost_request"] * 2, files=12)
    night.sql("UPDATE ledger.submission SET state = 'SENT', version = version + 1, attempt_no = 1, sent_at = now(), "
              "send_by = now(), settle_until = now(), owner = 'gone' WHERE state = 'PENDING'")  # fmt: skip
    total = night.submissions()["UNKNOWN"] + night.submissions()["SENT"]

    resolved = await night.resolve()

    assert resolved.states.total() == total >= 4


async def test_an_answer_that_was_written_after_all_decides_without_a_register(night: Night) -> None:
    await _with_unknown(night, "lost_answer")
    night.sql(
        "INSERT INTO ledger.attempt (ended_at, submission_id, attempt_no, owner, started_at, outcome, reply_sha256) "
        "SELECT now(), u.id, u.attempt_no, 'slept', now(), 'accepted', (SELECT reply_sha256 FROM ledger.attempt "
        "WHERE outcome = 'accepted' LIMIT 1) FROM ledger.submission u WHERE u.state = 'UNKNOWN'"
    )
    await night.resolve(None)
    assert night.submissions() == {"ACCEPTED": 4}
    assert night.one("SELECT count(*) FROM ledger.submission WHERE decided_by = 'lookup'") == 0


async def test_what_another_importer_created_meanwhile_is_never_taken_for_ours(night: Night) -> None:
    await _with_unknown(night, "lost_request")
    (row,) = night.sql("SELECT vin FROM mart.ecoc_document WHERE state = 'UNKNOWN'")
    for vehicle in list(night.sandbox.vehicles.seen(None, lag=0.0))[:1]:
        ivi = replace(vehicle.ivi, vin=row["vin"], variant="ANOTHER", reference="theirs")
        night.sandbox.vehicles.create("310000051", ivi, "0" * 64, "101")
    await night.resolve()
    assert night.submissions() == {"ACCEPTED": 3, "NEEDS_PERSON": 1}
