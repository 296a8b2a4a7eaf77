"""Watch: what a run should tell somebody, although nothing failed.

Every function looks and returns alerts; it changes nothing and tells nobody. A fact is the same however often it is
noticed, so `include.ledger.alerts.raise_new` lets each through once.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from include.config.party import Party
from include.ledger import counts
from include.ledger.alerts import Alert
from include.ledger.warehouse import Connection

REFUSED, UNKNOWN, FOR_A_PERSON, INCOMPLETE, NOTHING_DROPPED, LATE = (
    "refused_over_threshold",
    "unknown_too_long",
    "needs_person",
    "file_never_whole",
    "expected_drop_missing",
    "run_not_done",
)

_ALL_OF = 3
"""Documents from which on a run that was refused as a whole is no accident."""
_SINCE = timedelta(hours=20)
"""How far back a drop counts for this run: less than a day, so that yesterday's files do not hide today's silence."""
_LOOK_BACK = timedelta(hours=12)
"""A run in the night stands for the day before it: at 01:15 on a Monday nobody misses Sunday's files."""


def alerts_of_run(connection: Connection, party: Party, run_id: str, now: datetime | None = None) -> list[Alert]:
    """All alerts of a run that is about to end. `now` has its zone; left out, it is the warehouse's own clock."""
    moment = now or _clock(connection)
    return [
        *refused_over_threshold(connection, party, run_id, moment),
        *alerts_of_unknown(connection, party, moment),
        *never_whole(connection, party),
        *nothing_dropped(connection, party, moment),
    ]


def alerts_of_unknown(connection: Connection, party: Party, now: datetime | None = None) -> list[Alert]:
    """The alerts of a round of resolution: what is unknown for too long, and what waits for a person."""
    moment = now or _clock(connection)
    return [*unknown_too_long(connection, party, moment), *needs_person(connection, party, moment)]


def refused_over_threshold(connection: Connection, party: Party, run_id: str, now: datetime) -> list[Alert]:
    """One alert per party and day when both thresholds are passed: the number and the share of what was decided.

    A run in which everything was refused is an alert whatever they are, from three documents on.
    """
    run = counts.count(connection, party.id, run_id=run_id)
    decided = run.accepted + run.refused
    limits = party.thresholds
    passed = run.refused > limits.refused_number and run.refused > limits.refused_share * decided
    everything = run.refused == decided >= _ALL_OF
    if not (passed or everything):
        return []
    groups = counts.refusal_groups(connection, party.id, run_id)
    mostly = f", mostly {groups[0][0]} × {groups[0][1]}" if groups else ""
    sentence = (
        f"{party.id}: {'all ' if everything else ''}{run.refused} of {decided} decided documents were refused "
        f"({run.refused / decided:.0%}; the party allows {limits.refused_share:.0%}){mostly}. Look at "
        "mart.ecoc_refusal; once the cause is cured, use "
        'the form "send refused again".'
    )
    return [Alert(REFUSED, party.id, f"{party.id}:{_day(party, now)}", sentence)]


def unknown_too_long(connection: Connection, party: Party, now: datetime) -> list[Alert]:
    """One alert per send whose outcome has been unknown for longer than the party's `unknown_minutes`."""
    rows = connection.execute(
        "SELECT u.id, u.attempt_no, u.sent_at, coalesce(nullif(s.member, ''), s.name, 'a document') AS name "
        "FROM ledger.submission u LEFT JOIN ledger.sighting s ON s.id = u.sighting_id "
        "WHERE u.party = %s AND u.state IN ('SENT', 'UNKNOWN') AND u.sent_at < %s ORDER BY u.sent_at, u.id",
        (party.id, now - timedelta(minutes=party.thresholds.unknown_minutes)),
    )
    return [
        Alert(
            UNKNOWN,
            party.id,
            f"{row['id']}:{row['attempt_no']}",
            f"{party.id}: the outcome of {row['name']} has been unknown for {_minutes(now - row['sent_at'])} minutes. "
            "Do not send it again: the DAG ecoc_resolution settles it, or asks a person.",
        )
        for row in rows
    ]


