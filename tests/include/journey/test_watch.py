from __future__ import annotations

import hashlib
import itertools
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.config.party import Party
from include.journey import watch
from include.ledger import alerts, sightings
from include.ledger.warehouse import Connection

pytestmark = pytest.mark.postgres

# 01:15 in Oslo on Thursday 5 March 2026: the run that carries Wednesday's files.
NIGHT = datetime(2026, 3, 5, 0, 15, tzinfo=UTC)
RUN = "scheduled__2026-03-05"
_numbers = itertools.count(1)


def party(ledger: Connection, **changes: Any) -> Party:
    found = Party(id="nordbil", name="Nordbil Import AS", organisation_number="310000019", **changes)
    sightings.name_party(ledger, found.id, found.name, found.organisation_number, found.timezone)
    return found


def drop(ledger: Connection, *, seen: datetime = NIGHT, state: str = "OPEN", reason: str | None = None) -> int:
    number = next(_numbers)
    row = ledger.execute(
        "INSERT INTO ledger.sighting (first_seen_at, party, day, name_bytes, name, size, mtime, state, reason, run_id, "
        "lot_no) VALUES (%(seen)s, 'nordbil', (%(seen)s AT TIME ZONE 'Europe/Oslo')::date, %(bytes)s, %(name)s, 10, 0, "
        "%(state)s, %(reason)s, %(run)s, 1) RETURNING id",
        {
            "seen": seen,
            "bytes": f"{number}.xml".encode(),
            "name": f"{number}.xml",
            "state": state,
            "reason": reason,
            "run": RUN,
        },
    ).fetchone()
    assert row is not None
    return int(row["id"])


def send(ledger: Connection, end: str, *, sent: datetime = NIGHT, seen: datetime = NIGHT) -> uuid.UUID:
    """One document of the run on its way to the authority, up to the state `end`."""
    sighting = drop(ledger, seen=seen)
    digest = hashlib.sha256(str(sighting).encode()).hexdigest()
    row = ledger.execute(
        "INSERT INTO ledger.document (party, sha256, size, sighting_id, state, type_approval) "
        "VALUES ('nordbil', %s, 10, %s, 'VALID', 'e6*2007/46*0289*09') RETURNING id",
        (digest, sighting),
    ).fetchone()
    assert row is not None
    ledger.execute("UPDATE ledger.sighting SET state = 'TAKEN', document_id = %s WHERE id = %s", (row["id"], sighting))
    submission = uuid.uuid4()
    ledger.execute(
        "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source, avgiftskode) "
        "VALUES (%s, 'nordbil', %s, %s, 1, '310000019', 'sidecar', '101')",
        (submission, row["id"], sighting),
    )
    ledger.execute(
        "UPDATE ledger.submission SET state = 'SENT', version = 1, attempt_no = 1, sent_at = %s, settle_until = %s "
        "WHERE id = %s",
        (sent, sent + timedelta(minutes=6), submission),
    )
    if end != "SENT":
        ledger.execute(
            "UPDATE ledger.submission SET state = %s, version = 2, decided_at = now(), decided_by = 'answer', "
            "meldingskode = 'kjoretoy.coc.KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES' WHERE id = %s",
            (end, submission),
        )
    return submission


def nights_end(ledger: Connection, accepted: int, refused: int) -> None:
    for end, number in (("ACCEPTED", accepted), ("REFUSED", refused)):
        for _ in range(number):
            send(ledger, end)


def test_refusals_above_number_and_share_are_one_alert_that_names_the_largest_group(ledger: Connection) -> None:
    nordbil = party(ledger, thresholds={"refused_share": 0.25, "refused_number": 2})
    nights_end(ledger, accepted=5, refused=3)
    (alert,) = watch.refused_over_threshold(ledger, nordbil, RUN, NIGHT)
    assert (alert.kind, alert.party, alert.fact) == ("refused_over_threshold", "nordbil", "nordbil:2026-03-05")
    assert "3 of 8 decided documents were refused (38%; the party allows 25%)" in alert.sentence
    assert "mostly 3 × avgiftskode 101 not open for e6*2007/46*0289*09" in alert.sentence


