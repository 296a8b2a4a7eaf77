"""Resolve: settle a party's unknown outcomes by looking the vehicles up. Sends nothing, whatever it finds.

May be cleared, retried and run twice side by side: each group is looked up with no transaction open, and then moved
by compare-and-set. Memory does not grow with the number of unknowns.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from include.errors import PersonMustAct
from include.journey.settling import FIRST_PAUSE, can_be_asked, decide, of_late_answer
from include.journey.settling_deletion import decide_deletion
from include.ledger import resolving
from include.ledger.resolving import Settlement, Unsettled
from include.ledger.warehouse import Connection
from include.register.port import Looked, NotAsked, Register

log = logging.getLogger(__name__)

GROUP = 400
"""Rows that are looked up in one bulk question and moved in one commit."""
NOBODY_TO_ASK = (
    "Sent, and no readable answer came. No register is configured (connection `fiks` or `vegvesen_register`), so a "
    "person decides: ask Statens vegvesen whether it has the vehicle, then use the DAG ecoc_decision. Do not send it "
    "again."
)
_HOUR = 3600.0
_NOT_ASKED = NotAsked("The register was not asked.")


@dataclass(slots=True)
class Resolved:
    """What a round did: how many rows are in which state now, and how many became unknown by running out of time."""

    party: str
    overdue: int
    states: Counter[str]
    note: str = ""

    def sentence(self) -> str:
        """The line an operator reads first; zeros are left out."""
        words = {
            "ACCEPTED": "accepted",
            "REFUSED": "refused",
            "PENDING": "to be sent once more by the importer's next run",
            "NEEDS_PERSON": "for a person",
            "UNKNOWN": "still unknown",
        }
        parts = [f"{self.states[state]} {word}" for state, word in words.items() if self.states[state]]
        looked = f"{self.party}: {sum(self.states.values())} unknown outcomes looked at"
        return f"{looked}: {', '.join(parts) or 'nothing to settle'}{f'. {self.note}' if self.note else ''}"


def resolve_party(connection: Connection, party: str, register: Register | None) -> Resolved:
    """Settles what is due for a party and commits it group by group.

    Raises PersonMustAct when the register refuses us for good; until that is mended everything stays UNKNOWN.
    """
    result = Resolved(party, resolving.overdue_become_unknown(connection, party), Counter())
    after: UUID | None = None
    while group := resolving.due(connection, party, after=after, most=GROUP):
        connection.commit()  # no transaction is open while the register is asked
        after = group[-1].id
        settled, away = _settle_group(connection, party, group, register)
        result.states += resolving.settle(connection, settled)
        connection.commit()
        log.info("%s: %d unknown outcomes looked at", party, result.states.total())
        if away is not None:
            result.states["UNKNOWN"] += resolving.put_off(connection, party, away.reason, away.again_seconds or _HOUR)
            result.note = away.reason
            break
    connection.commit()
    return result


def _settle_group(
    connection: Connection, party: str, group: Sequence[Unsettled], register: Register | None
) -> tuple[list[tuple[Unsettled, Settlement]], Settlement | None]:
    """The settlements of a group, and what to tell the rest when the register is away or there is none."""
    settled = [(one, late) for one in group if (late := of_late_answer(one))]
    answered = {one.id for one, _ in settled}
    rest = [one for one in group if one.id not in answered]
    if register is None:
        return settled, Settlement(state="UNKNOWN", reason=NOBODY_TO_ASK, again_seconds=_HOUR)
    try:
        looked = register.lookup_vins({one.vin for one in rest if one.vin and can_be_asked(one)})
    except PersonMustAct as error:
        resolving.settle(connection, settled)
        resolving.put_off(
            connection, party, f"The register cannot be asked: {error} Do not send it again.", FIRST_PAUSE
        )
        raise
    for one in rest:
        answer = looked.get(one.vin or "", _NOT_ASKED)
        settled.append((one, decide_deletion(one, answer) if one.operation == "slette" else decide(one, answer)))
    return settled, _away(looked)


def _away(looked: Mapping[str, Looked]) -> Settlement | None:
    """What to tell the rest when the register answered nothing at all."""
    silent = [answer for answer in looked.values() if isinstance(answer, NotAsked)]
    if not silent or len(silent) < len(looked):
        return None
    return Settlement(
        state="UNKNOWN",
        reason=f"Sent, and no readable answer came. {silent[0].sentence} Do not send it again.",
        again_seconds=max(FIRST_PAUSE, silent[0].retry_after or 0.0),
    )
