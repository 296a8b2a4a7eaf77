"""What we declared beside what the register holds: which vehicle is ours, and where the two say different things.

Compared tolerantly: a filler ("-") is no value, signs, blanks and case do not count, a type approval may come without
its extension, a make with or without its second name. Only two values that are both there can differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from include.ledger.registration import Difference, Watched
from include.register.record import FILLERS, VehicleRecord, plain_id

_ASK = "Ask Statens vegvesen which of the two is right; correct the document and send it anew where it is not."


@dataclass(frozen=True, slots=True)
class Ours:
    """The vehicle of the register that is ours, or why none can be named; never both."""

    vehicle: VehicleRecord | None = None
    difference: Difference | None = None


def agree(mine: str, said: str) -> bool:
    """Whether two values are the same but for signs and blanks; a type approval may lack its extension."""
    short, long = sorted((_letters(mine), _letters(said)), key=len)
    return bool(short) and (long == short or ("*" in mine and long.startswith(short)))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).upper()


def ours(one: Watched, vehicles: Sequence[VehicleRecord]) -> Ours:
    """Which of the vehicles under one VIN was declared: by kuid, else by make, else the only one there is."""
    same_kuid = [vehicle for vehicle in vehicles if one.kuid and vehicle.kuid == one.kuid]
    if len(same_kuid) == 1:
        return Ours(same_kuid[0])
    same_make = [vehicle for vehicle in vehicles if vehicle.has_make(one.merkekode)]
    if len(same_make) == 1:
        return Ours(same_make[0])
    held = "; ".join(f"kuid {vehicle.kuid or '-'}, merkekode {vehicle.merkekode or '-'}" for vehicle in vehicles[:5])
    if not same_make:
        return Ours(difference=_other_make(one, vehicles, held))
    return Ours(
        difference=Difference(
            kind="ambiguous",
            declared=f"kuid {one.kuid or '-'}, merkekode {one.merkekode or '-'}",
            held=held,
            sentence=f"The register has {len(vehicles)} vehicles with VIN {one.vin}, and which of them was declared "
            "cannot be told.",
            next_step="Ask Statens vegvesen which kuid belongs to the document.",
        )
    )


def _other_make(one: Watched, vehicles: Sequence[VehicleRecord], held: str) -> Difference:
    said = ", ".join(sorted({vehicle.merkekode or "-" for vehicle in vehicles}))
    return Difference(
        kind="merkekode",
        declared=one.merkekode,
        held=held,
        sentence=f"The register has VIN {one.vin} with merkekode {said} only; it was accepted with {one.merkekode}.",
        next_step=_ASK,
    )


def missing(one: Watched) -> Difference:
    """The vehicle was accepted, and the register does not know it."""
    return Difference(
        kind="not_in_register",
        declared=one.vin,
        held=None,
        sentence=f"VIN {one.vin} was accepted {_ago(one.age_days)} ago and is not in the register.",
        next_step="Ask Statens vegvesen what became of it; send the document again only when they say so.",
    )


def differences(one: Watched, vehicle: VehicleRecord) -> tuple[Difference, ...]:
    """Everything that both sides give and that is not the same."""
    return tuple(_differences(one, vehicle))


def _differences(one: Watched, vehicle: VehicleRecord) -> Iterator[Difference]:
    held_vin = vehicle.understellsnummer
    if held_vin and held_vin != one.vin and plain_id(held_vin) != plain_id(one.vin):
        yield _differs("vin", "VIN", one.vin, held_vin, one)
    if one.kuid and vehicle.kuid and one.kuid != vehicle.kuid:
        yield _differs("kuid", "kuid", one.kuid, vehicle.kuid, one)
    if one.merkekode and not vehicle.has_make(one.merkekode):
        yield _differs("merkekode", "merkekode", one.merkekode, vehicle.merkekode or "-", one)
    for kind, word, mine, said, same in (
        ("type_approval", "type approval", one.type_approval, vehicle.typegodkjenningsnummer, agree),
        ("variant", "variant", one.variant, vehicle.variant, _equal),
        ("version", "version", one.version_code, vehicle.versjon, _equal),
        ("avgiftskode", "avgiftskode", one.avgiftskode, vehicle.avgiftskode, _equal),
        ("make", "make", one.make, vehicle.merke, _same_make),
    ):
        if mine and said and mine != said and _given(mine) and _given(said) and not same(mine, said):
            yield _differs(kind, word, mine, said, one)


def _differs(kind: str, word: str, mine: str, said: str, one: Watched) -> Difference:
    return Difference(
        kind=kind,
        declared=mine,
        held=said,
        sentence=f"For VIN {one.vin} the register holds {word} {said}, and {mine} was declared.",
        next_step=_ASK,
    )


def _given(text: str) -> bool:
    return text.strip() not in FILLERS


def _equal(mine: str, said: str) -> bool:
    return _letters(mine) == _letters(said)


def _same_make(mine: str, said: str) -> bool:
    """`VOLKSWAGEN, VW` and `Volkswagen` are one make: any of the names on one side may stand on the other."""
    names, others = _names(mine), _names(said)
    return bool(names & others)


def _names(text: str) -> set[str]:
    return {_letters(part) for part in [text, *re.split(r"[,/;()]", text)] if _letters(part)}


def _ago(days: float) -> str:
    hours = round(days * 24)
    return f"{hours} hours" if hours < 48 else f"{round(days)} days"
