"""Each kind of difference is planted once, found, named, and gone again when its cause is."""

# longer because each kind is planted beside the question whether it is found

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.config.party import Party
from include.errors import SumsDiffer
from include.journey.reconcile_days import check_invariant, invariants, run_due
from include.ledger import reconciling
from include.ledger.differences import kinds
from include.ledger.warehouse import Connection
from samsvar.house import INVARIANTS

pytestmark = pytest.mark.postgres

Plant = Callable[["Garden"], None]


class Garden:
    """A warehouse in which differences are planted; the triggers that would refuse them are off."""

    def __init__(self, connection: Connection, submission: Callable[..., uuid.UUID]) -> None:
        self.connection = connection
        self.submission = submission
        self.today: date = self.one("SELECT current_date")

    def sql(self, query: str, *values: Any) -> None:
        self.connection.execute(query.encode(), values or None)

    def one(self, query: str, *values: Any) -> Any:
        row = self.connection.execute(query.encode(), values or None).fetchone()
        assert row is not None
        return next(iter(row.values()))

    def attempt(self, submission: uuid.UUID, outcome: str) -> None:
        self.sql(
            "INSERT INTO ledger.attempt (ended_at, submission_id, attempt_no, owner, started_at, outcome) "
            "VALUES (now(), %s, 1, 'me', now(), %s)",
            submission,
            outcome,
        )

    def decided(self, state: str) -> uuid.UUID:
        """A document decided by an answer, with its evidence, filed and told."""
        made = self.submission(state)
        self.attempt(made, state.lower())
        self.sql("UPDATE ledger.sighting SET filed_at = now(), receipt_state = %s", state)
        return made

    def age(self, hours: int) -> None:
        """Everything there is becomes older."""
        step = f"- interval '{hours} hours'"
        self.sql(f"UPDATE ledger.document SET first_seen_at = first_seen_at {step}")
        self.sql(f"UPDATE ledger.sighting SET first_seen_at = first_seen_at {step}, filed_at = filed_at {step}")
        self.sql(
            f"UPDATE ledger.submission SET opened_at = opened_at {step}, sent_at = sent_at {step}, "
            f"settle_until = sent_at {step}, decided_at = decided_at {step}"
        )

    def find(self) -> dict[str, int]:
        """What the reconciliation finds open now, by kind."""
        tallies = reconciling.find_differences(self.connection, [self.today], ["nordbil"])
        return {one.kind: one.open for one in tallies if one.open}


@pytest.fixture
def garden(connection: Connection, submission: Callable[..., uuid.UUID]) -> Garden:
    connection.execute("SET LOCAL session_replication_role = replica")
    return Garden(connection, submission)


def _missing_run(garden: Garden) -> None:
    garden.sql("INSERT INTO ledger.party_day (party, day, due) VALUES ('nordbil', current_date, true)")


def _run_without_end(garden: Garden) -> None:
    garden.sql("INSERT INTO ledger.lot VALUES ('nordbil', 'run-1', 1, 3, now() - interval '21 hours')")


def _run_with_problems(garden: Garden) -> None:
    garden.sql(
        "INSERT INTO ledger.party_run (party, stream, run_id, day, summary, problems) "
        "VALUES ('nordbil', 'ecoc', 'run-1', current_date, 'x', ARRAY['the states do not add up'])"
    )


def _sums(garden: Garden) -> None:
    garden.decided("ACCEPTED")
    garden.sql(
        "CREATE OR REPLACE VIEW ledger.sighting_status AS SELECT s.id, s.first_seen_at, s.party, s.day, s.name, "
        "s.member, s.document_id, s.run_id, s.lot_no, s.filed_at, s.receipt_state, NULL::uuid AS submission_id, "
        "'nowhere'::text AS status, 'ACCEPTED'::text AS state FROM ledger.sighting s"
    )


def _invalid_yet_sent(garden: Garden) -> None:
    garden.decided("ACCEPTED")
    garden.sql("UPDATE ledger.document SET state = 'INVALID'")


def _sent_anew_while_accepted(garden: Garden) -> None:
    first = garden.decided("ACCEPTED")
    garden.sql("DROP INDEX ledger.submission_one_live")
    garden.sql(
        "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source, state, sent_at, "
        "decided_at, decided_by) SELECT gen_random_uuid(), party, document_id, sighting_id, 2, sender, 'none', "
        "'ACCEPTED', sent_at, decided_at, 'answer' FROM ledger.submission WHERE id = %s",
        first,
    )
    garden.attempt(garden.one("SELECT id FROM ledger.submission WHERE n = 2"), "accepted")


def _no_evidence(garden: Garden) -> None:
    garden.decided("ACCEPTED")
    garden.sql("DELETE FROM ledger.attempt")


