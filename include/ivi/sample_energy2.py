"""The energy convertors of a sample vehicle in IVI 2.0, with the emissions that are measured for its category."""

from __future__ import annotations

from collections.abc import Iterator

from .sample_layout import Node, leaves, table
from .sample_vehicles import SampleVehicle

_SOURCE = {"petrol": "10", "diesel": "20", "plug_in": "10", "hybrid": "10"}


def convertors(vehicle: SampleVehicle) -> Iterator[list[Node]]:
    """One row per convertor: none for a trailer, two for a hybrid."""
    if vehicle.burns:
        yield [
            *leaves(
                ManufacturerEnergyConvertor=f"{vehicle.make.title()} Motor AS",
                EnergyConvertorCodeMarkedOnEnergyConvertor="NM-204",
                CategorySubCategoryEnergyConvertor="NRE-v-6" if vehicle.kind == "T" else None,
                WorkingPrinciple="INTCI" if vehicle.powertrain == "diesel" else "INTPI",
                NumberOfCylinders=vehicle.cylinders,
                ArrangementCylinders="LI",
                EngineCapacity=vehicle.capacity,
            ),
            *table("EnergySource", [list(_combustion(vehicle))]),
        ]
    if vehicle.powertrain in ("electric", "plug_in", "hybrid"):
        yield [
            *leaves(
                ManufacturerEnergyConvertor=f"{vehicle.make.title()} Motor AS",
                EnergyConvertorCodeMarkedOnEnergyConvertor="NE-150",
                WorkingPrinciple="ELECT",
            ),
            *table("EnergySource", [list(_electric(vehicle))]),
        ]


def _combustion(vehicle: SampleVehicle) -> Iterator[Node]:
    yield from leaves(EnergySource=_SOURCE[vehicle.powertrain or "petrol"])
    yield _sound(vehicle, stationary=True)
    yield ("PowerGroup", leaves(MaximumNetPowerCombustion=vehicle.kilowatts, EngineSpeedMaximumNetPower=5500))
    if vehicle.light:
        yield from _wltp(vehicle)
    elif vehicle.kind == "L":
        yield ("TestTypeIGroup", leaves(TypeICo="680.00000", TypeINox="38.00000"))
        consumption = leaves(TypeVIICo2=f"{vehicle.co2}.00000", TypeVIIFuelConsumption=f"{vehicle.litres:.3f}")
        yield ("TestTypeVIIGroup", consumption)
    elif vehicle.kind == "T":
        yield ("TestNrtcGroup", leaves(NrtcCo="0.12000", NrtcNox="0.31000"))
    else:
        yield ("TestWhscGroup", leaves(WhscCo="12.00000", WhscNox="310.00000", WhscParticulates="1.20000"))
        yield ("TestWhtcGroup", leaves(WhtcCo="102.00000", WhtcNox="380.00000", WhtcParticulates="2.10000"))


def _sound(vehicle: SampleVehicle, *, stationary: bool) -> Node:
    still = leaves(SoundLevelStationary="72.00", SoundLevelStationaryEngineSpeed=3750) if stationary else []
    return ("SoundLevelGroup", [*still, *leaves(SoundLevelDriveBy=vehicle.drive_by)])


def _wltp(vehicle: SampleVehicle) -> Iterator[Node]:
    yield ("TestWltpType1Group", leaves(WltpType1Co="210.50", WltpType1Thc="31.00", WltpType1Nox="18.20"))
    if vehicle.powertrain == "plug_in":
        carbon = leaves(
            WltpCo2WeightedCombined=f"{vehicle.co2}.00",
            WltpCo2ChargeSustainingCombined="131.00",
            WltpCo2ChargeDepletingCombined="9.00",
        )
        used = leaves(WltpFuelConsumptionWeightedCombined="1.100", WltpFuelConsumptionChargeSustainingCombined="5.700")
    else:
        carbon = leaves(
            WltpCo2Low=f"{vehicle.co2 + 31}.00",
            WltpCo2Medium=f"{vehicle.co2 - 4}.00",
            WltpCo2High=f"{vehicle.co2 - 16}.00",
            WltpCo2ExtraHigh=f"{vehicle.co2 + 12}.00",
            WltpCo2Combined=f"{vehicle.co2}.00",
        )
        used = leaves(WltpFuelConsumptionCombined=f"{vehicle.litres:.3f}")
    yield ("TestWltpCo2Group", carbon)
    yield ("TestWltpFuelConsumptionGroup", used)


def _electric(vehicle: SampleVehicle) -> Iterator[Node]:
    power = "150.00" if vehicle.kind in "MN" else vehicle.kilowatts
    yield from leaves(EnergySource="95")
    if vehicle.electric:
        yield _sound(vehicle, stationary=False)
    halved = f"{float(power) * 0.5:.2f}"
    yield ("PowerGroup", leaves(Maximum30MinutesPower=halved, MaximumNetPowerElectric=power))
    if not vehicle.light or vehicle.powertrain == "hybrid":
        return
    if vehicle.electric:
        yield ("TestWltpElectricRangeGroup", leaves(WltpPureElectricRange=480, WltpPureElectricRangeCity=610))
        used = leaves(WltpEnergyConsumptionPureElectricCombined="165.00")
    else:
        reach = leaves(WltpEquivalentAllElectricOffVehicleChargingRange=62)
        yield ("TestWltpElectricRangeGroup", reach)
        used = leaves(WltpEnergyConsumptionExternallyChargedWeightedCombined="171.00")
    yield ("TestWltpEnergyConsumptionGroup", used)
