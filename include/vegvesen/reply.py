"""Reads an EcocStatusResponse as tolerantly as the authority's promise asks for.

Within one version of the interface fields, codes and statuses may be added, so unknown ones are kept or passed over.
The name of the remark list is lost in the published example; every array under `melding` is therefore read as
remarks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import orjson

Shape = Literal["object", "array"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark (merknad): `meldingsklasse` ADVARSEL is a warning and does not stop the creation."""

    melding: str | None
    feltreferanse: str | None
    feltverdi: str | None
    meldingsklasse: str | None


@dataclass(frozen=True, slots=True)
class EcocReply:
    """The authority's status response in its own names. Every identifier may be None, above all in a refusal.

    `datoTid` is local time without offset and with one to nine fraction digits, so it stays text. `shape` tells whether
    the reply was an object or an array of one, which does not follow from the shape of the request.
    """

    datoTid: str | None  # noqa: N815 - the authority's spelling
    kuid: str | None
    iviReferanse: str | None  # noqa: N815 - the authority's spelling
    understellsnummer: str | None
    merkekode: int | None
    meldingstype: str | None
    meldingskode: str | None
    meldingstekst: str | None
    remarks: tuple[Remark, ...]
    shape: Shape


def parse_reply(body: bytes) -> EcocReply | None:
    """The reply, or None when the bytes are no EcocStatusResponse. Never raises.

    Readable is an object, or an array of exactly one, whose `melding` is an object with a meldingstype or
    meldingskode. An array of several is not readable: its items cannot be matched to the one document that was sent.
    """
    found, shape = _single(_json(body))
    melding = found.get("melding") if found is not None else None
    if found is None or not isinstance(melding, dict):
        return None
    kind, code = _text(melding.get("meldingstype")), _text(melding.get("meldingskode"))
    if kind is None and code is None:
        return None
    ids = _object(found.get("iviIdentifikator"))
    vin = _object(ids.get("understellsnummerMerke"))
    return EcocReply(
        datoTid=_text(found.get("datoTid")),
        kuid=_text(ids.get("kuid")),
        iviReferanse=_text(ids.get("iviReferanse")),
        understellsnummer=_text(vin.get("understellsnummer")),
        merkekode=_whole_number(vin.get("merkekode")),
        meldingstype=kind,
        meldingskode=code,
        meldingstekst=_text(melding.get("meldingstekst")),
        remarks=_remarks(melding),
        shape=shape,
    )


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        pass
    try:
        # Older Norwegian services answer in Latin-1; the codes are ASCII, so only the texts are at stake.
        return orjson.loads(body.decode("latin-1"))
    except orjson.JSONDecodeError:
        return None


def _single(value: Any) -> tuple[dict[str, Any] | None, Shape]:
    if isinstance(value, list):
        return (value[0] if len(value) == 1 and isinstance(value[0], dict) else None), "array"
    return (value if isinstance(value, dict) else None), "object"


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _remarks(melding: dict[str, Any]) -> tuple[Remark, ...]:
    return tuple(
        _remark(item)
        for value in melding.values()
        if isinstance(value, list)
        for item in value
        if item is not None and item != {}
    )


def _remark(item: Any) -> Remark:
    if not isinstance(item, dict):
        return Remark(_text(item), None, None, None)
    return Remark(
        melding=_text(item.get("melding")),
        feltreferanse=_text(item.get("feltreferanse")),
        feltverdi=_text(item.get("feltverdi")),
        meldingsklasse=_text(item.get("meldingsklasse")),
    )


def _text(value: Any) -> str | None:
    """Text as PostgreSQL can store it (no NUL); other values as their JSON; blank is None."""
    if value is None:
        return None
    try:
        text = value if isinstance(value, str) else orjson.dumps(value).decode("utf-8")
    except orjson.JSONEncodeError:  # nested deeper than can be written again
        return None
    return text.replace("\x00", "�").strip() or None


def _whole_number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value) if len(value) <= 9 else None
    return value if isinstance(value, int) and 0 <= value < 2**31 else None