@pytest.mark.parametrize(
    ("accepted", "refused", "number", "share"),
    [(1, 2, 2, 0.1), (9, 3, 2, 0.25), (0, 0, 0, 0.0)],
    ids=["number not passed", "share met but not passed", "nothing decided"],
)
def test_refusals_within_a_threshold_are_no_alert(
    ledger: Connection, accepted: int, refused: int, number: int, share: float
) -> None:
    nordbil = party(ledger, thresholds={"refused_share": share, "refused_number": number})
    nights_end(ledger, accepted, refused)
    assert watch.refused_over_threshold(ledger, nordbil, RUN, NIGHT) == []


@pytest.mark.parametrize(
    ("accepted", "refused", "is_alert"),
    [(0, 3, True), (0, 2, False), (1, 9, False)],
    ids=["all three", "all two", "all but one"],
)
def test_a_run_in_which_everything_was_refused_is_an_alert_whatever_the_thresholds(
    ledger: Connection, accepted: int, refused: int, is_alert: bool
) -> None:
    nordbil = party(ledger, thresholds={"refused_share": 1, "refused_number": 100})
    nights_end(ledger, accepted, refused)
    found = watch.refused_over_threshold(ledger, nordbil, RUN, NIGHT)
    assert bool(found) is is_alert
    assert all("all 3 of 3 decided documents were refused (100%" in alert.sentence for alert in found)


def test_refusals_of_another_run_do_not_count(ledger: Connection) -> None:
    nordbil = party(ledger, thresholds={"refused_share": 0, "refused_number": 0})
    nights_end(ledger, accepted=0, refused=1)
    assert watch.refused_over_threshold(ledger, nordbil, "another run", NIGHT) == []
    assert len(watch.refused_over_threshold(ledger, nordbil, RUN, NIGHT)) == 1


def test_each_outcome_unknown_for_too_long_is_an_alert_of_its_own(ledger: Connection) -> None:
    nordbil = party(ledger)
    sent = send(ledger, "SENT", sent=NIGHT - timedelta(minutes=45))
    unknown = send(ledger, "UNKNOWN", sent=NIGHT - timedelta(minutes=31))
    send(ledger, "UNKNOWN", sent=NIGHT - timedelta(minutes=29))
    send(ledger, "ACCEPTED", sent=NIGHT - timedelta(minutes=90))
    found = watch.unknown_too_long(ledger, nordbil, NIGHT)
    assert [alert.fact for alert in found] == [f"{sent}:1", f"{unknown}:1"]
    assert "unknown for 45 minutes. Do not send it again" in found[0].sentence


def test_the_party_says_how_long_an_outcome_may_stay_unknown(ledger: Connection) -> None:
    patient = party(ledger, thresholds={"unknown_minutes": 60})
    send(ledger, "UNKNOWN", sent=NIGHT - timedelta(minutes=45))
    assert watch.unknown_too_long(ledger, patient, NIGHT) == []


def test_a_file_that_never_became_whole_is_named(ledger: Connection) -> None:
    nordbil = party(ledger)
    drop(ledger)
    sighting = drop(ledger, state="INCOMPLETE", reason="It stops.", seen=NIGHT - timedelta(days=1))
    (alert,) = watch.never_whole(ledger, nordbil)
    assert (alert.kind, alert.fact) == ("file_never_whole", str(sighting))
    assert ".xml, first seen 2026-03-04 01:15, never became whole" in alert.sentence


def test_silence_on_a_working_day_is_an_alert_about_that_day(ledger: Connection) -> None:
    nordbil = party(ledger, expect_weekdays=True)
    drop(ledger, seen=NIGHT - timedelta(days=1))  # Tuesday's file, seen by the run before
    (alert,) = watch.nothing_dropped(ledger, nordbil, NIGHT)
    assert (alert.kind, alert.fact) == ("expected_drop_missing", "nordbil:2026-03-04")
    assert "no file came on Wednesday 2026-03-04" in alert.sentence


