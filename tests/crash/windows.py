"""Every window in which a night can be cut, and where in it the suite cuts. Numbers are those of docs/crash.md."""

# longer because it is one table of cases

from __future__ import annotations

from dataclasses import dataclass

from tests.crash import together
from tests.crash.changes import CHANGING
from tests.crash.deleting import Delete
from tests.crash.drills import (
    Drill,
    Kill,
    dropped_again,
    halves,
    halves_end,
    newer_arrived,
    one_reference,
    overwritten,
    poisoned,
    twins,
    worn_tokens,
)
from tests.crash.lost_commits import LOST_COMMITS
from tests.crash.orders import Charge
from tests.crash.presentations import PRESENTING
from tests.crash.settling import Settle, once_more

_NEWER = (Charge("moves planned", 1, "overwrite"),)


@dataclass(frozen=True, slots=True)
class Window:
    """One case: the window's number, where it is cut, and the drill that does it."""

    number: str
    cut: str
    drill: Drill

    @property
    def name(self) -> str:
        return f"{self.number} {self.cut}"


#: Even a small inbox is read by a second process; only the first one is killed.
_TWO_READ = {"include.journey.apart:FROM": 1}

WINDOWS: tuple[Window, ...] = (
    Window("W1", "half an upload in hand", Kill(point="half a file read", before=halves, between=halves_end)),
    Window("W2", "listed, nothing read", Kill(point="listed")),
    Window("W2", "bytes on the disk without their name", Kill(point="bytes without a name", at=0.5)),
    Window("W2", "bytes stored, no row", Kill(point="bytes stored", at=0.6)),
    Window("W2", "a group's rows not committed", Kill(point="rows not committed", at=3)),
    Window("W2", "a group committed", Kill(point="group committed", at=2)),
    Window("W2", "a group committed, two read", Kill(point="group committed", at=2, constants=_TWO_READ)),
    Window("W2", "bytes stored, two read", Kill(point="bytes stored", at=0.3, constants=_TWO_READ)),
    Window("W3", "checked, nothing recorded", Kill(point="checked", at=0.4)),
    Window("W3", "findings not committed", Kill(point="findings not committed", at=2)),
    Window("W3", "valid, not opened", Kill(point="valid, not opened", at=2)),
    Window("W3", "opened, about to claim", Kill(point="about to claim", at=3)),
    Window("W4", "first intent committed, gate taken", Kill(point="claimed", at=1)),
    Window("W4", "intents committed, nothing written", Kill(point="claimed", at=3)),
    Window("W4", "before the first byte", Kill(point="before the first byte", at=0.4)),
    Window("W5", "request written", Kill(point="written", at=0.4)),
    Window("W5", "sixteen requests at a slow authority", Kill(point="written", at=0.4, latency=0.15)),
    Window("W6", "first answer, gate shut", Kill(point="first answer, gate shut")),
    Window("W6", "answer in hand", Kill(point="answered", at=0.4)),
    Window("W6", "a group of answers not written", Kill(point="before evidence", at=3)),
    Window("W6", "evidence not committed", Kill(point="evidence not committed", at=3)),
    Window("W7", "evidence committed", Kill(point="evidence committed", at=3)),
    Window("W7", "all sent, nothing filed", Kill(point="sent, not filed")),
    Window("W7", "moves planned", Kill(point="moves planned")),
    Window("W7", "half of the renames done", Kill(point="renamed one", at=0.3)),
    Window("W7", "renamed, not proven", Kill(point="renamed", at=2)),
    Window("W7", "proven, nobody told", Kill(point="proven", at=2)),
    Window("W7", "half of the receipts written", Kill(point="receipt written", at=0.5)),
    Window("W7", "receipts written, not marked", Kill(point="receipts not marked", at=2)),
    Window("W7", "told, not marked as filed", Kill(point="not marked as filed", at=2)),
    Window("W7", "filed", Kill(point="filed", at=2)),
    Window("W8", "asked, no baseline stored", Kill(point="asked, no baseline stored", at=2)),
    Window("W8", "baseline stored, nothing sent", Kill(point="baseline stored", at=2)),
    Window("W8", "overdue counted as unknown", Settle(point="overdue are unknown")),
    Window("W8", "looked up, nothing written", Settle(point="looked up")),
    Window("W8", "settled, not committed", Settle(point="settled, not committed")),
    Window("W8", "settled", Settle(point="settled")),
    Window("W8", "the lookup lags", Settle(point="looked up", knobs={"lookup_lag_seconds": 1.0})),
    Window("W8", "sent once more, cut before the first byte", once_more(point="before the first byte", at=3)),
    Window("W8", "sent once more, cut on the wire", once_more(point="written", at=3)),
    *(Window("W9", cut, drill) for cut, drill in PRESENTING),
    *(Window(number, cut, drill) for number, cut, drill in CHANGING),
    Window("W13", "token refused in the middle", Kill(point="token refused", before=worn_tokens)),
    Window("W14", "four senders, same lots", together.same_lots),
    Window("W14", "two runs of one party, each twice", together.two_runs),
    Window("W14", "stopped after its claim, continued later", together.stopped_after_its_claim),
    Window("W14", "stopped before the first byte, continued later", together.stopped_before_the_first_byte),
    Window("W15", "each step three times", together.each_step_thrice),
    Window("W15", "orderly stop", together.asked_to_stop),
    Window("W16", "twins not committed", Kill(point="duplicates not committed", before=twins)),
    Window("W16", "accepted, then dropped again", Kill(point="evidence committed", at=3, between=dropped_again)),
    Window("W17", "two contents, one reference", Kill(point="opened, not committed", at=4, before=one_reference)),
    Window("W18", "one VIN, two importers", together.two_importers),
    Window("W19", "matched, nothing approved", Delete(point="matched, not approved", at=1)),
    Window("W19", "approved, nothing sent", Delete(point="approved", at=1)),
    Window("W19", "deletion claimed, nothing written", Delete(point="deletion claimed")),
    Window("W19", "deletion before the first byte", Delete(point="before the first byte")),
    Window("W19", "deletion written", Delete(point="written")),
    Window("W19", "deletion answered, not recorded", Delete(point="deletion answered")),
    Window("W19", "deletion recorded", Delete(point="deletion recorded")),
    Window("W19", "deletion answered, no baseline", Delete(point="deletion answered", baseline=False)),
    Window("W19", "deletion sent once more, cut again", Delete(point="deletion claimed", before="deletion claimed")),
    *(Window("W20", f"{drill.name} unheard", drill) for drill in LOST_COMMITS),
    Window("W21", "PostgreSQL killed while collecting", Kill(point="bytes stored", at=0.5, deed="kill_postgres")),
    Window("W21", "PostgreSQL killed while sending", Kill(point="written", at=0.4, deed="kill_postgres")),
    Window("W21", "PostgreSQL killed while filing", Kill(point="renamed one", at=0.5, deed="kill_postgres")),
    Window("W21", "disk full", Kill(point="bytes without a name", at=0.5, deed="disk_full")),
    Window("W22", "poison in hand", Kill(point="about to check", before=poisoned)),
    Window("W23", "plan not committed", Kill(point="plan not committed")),
    Window("W23", "planned, not begun", Kill(point="planned")),
    Window("W23", "opened, not committed", Kill(point="opened, not committed", at=3)),
    Window(
        "W24",
        "overwritten, renamed, not proven",
        Kill(point="renamed", also=_NEWER, before=overwritten, between=newer_arrived),
    ),
    Window(
        "W24",
        "overwritten, about to be brought back",
        Kill(point="before it is brought back", also=_NEWER, before=overwritten, between=newer_arrived),
    ),
    Window(
        "W24",
        "overwritten, one brought back",
        Kill(point="brought back", also=_NEWER, before=overwritten, between=newer_arrived),
    ),
)

NOT_APPLICABLE = {
    "W11": "customs puts signals in late, which is no crash: tests/include/journey/test_customs_standing.py",
    "W12": "re-reading in feed order is no crash: tests/include/journey/test_poll_routing.py",
}