def _no_decision(garden: Garden) -> None:
    garden.decided("ACCEPTED")
    garden.sql("UPDATE ledger.submission SET decided_by = 'Kari Nordmann'")


def _refused_without(garden: Garden) -> None:
    garden.decided("REFUSED")
    garden.sql("DELETE FROM ledger.attempt")


def _evidence_only(garden: Garden) -> None:
    made = garden.decided("REFUSED")
    garden.attempt(made, "accepted")


def _vin_twice(garden: Garden) -> None:
    garden.decided("ACCEPTED")
    garden.decided("ACCEPTED")
    garden.sql("UPDATE ledger.document SET vin = 'YV1AA000000000001'")
    garden.sql("UPDATE ledger.submission SET decided_at = now() - interval '1 hour' WHERE id = "
               "(SELECT id FROM ledger.submission ORDER BY document_id LIMIT 1)")  # fmt: skip


def _unknown(garden: Garden) -> None:
    garden.submission("UNKNOWN")
    garden.age(2)


def _person(garden: Garden) -> None:
    garden.submission("NEEDS_PERSON")


def _held(garden: Garden) -> None:
    garden.submission("PENDING")
    garden.sql("DELETE FROM ledger.submission")
    garden.sql("UPDATE ledger.document SET hold_reason = 'avgiftskode: none is known.'")
    garden.age(25)


def _not_sent(garden: Garden) -> None:
    garden.submission("PENDING")
    garden.age(25)


def _not_filed(garden: Garden) -> None:
    made = garden.submission("ACCEPTED")
    garden.attempt(made, "accepted")
    garden.age(25)


def _receipt(garden: Garden) -> None:
    garden.decided("ACCEPTED")
    garden.sql("UPDATE ledger.sighting SET receipt_state = 'UNKNOWN'")
    garden.age(25)


def _never_whole(garden: Garden) -> None:
    garden.sql(
        "INSERT INTO ledger.sighting (party, day, name_bytes, name, size, mtime, state, reason) "
        "VALUES ('nordbil', current_date, 'x', 'half.xml', 1, 1, 'INCOMPLETE', 'Its end is missing.')"
    )


def _register(garden: Garden, kind: str) -> None:
    made = garden.decided("ACCEPTED")
    garden.sql(
        "INSERT INTO ledger.register_difference (submission_id, document_id, party, kind, sentence, next_step) "
        "SELECT id, document_id, party, %s, 'It differs.', 'Look.' FROM ledger.submission WHERE id = %s",
        kind,
        made,
    )


def _not_in_register(garden: Garden) -> None:
    _register(garden, "not_in_register")


def _other_make(garden: Garden) -> None:
    _register(garden, "make")


def _leasing(garden: Garden) -> None:
    garden.sql(
        "WITH file AS (INSERT INTO ledger.leasing_file (party, day, source, name_bytes, name, size, mtime) "
        "VALUES ('nordbil', current_date, 'file', 'x', 'changes.csv', 1, 1) RETURNING id) "
        "INSERT INTO ledger.leasing_change (party, file_id, row_no, place, environment, sender, handling, kjennemerke, "
        "holder_kind, state, sent_at) SELECT 'nordbil', id, 1, 'row 2', 'test', '1', 'OPPRETTE', 'AB12345', 'person', "
        "'NEEDS_PERSON', now() FROM file"
    )


def _accepted_change(garden: Garden, handling: str, said: str) -> None:
    _leasing(garden)
    garden.sql(
        "UPDATE ledger.leasing_change SET state = 'ACCEPTED', handling = %s, register_said = %s, "
        "decided_by = 'answer', decided_at = now() - interval '2 days'",
        handling,
        said,
    )


def _other_leaseholder(garden: Garden) -> None:
    _accepted_change(garden, "OPPRETTE", "another")


def _lease_still_shown(garden: Garden) -> None:
    _accepted_change(garden, "AVSLUTTE", "ours")


def _presented(garden: Garden, state: str = "ACCEPTED", *, hours: int = 0, **more: str) -> str:
    """A presentation that is so many hours old; returns its requestId."""
    columns = {"state": state, "decided_by": "answer", "reason": "Used before."} | more
    garden.sql(
        "WITH file AS (INSERT INTO ledger.presentation_file (party, day, source, name_bytes, name, size, mtime) "
        "VALUES ('nordbil', current_date, 'file', 'x', 'present.csv', 1, 1) RETURNING id) "
        "INSERT INTO ledger.presentation (request_id, party, file_id, row_no, level, office, consignment, environment, "
        f"sender, opened_at, first_sent_at, sent_at, decided_at, live, {', '.join(columns)}) SELECT gen_random_uuid(), "
        "'nordbil', id, 1, 'house-consignment', 'NO01', 'HC001', 'test', '1', at, at, at, at, "
        f"%s, {', '.join(['%s'] * len(columns))} FROM file, (SELECT now() - interval '{hours} hours' AS at) AS t",
        state != "REFUSED" and more.get("validation") != "FAILURE",
        *columns.values(),
    )
    return str(garden.one("SELECT request_id FROM ledger.presentation ORDER BY opened_at DESC LIMIT 1"))


