"""Confirm: does the register show the leaseholders that the authority accepted? Sends nothing.

What differs stays a difference of the reconciliation until the register agrees, or 30 days have passed.
"""

from __future__ import annotations

from include.ledger import leasing_confirming
from include.ledger.leasing_confirming import Said, Unconfirmed
from include.ledger.warehouse import Connection
from include.register.port import Found, Looked, NotAsked, Register
from include.register.record import NOBODY, plain_plate

PROBE, GROUP = 1, 200
"""Changes looked up at once. The first answer tells whether this register shows leaseholders at all."""


def confirm_changes(connection: Connection, party: str, register: Register | None) -> str:
    """Looks up what is due, commits group by group, and returns a sentence; empty when nothing was looked up.

    Raises PersonMustAct when the register refuses us for good.
    """
    if register is None or leasing_confirming.shows_none(connection, party):
        return ""
    after, most, looked, agreed = 0, PROBE, 0, 0
    while group := leasing_confirming.due(connection, party, after=after, most=most):
        connection.commit()  # no transaction is open while the register is asked
        answers = register.lookup_plates({one.kjennemerke for one in group})
        asked = [one for one in group if not isinstance(answers[one.kjennemerke], NotAsked)]
        said = {one.id: shown for one in asked if (shown := shown_of(one, answers[one.kjennemerke])) is not None}
        leasing_confirming.record(connection, [one.id for one in asked], said)
        connection.commit()
        looked, agreed = looked + len(asked), agreed + len(said)
        if not said:
            break
        after, most = group[-1].id, GROUP
    connection.commit()
    return f"{looked} accepted changes looked up, {agreed} with a leaseholder that can be read" if looked else ""


def shown_of(one: Unconfirmed, answer: Looked) -> Said | None:
    """Whom the register shows; None where it shows no leaseholder that can be read."""
    if not isinstance(answer, Found):
        return None
    plates = [
        found for found in answer.vehicles if plain_plate(found.kjennemerke or one.kjennemerke) == one.kjennemerke
    ]
    if len(plates) != 1 or plates[0].leasingtaker is None:
        return None
    if plates[0].leasingtaker == one.holder_mark:
        return "ours"
    return "nobody" if plates[0].leasingtaker == NOBODY else "another"
