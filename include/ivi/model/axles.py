"""Axles one by one and in groups, and how many there are: entries 1 to 4.1, 16.2, 16.3 and 30.

Distances are in mm, masses in kg.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from include.ivi.finding import Family
from include.ivi.record import record
from include.ivi.values import truth, whole_number
from include.ivi.view import Group

from .rows import HOME, group_at, number_in, numbers_by, rows

_COUNTS: dict[Family, dict[str, str]] = {
    "1.x": {
        "axles": "NumberOfAxles",
        "wheels": "NumberOfWheels",
        "twin": "NumberOfAxlesWithTwinWheels",
        "steered": "NumberOfSteeredAxles",
        "powered": "NumberOfPoweredAxles",
    },
    "2.0": {
        "axles": "NumberOfAxles",
        "wheels": "NumberOfWheels",
        "twin": "NumberOfAxlesWithTwinWheels",
        "steered": "NumberOfSteeredAxles",
        "powered": "NumberOfPoweredAxles",
    },
}
_COUNT_PLACES: dict[Family, str] = {"1.x": HOME["1.x"], "2.0": f"{HOME['2.0']}/GeneralConstructionGroup"}


@record
class _AxleNames:
    powered: str
    steered: str
    twin: str
    max_mass: str
    in_service: tuple[tuple[str, str], ...]


_AXLES: dict[Family, _AxleNames] = {
    "1.x": _AxleNames(
        "PoweredAxleInd",
        "SteeredAxleInd",
        "TwinWheelsAxleInd",
        "TechnicallyPermMassAxle",
        (
            ("MaxPermLadenMassAxleNat", "MaxPermLadenMassAxleNational"),
            ("MaxPermLadenMassAxleInt", "MaxPermLadenMassAxleInt"),
        ),
    ),
    "2.0": _AxleNames(
        "PoweredAxleIndicator",
        "SteeredAxleIndicator",
        "TwinWheelsAxleIndicator",
        "TechnicallyPermissibleMassAxle",
        (("InServiceMaximumPermissibleLadenMassAxle", "InServiceMaximumPermissibleLadenMassAxle"),),
    ),
}
_GROUP_MASS: dict[Family, str] = {"1.x": "TechPermMassAxleGroup", "2.0": "TechnicallyPermissibleMassAxleGroup"}


@record
class Axle:
    """One axle row: its number, whether it is powered, its highest mass in kg, and what else is known of it.

    `track` is the distance between the wheels and `spacing` that to the next axle, in mm; `group` the number of the
    axle group it belongs to (1.x); `in_service` the paths and kilograms it may carry when registered (entry 17.2).
    """

    number: int | None
    powered: bool | None
    max_mass: int | None
    path: str = field(default="", compare=False)
    steered: bool | None = None
    twin: bool | None = None
    track: int | None = None
    spacing: int | None = None
    group: int | None = None
    in_service: tuple[tuple[str, int], ...] = ()


@record
class AxleCounts:
    """How many axles, wheels, axles with twin wheels, steered and powered axles the document says there are."""

    axles: int | None = None
    wheels: int | None = None
    twin: int | None = None
    steered: int | None = None
    powered: int | None = None


@record
class AxleSet:
    """A group of axles: the path and kilograms of its highest mass (entry 16.3), and the numbers of its axles."""

    path: str
    number: int | None
    max_mass: int | None
    members: tuple[int, ...]


def count_place(family: Family, name: str) -> str:
    """The path of a count, by its name in AxleCounts."""
    return f"{_COUNT_PLACES[family]}/{_COUNTS[family][name]}"


def read_axle_counts(tree: Group, family: Family) -> AxleCounts:
    """The counts of a document. Never raises."""
    return AxleCounts(**numbers_by(group_at(tree, _COUNT_PLACES[family]).values, _COUNTS[family]))


def read_axles(tree: Group, family: Family) -> tuple[Axle, ...]:
    """The axle rows of a document, in its order. Never raises."""
    return tuple(_axles(group_at(tree, HOME[family]), family))


def _axles(home: Group, family: Family) -> Iterator[Axle]:
    names = _AXLES[family]
    for path, row in rows(home, HOME[family], "Axle"):
        get = row.values.get
        yield Axle(  # by place, which is quicker: axles are the most frequent of all records
            whole_number(get("AxleNumber")),
            truth(get(names.powered)),
            whole_number(get(names.max_mass)),
            path,
            truth(get(names.steered)),
            truth(get(names.twin)),
            whole_number(get("AxleTrack")),
            whole_number(get("AxleSpacing")),
            whole_number(get("PartOfAxleGroupNumber")),
            tuple(_in_service(row, path, names)) if row.groups else (),
        )


def _in_service(row: Group, path: str, names: _AxleNames) -> Iterator[tuple[str, int]]:
    for table, name in names.in_service:
        for place, inner in rows(row, path, table):
            mass = number_in(inner, name)
            if mass is not None:
                yield f"{place}/{name}", mass


def read_axle_sets(tree: Group, family: Family, axles: tuple[Axle, ...]) -> tuple[AxleSet, ...]:
    """The axle groups of a document; 1.x names the group at the axle, 2.0 the axles in the group. Never raises."""
    home = group_at(tree, HOME[family])
    return tuple(_axle_sets(home, family, axles))


def _axle_sets(home: Group, family: Family, axles: tuple[Axle, ...]) -> Iterator[AxleSet]:
    name = _GROUP_MASS[family]
    for path, row in rows(home, HOME[family], "AxleGroup"):
        number = number_in(row, "AxleGroupNumber")
        if family == "1.x":
            members = [axle.number for axle in axles if axle.group is not None and axle.group == number]
        else:
            members = [number_in(inner, "MemberAxleNumber") for _, inner in rows(row, path, "AxleGroupMember")]
        known = tuple(member for member in members if member is not None)
        yield AxleSet(f"{path}/{name}", number, number_in(row, name), known)
