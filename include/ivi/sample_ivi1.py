"""Lays a sample vehicle out as IVI 1.6: no namespace, a Body, codes of the 1.x lists."""

from __future__ import annotations

from collections.abc import Iterator

from .sample_energy1 import engines
from .sample_layout import Node, Slots, leaf, leaves, table, yes_no
from .sample_vehicles import SampleAxle, SampleVehicle

MOMENT = "2026-03-04T09:30:00"
"""Date and time of a first document; a correction is written a day later."""


def document(vehicle: SampleVehicle, slots: Slots) -> Node:
    """The whole document; `slots` gives the texts that differ from one document to the next."""
    header = leaves(IVIReferenceId=slots.reference, VersionNumberXsd="1.6")
    body: list[Node] = [("CocDataGroup", list(_coc(vehicle, slots)))]
    return ("InitialVehicleInformation", [("Header", header), ("Body", body)])


# longer because every element is named once
def _coc(vehicle: SampleVehicle, slots: Slots) -> Iterator[Node]:
    yield from leaves(
        VehicleIdentificationNumber=slots.vin,
        BaseVin=slots.vin if vehicle.base else None,
        StageOfCompletionCode=vehicle.stage,
        ProvisionalApprovalIndicator="N",
        TypeApprovalTypeCode="EC",
        Type=vehicle.type,
        Variant=slots.variant,
        Version=slots.version,
        VehicleCategoryCode=vehicle.category1,
        MethodOfAttachmStatPlatesCode="A1",
        CompletedAlteredCode="A" if vehicle.base else None,
        DescriptionOfCompletion="Body fitted to the chassis of the base vehicle" if vehicle.base else None,
        TypeApprovalNumber=slots.type_approval,
        TypeApprovalDateOfIssue="2025-09-15",
    )
    yield from _construction(vehicle)
    yield from _masses(vehicle)
    yield from leaf("TypeApprTranspDangerGoodsInd", "N" if vehicle.kind in "NO" else None)
    yield from leaf("Remarks", slots.remarks)
    yield from leaves(
        IntendedCountryOfRegistrCode="N",
        VersionCoc=slots.document_version,
        VersionDateIVI=slots.moment,
        VehicleFittedWithEcoInnovInd="N" if vehicle.light else None,
        PureElectricVehIndicator=yes_no(vehicle.electric) if vehicle.powertrain else None,
        HybridVehIndicator=yes_no(vehicle.powertrain in ("plug_in", "hybrid")) if vehicle.powertrain else None,
        ClassOfHybridVehicleCode={"plug_in": "OVC-HEV", "hybrid": "NOVC-HEV"}.get(vehicle.powertrain or ""),
        DateOfManufactureVeh="2026-03-02",
    )
    yield from table("SigningAuthority", [_signer()])
    if vehicle.gearbox:
        yield ("GearGroup", leaves(GearboxTypeCode=vehicle.gearbox))
    yield from table("Regulations", [_regulation(number) for number in range(slots.rows)])
    yield from table("Make", [leaves(Make=vehicle.make)])
    yield from table("CommercialName", [leaves(CommercialName=vehicle.name)])
    yield from _stages(vehicle)
    yield from _bodywork(vehicle)
    yield from table("Axle", [list(_axle(vehicle, number)) for number in range(1, len(vehicle.axles) + 1)])
    yield from table("Engine", engines(vehicle))


def _signer() -> list[Node]:
    return leaves(
        NameOfSigner="Kari Nordmann",
        PositionOfSigner="Head of homologation",
        PlaceOfSignature="Oslo",
        DateOfSignature="2026-03-03",
    )


def _construction(vehicle: SampleVehicle) -> Iterator[Node]:
    yield from leaves(
        NumberOfAxles=len(vehicle.axles),
        NumberOfWheels=vehicle.wheels,
        NumberOfAxlesWithTwinWheels=sum(axle.twin for axle in vehicle.axles) or None,
        NumberOfSteeredAxles=sum(axle.steered for axle in vehicle.axles) if vehicle.powertrain else None,
        NumberOfPoweredAxles=sum(axle.powered for axle in vehicle.axles) if vehicle.powertrain else None,
        Wheelbase=vehicle.wheelbase,
    )
    if vehicle.stage == "I":
        yield from leaves(MaximumPermissibleLength=vehicle.length, MaximumPermissibleWidth=vehicle.width)
        return
    doors = vehicle.doors
    yield from leaves(
        Length=vehicle.length,
        Width=vehicle.width,
        Height=vehicle.height,
        PrimaryColourCode=vehicle.colour,
        NumberOfDoors=sum(doors) if doors else None,
        ConfigurationOfDoors=f"{doors[0]}R,{doors[1]}L" if doors else None,
        NrOfSeatingPositions=vehicle.seats,
    )


