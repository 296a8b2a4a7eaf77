"""Masses of the vehicle itself: entries 13 to 17 of the certificate of conformity. All in kg."""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.finding import Family
from include.ivi.record import record
from include.ivi.view import Group

from .rows import HOME, group_at, number_in, numbers_by, rows

_MASSES: dict[Family, dict[str, str]] = {
    "1.x": {
        "running_order": "MassOfTheVehicleInRunningOrder",
        "actual": "ActualMassOfTheVehicle",
        "max_laden": "TechnPermMaxLadenMass",
        "incomplete": "MassIncompleteVehRunningOrder",
        "min_completed": "MinMassVehCompleted",
    },
    "2.0": {
        "running_order": "MassInRunningOrder",
        "actual": "ActualMass",
        "max_laden": "TechnicallyPermissibleMaximumLadenMass",
        "incomplete": "MassInRunningOrderIncomplete",
        "min_completed": "MinimumMassCompleted",
    },
}
_PLACES: dict[Family, str] = {"1.x": HOME["1.x"], "2.0": f"{HOME['2.0']}/MassGroup"}

#: Table of the registration masses, its name for the laden mass and its name for the combination.
_IN_SERVICE: dict[Family, tuple[tuple[str, str, str], ...]] = {
    "1.x": (
        ("InServiceMaxMassNat", "MaxPermLadenMassNational", "MaxPermMassCombinationNational"),
        ("InServiceMaxMassInt", "MaxPermLadenMassInternational", "MaxPermMassCombinationInt"),
    ),
    "2.0": (
        (
            "InServiceMaximumMass",
            "InServiceMaximumPermissibleLadenMass",
            "InServiceMaximumPermissibleMassCombination",
        ),
    ),
}


@record
class InServiceMass:
    """A registration or in-service mass in kg (entries 17.1 and 17.4), `kind` laden or combination, and its path."""

    path: str
    kind: str
    mass: int


@record
class Masses:
    """Masses in kg: in running order, actual, highest laden (technically permissible); of an incomplete vehicle in
    running order, and the least it may weigh when completed; and what it may weigh when registered."""

    running_order: int | None = None
    actual: int | None = None
    max_laden: int | None = None
    incomplete: int | None = None
    min_completed: int | None = None
    in_service: tuple[InServiceMass, ...] = ()


def read_masses(tree: Group, family: Family) -> Masses:
    """The masses of a document. Never raises."""
    numbers = numbers_by(group_at(tree, _PLACES[family]).values, _MASSES[family])
    return Masses(**numbers, in_service=tuple(_in_service(tree, family)))


def _in_service(tree: Group, family: Family) -> Iterator[InServiceMass]:
    home = group_at(tree, HOME[family])
    for table, laden, combination in _IN_SERVICE[family]:
        for path, row in rows(home, HOME[family], table):
            for kind, name in (("laden", laden), ("combination", combination)):
                mass = number_in(row, name)
                if mass is not None:
                    yield InServiceMass(f"{path}/{name}", kind, mass)
