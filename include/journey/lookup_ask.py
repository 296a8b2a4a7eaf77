"""Ask: what is open in a question is looked up in bulk, group by group, and every group is committed.

A kill loses one group of answers at most; running it again asks only for what is still open. No transaction is open
while the register is asked.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, runtime_checkable

from include.errors import ConfigurationError, TryAgain
from include.journey.held import held_of, seen_vehicle
from include.journey.lookup_texts import said
from include.ledger import lookups, vehicles
from include.ledger.lookups import Item, Lookup
from include.ledger.warehouse import Connection
from include.register.port import Absent, Found, Looked, NotAsked, Register, Unreadable
from include.register.record import VehicleRecord

log = logging.getLogger(__name__)

GROUP = 1_000
"""Vehicles that are asked for at once and written in one commit."""
_PAUSE = 600.0
MOST_OF_AN_OWNER = 500
THE_ONE = 0
"""The key of the one name that a form brings; those of a file have their item's number."""
Owners = Callable[[Lookup], Mapping[int, str]]
"""The owners' names of a question by item number, from where they are: its file, or its Variable."""


@runtime_checkable
class _Hits(Protocol):
    vehicles: tuple[VehicleRecord, ...]
    whole: bool


@runtime_checkable
class SearchesOwners(Protocol):
    """A register that can be searched by an owner's name; KS Fiks is one."""

    def search(self, subject: str, *, limit: int, **criteria: str | bool) -> _Hits:
        """Vehicles by `sok/<subject>`."""


@dataclass(slots=True)
class Answered:
    """What a round brought, for the line an operator reads first."""

    states: Counter[str]
    note: str = ""

    def sentence(self, party: str) -> str:
        """Zeros are left out."""
        words = {
            "FOUND": "found", "SEVERAL": "ambiguous", "ABSENT": "not in the register",
            "UNREADABLE": "without a readable answer", "REFUSED": "not askable",
        }  # fmt: skip
        parts = [f"{self.states[state]} {word}" for state, word in words.items() if self.states[state]]
        ending = f". {self.note}" if self.note else ""
        return f"{party}: {self.states.total()} looked up{': ' if parts else ''}{', '.join(parts)}{ending}"


def ask(connection: Connection, party: str, register: Register | None, owners: Owners) -> Answered:
    """Asks for everything of a party that is open and due.

    Raises PersonMustAct when the register refuses us for good, or none is configured. A register that is away or used
    up puts the rest off.
    """
    result = Answered(Counter())
    questions = [one for one in lookups.unfinished(connection, party) if one.state == "OPEN" and not one.waits]
    connection.commit()
    for question in questions:
        if register is None:
            raise ConfigurationError(
                "No register is configured, so nobody can be asked: create the connection fiks or vegvesen_register, "
                "then clear this task."
            )
        if not _question(connection, party, question, register, owners, result):
            break
    return result


def _question(
    connection: Connection, party: str, question: Lookup, register: Register, owners: Owners, result: Answered
) -> bool:
    """One question to its end; False when the register gives no more answers now."""
    after, names = 0, None
    while group := lookups.items(connection, question.id, after=after, most=GROUP, only_open=True):
        connection.commit()
        after = group[-1].item_no
        if names is None and any(one.kind == "eier" for one in group):
            names = owners(question)
        answered, seen, away = _group(group, register, names or {})
        for moment, found in seen.items():
            vehicles.store(connection, party, found, source=register.name, as_of=moment)
        lookups.answer(connection, question.id, answered)
        result.states.update(one.state for one in answered)
        if away is not None:
            lookups.put_off(connection, question.id, away.sentence, max(away.retry_after or 0.0, _PAUSE))
            result.note = f"{away.sentence} The rest is asked later."
        connection.commit()
        log.info("%s: %d looked up", party, result.states.total())
        if away is not None:
            return False
    lookups.done(connection, question.id)
    connection.commit()
    return True


