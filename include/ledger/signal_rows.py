"""One signal as the ledger stores it: cleaned of what a database cannot hold, with the key of its consignment."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from include.toll.polling import Malformed, Signal

LONGEST = 200
"""Characters of any text: the longest identifier of the interface has 70, and an index holds no endless ones."""


class SignalRow(NamedTuple):
    """Columns of the page that is copied in, in order, times in ISO 8601. Texts that key the consignment are '' where
    nothing is given.
    """

    id: str
    kind: str
    mrn: str
    document_number: str
    document_type: str
    other_id: str
    receptacle: str | None
    container: str | None
    transport_id: str | None
    transport_type: str | None
    eta: str | None
    sta: str | None
    routing: str | None
    control_location: str | None
    issued_at: str | None
    malformed: str | None
    raw: bytes

    @property
    def key(self) -> tuple[str, ...]:
        """What names the consignment: a house by its transport document and MRN, else whatever there is."""
        return self[1:6]

    @property
    def names_something(self) -> bool:
        """False for a signal that says of nothing what it is about."""
        return any(self[2:6])


def row_of(item: Signal | Malformed, endpoint: str) -> SignalRow:
    """The row of an item of a page. What cannot be stored as it stands becomes malformed; nothing is dropped."""
    if isinstance(item, Malformed):
        return _malformed(item.raw, item.id, item.sentence)
    texts = (
        item.id,
        item.mrn,
        item.document_number,
        item.document_type,
        item.receptacle,
        item.container,
        item.transport_id,
        item.transport_type,
        item.routing,
        item.control_location,
    )
    together = "".join([text for text in texts if text])
    # Nearly always one look tells of all of them.
    if not holds(together) and not all(holds(text) for text in texts if text):
        return _malformed(item.raw, item.id, "A value of the signal is too long or holds characters no text has.")
    house = endpoint != "transport"
    document = (item.document_number or "", item.document_type or "") if house else ("", "")
    return SignalRow(
        item.id,
        "house" if house else "transport",
        (item.mrn or "") if house else "",
        *document,
        _other_id(item) if not document[0] else "",
        item.receptacle,
        _plain(item.container),
        item.transport_id,
        item.transport_type,
        _iso(item.eta),
        _iso(item.sta),
        item.routing,
        item.control_location,
        _iso(item.issued_at),
        None,
        item.raw,
    )


def _other_id(item: Signal) -> str:
    """Of a house without a transport document the receptacle, of a transport its number."""
    return item.receptacle or item.transport_id or item.container or ""


@lru_cache(maxsize=4096)  # the houses of one arrival share their times
def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _plain(container: str | None) -> str | None:
    return container.replace(" ", "").upper() or None if container else None


def holds(text: str, *, longest: int = LONGEST) -> bool:
    """False for what a column of text cannot take: too long, NUL, or half a character."""
    if len(text) > longest or "\x00" in text:
        return False
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


def _malformed(raw: bytes, id_: str | None, sentence: str) -> SignalRow:
    identity = id_ if id_ and holds(id_) else f"sha256:{hashlib.sha256(raw).hexdigest()}"
    nothing = (None,) * 9
    return SignalRow(identity, "house", "", "", "", "", *nothing, sentence, raw)
