"""Reconcile: prove that every sighting is in exactly one state and say in one line what the run did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from include.config.party import Party
from include.errors import SumsDiffer
from include.ledger import counts, reconciling
from include.ledger.counts import Counts
from include.ledger.sightings import name_party
from include.ledger.warehouse import Connection, now_of


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The proof: this run's counts, the party's counts over all time, and the operator's summary."""

    run: Counts
    all_time: Counts
    summary: str
    problems: tuple[str, ...]
    unsent: str = ""
    """What an operator must not overlook although nothing failed: documents of this run that are not sent."""

    def raise_if_broken(self) -> None:
        """Raises SumsDiffer with every problem; call it after the results are committed."""
        if self.problems:
            raise SumsDiffer("; ".join(self.problems) + ". Look at mart.ecoc_document and ledger.sighting_status.")


def reconcile(connection: Connection, party: Party, run_id: str) -> Reconciled:
    """Counts the run and the party, checks the invariants, and words the summary. Changes nothing.

    Every column is counted by its own query, so all of them look at one moment: an answer that is recorded meanwhile
    must not look like a sum that differs.
    """
    connection.commit()
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    try:
        return _reconcile(connection, party, run_id)
    finally:
        connection.rollback()


def record_end(
    connection: Connection, party: Party, run_id: str, result: Reconciled, *, began: datetime | None = None
) -> None:
    """Writes down that the run came to its end, for the reconciliation of all parties; commits. `began` has a zone."""
    name_party(connection, party.id, party.name, party.organisation_number, party.timezone)
    day = (began or now_of(connection)).astimezone(ZoneInfo(party.timezone)).date()
    reconciling.record_run(
        connection, party.id, "ecoc", run_id, day=day, summary=result.summary, problems=result.problems
    )


def _reconcile(connection: Connection, party: Party, run_id: str) -> Reconciled:
    run = counts.count(connection, party.id, run_id=run_id)
    all_time = counts.count(connection, party.id)
    problems = counts.broken_invariants(connection, party.id)
    if not all_time.adds_up:
        problems.append(f"{party.id}: the states do not add up to {all_time.received} received")
    waiting = counts.open_reasons(connection, party.id, run_id)
    to_send = sum(number for number, kind in waiting if kind == "to send")
    unsent = f"{party.id}: {to_send} documents of this run are not sent; the next run sends them." if to_send else ""
    summary = _summary(connection, party, run_id, run, waiting)
    return Reconciled(run, all_time, summary, tuple(problems), unsent)


def _summary(connection: Connection, party: Party, run_id: str, run: Counts, waiting: Sequence[tuple[int, str]]) -> str:
    """For instance: nordbil: 41 received, 37 accepted, 3 refused (3 × avgiftskode 101 not open for …), 1 invalid."""
    sentence = run.sentence(party.id)
    groups = counts.refusal_groups(connection, party.id, run_id)
    if groups:
        largest = ", ".join(f"{number} × {gap}" for number, gap in groups)
        sentence = sentence.replace(f"{run.refused} refused", f"{run.refused} refused ({largest})")
    if waiting and run.open:
        why = ", ".join(f"{number} {kind}" for number, kind in waiting)
        sentence = sentence.replace(f"{run.open} open", f"{run.open} open ({why})")
    not_whole = counts.not_whole(connection, party.id)
    if not_whole:
        sentence += f"; {not_whole} not whole yet"
    row = connection.execute(
        "SELECT to_char(max(u.settle_until) AT TIME ZONE %s, 'HH24:MI') AS until FROM ledger.submission u "
        "JOIN ledger.sighting s ON s.id = u.sighting_id "
        "WHERE s.party = %s AND s.run_id = %s AND u.state IN ('SENT', 'UNKNOWN')",
        (party.timezone, party.id, run_id),
    ).fetchone()
    if row and row["until"]:
        sentence = sentence.replace(f"{run.unknown} unknown", f"{run.unknown} unknown, settle until {row['until']}")
    return sentence
