"""What the vehicle emits and consumes: CO2, fuel, electricity, range, pollutants, noise, emission level.

The figures stand in the row of the energy source they were measured on; CoC entries 46 to 49 of Regulation (EU)
2020/683, Annex VIII. 1.x holds the NEDC figures beside those of WLTP, 2.0 only WLTP; mopeds and motorcycles have those
of the type VII test.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.finding import Family
from include.ivi.lazily import lazily
from include.ivi.record import record
from include.ivi.values import decimal_number
from include.ivi.view import Group

from .emission_names import CYCLES, NOISE, POLLUTANTS, RANGES, Home, Quantity
from .energy import rows, source_rows

_COC: dict[Family, str] = {"1.x": "Body/CocDataGroup", "2.0": "CocDataGroup"}


@record
class Figures:
    """A set of figures of one source, by name. `home` and `path` say where each of them stands."""

    path: str
    home: Home
    given: dict[str, float]

    def __bool__(self) -> bool:
        """True where there is at least one figure."""
        return bool(self.given)

    def get(self, name: str) -> float | None:
        """A figure, None where it is not given."""
        return self.given.get(name)

    def place(self, name: str) -> str:
        """The IVI path of a figure, given or not; that of the group where the family has no such figure."""
        group = f"{self.path}/{self.home.group}" if self.home.group else self.path
        element = self.home.names.get(name)
        return f"{group}/{element}" if element else group


@record
class Cycle(Figures):
    """One quantity over a test cycle.

    CO2 in g/km; fuel in l/100 km (gas in m³/100 km or kg/100 km); electricity in Wh/km. Parts: `low` to `extra_high`
    (WLTP) or `urban` and `extra_urban` (NEDC), `combined`, and `weighted` by the use of the battery (plug-ins).
    """

    @property
    def combined(self) -> float | None:
        """The figure of the whole cycle."""
        return self.given.get("combined")

    @property
    def weighted(self) -> float | None:
        """The figure of the whole cycle, weighted by how far the vehicle is driven on electricity."""
        return self.given.get("weighted")

    @property
    def phases(self) -> tuple[float, ...]:
        """The figures of the single phases that are given."""
        return tuple(figure for part, figure in self.given.items() if part not in ("combined", "weighted"))


class SourceEmissions:
    """All test figures of one energy source row. Each set is read when it is first asked for.

    `code` is the FuelCode (1.x) or EnergySource (2.0), `level` the emission level written in this row (1.x only).
    """

    def __init__(self, path: str, row: Group, family: Family) -> None:
        """`row` is the group at `path`."""
        self.path = path
        self.family = family
        self._row = row
        self._cycles: dict[Quantity, Cycle] = {}
        self.code = _trimmed(row, "FuelCode" if family == "1.x" else "EnergySource")
        self.level = _trimmed(row, "ExhaustEmissionLevelEuro") if family == "1.x" else None

    def cycle(self, quantity: Quantity) -> Cycle:
        """One quantity over its test cycle; empty where it was not measured."""
        cycle = self._cycles.get(quantity)
        if cycle is None:
            home = CYCLES[self.family][quantity]
            cycle = self._cycles[quantity] = Cycle(self.path, home, _figures(self._row, home))
        return cycle

    @property
    def co2(self) -> Cycle:
        """CO2 by WLTP in g/km, `weighted` for plug-ins."""
        return self.cycle("co2")

    @property
    def fuel(self) -> Cycle:
        """Fuel consumption by WLTP in l/100 km."""
        return self.cycle("fuel")

    @lazily
    def electric_range(self) -> Figures:
        """Electric range by WLTP in km.

        `pure`, `pure_city` of a pure electric vehicle; of a plug-in `equivalent`, `equivalent_city` (EAER) and
        `all_electric`, `all_electric_city` (AER).
        """
        home = RANGES[self.family]
        return Figures(self.path, home, _figures(self._row, home))

    @lazily
    def electric_range_nedc(self) -> float | None:
        """Electric range by NEDC in km (1.x), of a pure electric vehicle or of a plug-in."""
        values = self._row.values
        return decimal_number(values.get("ElectricRange") or values.get("ElectricRangeExternChargeable"))

    @lazily
    def pollutants(self) -> Figures:
        """Pollutants of the WLTP type 1 test in mg/km.

        `co`, `thc`, `nmhc`, `nox`, `thc_nox`, `ammonia` (ppm), `particulates`; `particles` per km times ten to the
        power of `exponent`.
        """
        home = POLLUTANTS[self.family]
        return Figures(self.path, home, _figures(self._row, home))

    @lazily
    def noise(self) -> Figures:
        """Sound levels in dB(A): `stationary` (at `engine_speed`, 1/min) and `drive_by`."""
        home = NOISE[self.family]
        return Figures(self.path, home, _figures(self._row, home))


@record
class FamilyIdentifier:
    """The identifier of a WLTP family: its kind (IP, RL, RM, PR, ATCT, …), the text, and where it stands."""

    kind: str
    text: str
    path: str


@record
class Emissions:
    """The emissions of a vehicle. `levels` are emission levels as written, such as `EURO 6 EA`, with their places."""

    sources: tuple[SourceEmissions, ...] = ()
    levels: tuple[tuple[str, str], ...] = ()
    families: tuple[FamilyIdentifier, ...] = ()

    @property
    def level(self) -> str | None:
        """The first emission level of the document, None where none is given."""
        return self.levels[0][1] if self.levels else None

    @property
    def measured_co2(self) -> bool:
        """True where any CO2 figure by WLTP is given."""
        return any(source.co2 or source.cycle("co2_sustaining") for source in self.sources)


def read_emissions(tree: Group, family: Family) -> Emissions:
    """The emissions of a document. Never raises; what is absent is empty."""
    found = list(source_rows(tree, family))
    sources = tuple([SourceEmissions(path, row, family) for path, row in found])
    return Emissions(sources, tuple(_levels(tree, family, sources)), tuple(_families(tree, family, found)))


def _levels(tree: Group, family: Family, sources: tuple[SourceEmissions, ...]) -> Iterator[tuple[str, str]]:
    if family == "1.x":
        for source in sources:
            if source.level:
                yield f"{source.path}/ExhaustEmissionLevelEuro", source.level
        return
    path = f"{_COC[family]}/ExhaustEmissionLevel"
    level = tree.value(path)
    if level:
        yield path, level.strip()


def _families(tree: Group, family: Family, found: list[tuple[str, Group]]) -> Iterator[FamilyIdentifier]:
    kind, text = "TestFamilyIdentifier", "TestFamilyIdentifierValue"
    if family == "1.x":
        found = [(_COC[family], coc) for coc in tree.all(_COC[family])]
        kind, text = "FamilyIdentifierCode", "FamilyIdentifierValue"
    for outer, group in found:
        for path, row in rows(group, outer, "TestFamilyIdentifiers"):
            if row.values.get(text):
                yield FamilyIdentifier(_trimmed(row, kind) or "", row.values[text].strip(), f"{path}/{text}")


def _trimmed(row: Group, name: str) -> str | None:
    value = row.values.get(name)
    return value.strip() if value is not None else None


def _figures(row: Group, home: Home) -> dict[str, float]:
    if home.group:
        groups = row.groups.get(home.group)
        if not groups:
            return {}
        row = groups[0]
    values = row.values
    if home.elements.isdisjoint(values):
        return {}
    figures = {}
    for name, element in home.names.items():
        if element in values:
            number = decimal_number(values[element])
            if number is not None:
                figures[name] = number
    return figures
