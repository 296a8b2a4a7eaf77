"""Reads the reply of the Leasingtaker-API. What it says of a person is compared and left behind, never handed on.

Where `merknader` sits is not shown on the page, so every list of that name counts wherever it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

_DEEPEST = 20
_DIGITS = re.compile(r"\d[\d\s.-]{4,}\d")
_CODE = re.compile(r"[A-ZÆØÅa-zæøå0-9_.]{2,80}")


@dataclass(frozen=True, slots=True)
class Merknad:
    """One remark. `beskrivelse` is kept without anything that could be a number or a name of the row."""

    kode: str
    beskrivelse: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasingReply:
    """The reply in the interface's own names (`handelsebetegnelse` is spelled so there).

    `person` and `navn` are what the reply says of the leaseholder: for comparison and scrubbing only.
    """

    has_entity: bool
    merknader: tuple[Merknad, ...] = ()
    kuid: str | None = None
    kjennemerke: str | None = None
    understellsnummer: str | None = None
    merke: str | None = None
    merkekode: str | None = None
    handelsebetegnelse: str | None = None
    forstegang_registrert: str | None = None
    number: str | None = field(default=None, repr=False)
    navn: str | None = field(default=None, repr=False)


def parse(content: bytes) -> LeasingReply | None:
    """The reply, or None when the bytes are no JSON object with an entity or a remark. Never raises."""
    told = _json(content)
    if not isinstance(told, dict):
        return None
    entity = told.get("entity")
    remarks = [_merknad(one) for found in _remark_lists(told, 0) for one in found]
    if not isinstance(entity, dict) and not remarks:
        return None
    entity = entity if isinstance(entity, dict) else {}
    vehicle = _object(entity.get("kjoretoy"))
    holder = _object(entity.get("leasingtakerId"))
    return LeasingReply(
        has_entity=bool(entity),
        merknader=tuple(remarks),
        kuid=_text(vehicle.get("kuid")),
        kjennemerke=_text(vehicle.get("kjennemerke")),
        understellsnummer=_text(vehicle.get("understellsnummer")),
        merke=_text(vehicle.get("merke")),
        merkekode=_text(vehicle.get("merkeKode")),
        handelsebetegnelse=_text(vehicle.get("handelsebetegnelse")),
        forstegang_registrert=_text(vehicle.get("forstegangRegistrertDato")),
        number=_text(holder.get("fodselsnummer")) or _text(holder.get("organisasjonsnummer")),
        navn=_text(entity.get("leasingtakerNavn")),
    )


def scrubbed(text: str | None, *private: str | None) -> str | None:
    """A text of the authority without digits in a row and without any word of `private`, at most 300 characters."""
    if text is None:
        return None
    found = _DIGITS.sub("…", text)
    words = sorted({word for one in private if one for word in one.split() if len(word) > 1}, key=len, reverse=True)
    for word in words:
        found = re.sub(re.escape(word), "…", found, flags=re.IGNORECASE)
    return " ".join(found.split())[:300]


def _json(content: bytes) -> Any:
    for text in (content.removeprefix(b"\xef\xbb\xbf"), content.decode("latin-1").encode()):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            continue
    return None


def _remark_lists(value: Any, depth: int) -> Iterator[list[Any]]:
    """Every non-empty `merknader` below `value`; one that is an object alone counts as a list of one."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _remark_lists(one, depth + 1)
        return
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        if name.casefold() == "merknader" and inner not in (None, [], {}, ""):
            yield inner if isinstance(inner, list) else [inner]
        else:
            yield from _remark_lists(inner, depth + 1)


def _merknad(item: Any) -> Merknad:
    if not isinstance(item, dict):
        return Merknad("UKJENT", _text(item))
    code = _text(item.get("kode")) or ""
    known = _CODE.fullmatch(code) is not None and not _DIGITS.search(code)
    return Merknad(code if known else "UKJENT", _text(item.get("beskrivelse")))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    """Text as PostgreSQL can store it; whole numbers as text; the filler "-" and everything else is None."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    text = value.replace("\x00", "").strip()
    return text if text not in ("", "-") else None
