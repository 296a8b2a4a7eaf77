"""The typed view of energy, emissions and powertrain, in both families."""

from __future__ import annotations

import pytest

from include.ivi.model.emission_names import CYCLES, NOISE, POLLUTANTS, RANGES
from include.ivi.model.emissions import read_emissions
from include.ivi.model.energy import Convertor, Energy, EnergySource, read_energy
from include.ivi.model.powertrain import powertrain_of
from include.ivi.samples import sample
from include.ivi.schemas.tables import load_tables
from include.ivi.values import decimal_number
from include.ivi.view import Group

ENGINE = "Body/CocDataGroup/EngineTable/EngineGroup"
FUEL = f"{ENGINE}/FuelTable/FuelGroup"
CONVERTOR = "CocDataGroup/EnergyConvertorTable/EnergyConvertorGroup"
SOURCE = f"{CONVERTOR}/EnergySourceTable/EnergySourceGroup"


@pytest.fixture
def read(checked):
    def ask(family="1.6", powertrain="petrol", category="M1", **at):
        return checked(
            sample(number=3, family=family, category=category, powertrain=powertrain, overrides=at.get("at"))
        ).document

    return ask


@pytest.mark.parametrize("family", ["1.x", "2.0"])
def test_every_name_of_a_figure_is_an_element_of_its_family(family):
    tables = load_tables(family)
    row = "FuelGroup" if family == "1.x" else "EnergySourceGroup"
    for home in [*CYCLES[family].values(), RANGES[family], POLLUTANTS[family], NOISE[family]]:
        assert not home.group or tables.member(row, home.group), home.group
        for name in home.names.values():
            assert tables.member(home.group or row, name), (home.group, name)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("150.00", 150.0), (" 5.200 ", 5.2), ("-0.5", -0.5), ("+7", 7.0), (".5", 0.5), ("5.", 5.0), ("0", 0.0),
        ("1e5", None), ("nan", None), ("inf", None), ("1_000", None), ("5,2", None), ("", None), (None, None),
        ("--5", None), ("+-5", None), ("-+5", None), ("1.2.3", None), (".", None), ("٣", None), ("9" * 21, None),
    ],
)  # fmt: skip
def test_a_decimal_number_is_read_as_xml_schema_writes_it(text, number):
    assert decimal_number(text) == number


@pytest.mark.parametrize("family", ["1.6", "2.0"])
@pytest.mark.parametrize(
    ("powertrain", "known"),
    [
        ("petrol", "petrol"),
        ("diesel", "diesel"),
        ("electric", "electric"),
        ("plug_in", "plug-in"),
        ("hybrid", "hybrid"),
    ],
)
def test_the_powertrain_is_worked_out_in_both_families(read, family, powertrain, known):
    assert read(family, powertrain).powertrain == known
    assert read(family, powertrain, "O2").powertrain == "none"


def energy(*fuels, electric=None, **more):
    convertors = tuple(
        Convertor(path="x", electric=False, sources=(EnergySource(path="x", code=fuel),)) for fuel in fuels
    )
    if electric is not None:
        convertors += (Convertor(path="x", electric=True, sources=(EnergySource(path="x", code=electric or None),)),)
    return Energy(convertors=convertors, **more)


@pytest.mark.parametrize(
    ("given", "powertrain"),
    [
        (energy(), "unknown"),
        (energy("10"), "petrol"), (energy("16"), "petrol"), (energy("22"), "diesel"), (energy("30"), "gas"),
        (energy("44"), "gas"), (energy("50"), "gas"), (energy("55"), "gas"), (energy("60"), "gas"),
        (energy("61"), "unknown"), (energy("91"), "unknown"), (energy("1"), "unknown"),
        (energy("10", "30"), "gas"), (energy("20", "40"), "gas"), (energy("10", "20"), "unknown"),
        (energy("10", "90"), "unknown"), (energy("10", pure_electric=True), "unknown"),
        (energy(pure_electric=True), "electric"), (energy(electric=""), "electric"),
        (energy(electric="95"), "electric"),
        (energy(hybrid=True), "unknown"),
        (energy("10", electric="95"), "hybrid"), (energy("10", hybrid=True), "hybrid"),
        (energy("10", hybrid=False), "petrol"), (energy("10", hybrid_class="NOVC-HEV", charged_outside=True), "hybrid"),
        (energy("10", hybrid_class="OVC-HEV"), "plug-in"), (energy("50", hybrid_class="OVC-FCHV"), "plug-in"),
        (energy("10", hybrid_category="OVC"), "plug-in"), (energy("10", hybrid_category="NOVC"), "hybrid"),
        (energy("10", charged_outside=True), "plug-in"),
    ],
)  # fmt: skip
def test_the_powertrain_of_every_mixture(given, powertrain):
    assert powertrain_of(given, "M1") == powertrain


