"""Lays a sample vehicle out as IVI 1.6: no namespace, a Body, codes of the 1.x lists."""

from __future__ import annotations

from collections.abc import Iterator

from .sample_layout import Node, Slots, leaf, leaves, table, yes_no
from .sample_vehicles import SampleVehicle

_FUEL = {"petrol": "10", "diesel": "20", "plug_in": "10"}


def document(vehicle: SampleVehicle, slots: Slots) -> Node:
    """The whole document; `slots` gives the texts that differ from one document to the next."""
    header = leaves(IVIReferenceId=slots.reference, VersionNumberXsd="1.6")
    body: list[Node] = [("CocDataGroup", list(_coc(vehicle, slots)))]
    return ("InitialVehicleInformation", [("Header", header), ("Body", body)])


def _coc(vehicle: SampleVehicle, slots: Slots) -> Iterator[Node]:
    yield from leaves(
        VehicleIdentificationNumber=slots.vin,
        StageOfCompletionCode="C",
        ProvisionalApprovalIndicator="N",
        TypeApprovalTypeCode="EC",
        Type=vehicle.type,
        Variant=slots.variant,
        Version=slots.version,
        VehicleCategoryCode=vehicle.category1,
        MethodOfAttachmStatPlatesCode="A1",
        TypeApprovalNumber=slots.type_approval,
        TypeApprovalDateOfIssue="2025-09-15",
    )
    yield from _construction(vehicle)
    yield from _masses(vehicle)
    yield from leaf("Remarks", slots.remarks)
    yield from leaves(
        IntendedCountryOfRegistrCode="N",
        VersionCoc="1",
        VersionDateIVI="2026-03-04T09:30:00",
        PureElectricVehIndicator=yes_no(vehicle.electric) if vehicle.powertrain else None,
        HybridVehIndicator=yes_no(vehicle.powertrain == "plug_in") if vehicle.powertrain else None,
        DateOfManufactureVeh="2026-03-02",
    )
    yield from table("SigningAuthority", [_signer()])
    if vehicle.powertrain:
        yield ("GearGroup", leaves(GearboxTypeCode="A"))
    yield from table("Regulations", [_regulation(number) for number in range(slots.rows)])
    yield from table("Make", [leaves(Make=vehicle.make)])
    yield from table("CommercialName", [leaves(CommercialName=vehicle.name)])
    yield from _stages(vehicle)
    yield from table("Bodywork", [leaves(CodeForBodywork=vehicle.bodywork)] if vehicle.category1 != "L3e" else [])
    yield from table("Axle", [list(_axle(vehicle, number)) for number in range(1, len(vehicle.axles) + 1)])
    if vehicle.powertrain:
        yield from table("Engine", _engines(vehicle))


def _signer() -> list[Node]:
    return leaves(
        NameOfSigner="Kari Nordmann",
        PositionOfSigner="Head of homologation",
        PlaceOfSignature="Oslo",
        DateOfSignature="2026-03-03",
    )


def _construction(vehicle: SampleVehicle) -> list[Node]:
    doors = vehicle.doors
    return leaves(
        NumberOfAxles=len(vehicle.axles),
        NumberOfWheels=sum(4 if axle.twin else 2 for axle in vehicle.axles) if vehicle.category1 != "L3e" else 2,
        NumberOfSteeredAxles=sum(axle.steered for axle in vehicle.axles),
        NumberOfPoweredAxles=sum(axle.powered for axle in vehicle.axles),
        Wheelbase=vehicle.wheelbase,
        Length=vehicle.length,
        Width=vehicle.width,
        Height=vehicle.height,
        PrimaryColourCode=vehicle.colour,
        NumberOfDoors=sum(doors) if doors else None,
        ConfigurationOfDoors=f"{doors[0]}R,{doors[1]}L" if doors else None,
        NrOfSeatingPositions=vehicle.seats,
    )


def _masses(vehicle: SampleVehicle) -> Iterator[Node]:
    yield from leaves(
        MassOfTheVehicleInRunningOrder=vehicle.running,
        ActualMassOfTheVehicle=vehicle.actual,
        TechnPermMaxLadenMass=vehicle.laden,
        TechnPermMaxMassCombination=vehicle.laden + vehicle.towable if vehicle.towable else None,
    )
    if vehicle.towable:
        masses = leaves(
            MechanicalCouplingNumber=1,
            TechPermMaxTowMassBrakedTrail=vehicle.towable,
            TechPermMaxTowMassUnbrTrailer=600,
            TechPermMaxStatVertMassCouplPt=75,
        )
        yield from table("MechanicalCoupling", [masses])


