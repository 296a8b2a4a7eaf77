"""How long, wide and high a vehicle is: entries 4 to 12. All in mm."""

from __future__ import annotations

from include.ivi.finding import Family
from include.ivi.record import record
from include.ivi.values import truth
from include.ivi.view import Group

from .rows import HOME, group_at, numbers_by

_NAMES = {
    "wheelbase": "Wheelbase",
    "length": "Length",
    "width": "Width",
    "height": "Height",
    "rear_overhang": "RearOverhang",
}
_PLACES: dict[Family, str] = {"1.x": HOME["1.x"], "2.0": f"{HOME['2.0']}/DimensionGroup"}
_EXCEEDING: dict[Family, str] = {
    "1.x": "ExceedingDimensionsIndicator",
    "2.0": "MaximumAuthorisedDimensionsDerogationIndicator",
}
_ELONGATED: dict[Family, str] = {"1.x": "ElongatedCabInd", "2.0": "ElongatedCabIndicator"}


@record
class Dimensions:
    """Wheelbase, length, width, height and rear overhang in mm.

    `exceeding`: approved beyond the maximum authorised dimensions; `elongated_cab`: approved longer for its cab.
    """

    wheelbase: int | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None
    rear_overhang: int | None = None
    exceeding: bool | None = None
    elongated_cab: bool | None = None


def dimension_place(family: Family, name: str) -> str:
    """The path of a dimension, by its name in Dimensions."""
    return f"{_PLACES[family]}/{_NAMES[name]}"


def read_dimensions(tree: Group, family: Family) -> Dimensions:
    """The dimensions of a document. Never raises."""
    values = group_at(tree, _PLACES[family]).values
    return Dimensions(
        **numbers_by(values, _NAMES),
        exceeding=truth(values.get(_EXCEEDING[family])),
        elongated_cab=truth(values.get(_ELONGATED[family])),
    )
