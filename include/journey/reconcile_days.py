"""Reconcile the days: for every party and day, did it run, do the sums hold, and what differs between whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from include.config.party import Party
from include.errors import SumsDiffer
from include.ledger import reconciling
from include.ledger.differences import kinds
from include.ledger.reconciling import Tally
from include.ledger.roles import grant_new_parties
from include.ledger.sightings import name_party
from include.ledger.warehouse import Connection, now_of

GRACE = timedelta(hours=4)
"""A run that is due counts as missing when its time is this long past."""
_SHOWN = 5
"""How many rows a failed check names; all of them are in mart.difference."""


@dataclass(frozen=True, slots=True)
class DaysReconciled:
    """What a reconciliation looked at and found."""

    days: tuple[date, ...]
    parties: tuple[str, ...]
    missing: tuple[tuple[str, date], ...]
    tallies: tuple[Tally, ...]

    def sentence(self) -> str:
        """The line an operator reads first."""
        found = [f"{one.open} {one.kind} ({one.new} new)" for one in self.tallies if one.open]
        gone = sum(one.cleared for one in self.tallies)
        span = f"{self.days[0]} to {self.days[-1]}" if len(self.days) > 1 else str(self.days[0])
        said = ", ".join(found) or "no difference"
        return f"{len(self.parties)} parties, {len(self.days)} days ({span}): {said}; {gone} gone since the last time"


def reconcile_days(
    connection: Connection, parties: Iterable[Party], *, first: date | None = None, last: date | None = None
) -> DaysReconciled:
    """Looks at every day that something happened to since the last time, or at the days from `first` to `last`.

    `parties` are the configured ones; parties that only the ledger remembers are looked at too. Commits. Raises what
    the warehouse raises.
    """
    configured = list(parties)
    for party in configured:
        name_party(connection, party.id, party.name, party.organisation_number, party.timezone)
    grant_new_parties(connection)
    now = now_of(connection)
    with reconciling.at_one_moment(connection):
        names = reconciling.all_parties(connection)
        days = _days(connection, now, first, last)
        due = _due(connection, configured, days, now)
        rows = [(party, day, (party, day) in due) for party in names for day in days]
        reconciling.record_days(connection, rows)
        tallies = reconciling.find_differences(connection, days, names)
    return DaysReconciled(tuple(days), tuple(names), tuple(sorted(due)), tuple(tallies))


def _days(connection: Connection, now: datetime, first: date | None, last: date | None) -> list[date]:
    today = now.astimezone(ZoneInfo("Europe/Oslo")).date()
    if first is not None or last is not None:
        start, end = first or last or today, last or today
        return [start + timedelta(days=n) for n in range((end - start).days + 1)] or [start]
    before = reconciling.last_checked(connection)
    since = max(before or now, now - reconciling.LONGEST_GAP) - timedelta(hours=1)
    gap = (today - since.astimezone(ZoneInfo("Europe/Oslo")).date()).days
    passed = {today - timedelta(days=n) for n in range(max(gap, 1) + 1)}
    return sorted(passed | reconciling.touched_days(connection, since))


def _due(
    connection: Connection, parties: Sequence[Party], days: Sequence[date], now: datetime
) -> set[tuple[str, date]]:
    """Which parties had to run on which of the days; a party's first day is not one of them."""
    since = reconciling.known_since(connection)
    return {
        (party.id, day)
        for party in parties
        for day in days
        if party.enabled and "ecoc" in party.roles and party.access != "reported"
        if party.id in since and day > since[party.id] and run_due(party, day, now)
    }


def run_due(party: Party, day: date, now: datetime) -> bool:
    """True when the party's schedule had a run on that day of its time zone and `GRACE` has passed since."""
    from croniter import croniter  # type: ignore[import-untyped] # it brings no types

    if party.schedule is None:
        return False
    zone = ZoneInfo(party.timezone)
    midnight = datetime.combine(day, time(), zone) - timedelta(seconds=1)
    fires: datetime = croniter(party.schedule, midnight).get_next(datetime)
    return fires.astimezone(zone).date() == day and fires + GRACE <= now


def invariants() -> list[str]:
    """Names of the kinds of differences that must never be."""
    return [kind.name for kind in kinds() if kind.breaks_invariant]


def check_invariant(connection: Connection, kind: str) -> str:
    """One line when the invariant holds. Raises SumsDiffer with the rows that break it, the oldest first."""
    about = {one.name: one.about for one in kinds()}[kind]
    number, rows = reconciling.broken_rows(connection, kind, _SHOWN)
    if not rows:
        return f"{kind}: holds"
    shown = " ".join(f"[{row.party} {row.day} {row.subject}] {row.sentence}" for row in rows)
    more = f" And {number - len(rows)} more." if number > len(rows) else ""
    raise SumsDiffer(f"{number} × {kind}: {about} {shown}{more} All are in mart.difference.")
