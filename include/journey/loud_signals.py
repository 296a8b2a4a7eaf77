"""What a new signal makes people hear: control, deficiencies, seizure, a reversal, an unknown value, an unread one.

One alert per fact, and the fact is the signal: however often a page is read, its alerts are recorded with it, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from include.ledger.alerts import Alert
from include.ledger.feeds import Feed
from include.ledger.signals import Loud

CONTROL, PENDING, DENIED, REVERSAL, UNKNOWN, MALFORMED, NAMELESS = (
    "customs_to_control",
    "customs_entry_pending",
    "customs_entry_denied",
    "customs_reversal",
    "customs_unknown_routing",
    "customs_signal_malformed",
    "customs_signal_nameless",
)
_KINDS = {"TO_CONTROL": CONTROL, "ENTRY_PENDING": PENDING, "ENTRY_DENIED": DENIED}
_LOCATIONS = {"ON_ENTRY": " on entry", "AFTER_ENTRY": " after entry"}


def alerts_of(party: str, feed: Feed, loud: Sequence[Loud]) -> list[Alert]:
    """The alerts of a page's loud signals, in feed order."""
    return [alert for one in loud for alert in _alerts(party, f"{feed.id}:{one.row.id}", one)]


def _alerts(party: str, fact: str, one: Loud) -> Iterator[Alert]:
    row = one.row
    if row.malformed is not None:
        sentence = (
            "a control signal cannot be read, so nobody knows what it is about; it is kept in mart.customs_signal"
        )
        yield Alert(MALFORMED, party, fact, f"{party}: {sentence}. {row.malformed}")
        return
    if not row.names_something:
        sentence = f"customs sent {row.routing} without saying for which goods: ask Tolletaten about signal {row.id}."
        yield Alert(NAMELESS, party, fact, f"{party}: {sentence}")
        return
    goods = _goods(one)
    if one.reverses:
        yield Alert(
            REVERSAL,
            party,
            fact,
            f"{party}: {goods} was released by an earlier TO_ENTRY and is now {row.routing}: stop the goods, they may "
            "be out already.",
        )
    yield Alert(_KINDS.get(row.routing or "", UNKNOWN), party, fact, f"{party}: {goods} {_what(one)}")


def _what(one: Loud) -> str:
    routing = one.row.routing
    if routing == "TO_CONTROL":
        where = _LOCATIONS.get(one.row.control_location or "", "")
        return f"is selected for control{where}: deliver it to the place of control as soon as possible."
    if routing == "ENTRY_PENDING":
        return "has deficiencies (ENTRY_PENDING): correct them at once; a new signal follows."
    if routing == "ENTRY_DENIED":
        return "is seized (ENTRY_DENIED): it is never released."
    return f"got the value {routing}, which Samsvar does not know: hold it and ask Tolletaten."


def _goods(one: Loud) -> str:
    """What it is about, as people who handle the goods call it."""
    row = one.row
    parts = [
        f"{'Consignment' if row.kind == 'house' else 'Transport'} {row.document_number or row.other_id}".strip(),
        f"type {row.document_type}" if row.document_type else "",
        f"MRN {row.mrn}" if row.mrn else "",
        f"receptacle {row.receptacle}" if row.receptacle and row.receptacle != row.other_id else "",
        f"container {row.container}" if row.container else "",
    ]
    return ", ".join(part for part in parts if part)
