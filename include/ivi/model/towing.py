"""What may be towed, and where it is coupled: entries 16.4, 18, 19, 44 and 45. Masses in kg.

1.x keeps the masses beside the coupling device, one element per kind of trailer; 2.0 has rows by braking and trailer.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.fields import PATHS
from include.ivi.finding import Family
from include.ivi.record import record
from include.ivi.view import Group

from .rows import HOME, group_at, number_in, rows, text_in

UNBRAKED = "UNB"
BRAKED = "BRK"

#: Towable masses of 1.x by element, and how such a trailer is braked.
_TOWABLE1 = (
    ("TechPermMaxTowMassBrakedTrail", BRAKED),
    ("TechPermMaxTowMassDrawbarTrail", BRAKED),
    ("TechPermMaxTowMassSemiTrailer", BRAKED),
    ("TechPermMaxTowMassCentAxTrail", BRAKED),
    ("TechPermMaxTowMassRigidTrail", BRAKED),
    ("TechPermMaxTowMassUnbrTrailer", UNBRAKED),
)
_VERTICAL1 = "TechPermMaxStatVertMassCouplPt"
_VERTICAL2 = "TechnicallyPermissibleMaximumStaticVerticalMassCouplingPoint"
_TOWABLE2 = "TechnicallyPermissibleMaximumTowableMass"
_COMBINATION2 = "TechnicallyPermissibleMaximumCombinationMass"


@record
class Towing:
    """What may be towed, in kg: braked towable mass, and the combination of vehicle and trailer."""

    path: str
    towable: int | None
    combination: int | None


@record
class Towable:
    """One towable mass in kg and its path; `braking` is the code of the trailer's brakes (UNB: none), `trailer` that
    of its bodywork, both None where not given."""

    path: str
    mass: int
    braking: str | None
    trailer: str | None = None


@record
class PlacedMass:
    """A mass in kg and its path; `coupling` is the number of the coupling device it belongs to."""

    path: str
    mass: int
    coupling: int | None = None


@record
class Coupling:
    """Everything about towing. `devices` are the couplings that are fitted, by path and number; `can_be_fitted` the
    paths of those that may be added; `referred` the coupling numbers that towing masses name (2.0), by path."""

    towable: tuple[Towable, ...] = ()
    combinations: tuple[PlacedMass, ...] = ()
    vertical: tuple[PlacedMass, ...] = ()
    devices: tuple[tuple[str, int | None], ...] = ()
    can_be_fitted: tuple[str, ...] = ()
    referred: tuple[tuple[str, int], ...] = ()

    @property
    def braked(self) -> int | None:
        """The heaviest trailer with brakes, kg; a mass without a code of braking counts too. None: none is given."""
        return max((one.mass for one in self.towable if one.braking != UNBRAKED), default=None)

    @property
    def unbraked(self) -> int | None:
        """The heaviest trailer without brakes, kg. None: none is given."""
        return max((one.mass for one in self.towable if one.braking == UNBRAKED), default=None)

    @property
    def tows(self) -> bool:
        """Some trailer of more than 0 kg may be towed."""
        return any(one.mass for one in self.towable)


def read_coupling(tree: Group, family: Family) -> Coupling:
    """Towing and couplings of a document. Never raises."""
    home = group_at(tree, HOME[family])
    return _coupling1(home) if family == "1.x" else _coupling2(home)


def read_towing(coupling: Coupling, family: Family) -> tuple[Towing, ...]:
    """The combinations of a document, each with the heaviest braked trailer it may have been made of.

    2.0 often gives the combination in a row of its own, so the trailer is that of the same row or, failing that, the
    heaviest of all rows.
    """
    if family == "1.x":
        own = [one for one in coupling.combinations if one.path == PATHS["1.x"]["combination_mass"]]
        if not own and coupling.braked is None:
            return ()
        return (Towing(PATHS["1.x"]["combination_mass"], coupling.braked, own[0].mass if own else None),)
    beside = {one.path.rpartition("/")[0]: one.mass for one in coupling.towable}
    return tuple(
        Towing(one.path, beside.get(one.path.rpartition("/")[0], coupling.braked), one.mass)
        for one in coupling.combinations
    )


def _coupling1(home: Group) -> Coupling:
    towable: list[Towable] = []
    vertical: list[PlacedMass] = []
    devices: list[tuple[str, int | None]] = []
    combinations: list[PlacedMass] = []
    whole = number_in(home, "TechnPermMaxMassCombination")
    if whole is not None:
        combinations.append(PlacedMass(PATHS["1.x"]["combination_mass"], whole))
    for path, row in rows(home, HOME["1.x"], "MechanicalCoupling"):
        number = number_in(row, "MechanicalCouplingNumber")
        devices.append((path, number))
        for name, braking in _TOWABLE1:
            mass = number_in(row, name)
            if mass is not None:
                towable.append(Towable(f"{path}/{name}", mass, braking))
        mass = number_in(row, _VERTICAL1)
        if mass is not None:
            vertical.append(PlacedMass(f"{path}/{_VERTICAL1}", mass, number))
        if "BrakedTypeTrailTable" in row.groups:
            _drawbars1(row, path, towable, combinations)
    return Coupling(tuple(towable), tuple(combinations), tuple(vertical), tuple(devices))


def _drawbars1(row: Group, path: str, towable: list[Towable], combinations: list[PlacedMass]) -> None:
    for place, braked in rows(row, path, "BrakedTypeTrail"):
        braking = text_in(braked, "BrakedTypeTrailCode")
        for way, drawbar in rows(braked, place, "DrawbarType"):
            mass = number_in(drawbar, "TechPermMaxTowMassTrailer")
            if mass is not None:
                towable.append(
                    Towable(f"{way}/TechPermMaxTowMassTrailer", mass, braking, text_in(drawbar, "TypeTrailerCode"))
                )
            mass = number_in(drawbar, "TechnPermMaxMassCombinTrail")
            if mass is not None:
                combinations.append(PlacedMass(f"{way}/TechnPermMaxMassCombinTrail", mass))


def _coupling2(home: Group) -> Coupling:
    towable: list[Towable] = []
    combinations: list[PlacedMass] = []
    referred: list[tuple[str, int]] = []
    for path, row in rows(home, HOME["2.0"], "TowingBrakedTypeTrail"):
        number = number_in(row, "MechanicalCouplingNumberTowingMasses")
        if number is not None:
            referred.append((f"{path}/MechanicalCouplingNumberTowingMasses", number))
        braking = text_in(row, "BrakedTypeTrail")
        for place, inner in rows(row, path, "BodyworkType"):
            mass = number_in(inner, _TOWABLE2)
            if mass is not None:
                towable.append(Towable(f"{place}/{_TOWABLE2}", mass, braking, text_in(inner, "BodyworkTypeTrailer")))
            mass = number_in(inner, _COMBINATION2)
            if mass is not None:
                combinations.append(PlacedMass(f"{place}/{_COMBINATION2}", mass, number))
    return Coupling(
        towable=tuple(towable),
        combinations=tuple(combinations),
        vertical=tuple(_vertical2(home)),
        devices=tuple(
            (path, number_in(row, "MechanicalCouplingNumber"))
            for path, row in rows(home, HOME["2.0"], "MechanicalCoupling")
        ),
        can_be_fitted=tuple(path for path, _ in rows(home, HOME["2.0"], "MechanicalCouplingCanBeFitted")),
        referred=tuple(referred),
    )


def _vertical2(home: Group) -> Iterator[PlacedMass]:
    for group in home.groups.get("MassGroup", ()):
        for path, row in rows(group, f"{HOME['2.0']}/MassGroup", "MaximumStaticVerticalMassCouplingPoint"):
            mass = number_in(row, _VERTICAL2)
            if mass is not None:
                yield PlacedMass(f"{path}/{_VERTICAL2}", mass, number_in(row, "MechanicalCouplingNumberVerticalMass"))