def _masses(vehicle: SampleVehicle) -> Iterator[Node]:
    if vehicle.stage == "I":
        yield from leaves(MassIncompleteVehRunningOrder=vehicle.running, MinMassVehCompleted=vehicle.actual)
    else:
        yield from leaves(MassOfTheVehicleInRunningOrder=vehicle.running, ActualMassOfTheVehicle=vehicle.actual)
    yield from leaves(
        TechnPermMaxLadenMass=vehicle.laden,
        TechnPermMaxMassCombination=vehicle.laden + vehicle.towable if vehicle.towable else None,
    )
    if vehicle.towable or vehicle.coupling_load:
        masses = leaves(
            MechanicalCouplingNumber=1,
            TechPermMaxTowMassBrakedTrail=vehicle.towable if vehicle.unbraked else None,
            TechPermMaxTowMassSemiTrailer=vehicle.towable if vehicle.towable and not vehicle.unbraked else None,
            TechPermMaxTowMassUnbrTrailer=vehicle.unbraked or None,
            TechPermMaxStatVertMassCouplPt=vehicle.coupling_load,
            ApprovalNrCouplingDevice=f"e6*55R01*{vehicle.coupling}*0211" if vehicle.coupling else None,
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
    base = vehicle.base
    rows = [] if base is None else [_stage(1, base, base)]
    rows.append(_stage(2 if base else 1, vehicle, None))
    yield from table("StageNrOfManufacturing", rows)


def _stage(number: int, vehicle: SampleVehicle, named: SampleVehicle | None) -> list[Node]:
    """One manufacturer; of an earlier stage the approval is `named` too."""
    address = leaves(
        AddressTypeCode="MRP",
        Name=vehicle.maker,
        AddressLine1=f"Fabrikkveien {number}",
        PlaceOfResidence="0580 Oslo",
        CountryOfResidence="Norway",
    )
    stage = leaves(
        StageManufacturerNumber=number,
        StageManufacturerName=vehicle.maker,
        StageEcTypeApprovalNumber=named.approval if named else None,
        StageEcType=named.type if named else None,
        StageEcVariant=named.variant if named else None,
        StageEcVersion=named.version if named else None,
    )
    return [*stage, *table("Address", [address])]


def _bodywork(vehicle: SampleVehicle) -> Iterator[Node]:
    if vehicle.bodywork is None or vehicle.stage == "I":
        return
    classes = table("VehicleClass", [leaves(ClassOfVehicleCode=vehicle.vehicle_class)] if vehicle.vehicle_class else [])
    yield from table("Bodywork", [[*leaves(CodeForBodywork=vehicle.bodywork), *classes]])


def _axle(vehicle: SampleVehicle, number: int) -> Iterator[Node]:
    axle = vehicle.axles[number - 1]
    yield from leaves(
        AxleNumber=number,
        TwinWheelsAxleInd=yes_no(axle.twin),
        SteeredAxleInd=yes_no(axle.steered),
        PoweredAxleInd=yes_no(axle.powered),
        BrakedAxleInd=yes_no(axle.braked),
        AxleTrack=axle.track or None,
        AxleSpacing=axle.spacing,
        TechnicallyPermMassAxle=axle.mass,
    )
    tyre = leaves(
        TyreNumber=1,
        TyreSize=vehicle.tyre,
        **load_indices(axle),
        SpeedCategorySymbol=vehicle.speed_symbol,
        RimSizeIncludingOffSet="6.5Jx16 ET45",
        TyreTubeTypeCode="TL",
    )
    yield from table("TyreAxle", [tyre])


def load_indices(axle: SampleAxle) -> dict[str, int]:
    """The load index of the tyres of an axle, under the name that both families use for single or twin wheels."""
    return {"LoadCapacityIndexTwinWheel" if axle.twin else "LoadCapacityIndexSingleWheel": axle.load_index}
