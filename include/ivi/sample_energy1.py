"""The engines of a sample vehicle in IVI 1.6, with the emissions that are measured for its category."""

from __future__ import annotations

from collections.abc import Iterator

from .sample_layout import Node, leaves, table, yes_no
from .sample_vehicles import SampleVehicle

_FUEL = {"petrol": "10", "diesel": "20", "plug_in": "10", "hybrid": "10"}


def engines(vehicle: SampleVehicle) -> Iterator[list[Node]]:
    """One row per engine: none for a trailer, two for a hybrid."""
    if vehicle.burns:
        yield [
            *leaves(
                ManufacturerOfTheEngine=f"{vehicle.make.title()} Motor AS",
                EngineCodeAsMarkedOnTheEngine="NM-204",
                WorkingPrincipleCode="CI" if vehicle.powertrain == "diesel" else "PI",
                PureElectricIndicator="N",
                HybridIndicator=yes_no(vehicle.powertrain in ("plug_in", "hybrid")),
                NumberOfCylinders=vehicle.cylinders,
                ArrangementOfCylindersCode="LI",
                EngineCapacity=vehicle.capacity,
            ),
            *table("Fuel", [list(_fuel(vehicle))]),
        ]
    if vehicle.powertrain in ("electric", "plug_in", "hybrid"):
        yield [
            *leaves(
                ManufacturerOfTheEngine=f"{vehicle.make.title()} Motor AS",
                EngineCodeAsMarkedOnTheEngine="NE-150",
                WorkingPrincipleCode="EE",
                PureElectricIndicator=yes_no(vehicle.electric),
                HybridIndicator=yes_no(not vehicle.electric),
                ElectricEngineIndicator="Y",
                OffVehicleChargingIndicator=yes_no(vehicle.powertrain != "hybrid"),
            ),
            *table("Fuel", [list(_electric(vehicle))]),
        ]


def _fuel(vehicle: SampleVehicle) -> Iterator[Node]:
    yield from leaves(
        FuelCode=_FUEL[vehicle.powertrain or "petrol"],
        MaximumNetPower=vehicle.kilowatts,
        EngineSpeedMaximumNetPower=5500,
        MaximumSpeed=f"{vehicle.speed}.00",
        SoundLevelStationary="72.00",
        SoundLevelStatEngineSpeed=3750,
        SoundLevelDriveBy=vehicle.drive_by,
        ExhaustEmissionLevelEuro=f"EURO {vehicle.emission}" if vehicle.emission else None,
    )
    if vehicle.light:
        yield from _wltp(vehicle)
    elif vehicle.kind == "L":
        yield ("TestprocedureType1Group", leaves(TestprocType1CO="680.00000", TestprocType1NOx="38.00000"))
        litres = f"{vehicle.litres:.5f}"
        consumption = leaves(TestprocTypeVIICO2=f"{vehicle.co2}.00000", TestprocTypeVIIFuelConsumption=litres)
        yield ("TestprocTypeVIIGroup", consumption)
    elif vehicle.kind == "T":
        work = leaves(TestprocNrtcCO="0.12000", TestprocNrtcNOx="0.31000", TestprocNrtcStage="V")
        yield ("TestprocedureNrtcGroup", work)
    else:
        steady = leaves(TestprocWhscCO="12.00000", TestprocWhscNOx="310.00000", TestprocWhscParticulates="1.20000")
        yield ("TestprocedureWhscGroup", steady)
        moving = leaves(TestprocWhtcCO="102.00000", TestprocWhtcNOx="380.00000", TestprocWhtcParticulates="2.10000")
        yield ("TestprocedureWhtcGroup", moving)


def _wltp(vehicle: SampleVehicle) -> Iterator[Node]:
    gases = leaves(TestprocWltpType1CO="210.50", TestprocWltpType1THC="31.00", TestprocWltpType1NOx="18.20")
    yield ("TestprocedureWLTPType1Group", gases)
    if vehicle.powertrain == "plug_in":
        carbon = leaves(
            WLTPWeightedCombinedCO2=vehicle.co2, WLTPCombinedCO2ChargeSust="131.00", WLTPCombinedCO2ChargeDepl="9.00"
        )
        used = leaves(WLTPWeightedCombinedFuelCons="1.100", WLTPCombinedFuelConsChargeSust="5.700")
    else:
        carbon = leaves(
            WLTPLowCO2=f"{vehicle.co2 + 31}.00",
            WLTPMediumCO2=f"{vehicle.co2 - 4}.00",
            WLTPHighCO2=f"{vehicle.co2 - 16}.00",
            WLTPExtraHighCO2=f"{vehicle.co2 + 12}.00",
            WLTPCombinedCO2=vehicle.co2,
        )
        used = leaves(WLTPCombinedFuelCons=f"{vehicle.litres:.3f}")
    yield ("TestprocedureWLTPCO2Group", carbon)
    yield ("TestprocedureWLTPFuelGroup", used)


def _electric(vehicle: SampleVehicle) -> Iterator[Node]:
    power = "150.00" if vehicle.kind in "MN" else vehicle.kilowatts
    yield from leaves(
        MaximumNetPower=power,
        MaximumSpeed=f"{vehicle.speed}.00",
        SoundLevelDriveBy=vehicle.drive_by if vehicle.electric else None,
        MaxHourlyPowerFuel=f"{float(power) * 0.5:.2f}",
        MaxNetPowerElectricEngFuel=power,
    )
    if not vehicle.light or vehicle.powertrain == "hybrid":
        return
    if vehicle.electric:
        reach = leaves(WLTPElecEnergyConsPureElectric="165.00", WLTPElectricRangePureElectric=480)
    else:
        reach = leaves(WLTPElectEnergyConsExternCharg="171.00", WLTPElectricRangeExternCharg=62)
    yield ("TestprocedureWLTPEnergyGroup", reach)