def _signal(garden: Garden, request: str | None) -> None:
    """A house consignment with a signal; of that presentation, or of goods that others presented."""
    garden.sql(
        "INSERT INTO ledger.customs_organisation (id, environment, organisation, party) OVERRIDING SYSTEM VALUE "
        "VALUES (1, 'test', '1', 'nordbil') ON CONFLICT DO NOTHING"
    )
    garden.sql(
        "INSERT INTO ledger.customs_consignment (organisation_id, document_number, request_id, signals, routing, "
        "position) VALUES (1, %s, %s, 1, 'TO_ENTRY', 1)",
        str(request),
        request,
    )


def _presentation(garden: Garden) -> None:
    _presented(garden, "NEEDS_PERSON")


def _not_validated(garden: Garden) -> None:
    _signal(garden, _presented(garden, hours=1))


def _no_signal(garden: Garden) -> None:
    _presented(garden, hours=2, validation="SUCCESS")


def _refused_presentation(garden: Garden) -> None:
    _presented(garden, "REFUSED", hours=25)


def _failed_presentation(garden: Garden) -> None:
    _presented(garden, hours=25, validation="FAILURE")


PLANTED: list[tuple[str, Plant]] = [
    ("party_did_not_run", _missing_run),
    ("run_without_end", _run_without_end),
    ("run_with_problems", _run_with_problems),
    ("sums_differ", _sums),
    ("document_in_two_states", _invalid_yet_sent),
    ("document_in_two_states", _sent_anew_while_accepted),
    ("accepted_without_evidence", _no_evidence),
    ("accepted_without_evidence", _no_decision),
    ("refused_without_evidence", _refused_without),
    ("evidence_without_acceptance", _evidence_only),
    ("vin_accepted_twice", _vin_twice),
    ("unknown_overdue", _unknown),
    ("waits_for_person", _person),
    ("held_too_long", _held),
    ("not_sent", _not_sent),
    ("not_filed", _not_filed),
    ("receipt_behind", _receipt),
    ("file_never_whole", _never_whole),
    ("leasing_unsettled", _leasing),
    ("leaseholder_differs", _other_leaseholder),
    ("lease_still_shown", _lease_still_shown),
    ("presentation_unsettled", _presentation),
    ("presentation_not_validated", _not_validated),
    ("presentation_without_signal", _no_signal),
    ("presentation_not_corrected", _refused_presentation),
    ("presentation_not_corrected", _failed_presentation),
    ("not_in_register", _not_in_register),
    ("register_holds_other", _other_make),
]


@pytest.mark.parametrize(("kind", "plant"), PLANTED, ids=[plant.__name__.strip("_") for _, plant in PLANTED])
def test_a_planted_difference_is_found_and_named_and_nothing_else_is(garden: Garden, kind: str, plant: Plant) -> None:
    plant(garden)

    assert garden.find() == {kind: 1}

    row = garden.connection.execute("SELECT * FROM mart.difference").fetchall()[0]
    assert row["kind"] == kind and row["importer"] == "nordbil" and row["is_open"]
    assert row["sentence"].endswith(".") and row["age_hours"] >= 0
    assert garden.one("SELECT breaks_invariant FROM ledger.difference") == (kind in INVARIANTS)


def test_every_kind_is_planted_and_says_who_acts_and_how() -> None:
    assert {kind for kind, _ in PLANTED} == {one.name for one in kinds()}
    assert all(one.about.endswith(".") and one.next_step.endswith(".") for one in kinds())


def test_the_checks_of_the_dag_are_the_kinds_that_must_never_be() -> None:
    assert sorted(INVARIANTS) == sorted(invariants()) and len(INVARIANTS) >= 5


def test_what_all_agrees_has_no_difference(garden: Garden) -> None:
    for state in ("ACCEPTED", "REFUSED", "ACCEPTED"):
        garden.decided(state)
    garden.submission("PENDING")
    garden.submission("SENT")

    assert garden.find() == {}


def test_customs_that_is_in_time_or_about_others_goods_is_no_difference(garden: Garden) -> None:
    corrected = _presented(garden, corrects=_presented(garden, "REFUSED", hours=25))
    _signal(garden, None)
    assert garden.find() == {}
    garden.sql("UPDATE ledger.presentation SET first_sent_at = now() - interval '2 hours'")
    assert garden.find() == {"presentation_not_validated": 1, "presentation_without_signal": 1}
    _signal(garden, corrected)
    garden.sql("UPDATE ledger.presentation SET validation = 'SUCCESS' WHERE request_id = %s", corrected)
    assert garden.find() == {}