def _group(
    group: Sequence[Item], register: Register, owners: Mapping[int, str]
) -> tuple[list[Item], dict[datetime | None, list[vehicles.SeenVehicle]], NotAsked | None]:
    """The answered items, the vehicles seen by moment, and why some of the group are still open."""
    answered: list[Item] = []
    seen: dict[datetime | None, list[vehicles.SeenVehicle]] = {}
    away: NotAsked | None = None
    for kind, moment in dict.fromkeys((one.kind, one.as_of) for one in group):
        same = [one for one in group if (one.kind, one.as_of) == (kind, moment)]
        if away is not None:
            break
        for one, looked in _looked(kind, moment, same, register, owners):
            if isinstance(looked, NotAsked):
                away = away or looked
            else:
                answered.append(_answer(one, looked))
                found = looked.vehicles if isinstance(looked, Found) else ()
                seen.setdefault(moment, []).extend(seen_vehicle(vehicle) for vehicle in found)
    return answered, seen, away


def _looked(
    kind: str, moment: datetime | None, group: Sequence[Item], register: Register, owners: Mapping[int, str]
) -> list[tuple[Item, Looked | Item]]:
    if kind == "eier":
        return [(one, _search(one, owners.get(one.item_no, owners.get(THE_ONE)), register)) for one in group]
    texts = [one.asked or "" for one in group]
    if kind == "kjennemerke":
        looked = register.lookup_plates(texts, at=moment)
    elif kind == "kuid":
        looked = register.lookup_kuids(texts, at=moment)
    else:
        looked = register.lookup_vins(texts)
        if moment is not None:
            looked = _at_the_moment(looked, register, moment)
    return [(one, looked[one.asked or ""]) for one in group]


def _at_the_moment(looked: Mapping[str, Looked], register: Register, moment: datetime) -> Mapping[str, Looked]:
    """A VIN is asked about now only; its vehicles are asked for again by kuid, as they were at the moment."""
    kuids = {one.kuid for answer in looked.values() if isinstance(answer, Found) for one in answer.vehicles if one.kuid}
    then = register.lookup_kuids(kuids, at=moment) if kuids else {}

    def of(answer: Looked) -> Looked:
        if not isinstance(answer, Found):
            return answer
        parts = [then[one.kuid] for one in answer.vehicles if one.kuid]
        if odd := next((part for part in parts if isinstance(part, NotAsked | Unreadable)), None):
            return odd
        found = tuple(one for part in parts if isinstance(part, Found) for one in part.vehicles)
        return Found(found) if found else Absent()

    return {text: of(answer) for text, answer in looked.items()}


def _search(one: Item, name: str | None, register: Register) -> Looked | Item:
    """The vehicles of an owner. The name goes into the question and nowhere else, not even into an error."""
    if not isinstance(register, SearchesOwners):
        return replace(one, state="REFUSED", **said("owner_not_here"))
    if name is None:
        return replace(one, state="REFUSED", **said("owner_gone"))
    try:
        hits = register.search("eiernavn", limit=MOST_OF_AN_OWNER, navn=name)
    except TryAgain as error:
        return NotAsked("The register cannot be searched right now.", error.retry_after or _PAUSE)
    except ValueError:
        return replace(one, state="UNREADABLE", **said("unreadable"))
    if not hits.vehicles:
        return replace(one, state="ABSENT", **said("owner_none"))
    held = [held_of(vehicle) for vehicle in hits.vehicles]
    found = replace(one, state="FOUND", vehicles=held)
    return found if hits.whole else replace(found, **said("owner_cut"))


def _answer(one: Item, looked: Looked | Item) -> Item:
    match looked:
        case Item():
            return looked
        case Found():
            held = [held_of(vehicle) for vehicle in looked.vehicles]
            if len(held) == 1:
                return replace(one, state="FOUND", vehicles=held)
            return replace(one, state="SEVERAL", vehicles=held, **said("several"))
        case Absent():
            return replace(one, state="ABSENT", **said("absent"))
        case _:
            return replace(one, state="UNREADABLE", **said("unreadable"))