def _regulation(number: int) -> list[Node]:
    return leaves(
        RegulActInclLastAmendSubjNr=f"{number + 1}A",
        RegulationAct=f"UN R{10 + number}",
        RegulActInclLastAmend=f"UN R{10 + number}.0{number % 8}",
        RegulActInclLastAmendRemark="Separate component approvals are listed in the information document.",
        RegulActApprovalCode="E",
    )


def _stages(vehicle: SampleVehicle) -> Iterator[Node]:
    address = leaves(
        AddressTypeCode="MRP",
        Name=f"{vehicle.make.title()} AS",
        AddressLine1="Fabrikkveien 1",
        PlaceOfResidence="0580 Oslo",
        CountryOfResidence="Norway",
    )
    stage = leaves(StageManufacturerNumber=1, StageManufacturerName=f"{vehicle.make.title()} AS")
    yield from table("StageNrOfManufacturing", [[*stage, *table("Address", [address])]])


def _axle(vehicle: SampleVehicle, number: int) -> Iterator[Node]:
    axle = vehicle.axles[number - 1]
    yield from leaves(
        AxleNumber=number,
        TwinWheelsAxleInd=yes_no(axle.twin),
        SteeredAxleInd=yes_no(axle.steered),
        PoweredAxleInd=yes_no(axle.powered),
        BrakedAxleInd="Y",
        AxleTrack=axle.track or None,
        AxleSpacing=axle.spacing,
        TechnicallyPermMassAxle=axle.mass,
    )
    tyre = leaves(TyreNumber=1, TyreSize=vehicle.tyre, LoadCapacityIndexSingleWheel=94, SpeedCategorySymbol="V")
    yield from table("TyreAxle", [[*tyre, *leaves(RimSizeIncludingOffSet="6.5Jx16 ET45", TyreTubeTypeCode="TL")]])


def _engines(vehicle: SampleVehicle) -> Iterator[list[Node]]:
    if vehicle.powertrain != "electric":
        yield [
            *leaves(
                ManufacturerOfTheEngine=f"{vehicle.make.title()} Motor AS",
                EngineCodeAsMarkedOnTheEngine="NM-204",
                WorkingPrincipleCode="CI" if vehicle.powertrain == "diesel" else "PI",
                PureElectricIndicator="N",
                NumberOfCylinders=4,
                ArrangementOfCylindersCode="LI",
                EngineCapacity="1969.00",
            ),
            *table("Fuel", [list(_fuel(vehicle))]),
        ]
    if vehicle.powertrain in ("electric", "plug_in"):
        power = leaves(MaximumNetPower="150.00", MaximumSpeed="180.00")
        yield [
            *leaves(
                ManufacturerOfTheEngine=f"{vehicle.make.title()} Motor AS",
                EngineCodeAsMarkedOnTheEngine="NE-150",
                WorkingPrincipleCode="EE",
                PureElectricIndicator=yes_no(vehicle.electric),
                ElectricEngineIndicator="Y",
                OffVehicleChargingIndicator="Y",
            ),
            *table("Fuel", [power]),
        ]


def _fuel(vehicle: SampleVehicle) -> Iterator[Node]:
    yield from leaves(
        FuelCode=_FUEL[vehicle.powertrain or "petrol"],
        MaximumNetPower=vehicle.kilowatts,
        EngineSpeedMaximumNetPower=5500,
        MaximumSpeed="190.00",
        SoundLevelStationary="72.00",
        SoundLevelStatEngineSpeed=3750,
        SoundLevelDriveBy="67.00",
        ExhaustEmissionLevelEuro=f"EURO {vehicle.emission}",
    )
    if vehicle.category1 in ("M1", "N1"):
        yield ("TestprocedureWLTPType1Group", leaves(TestprocWltpType1CO="210.50", TestprocWltpType1NOx="18.20"))
        yield ("TestprocedureWLTPCO2Group", leaves(WLTPCombinedCO2=vehicle.co2))
        yield ("TestprocedureWLTPFuelGroup", leaves(WLTPCombinedFuelCons="5.200"))
