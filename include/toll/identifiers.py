"""Check digits and forms of the identifiers on a presentation.

None of them decides: the authority's own examples break most of them, so a wrong check digit is a warning only.
Sources: DG XXI/0879/99 rev. 1 (MRN), ISO 6346 (containers), UPU S9 (receptacles), UPU S10 (postal items), IATA
resolution 600a (air waybills).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LAST_LETTER = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S9 = re.compile(
    r"(?P<origin>[A-Z]{6})(?P<destination>[A-Z]{6})(?P<category>[A-Z])(?P<subclass>[A-Z]{2})(?P<year>\d)"
    r"(?P<despatch>\d{4})(?P<serial>\d{3})(?P<last>\d)(?P<registered>\d)(?P<weight>\d{4})",
    re.ASCII,
)
_AIR_WAYBILL = re.compile(r"(?:\d{3}-?\d{8}|\d{3} \d{8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Receptacle:
    """The parts of an S9 receptacle identifier. `weight` is in tenths of a kilogram."""

    origin: str
    destination: str
    category: str
    subclass: str
    year: int
    despatch: int
    serial: int
    last_of_despatch: bool
    registered: bool
    weight: int


def mrn_check_digit(mrn: str) -> str:
    """The check digit that belongs to the first 17 characters of an MRN: ISO 6346 values, weights 2^0 to 2^16."""
    from stdnum import iso6346

    return str(iso6346.calc_check_digit(mrn[:17]))


def container_is_right(container: str) -> bool:
    """Whether it is a container number of ISO 6346 with its check digit."""
    from stdnum import iso6346

    return bool(iso6346.is_valid(container))


def receptacle_parts(receptacle: str) -> Receptacle | None:
    """The parts of a 29-character S9 identifier, None for any other form."""
    found = _S9.fullmatch(receptacle)
    if found is None:
        return None
    return Receptacle(
        origin=found["origin"],
        destination=found["destination"],
        category=found["category"],
        subclass=found["subclass"],
        year=int(found["year"]),
        despatch=int(found["despatch"]),
        serial=int(found["serial"]),
        last_of_despatch=found["last"] == "1",
        registered=found["registered"] == "1",
        weight=int(found["weight"]),
    )


def postal_item_check_digit(number: str) -> str | None:
    """The check digit that belongs to an S10 number; None when it has not the form of one."""
    if _LAST_LETTER.fullmatch(number) is None:
        return None
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(_S10_WEIGHTS, number[2:10], strict=True)) % 11
    return {10: "0", 11: "5"}.get(rest, str(rest))


def air_waybill_is_right(number: str) -> bool:
    """Whether it is a master air waybill: three digits of the airline, seven, and their remainder by seven."""
    if _AIR_WAYBILL.fullmatch(number) is None:
        return False
    serial = number[-8:]
    return int(serial[:7]) % 7 == int(serial[7])