def test_a_trailer_with_an_axle_of_its_own_drive_is_electric():
    assert powertrain_of(energy(), "O4") == "none"
    assert powertrain_of(energy(), "R3a") == "none"
    assert powertrain_of(energy(electric="95"), "O4") == "electric"
    assert powertrain_of(energy(hybrid=True), "O4") == "unknown"


@pytest.mark.parametrize("family", ["1.6", "2.0"])
def test_the_energy_of_a_plug_in_holds_its_engine_and_its_machine(read, family):
    document = read(family, "plug_in")
    engine, machine = document.energy.convertors
    assert (engine.code, engine.cylinders, engine.capacity, engine.electric) == ("NM-204", 4, 1969.0, False)
    assert (machine.code, machine.cylinders, machine.capacity, machine.electric) == ("NE-150", None, None, True)
    assert engine.sources[0].net_power == 96.0
    assert engine.sources[0].engine_speed == 5500
    assert machine.sources[0].electric_power == 150.0
    assert document.energy.fuels == ("10",)
    assert engine.path.endswith("Group[1]") and machine.path.endswith("Group[2]")


@pytest.mark.parametrize(
    ("family", "place"),
    [
        ("1.6", f"{FUEL}/TestprocedureWLTPCO2Group/WLTPCombinedCO2"),
        ("2.0", f"{SOURCE}/TestWltpCo2Group/WltpCo2Combined"),
    ],
)
def test_the_figures_of_a_petrol_car_and_their_places(read, family, place):
    [source] = read(family).emissions.sources
    assert (source.code, source.co2.combined, source.co2.weighted) == ("10", 118.0, None)
    assert source.co2.phases == (149.0, 114.0, 102.0, 130.0)
    assert source.co2.place("combined") == place
    assert source.pollutants.get("nox") == 18.2
    assert source.noise.get("stationary") == 72.0
    assert not source.electric_range
    assert not source.cycle("co2_nedc")


def test_the_nedc_figures_and_the_emission_level_of_1x(read):
    at = {f"{FUEL}/CombinedCO2": "121", f"{FUEL}/UrbanConditionsCO2": "150", f"{FUEL}/ElectricRange": "40"}
    emissions = read(at=at).emissions
    nedc = emissions.sources[0].cycle("co2_nedc")
    assert (nedc.combined, nedc.phases) == (121.0, (150.0,))
    assert nedc.place("combined") == f"{FUEL}/CombinedCO2"
    assert emissions.sources[0].electric_range_nedc == 40.0
    assert emissions.levels == ((f"{FUEL}/ExhaustEmissionLevelEuro", "EURO 6 EA"),)
    assert emissions.level == "EURO 6 EA"


def test_the_emission_level_and_the_families_of_2_0(read):
    table = f"{SOURCE}/TestFamilyIdentifiersTable/TestFamilyIdentifiersGroup"
    at = {f"{table}/TestFamilyIdentifier": "IP", f"{table}/TestFamilyIdentifierValue": " IP-1-ZZ9-1 "}
    emissions = read("2.0", at=at).emissions
    assert emissions.level == "Euro 6 EA"
    [family] = emissions.families
    assert (family.kind, family.text) == ("IP", "IP-1-ZZ9-1")
    assert family.path == f"{table}/TestFamilyIdentifierValue"


@pytest.mark.parametrize("family", ["1.x", "2.0"])
def test_an_empty_document_has_nothing_and_raises_nothing(family):
    assert read_energy(Group(), family) == Energy()
    assert read_emissions(Group(), family).sources == ()
    assert read_emissions(Group(), family).level is None


@pytest.mark.parametrize("family", ["1.6", "2.0"])
def test_what_is_no_number_is_none(read, family):
    path = f"{ENGINE}/EngineCapacity" if family == "1.6" else f"{CONVERTOR}/EngineCapacity"
    assert read(family, at={path: "two litres"}).energy.convertors[0].capacity is None


def test_additional_fuels_are_kept(read):
    at = {f"{ENGINE}/AdditionalFuelCodeTable/AdditionalFuelCodeGroup/AdditionalFuelCode": "30"}
    assert read(at=at).energy.convertors[0].additional == ("30",)
    at = {f"{CONVERTOR}/AdditionalEnergySourceTable/AdditionalEnergySourceGroup/AdditionalEnergySource": "30"}
    assert read("2.0", at=at).energy.convertors[0].additional == ("30",)
