"""Which of the asked vehicles an answer settles. The one place where "absent" is said, and only when nothing else fits.

A wrong "absent" makes a document go out twice, so everything doubtful is asked again, divided, or called unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from include.register.kinds import Kind
from include.register.port import Absent, Found, Looked, Unreadable
from include.register.rows import Row, Rows

_CODE = re.compile(r"[A-Za-zÆØÅæøå][\w.-]{1,79}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Settled:
    """`results` are final. `again` is to be asked once more without the others; `divide` in two halves."""

    results: Mapping[str, Looked]
    again: tuple[str, ...] = ()
    divide: tuple[str, ...] = ()


def settle(asked: Sequence[str], kind: Kind, answer: Rows, absent_messages: frozenset[str]) -> Settled:
    """Every one of `asked` (plain, distinct) is afterwards in exactly one of the three.

    A vehicle that a readable answer leaves out is asked for again alone, because the answer may have been cut off at a
    number of rows; it is absent only when an answer about it holds nothing at all. `absent_messages` are the codes that
    this register uses for "not found"; none is published, so any other code is unreadable.
    """
    results: dict[str, Looked] = {}
    stray: list[Row] = []
    for row in answer.rows:
        for item in _targets(row, asked, kind, stray):
            results[item] = _joined(results.get(item), _one(item, kind, row, absent_messages))
    left = tuple(item for item in asked if item not in results)
    doubts = _doubts(stray, answer, absent_messages)
    if not left:
        return Settled(results)
    if doubts is not None:
        if len(asked) > 1:
            return Settled(results, divide=left)
        return Settled({left[0]: Unreadable(doubts)})
    if results:
        return Settled(results, again=left)
    if 0 < len(answer.rows) < len(asked):
        return Settled(results, divide=left)
    if answer.one_each:
        return Settled(dict.fromkeys(left, Unreadable("The register left the vehicle out of its answer.")))
    return Settled(dict.fromkeys(left, Absent()))


def _targets(row: Row, asked: Sequence[str], kind: Kind, stray: list[Row]) -> Iterator[str]:
    echoed = {kind.plain(value) for value in row.asked} & set(asked)
    targets = echoed or {key for vehicle in row.vehicles for key in kind.of(vehicle)} & set(asked)
    if not targets or not (echoed or row.whole):
        stray.append(row)
    yield from sorted(targets)


def _one(item: str, kind: Kind, row: Row, absent_messages: frozenset[str]) -> Looked:
    if not row.whole:
        return Unreadable("The register's answer about the vehicle cannot be read.")
    if row.vehicles:
        # A plate moves from vehicle to vehicle, so the register may be right about another plate; a VIN or kuid not.
        other = [one for one in row.vehicles if kind.field != "kjennemerke" and kind.of(one) - {item}]
        if other and not any(item in kind.of(one) for one in row.vehicles):
            return Unreadable("The register answered about another vehicle.")
        return Found(tuple(one for one in row.vehicles if one not in other))
    return _without_vehicle(row.messages, absent_messages)


def _without_vehicle(messages: tuple[str, ...], absent_messages: frozenset[str]) -> Looked:
    if all(message.casefold() in absent_messages for message in messages):
        return Absent()
    return Unreadable(f"The register gave no vehicle and said {_quoted(messages)}.")


def _joined(before: Looked | None, now: Looked) -> Looked:
    """Several rows about one vehicle: what cannot be read wins, then what was found."""
    if before is None or isinstance(now, Unreadable):
        return now
    if isinstance(before, Found) and isinstance(now, Found):
        return Found(tuple(dict.fromkeys(before.vehicles + now.vehicles)))
    return before if isinstance(before, Unreadable | Found) else now


def _doubts(stray: list[Row], answer: Rows, absent_messages: frozenset[str]) -> str | None:
    """Why nothing follows from a vehicle's not being in the answer, or None when it does follow."""
    if answer.short:
        return "The register announced more vehicles than its answer holds."
    if any(not row.whole or row.vehicles for row in stray):
        return "The register's answer holds a row that cannot be read or is about another vehicle."
    messages = answer.messages + tuple(message for row in stray for message in row.messages)
    if any(message.casefold() not in absent_messages for message in messages):
        return f"The register gave no vehicle and said {_quoted(messages)}."
    return None


def _quoted(messages: tuple[str, ...]) -> str:
    """Codes verbatim; free text could name a person or a vehicle, so it is only counted."""
    codes = sorted({message for message in messages if _CODE.fullmatch(message)})
    return ", ".join(codes[:5]) or f"{len(messages)} message{'s' if len(messages) > 1 else ''} without a code"
