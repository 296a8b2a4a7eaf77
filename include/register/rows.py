"""The shapes an answer can have, brought into one: rows that say which vehicles were asked for and found.

Taken are: a bare list of vehicles or responses, `kjoretoyresponser[]` (Kjøretøysøk v2; its older duplicate is
`kjoretoy[]`), `responser[]` with `kjoretoydata` or `kjoretoydataListe` (the newer lookup), and one vehicle by itself.
Which of them a bulk call through Fiks answers with is published nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from include.register.leaseholder import LeaseholderReader
from include.register.owners import OwnerVault
from include.register.reading import vehicle
from include.register.record import VehicleRecord

_Read = Callable[[Any], VehicleRecord | None]
_VEHICLES = ("kjoretoydata", "kjoretoydataListe", "kjoretoy")


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `asked` are the values of the echoed request, `messages` its codes or texts.

    `whole` is False when something in the row could not be read, so that the row proves nothing.
    """

    asked: frozenset[str]
    vehicles: tuple[VehicleRecord, ...]
    messages: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """A readable answer. `one_each`: the shape promises a row for every request, so a missing row is no "not found".

    `short` is True when the answer itself says that it holds more than it does.
    """

    rows: tuple[Row, ...]
    messages: tuple[str, ...] = ()
    one_each: bool = False
    short: bool = False
    total: int | None = None
    remaining_quota: int | None = None


def parse_rows(
    body: bytes, vault: OwnerVault | None = None, leaseholders: LeaseholderReader | None = None
) -> Rows | None:
    """The answer in one shape, or None when it is no answer of the register. Never raises."""
    read = partial(vehicle, vault=vault, leaseholders=leaseholders)
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if isinstance(content, list):
        return Rows(tuple(_row(one, read) for one in content))
    if not isinstance(content, dict):
        return None
    for name in ("responser", "kjoretoyresponser"):
        if isinstance(content.get(name), list):
            return _listed(content, content[name] or _older(content), name == "responser", read)
    if isinstance(content.get("kjoretoy"), list):
        return _listed(content, content["kjoretoy"], False, read)
    if "kjoretoyId" in content or any(name in content for name in _VEHICLES[:2]):
        return Rows((_row(content, read),))
    if messages_of(content):
        return Rows((), messages_of(content))
    if _number(content.get("antallTreffTotalt")) == 0 or _number(content.get("antallITreffliste")) == 0:
        return Rows(())
    return None


def messages_of(content: dict[str, Any]) -> tuple[str, ...]:
    """`feilmelding` and the codes of `responskoder`."""
    return tuple(_messages(content))


def _messages(content: dict[str, Any]) -> Iterator[str]:
    said = content.get("feilmelding")
    if said not in (None, ""):
        yield said.strip() if isinstance(said, str) else "feilmelding"
    codes = content.get("responskoder")
    for one in codes if isinstance(codes, list) else []:
        code = one.get("kode") or one.get("beskrivelse") if isinstance(one, dict) else one
        yield code.strip() if isinstance(code, str) and code.strip() else "responskode"


def _older(content: dict[str, Any]) -> list[Any]:
    older = content.get("kjoretoy")
    return older if isinstance(older, list) else []


def _listed(content: dict[str, Any], listed: list[Any], one_each: bool, read: _Read) -> Rows:
    in_list = _number(content.get("antallITreffliste"))
    return Rows(
        rows=tuple(_row(one, read) for one in listed),
        messages=messages_of(content),
        one_each=one_each,
        short=in_list is not None and in_list > len(listed),
        total=_number(content.get("antallTreffTotalt")),
        remaining_quota=_number(content.get("gjenstaendeKvote")),
    )


def _row(one: Any, read: _Read) -> Row:
    if not isinstance(one, dict):
        return Row(frozenset(), (), (), whole=False)
    messages = messages_of(one)
    held = [one] if "kjoretoyId" in one else list(_held(one))
    said = bool(messages) or "kjoretoyId" in one or any(name in one for name in _VEHICLES)
    records = [read(each) for each in held]
    known = tuple(record for record in records if record is not None)
    return Row(frozenset(_echo(one.get("request"))), known, messages, whole=said and len(known) == len(records))


def _held(one: dict[str, Any]) -> Iterator[Any]:
    for name in _VEHICLES:
        value = one.get(name)
        if isinstance(value, list):
            yield from value
        elif value is not None:
            yield value


def _echo(request: Any) -> Iterator[str]:
    values = request.values() if isinstance(request, dict) else [request]
    for value in values:
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield str(value)


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