def needs_person(connection: Connection, party: Party, now: datetime) -> list[Alert]:
    """One alert per party and day on which a document came to wait for a person."""
    rows = connection.execute(
        "SELECT count(*) AS n, max(c.decided_at) AS newest FROM ledger.submission u JOIN LATERAL ("
        "SELECT max(decided_at) AS decided_at FROM ledger.decision WHERE submission_id = u.id) c ON true "
        "WHERE u.party = %s AND u.state = 'NEEDS_PERSON'",
        (party.id,),
    ).fetchone()
    if rows is None or not rows["n"]:
        return []
    day = _day(party, rows["newest"] or now)
    number = f"{rows['n']} documents wait" if rows["n"] > 1 else "1 document waits"
    sentence = (
        f"{party.id}: {number} for a person: they were sent, and no lookup can tell what became of them. "
        f"`python -m samsvar open --party {party.id}` lists them with reason and next step."
    )
    return [Alert(FOR_A_PERSON, party.id, f"{party.id}:{day}", sentence)]


def never_whole(connection: Connection, party: Party) -> list[Alert]:
    """One alert per file that was given up as INCOMPLETE and still lies in the inbox."""
    rows = connection.execute(
        "SELECT id, name, first_seen_at FROM ledger.sighting "
        "WHERE party = %s AND filed_at IS NULL AND state = 'INCOMPLETE' ORDER BY id",
        (party.id,),
    )
    return [
        Alert(
            INCOMPLETE,
            party.id,
            str(row["id"]),
            f"{party.id}: {row['name']}, first seen {_local(party, row['first_seen_at'])}, never became whole. The "
            "importer has a receipt; ask for a complete upload.",
        )
        for row in rows
    ]


def nothing_dropped(connection: Connection, party: Party, now: datetime) -> list[Alert]:
    """An alert when a party that sends every working day dropped nothing in the 20 hours before this run.

    The working day is that of twelve hours ago in the party's time zone, Monday to Friday; public holidays count as
    working days.
    """
    day = (now - _LOOK_BACK).astimezone(ZoneInfo(party.timezone)).date()
    if not party.expect_weekdays or day.isoweekday() > 5:
        return []
    row = connection.execute(
        "SELECT 1 FROM ledger.sighting WHERE party = %s AND day >= %s AND first_seen_at > %s LIMIT 1",
        (party.id, _day(party, now - _SINCE), now - _SINCE),
    ).fetchone()
    if row is not None:
        return []
    sentence = (
        f"{party.id}: no file came on {day:%A} {day.isoformat()}, although the party drops some every working day. Ask "
        f"the importer, and look whether {party.drop}/inbox is where it uploads."
    )
    return [Alert(NOTHING_DROPPED, party.id, f"{party.id}:{day.isoformat()}", sentence)]


def run_not_done(party: str, *, run_id: str | None = None, deadline: datetime | None = None) -> Alert:
    """The alert for a run that is not done by its deadline; when that is, Airflow says. Facts: party and run."""
    by = f" by {deadline:%Y-%m-%d %H:%M %Z}".rstrip() if deadline else " by its deadline"
    which = f" {run_id}" if run_id else ""
    sentence = (
        f"{party}: the run{which} of ecoc_submission__{party} is not done{by}. Nothing is lost and nothing is "
        "sent twice: look at the running or red task in Airflow, and clear it once its cause is gone."
    )
    return Alert(LATE, party, f"{party}:{run_id or (deadline.isoformat() if deadline else '')}", sentence)


def _clock(connection: Connection) -> datetime:
    row = connection.execute("SELECT clock_timestamp() AS now").fetchone()
    if row is None:
        raise LookupError("the warehouse does not tell the time")
    moment: datetime = row["now"]
    return moment


def _day(party: Party, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(party.timezone)).date()


def _local(party: Party, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(party.timezone)).strftime("%Y-%m-%d %H:%M")


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
