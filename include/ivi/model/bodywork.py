"""Doors, seats and standing places: entries 41 to 43 of the certificate of conformity."""

from __future__ import annotations

import re

from include.ivi.finding import Family
from include.ivi.record import record
from include.ivi.values import whole_number
from include.ivi.view import Group

from .rows import HOME, group_at, number_in, numbers_by

_GENERAL: dict[Family, str] = {"1.x": HOME["1.x"], "2.0": f"{HOME['2.0']}/GeneralConstructionGroup"}
_SEATS: dict[Family, dict[str, str]] = {
    "1.x": {
        "with_driver": "NrOfSeatingPositions",
        "without_driver": "NrOfSeatingPositionExclDriver",
        "lower_deck": "NrOfPassSeatingPosLowerDeck",
        "upper_deck": "NrOfPassSeatingPosUpperDeck",
        "wheelchairs": "NrOfWheelchairUserAccessPos",
        "standing": "NumberOfStandingPlaces",
    },
    "2.0": {
        "with_driver": "NumberOfSeatingPositionsIncludingDriver",
        "without_driver": "NumberOfSeatingPositionsExcludingDriver",
        "lower_deck": "NumberOfSeatingPositionsLowerDeck",
        "upper_deck": "NumberOfSeatingPositionsUpperDeck",
        "wheelchairs": "NumberOfWheelchairUserAccessiblePositions",
        "standing": "NumberOfStandingPlaces",
    },
}
_DOORS_IN_WORDS = re.compile(r"(\d)\s*([A-Za-z]*)")
_BACK = frozenset({"B", "BACK", "REAR"})
_MOST_SIDES = 4


@record
class Doors:
    """Number of doors, and the doors counted side by side (None: sides not given)."""

    number: int | None = None
    without_back: int | None = None
    with_back: int | None = None


@record
class Seats:
    """Seats with and without that of the driver, by deck, places for wheelchairs, and standing places."""

    with_driver: int | None = None
    without_driver: int | None = None
    lower_deck: int | None = None
    upper_deck: int | None = None
    wheelchairs: int | None = None
    standing: int | None = None

    @property
    def all(self) -> int | None:
        """Seats with that of the driver, from either of the two figures; None where neither is given."""
        if self.with_driver is not None:
            return self.with_driver
        return self.without_driver + 1 if self.without_driver is not None else None

    @property
    def disagree(self) -> bool:
        """Both figures are given, and the driver's seat is not the difference."""
        return None not in (self.with_driver, self.without_driver) and self.all != (self.without_driver or 0) + 1


def seat_place(family: Family, name: str) -> str:
    """The path of a number of seats, by its name in Seats."""
    return f"{_GENERAL[family]}/{_SEATS[family][name]}"


def read_seats(tree: Group, family: Family) -> Seats:
    """The seats of a document. Never raises."""
    return Seats(**numbers_by(group_at(tree, _GENERAL[family]).values, _SEATS[family]))


def read_doors(tree: Group, family: Family) -> Doors:
    """The doors of a document. Never raises."""
    general = group_at(tree, _GENERAL[family])
    number = number_in(general, "NumberOfDoors")
    if family == "1.x":
        return _doors_in_words(general.values.get("ConfigurationOfDoors"), number)
    for group in tree.all(f"{HOME['2.0']}/ConfigurationDoorsGroup"):
        side = {name.removeprefix("NumberOfDoors"): whole_number(text) or 0 for name, text in group.values.items()}
        back = side.pop("Back", 0)
        return Doors(number, sum(side.values()), sum(side.values()) + back)
    return Doors(number)


def _doors_in_words(text: str | None, number: int | None) -> Doors:
    """1.x holds the sides as free text, such as `2R,2L` or `2 left 2 right 1 back`."""
    sides = _DOORS_IN_WORDS.findall(text or "")
    if not sides or len(sides) > _MOST_SIDES:
        return Doors(number)
    back = sum(int(count) for count, side in sides if side.upper() in _BACK)
    total = sum(int(count) for count, _side in sides)
    return Doors(number, total - back, total)
