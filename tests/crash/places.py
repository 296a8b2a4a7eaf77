"""Where a test may end a process: the table of crash points, each with what it cuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Point:
    """A side of a call ("module:qualified name"), and how the transaction stands there: that tells what is cut.

    open: the statements were sent and their COMMIT was not. done: their COMMIT was heard. A process that gets there
    and finds it otherwise ends with WRONG_PLACE, so no point can cut something else than its name says. `found`: a
    call that gives nothing is no passage. `within`: only passages inside of this function count.
    """

    place: str
    side: Literal["before", "after"] = "after"
    transaction: Literal["open", "done", "any"] = "any"
    found: bool = False
    within: str = ""


_COMMIT = "psycopg:AsyncTransaction.__aexit__"

POINTS: dict[str, Point] = {
    # collect
    "listed": Point("include.journey.collect:_take_all", "before"),
    "bytes without a name": Point("include.ledger.content:_write_through"),
    "bytes stored": Point("include.ledger.content:ContentStore.put"),
    "rows not committed": Point("include.ledger.intake:take", transaction="open"),
    "group committed": Point("include.journey.collect:_commit_group", transaction="done"),
    "half a file read": Point("include.ledger.sightings:mark_not_whole", transaction="open"),
    "duplicates not committed": Point("include.ledger.intake:_duplicate", transaction="open"),
    # plan, validate, open
    "plan not committed": Point("include.ledger.lots:_append", transaction="open"),
    "planned": Point("include.ledger.lots:plan", transaction="done"),
    "checked": Point("include.ivi.check:_ended"),
    "about to check": Point("include.ivi.check:_read", "before"),
    "findings not committed": Point("include.ledger.validation:record", transaction="open"),
    "valid, not opened": Point("include.ledger.opening:valid_documents", "before", "done"),
    "opened, not committed": Point("include.ledger.opening:record", transaction="open"),
    # send
    "gate taken": Point("include.ledger.gate:look", transaction="done"),
    "about to claim": Point("include.ledger.sending:claim", "before", "done"),
    "claimed": Point("include.ledger.sending:claim", transaction="done", found=True),
    "before the first byte": Point("include.authority.wire:GuardedBody.write_with_length", "before"),
    "written": Point("include.authority.wire:GuardedBody.write_with_length"),
    "token refused": Point("include.maskinporten.source:TokenSource.drop"),
    "answered": Point("include.journey.evidence:EvidenceWriter.add", "before"),
    "first answer, gate shut": Point("include.ledger.gate:open_gate", "before", "done"),
    "before evidence": Point("include.ledger.sending:record", "before", "done"),
    "evidence not committed": Point(_COMMIT, "before", "open", within="include.ledger.sending:record"),
    "evidence committed": Point("include.ledger.sending:record", transaction="done"),
    # delete
    "matched, not approved": Point("include.ledger.deletion_requests:match_all", transaction="open"),
    "approved": Point("include.ledger.deletion_requests:approve", transaction="done"),
    "deletion claimed": Point("include.ledger.deleting:claim", transaction="done", found=True),
    "deletion answered": Point("include.journey.deleting:next_of", "before"),
    "deletion recorded": Point("include.ledger.deleting:record", transaction="done"),
    # ask before, and settle afterwards
    "asked, no baseline stored": Point("include.ledger.baseline:record", "before", "done"),
    "baseline stored": Point("include.ledger.baseline:record", transaction="done"),
    "overdue are unknown": Point("include.ledger.resolving:overdue_become_unknown", transaction="done", found=True),
    "looked up": Point("include.journey.resolve:_settle_group", transaction="done"),
    "settled, not committed": Point("include.ledger.resolving:settle", transaction="open"),
    "settled": Point("include.journey.resolve:resolve_party", transaction="done"),
    # file away
    "sent, not filed": Point("include.ledger.filing:to_file", "before", "done"),
    "moves planned": Point("include.ledger.filing:plan_moves", transaction="done"),
    "renamed one": Point("include.drop.filing:move", found=True),
    "renamed": Point("include.journey.file_away:_put_away", found=True),
    "before it is brought back": Point("include.journey.file_away:_bring_back", "before"),
    "brought back": Point("include.journey.file_away:_bring_back"),
    "proven": Point("include.journey.file_away:_prove", found=True),
    "receipt written": Point("include.drop.writing:write"),
    "receipts not marked": Point("include.ledger.filing:mark_told", "before"),  # a look at what to tell is open
    "not marked as filed": Point("include.ledger.filing:mark_filed", "before", "done"),
    "filed": Point("include.ledger.filing:mark_filed", transaction="done"),
    # presentations
    "presentation taken": Point("include.ledger.presentation_files:take", transaction="open"),
    "presentation rows opened": Point("include.ledger.presentation_rows:open_rows", transaction="open"),
    "about to claim requests": Point("include.ledger.presenting:claim", "before", "done"),
    "requests claimed": Point("include.ledger.presenting:claim", transaction="done", found=True),
    "answers of customs": Point("include.ledger.presenting:record", "before", "done"),
    "evidence of requests not committed": Point(_COMMIT, "before", "open", within="include.ledger.presenting:record"),
    "answers recorded": Point("include.ledger.presenting:record", transaction="done"),
    "statuses recorded": Point("include.ledger.validating:record_validations", transaction="open", found=True),
    "presentation move planned": Point("include.ledger.presentation_telling:plan_move", transaction="done"),
    "presentation told": Point("include.ledger.presentation_telling:mark_told", "before", "done"),
    # changes of leaseholders
    "changes not committed": Point("include.ledger.leasing_intake:take", transaction="open"),
    "about to claim changes": Point("include.ledger.leasing_sending:claim", "before", "done"),
    "changes claimed": Point("include.ledger.leasing_sending:claim", transaction="done", found=True),
    "change answered": Point("include.ledger.leasing_sending:record", "before", "done"),
    "evidence of a change not committed": Point(
        _COMMIT, "before", "open", within="include.ledger.leasing_sending:record"
    ),
    "change recorded": Point("include.ledger.leasing_sending:record", transaction="done"),
    "overdue changes are unknown": Point(
        "include.ledger.leasing_settling:overdue_become_unknown", transaction="done", found=True
    ),
    "changes looked up": Point("include.journey.leasing.settle:_look"),
    "change settled, not committed": Point("include.ledger.leasing_settling:settle", transaction="open"),
    "move of changes planned": Point("include.ledger.leasing_filing:plan_move", transaction="done"),
    "changes not marked as told": Point("include.ledger.leasing_filing:mark_told", "before", "done"),
}
