"""Where the figures of the emission tests stand below the row of an energy source, in either family.

The first word of an entry is the group ("" for the row itself), then the element of each part of the cycle. Tables
only, so that the reader beside them is the same for both families. CoC entries 46 to 49 of Regulation (EU) 2020/683,
Annex VIII.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from include.ivi.finding import Family

Part = Literal["low", "medium", "high", "extra_high", "urban", "extra_urban", "combined", "weighted"]
"""Phases of WLTP, phases of NEDC, the whole cycle, and the whole weighted by use of the battery (plug-ins)."""

Quantity = Literal["co2", "co2_sustaining", "fuel", "fuel_sustaining", "electricity", "electricity_charged", "co2_nedc",
    "fuel_nedc", "electricity_nedc", "co2_type7", "fuel_type7"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Home:
    """The group a set of figures stands in, and the element name of each."""

    group: str
    names: Mapping[str, str]
    elements: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "elements", frozenset(self.names.values()))


_PHASES = {"low": "Low", "medium": "Medium", "high": "High", "extra_high": "ExtraHigh", "combined": "Combined"}


def _wltp1(group: str, end: str, **others: str) -> Home:
    return Home(group, {**{part: f"WLTP{word}{end}" for part, word in _PHASES.items()}, **others})


def _wltp2(group: str, start: str, **others: str) -> Home:
    return Home(group, {**{part: f"{start}{word}" for part, word in _PHASES.items()}, **others})


_CO2, _FUEL, _ENERGY = "TestprocedureWLTPCO2Group", "TestprocedureWLTPFuelGroup", "TestprocedureWLTPEnergyGroup"
_CYCLES1: dict[Quantity, Home] = {
    "co2": _wltp1(_CO2, "CO2", weighted="WLTPWeightedCombinedCO2"),
    "co2_sustaining": _wltp1(_CO2, "CO2ChargeSust"),
    "fuel": _wltp1(_FUEL, "FuelConsumption", combined="WLTPCombinedFuelCons", weighted="WLTPWeightedCombinedFuelCons"),
    "fuel_sustaining": _wltp1(_FUEL, "FuelConsChargeSust", extra_high="WLTPExtraHighFuelConsChargSust"),
    "electricity": Home(
        _ENERGY,
        {
            "low": "WLTPLowElecEnergyConsPureElec",
            "medium": "WLTPMediumElEnergyConsPureElec",
            "high": "WLTPHighElecEnergyConsPureElec",
            "extra_high": "WLTPExtrHighElecEnConsPureElec",
            "combined": "WLTPElecEnergyConsPureElectric",
        },
    ),
    "electricity_charged": Home(
        _ENERGY,
        {
            "low": "WLTPLowElecEnergyConsExtCharg",
            "medium": "WLTPMediumElEnergyConsExtCharg",
            "high": "WLTPHighElEnergyConsExtCharg",
            "extra_high": "WLTPExtrHighElecEnConsExtCharg",
            "combined": "WLTPCombElEnergyConsExtCharg",
            "weighted": "WLTPElectEnergyConsExternCharg",
        },
    ),
    "co2_nedc": Home(
        "",
        {
            "urban": "UrbanConditionsCO2",
            "extra_urban": "ExtraUrbanConditionsCO2",
            "combined": "CombinedCO2",
            "weighted": "WeightedCombinedCO2",
        },
    ),
    "fuel_nedc": Home(
        "",
        {
            "urban": "UrbanConditionsFuelConsumption",
            "extra_urban": "ExtraUrbanConditionsFuelCons",
            "combined": "CombinedFuelConsumption",
            "weighted": "WeightedCombinedFuelCons",
        },
    ),
    "electricity_nedc": Home(
        "", {"combined": "ElectricEnergyConsPureElectric", "weighted": "ElectricEnergyConsWeightedComb"}
    ),
    "co2_type7": Home("TestprocTypeVIIGroup", {"combined": "TestprocTypeVIICO2"}),
    "fuel_type7": Home("TestprocTypeVIIGroup", {"combined": "TestprocTypeVIIFuelConsumption"}),
}

_CO2_2, _FUEL_2, _ENERGY_2 = "TestWltpCo2Group", "TestWltpFuelConsumptionGroup", "TestWltpEnergyConsumptionGroup"
_CHARGED = "WltpEnergyConsumptionExternallyCharged"
_CYCLES2: dict[Quantity, Home] = {
    "co2": _wltp2(_CO2_2, "WltpCo2", weighted="WltpCo2WeightedCombined"),
    "co2_sustaining": _wltp2(_CO2_2, "WltpCo2ChargeSustaining"),
    "fuel": _wltp2(_FUEL_2, "WltpFuelConsumption", weighted="WltpFuelConsumptionWeightedCombined"),
    "fuel_sustaining": _wltp2(_FUEL_2, "WltpFuelConsumptionChargeSustaining"),
    "electricity": _wltp2(_ENERGY_2, "WltpEnergyConsumptionPureElectric"),
    "electricity_charged": _wltp2(_ENERGY_2, _CHARGED, weighted=f"{_CHARGED}WeightedCombined"),
    "co2_nedc": Home("", {}),
    "fuel_nedc": Home("", {}),
    "electricity_nedc": Home("", {}),
    "co2_type7": Home("TestTypeVIIGroup", {"combined": "TypeVIICo2", "weighted": "TypeVIICo2WeightedCombined"}),
    "fuel_type7": Home(
        "TestTypeVIIGroup",
        {"combined": "TypeVIIFuelConsumption", "weighted": "TypeVIIFuelConsumptionWeightedCombined"},
    ),
}
CYCLES: dict[Family, dict[Quantity, Home]] = {"1.x": _CYCLES1, "2.0": _CYCLES2}

_RANGE2 = "TestWltpElectricRangeGroup"
RANGES: dict[Family, Home] = {
    "1.x": Home(
        _ENERGY,
        {
            "pure": "WLTPElectricRangePureElectric",
            "pure_city": "WLTPElectricRangeCityPureElec",
            "equivalent": "WLTPElectricRangeExternCharg",
            "equivalent_city": "WLTPElectricRangeCityExtCharg",
            "all_electric": "WLTPAllElecRangeExternCharg",
            "all_electric_city": "WLTPAllElecRangeCityExtCharg",
        },
    ),
    "2.0": Home(
        _RANGE2,
        {
            "pure": "WltpPureElectricRange",
            "pure_city": "WltpPureElectricRangeCity",
            "equivalent": "WltpEquivalentAllElectricOffVehicleChargingRange",
            "equivalent_city": "WltpEquivalentAllElectricOffVehicleChargingRangeCity",
            "all_electric": "WltpAllElectricOffVehicleChargingRange",
            "all_electric_city": "WltpAllElectricOffVehicleChargingRangeCity",
        },
    ),
}

POLLUTANTS: dict[Family, Home] = {
    "1.x": Home(
        "TestprocedureWLTPType1Group",
        {
            "co": "TestprocWltpType1CO",
            "thc": "TestprocWltpType1THC",
            "nmhc": "TestprocWltpType1NMHC",
            "nox": "TestprocWltpType1NOx",
            "thc_nox": "TestprocWltpType1THC_NOx",
            "ammonia": "TestprocWltpType1NH3",
            "particulates": "TestprocWltpType1Particulates",
            "particles": "TestprocWltpType1NrOfPart",
            "exponent": "TestprocWltpType1ExPart",
        },
    ),
    "2.0": Home(
        "TestWltpType1Group",
        {
            "co": "WltpType1Co",
            "thc": "WltpType1Thc",
            "nmhc": "WltpType1Nmhc",
            "nox": "WltpType1Nox",
            "thc_nox": "WltpType1ThcNox",
            "ammonia": "WltpType1Nh3",
            "particulates": "WltpType1Particulates",
            "particles": "WltpType1NumberOfParticles",
            "exponent": "WltpType1NumberOfParticlesExponent",
        },
    ),
}

NOISE: dict[Family, Home] = {
    "1.x": Home(
        "",
        {
            "stationary": "SoundLevelStationary",
            "engine_speed": "SoundLevelStatEngineSpeed",
            "drive_by": "SoundLevelDriveBy",
        },
    ),
    "2.0": Home(
        "SoundLevelGroup",
        {
            "stationary": "SoundLevelStationary",
            "engine_speed": "SoundLevelStationaryEngineSpeed",
            "drive_by": "SoundLevelDriveBy",
        },
    ),
}