@pytest.mark.parametrize(
    "seen", [NIGHT, NIGHT - timedelta(hours=3)], ids=["seen by this run", "seen by a run the evening before"]
)
def test_a_file_that_this_night_saw_is_no_silence(ledger: Connection, seen: datetime) -> None:
    nordbil = party(ledger, expect_weekdays=True)
    drop(ledger, seen=seen)
    assert watch.nothing_dropped(ledger, nordbil, NIGHT) == []


def test_a_withdrawn_file_is_no_silence(ledger: Connection) -> None:
    nordbil = party(ledger, expect_weekdays=True)
    drop(ledger, state="WITHDRAWN")
    assert watch.nothing_dropped(ledger, nordbil, NIGHT) == []


@pytest.mark.parametrize(
    ("night", "is_alert"),
    [
        (datetime(2026, 3, 7, 0, 15, tzinfo=UTC), True),
        (datetime(2026, 3, 8, 0, 15, tzinfo=UTC), False),
        (datetime(2026, 3, 9, 0, 15, tzinfo=UTC), False),
        (datetime(2026, 3, 9, 17, 0, tzinfo=UTC), True),
    ],
    ids=["Saturday's night carries Friday", "Sunday's Saturday", "Monday's Sunday", "Monday evening Monday"],
)
def test_a_night_stands_for_the_day_before_it(ledger: Connection, night: datetime, is_alert: bool) -> None:
    nordbil = party(ledger, expect_weekdays=True)
    assert bool(watch.nothing_dropped(ledger, nordbil, night)) is is_alert


def test_a_party_that_does_not_send_every_day_is_never_missed(ledger: Connection) -> None:
    assert watch.nothing_dropped(ledger, party(ledger), NIGHT) == []


def test_the_watch_of_a_run_gathers_every_kind_and_each_fact_is_told_once(ledger: Connection) -> None:
    nordbil = party(ledger, expect_weekdays=True, thresholds={"refused_share": 0, "refused_number": 0})
    before = NIGHT - timedelta(days=2)
    drop(ledger, state="INCOMPLETE", reason="It stops.", seen=before)
    send(ledger, "REFUSED", seen=before)
    send(ledger, "UNKNOWN", sent=NIGHT - timedelta(hours=1), seen=before)
    found = watch.alerts_of_run(ledger, nordbil, RUN, NIGHT)
    assert [alert.kind for alert in found] == [
        "refused_over_threshold",
        "unknown_too_long",
        "file_never_whole",
        "expected_drop_missing",
    ]
    assert alerts.raise_new(ledger, nordbil.id, found) == found
    alerts.mark_notified(ledger, found)
    later = watch.alerts_of_run(ledger, nordbil, RUN, NIGHT + timedelta(hours=1))
    assert alerts.raise_new(ledger, nordbil.id, later) == []


def test_a_quiet_night_raises_nothing(ledger: Connection) -> None:
    nordbil = party(ledger, expect_weekdays=True)
    nights_end(ledger, accepted=3, refused=1)
    assert watch.alerts_of_run(ledger, nordbil, RUN, NIGHT) == []


def test_without_a_given_time_the_warehouse_s_clock_counts(ledger: Connection) -> None:
    nordbil = party(ledger)
    old = send(ledger, "UNKNOWN", sent=datetime.now(UTC) - timedelta(minutes=40))
    send(ledger, "UNKNOWN", sent=datetime.now(UTC) - timedelta(minutes=20))
    assert [alert.fact for alert in watch.alerts_of_run(ledger, nordbil, RUN)] == [f"{old}:1"]


def test_a_late_run_is_named_with_its_deadline() -> None:
    alert = watch.run_not_done("nordbil", run_id=RUN, deadline=datetime(2026, 3, 5, 5, 0, tzinfo=UTC))
    assert (alert.kind, alert.fact) == ("run_not_done", f"nordbil:{RUN}")
    assert f"the run {RUN} of ecoc_submission__nordbil is not done by 2026-03-05 05:00 UTC." in alert.sentence
    assert "is not done by its deadline." in watch.run_not_done("nordbil").sentence
