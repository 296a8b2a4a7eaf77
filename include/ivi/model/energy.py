"""What moves the vehicle: engines and electric machines, what they run on, how strong they are.

1.x: EngineTable with a FuelTable in each engine, and no code for electricity: an electric machine is known by its
indicators or its working principle. 2.0: EnergyConvertorTable with an EnergySourceTable in each convertor, and energy
source 95 for electricity. CoC entries 20 to 27 of Regulation (EU) 2020/683, Annex VIII.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from include.ivi.finding import Family
from include.ivi.lazily import lazily
from include.ivi.record import named_record, open_record
from include.ivi.values import decimal_number, truth, whole_number
from include.ivi.view import Group

from .rows import table_and_row

ELECTRICITY = "95"
"""Code of electricity as an energy source; IVI 2.0 only."""

_ELECTRIC_MACHINE = frozenset({"EE", "ELECT"})
_COC: dict[Family, str] = {"1.x": "Body/CocDataGroup", "2.0": "CocDataGroup"}


@named_record
class EnergySource:
    """One energy source of a convertor. `code` is a FuelCode (1.x) or EnergySource (2.0); powers in kW.

    `net_power` is the maximum net power of the engine on this fuel, or in 1.x of the machine where the row belongs to
    an electric one. `electric_power` is the maximum net power of the electric machine, `half_hour_power`
    what it holds for 30 minutes, `engine_speed` that of the maximum net power in 1/min. Places are IVI paths.
    """

    path: str
    code: str | None = None
    net_power: float | None = None
    electric_power: float | None = None
    half_hour_power: float | None = None
    engine_speed: int | None = None
    net_power_place: str = ""


@named_record
class Convertor:
    """One engine or electric machine. `capacity` in cm³; `code` is what is marked on it; `principle` is an IVI code.

    `electric` is True for an electric machine, False for what burns something, None where the document does not say.
    `charged_outside` is the indicator of off-vehicle charging (1.x).
    """

    path: str
    maker: str | None = None
    code: str | None = None
    principle: str | None = None
    cylinders: int | None = None
    capacity: float | None = None
    electric: bool | None = None
    hybrid: bool | None = None
    charged_outside: bool | None = None
    sources: tuple[EnergySource, ...] = ()
    additional: tuple[str, ...] = ()

    def place(self, name: str) -> str:
        """The path of an element of this convertor."""
        return f"{self.path}/{name}"


@open_record
class Energy:
    """All convertors of a vehicle and what the document says of the whole. No slots: its properties are cached.

    `hybrid` is the hybrid indicator (1.x). `hybrid_class` is OVC-HEV, NOVC-HEV, OVC-FCHV or NOVC-FCHV,
    `hybrid_category` OVC or NOVC (2.0): OVC vehicles are charged from outside.
    """

    convertors: tuple[Convertor, ...] = ()
    pure_electric: bool | None = None
    hybrid: bool | None = None
    hybrid_class: str | None = None
    hybrid_category: str | None = None
    charged_outside: bool | None = None

    @lazily
    def sources(self) -> tuple[EnergySource, ...]:
        """Every energy source of every convertor."""
        return tuple([source for convertor in self.convertors for source in convertor.sources])

    @lazily
    def fuels(self) -> tuple[str, ...]:
        """Codes of everything but electricity, each once, in the order of the document."""
        codes = [source.code for source in self.sources]
        return tuple(dict.fromkeys([code for code in codes if code is not None and code != ELECTRICITY]))


def read_energy(tree: Group, family: Family) -> Energy:
    """The energy of a document. Never raises; what is absent is None."""
    coc = tree.first(_COC[family])
    values = coc.values
    if family == "1.x":
        return Energy(
            convertors=tuple(_engines(coc)),
            pure_electric=truth(values.get("PureElectricVehIndicator")),
            hybrid=truth(values.get("HybridVehIndicator")),
            hybrid_class=_text(coc, "ClassOfHybridVehicleCode"),
            charged_outside=truth(values.get("OffVehicleChargingVehInd")),
        )
    return Energy(
        convertors=tuple(_convertors(coc)),
        pure_electric=truth(values.get("PureElectricVehicleIndicator")),
        hybrid_class=_text(coc, "ClassHybridVehicle"),
        hybrid_category=_text(coc, "CategoryHybridElectricVehicle"),
    )


def rows(group: Group, path: str, name: str) -> Sequence[tuple[str, Group]]:
    """The rows of the table `name` in `group`, each with its path; rows of a table with more than one are numbered."""
    table, inner = table_and_row(name)
    tables = group.groups.get(table)
    if not tables:
        return ()
    found = [row for one in tables for row in one.groups.get(inner, ())]
    place = f"{path}/{table}/{inner}"
    if len(found) == 1:
        return ((place, found[0]),)
    return [(f"{place}[{number}]", row) for number, row in enumerate(found, start=1)]


def source_rows(tree: Group, family: Family) -> Iterator[tuple[str, Group]]:
    """Every row of an energy source in the document, with its path."""
    outer, inner = ("Engine", "Fuel") if family == "1.x" else ("EnergyConvertor", "EnergySource")
    for coc in tree.all(_COC[family]):
        for path, convertor in rows(coc, _COC[family], outer):
            yield from rows(convertor, path, inner)


def _text(group: Group, name: str) -> str | None:
    value = group.values.get(name)
    return value.strip() if value is not None else None


def _engines(coc: Group) -> Iterator[Convertor]:
    for path, row in rows(coc, _COC["1.x"], "Engine"):
        values = row.values
        sources = tuple([_fuel(place, fuel) for place, fuel in rows(row, path, "Fuel")])
        additional = rows(row, path, "AdditionalFuelCode")
        yield Convertor(
            path=path,
            maker=_text(row, "ManufacturerOfTheEngine"),
            code=_text(row, "EngineCodeAsMarkedOnTheEngine"),
            principle=_text(row, "WorkingPrincipleCode"),
            cylinders=whole_number(values.get("NumberOfCylinders")),
            capacity=decimal_number(values.get("EngineCapacity")),
            electric=_electric1(row, sources),
            hybrid=truth(values.get("HybridIndicator")),
            charged_outside=truth(values.get("OffVehicleChargingIndicator")),
            sources=sources,
            additional=tuple([fuel.values["AdditionalFuelCode"] for _, fuel in additional if fuel.values]),
        )


def _electric1(row: Group, sources: tuple[EnergySource, ...]) -> bool | None:
    for source in sources:
        if source.code:
            return False
    if _text(row, "WorkingPrincipleCode") in _ELECTRIC_MACHINE:
        return True
    said = truth(row.values.get("PureElectricIndicator")) or truth(row.values.get("ElectricEngineIndicator"))
    return said or None


def _fuel(path: str, row: Group) -> EnergySource:
    values = row.values
    return EnergySource(
        path=path,
        code=_text(row, "FuelCode"),
        net_power=decimal_number(values.get("MaximumNetPower")),
        electric_power=decimal_number(values.get("MaxNetPowerElectricEngFuel")),
        half_hour_power=decimal_number(values.get("MaximumContinuousRatedPower")),
        engine_speed=whole_number(values.get("EngineSpeedMaximumNetPower")),
        net_power_place=f"{path}/MaximumNetPower",
    )


def _convertors(coc: Group) -> Iterator[Convertor]:
    for path, row in rows(coc, _COC["2.0"], "EnergyConvertor"):
        values = row.values
        sources = tuple([_source(place, source) for place, source in rows(row, path, "EnergySource")])
        codes = {source.code for source in sources}
        additional = rows(row, path, "AdditionalEnergySource")
        principle = _text(row, "WorkingPrinciple")
        yield Convertor(
            path=path,
            maker=_text(row, "ManufacturerEnergyConvertor"),
            code=_text(row, "EnergyConvertorCodeMarkedOnEnergyConvertor"),
            principle=principle,
            cylinders=whole_number(values.get("NumberOfCylinders")),
            capacity=decimal_number(values.get("EngineCapacity")),
            electric=True if principle in _ELECTRIC_MACHINE else codes == {ELECTRICITY} if codes else None,
            sources=sources,
            additional=tuple([source.values["AdditionalEnergySource"] for _, source in additional if source.values]),
        )


def _source(path: str, row: Group) -> EnergySource:
    groups = row.groups.get("PowerGroup")
    power = groups[0].values if groups else {}
    return EnergySource(
        path=path,
        code=_text(row, "EnergySource"),
        net_power=decimal_number(power.get("MaximumNetPowerCombustion")),
        electric_power=decimal_number(power.get("MaximumNetPowerElectric")),
        half_hour_power=decimal_number(power.get("Maximum30MinutesPower")),
        engine_speed=whole_number(power.get("EngineSpeedMaximumNetPower")),
        net_power_place=f"{path}/PowerGroup/MaximumNetPowerCombustion",
    )
