"""Tyres, axle by axle: entry 35 of the certificate of conformity.

Source of the loads: ISO 4000-1 and UN Regulations No 30 and No 54, load capacity index of a tyre.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.finding import Family
from include.ivi.record import record
from include.ivi.values import truth, whole_number
from include.ivi.view import Group

from .rows import HOME, group_at, rows, text_in

_FITTED: dict[Family, str] = {"1.x": "ProductionTyreRimVehInd", "2.0": "TyreFittedProductionIndicator"}
_HIGHEST_INDEX = 279
_WHOLE_FROM = 30
"""From this index on the standard gives whole kilograms, rounded down."""

#: Loads in kg of the indices 80 to 159 before rounding; eighty indices further on a tyre carries ten times as much.
_LOADS = (
    450, 462.5, 475, 487.5, 500, 515, 530, 545, 560, 580, 600, 615, 630, 650, 670, 690, 710, 730, 750, 775,
    800, 825, 850, 875, 900, 925, 950, 975, 1000, 1030, 1060, 1090, 1120, 1150, 1180, 1215, 1250, 1285, 1320, 1360,
    1400, 1450, 1500, 1550, 1600, 1650, 1700, 1750, 1800, 1850, 1900, 1950, 2000, 2060, 2120, 2180, 2240, 2300, 2360,
    2430, 2500, 2575, 2650, 2725, 2800, 2900, 3000, 3075, 3150, 3250, 3350, 3450, 3550, 3650, 3750, 3875, 4000, 4125,
    4250, 4375,
)  # fmt: skip


@record
class Tyre:
    """One tyre that an axle may have: `axle` counts the axle rows from 0.

    `single` and `twin` are load capacity indices, alone on its side of the axle and beside another tyre;
    `fitted`: on the vehicle when it was made.
    """

    path: str
    axle: int
    number: int | None
    size: str | None
    single: int | None
    twin: int | None
    speed: str | None
    fitted: bool | None


def load_of(index: int) -> float | None:
    """What one tyre of a load capacity index (0 to 279) carries, in kg; None for any other index."""
    if not 0 <= index <= _HIGHEST_INDEX:
        return None
    tens, place = divmod(index, 80)
    load = float(_LOADS[place] * 10.0 ** (tens - 1))
    return load if index < _WHOLE_FROM else float(int(load))


def fitted_name(family: Family) -> str:
    """The name of the mark for the tyre that was on the vehicle when it was made."""
    return _FITTED[family]


def read_tyres(tree: Group, family: Family) -> tuple[Tyre, ...]:
    """The tyres of a document, axle by axle. Never raises."""
    return tuple(_tyres(group_at(tree, HOME[family]), family))


def _tyres(home: Group, family: Family) -> Iterator[Tyre]:
    fitted = _FITTED[family]
    for axle, (way, row) in enumerate(rows(home, HOME[family], "Axle")):
        for path, tyre in rows(row, way, "TyreAxle"):
            get = tyre.values.get
            yield Tyre(
                path,
                axle,
                whole_number(get("TyreNumber")),
                text_in(tyre, "TyreSize"),
                whole_number(get("LoadCapacityIndexSingleWheel")),
                whole_number(get("LoadCapacityIndexTwinWheel")),
                text_in(tyre, "SpeedCategorySymbol"),
                truth(get(fitted)),
            )
