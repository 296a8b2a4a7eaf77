"""Puts the typed view of a document together from its groups. Never raises: what cannot be understood is None."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .document import Axle, Dates, Doors, IviDocument, Masses, Towing, day, truth, whole_number
from .fields import PATHS, TOWING1, TOWING2, Field
from .finding import Family
from .view import Group, View

_AXLE_NAMES: dict[Family, tuple[str, str]] = {
    "1.x": ("PoweredAxleInd", "TechnicallyPermMassAxle"),
    "2.0": ("PoweredAxleIndicator", "TechnicallyPermissibleMassAxle"),
}
_DOORS_IN_WORDS = re.compile(r"(\d)\s*([A-Za-z]*)")
_BACK = frozenset({"B", "BACK", "REAR"})


# longer because every field of the view is named once
def build_document(family: Family, view: View) -> IviDocument:
    """The typed view of a document that has been read."""
    tree, paths = view.root, PATHS[family]

    def text(name: Field) -> str | None:
        value = tree.value(paths[name])
        return value.strip() if value is not None else None

    def number(name: Field) -> int | None:
        return whole_number(tree.value(paths[name]))

    return IviDocument(
        family=family,
        version=text("version"),
        reference=text("reference"),
        vin=text("vin"),
        category=text("category"),
        make=text("make"),
        type_approval=text("type_approval"),
        type_approval_kind=text("type_approval_kind"),
        type=text("type"),
        variant=text("variant"),
        version_code=text("version_code"),
        stage=text("stage"),
        document_version=number("document_version"),
        pure_electric=truth(text("pure_electric")),
        energy_sources=_energy_sources(tree, paths["energy_source"]),
        number_of_axles=number("number_of_axles"),
        powered_axles=number("powered_axles"),
        axles=_axles(family, tree),
        masses=Masses(number("running_order"), number("actual_mass"), number("max_laden_mass")),
        dates=Dates(
            day(text("approval_date")),
            day(text("manufacture_date")),
            day(text("signature_date")),
            day(text("document_date")),
        ),
        doors=_doors(family, tree, number("number_of_doors")),
        towing=tuple(_towing1(tree, number("combination_mass")) if family == "1.x" else _towing2(tree)),
        signed=view.signed,
        tree=tree,
    )


def _energy_sources(tree: Group, path: str) -> tuple[str, ...]:
    way, _, name = path.rpartition("/")
    return tuple(group.values[name].strip() for group in tree.all(way) if name in group.values)


def _axles(family: Family, tree: Group) -> tuple[Axle, ...]:
    powered, mass = _AXLE_NAMES[family]
    return tuple(
        Axle(
            whole_number(row.values.get("AxleNumber")),
            truth(row.values.get(powered)),
            whole_number(row.values.get(mass)),
        )
        for row in tree.all(PATHS[family]["axle_rows"])
    )


def _doors(family: Family, tree: Group, number: int | None) -> Doors:
    if family == "1.x":
        return _doors_in_words(tree.value("Body/CocDataGroup/ConfigurationOfDoors"), number)
    for group in tree.all("CocDataGroup/ConfigurationDoorsGroup"):
        side = {name.removeprefix("NumberOfDoors"): whole_number(text) or 0 for name, text in group.values.items()}
        back = side.pop("Back", 0)
        return Doors(number, sum(side.values()), sum(side.values()) + back)
    return Doors(number)


def _doors_in_words(text: str | None, number: int | None) -> Doors:
    """1.x holds the sides as free text, such as `2R,2L` or `2 left 2 right 1 back`."""
    sides = _DOORS_IN_WORDS.findall(text or "")
    if not sides or len(sides) > 4:
        return Doors(number)
    back = sum(int(count) for count, side in sides if side.upper() in _BACK)
    total = sum(int(count) for count, _side in sides)
    return Doors(number, total - back, total)


def _towing1(tree: Group, combination: int | None) -> Iterable[Towing]:
    path = PATHS["1.x"]["combination_mass"]
    masses = [whole_number(row.values.get("TechPermMaxTowMassBrakedTrail")) for row in tree.all(TOWING1)]
    rows = tree.all(f"{TOWING1}/BrakedTypeTrailTable/BrakedTypeTrailGroup/DrawbarTypeTable/DrawbarTypeGroup")
    masses += [whole_number(row.values.get("TechPermMaxTowMassTrailer")) for row in rows]
    known = [mass for mass in masses if mass is not None]
    if combination is not None or known:
        yield Towing(path, max(known, default=None), combination)


def _towing2(tree: Group) -> Iterable[Towing]:
    path = PATHS["2.0"]["combination_mass"]
    for row in tree.all(f"{TOWING2}/BodyworkTypeTable/BodyworkTypeGroup"):
        towable = whole_number(row.values.get("TechnicallyPermissibleMaximumTowableMass"))
        combination = whole_number(row.values.get("TechnicallyPermissibleMaximumCombinationMass"))
        if towable is not None or combination is not None:
            yield Towing(path, towable, combination)