@pytest.mark.parametrize(("handling", "said"), [("OPPRETTE", "ours"), ("AVSLUTTE", "nobody"), ("AVSLUTTE", "another")])
def test_a_register_that_shows_the_change_is_no_difference(garden: Garden, handling: str, said: str) -> None:
    _accepted_change(garden, handling, said)
    assert garden.find() == {}


def test_a_difference_keeps_its_row_and_its_age_until_it_is_gone_and_then_tells_when(garden: Garden) -> None:
    made = garden.submission("UNKNOWN")
    garden.age(2)
    assert garden.find() == garden.find() == {"unknown_overdue": 1}
    assert garden.one("SELECT count(*) FROM ledger.difference") == 1

    garden.sql("UPDATE ledger.submission SET state = 'NEEDS_PERSON', version = version + 1 WHERE id = %s", made)

    assert garden.find() == {"waits_for_person": 1}
    assert garden.one("SELECT is_open FROM mart.difference WHERE kind = 'unknown_overdue'") is False
    garden.sql("UPDATE ledger.submission SET state = 'UNKNOWN', version = version + 1 WHERE id = %s", made)
    assert garden.find() == {"unknown_overdue": 1}
    assert garden.one("SELECT count(*) FROM ledger.difference WHERE kind = 'unknown_overdue'") == 2


def test_days_that_were_not_looked_at_keep_their_differences(garden: Garden) -> None:
    _no_evidence(garden)
    garden.find()

    reconciling.find_differences(garden.connection, [date(2020, 1, 1)], ["nordbil"])

    assert garden.one("SELECT count(*) FROM ledger.difference WHERE cleared_at IS NULL") == 1


def test_a_check_is_red_with_the_rows_that_break_it_and_green_without(garden: Garden) -> None:
    assert check_invariant(garden.connection, "accepted_without_evidence") == "accepted_without_evidence: holds"
    for _ in range(7):
        garden.decided("ACCEPTED")
    garden.sql("DELETE FROM ledger.attempt")
    garden.find()

    with pytest.raises(SumsDiffer, match=r"^7 × accepted_without_evidence: .+\[nordbil .+ And 2 more") as raised:
        check_invariant(garden.connection, "accepted_without_evidence")
    assert str(raised.value).count(".xml") == 5


def test_the_mart_says_broken_differs_or_agrees_and_a_day_without_a_run_is_a_row(garden: Garden) -> None:
    garden.decided("ACCEPTED")
    garden.sql("INSERT INTO ledger.party_day (party, day, due) VALUES ('nordbil', current_date, false)")
    assert _verdict(garden) == ("agrees", 1, 1, 1)
    garden.submission("NEEDS_PERSON")
    garden.find()
    assert _verdict(garden) == ("differs", 2, 1, 2)
    garden.sql("DELETE FROM ledger.attempt")
    garden.find()
    assert _verdict(garden) == ("broken", 2, 1, 2)

    garden.sql("INSERT INTO ledger.party_day (party, day, due) VALUES ('nordbil', current_date - 1, true)")
    (row,) = garden.connection.execute("SELECT * FROM mart.reconciliation WHERE day = current_date - 1").fetchall()
    assert (row["verdict"], row["files"], row["runs"], row["run_due"]) == ("did not run", 0, 0, True)


def _verdict(garden: Garden) -> tuple[Any, ...]:
    (row,) = garden.connection.execute("SELECT * FROM mart.reconciliation WHERE day = current_date").fetchall()
    assert row["files"] == sum(row[name] for name in ("accepted", "refused", "invalid", "duplicate", "unknown", "open"))
    return row["verdict"], row["files"], row["accepted"], row["sent"]


OSLO = ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize(
    ("schedule", "now", "due"),
    [
        ("15 1 * * *", datetime(2026, 11, 20, 6, 0, tzinfo=OSLO), True),
        ("15 1 * * *", datetime(2026, 11, 20, 5, 0, tzinfo=OSLO), False),
        ("15 1 * * 1", datetime(2026, 11, 20, 23, 0, tzinfo=OSLO), False),
        ("0 0 * * *", datetime(2026, 11, 20, 4, 0, tzinfo=OSLO), True),
        (None, datetime(2026, 11, 21, 5, 0, tzinfo=OSLO), False),
    ],
)
def test_a_run_is_due_when_its_time_and_some_hours_have_passed(schedule: str | None, now: datetime, due: bool) -> None:
    block = {"id": "nordbil", "name": "N", "organisation_number": "310000019", "schedule": schedule}
    assert run_due(Party.model_validate(block), date(2026, 11, 20), now) is due
