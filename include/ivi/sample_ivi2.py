"""Lays a sample vehicle out as IVI 2.0: namespace, no Body, codes of the 2.0 lists, the shape of a Signature."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

from .sample_energy2 import convertors
from .sample_ivi1 import load_indices
from .sample_layout import Node, Slots, leaves, table, yes_no
from .sample_vehicles import SampleVehicle

MOMENT = "2026-07-22T09:30:00"
"""Date and time of a first document; a correction is written a day later."""


def document(vehicle: SampleVehicle, slots: Slots) -> Node:
    """The whole document; `slots` gives the texts that differ from one document to the next."""
    header = leaves(
        IviReferenceId=slots.reference,
        IviVersionNumberXsd="2.0",
        IviVersionNumber=slots.document_version,
        IviVersionDateTime=slots.moment,
        IntendedCountryRegistration="N",
        DesignatedTypeApprovalCountry=vehicle.approval.partition("*")[0],
    )
    return (
        "InitialVehicleInformation",
        [("Header", header), ("CocDataGroup", list(_coc(vehicle, slots))), _signature()],
    )


# longer because every element is named once
def _coc(vehicle: SampleVehicle, slots: Slots) -> Iterator[Node]:
    yield from leaves(
        VehicleIdentificationNumber=slots.vin,
        TypeApprovalType="EU",
        ProvisionalTypeApprovalIndicator="N",
        StageOfCompletion=vehicle.stage,
        Type=vehicle.type,
        Variant=slots.variant,
        Version=slots.version,
        VehicleCategory=vehicle.category2,
        MethodAttachmentStatutoryPlate="A1",
        DateManufactureVehicle="2026-07-20" if vehicle.kind in "MNO" else None,
        CompletedAltered="A" if vehicle.base else None,
        DescriptionCompletedAltered="Body fitted to the chassis of the base vehicle" if vehicle.base else None,
        TypeApprovalNumber=slots.type_approval,
        TypeApprovalIssueDate="2025-09-15",
        MaximumSpeed=f"{vehicle.speed}.00" if vehicle.speed else None,
        TypeApprovalTransportDangerousGoodsIndicator="N" if vehicle.kind in "NO" else None,
        EcoInnovationsFittedIndicator="N" if vehicle.light else None,
        VehicleCertified155Indicator="Y" if vehicle.kind in "MN" else None,
        VehicleCertified156Indicator="Y" if vehicle.kind in "MN" else None,
        PureElectricVehicleIndicator=yes_no(vehicle.electric) if vehicle.powertrain else None,
        ExhaustEmissionLevel=f"Euro {vehicle.emission}" if vehicle.emission else None,
        ClassHybridVehicle={"plug_in": "OVC-HEV", "hybrid": "NOVC-HEV"}.get(vehicle.powertrain or ""),
    )
    signer = leaves(
        SignerName="Kari Nordmann",
        SignerPosition="Head of homologation",
        SignatureLocation="Oslo",
        SignatureDate="2026-07-21",
    )
    yield from table("SigningAuthority", [signer])
    yield from table("Make", [leaves(Make=vehicle.make)])
    yield from table("CommercialName", [leaves(CommercialName=vehicle.name)])
    base = vehicle.base
    makers = [_maker(1, vehicle, None)] if base is None else [_maker(1, base, None), _maker(2, vehicle, base)]
    yield from table("Manufacturer", makers)
    yield from _construction(vehicle)
    yield from table("Axle", [list(_axle(vehicle, number)) for number in range(1, len(vehicle.axles) + 1)])
    if vehicle.stage != "I":
        yield from table("Colour", [leaves(Colour=vehicle.colour)] if vehicle.light else [])
        yield from _bodywork(vehicle)
    yield from table("EnergyConvertor", convertors(vehicle))
    yield from _padding(slots)


def _maker(number: int, vehicle: SampleVehicle, earlier: SampleVehicle | None) -> list[Node]:
    """One manufacturer; a later one names the vehicle of the stage before."""
    return leaves(
        ManufacturerStageNumber=number,
        ManufacturerName=vehicle.maker,
        ManufacturerAddressLine1=f"Fabrikkveien {number}",
        ManufacturerPlaceOfResidence="0580 Oslo",
        ManufacturerCountryOfResidence="Norway",
        PreviousStageTypeApprovalNumber=earlier.approval if earlier else None,
        PreviousStageType=earlier.type if earlier else None,
        PreviousStageVariant=earlier.variant if earlier else None,
        PreviousStageVersion=earlier.version if earlier else None,
    )


def _construction(vehicle: SampleVehicle) -> Iterator[Node]:
    doors = vehicle.doors if vehicle.stage != "I" else None
    general = leaves(
        NumberOfAxles=len(vehicle.axles),
        NumberOfWheels=vehicle.wheels,
        NumberOfAxlesWithTwinWheels=sum(axle.twin for axle in vehicle.axles) or None,
        NumberOfSteeredAxles=sum(axle.steered for axle in vehicle.axles) if vehicle.powertrain else None,
        NumberOfPoweredAxles=sum(axle.powered for axle in vehicle.axles) if vehicle.powertrain else None,
        NumberOfDoors=sum(doors) if doors else None,
        NumberOfSeatingPositionsIncludingDriver=vehicle.seats if vehicle.stage != "I" else None,
    )
    yield ("GeneralConstructionGroup", general)
    yield from _size_and_mass(vehicle)
    yield from _towing(vehicle)
    if vehicle.gearbox:
        yield ("GearGroup", leaves(GearboxType=vehicle.gearbox))
    if doors:
        yield ("ConfigurationDoorsGroup", leaves(NumberOfDoorsLeft=doors[0], NumberOfDoorsRight=doors[1]))


def _size_and_mass(vehicle: SampleVehicle) -> Iterator[Node]:
    laden = leaves(TechnicallyPermissibleMaximumLadenMass=vehicle.laden)
    if vehicle.stage == "I":
        size = leaves(MaximumPermissibleLength=vehicle.length, MaximumPermissibleWidth=vehicle.width)
        mass = leaves(MassInRunningOrderIncomplete=vehicle.running, MinimumMassCompleted=vehicle.actual)
    else:
        size = leaves(Length=vehicle.length, Width=vehicle.width, Height=vehicle.height)
        mass = leaves(MassInRunningOrder=vehicle.running, ActualMass=vehicle.actual)
    yield ("DimensionGroup", [*leaves(Wheelbase=vehicle.wheelbase), *size])
    vertical = leaves(
        MechanicalCouplingNumberVerticalMass=1 if vehicle.coupling else None,
        TechnicallyPermissibleMaximumStaticVerticalMassCouplingPoint=vehicle.coupling_load,
    )
    told = vehicle.coupling_load and vehicle.kind != "T"  # the certificate of a tractor has it per tyre
    points = table("MaximumStaticVerticalMassCouplingPoint", [vertical] if told else [])
    yield ("MassGroup", [*mass, *laden, *points])


def _towing(vehicle: SampleVehicle) -> Iterator[Node]:
    if not vehicle.towable:
        return
    rows = [
        ("BRK", leaves(
            BodyworkTypeTrailer="DA" if vehicle.coupling else None,
            TechnicallyPermissibleMaximumCombinationMass=vehicle.laden + vehicle.towable,
            TechnicallyPermissibleMaximumTowableMass=vehicle.towable,
        )),
        ("UNB", leaves(TechnicallyPermissibleMaximumTowableMass=vehicle.unbraked or None)),
    ]  # fmt: skip
    towing = [
        [*leaves(MechanicalCouplingNumberTowingMasses=1 if vehicle.coupling else None, BrakedTypeTrail=braked),
         *table("BodyworkType", [masses])]
        for braked, masses in rows if masses
    ]  # fmt: skip
    yield from table("TowingBrakedTypeTrail", towing)


def _axle(vehicle: SampleVehicle, number: int) -> Iterator[Node]:
    axle = vehicle.axles[number - 1]
    yield from leaves(
        AxleNumber=number,
        TwinWheelsAxleIndicator=yes_no(axle.twin),
        SteeredAxleIndicator=yes_no(axle.steered),
        PoweredAxleIndicator=yes_no(axle.powered),
        BrakedAxleIndicator=yes_no(axle.braked),
        AxleTrack=axle.track or None,
        AxleSpacing=axle.spacing,
        TechnicallyPermissibleMassAxle=axle.mass,
    )
    kind = table("TyreType", [leaves(TyreType="REINF")])
    tyre = leaves(TyreNumber=1, TyreSize=vehicle.tyre, **load_indices(axle), SpeedCategorySymbol=vehicle.speed_symbol)
    rim = leaves(RimSize="6.5Jx16", RimOffSet="45.000", TyreTubeType="TUBLS", TyreFittedProductionIndicator="Y")
    yield from table("TyreAxle", [[*tyre, *rim, *kind]])


def _bodywork(vehicle: SampleVehicle) -> Iterator[Node]:
    if vehicle.coupling:
        device = leaves(
            MechanicalCouplingNumber=1,
            MechanicalCouplingLocation="FRONT" if vehicle.kind == "O" else "REAR",
            MechanicalCouplingTypeAccordingAppendixEU=vehicle.coupling,
            MechanicalCouplingApprovalNumber=f"e6*55R01*{vehicle.coupling}*0211",
        )
        yield from table("MechanicalCoupling", [device])
    if vehicle.bodywork:
        classes = [leaves(VehicleClass=vehicle.vehicle_class)] if vehicle.vehicle_class else []
        body = leaves(CodeForBodywork=vehicle.bodywork)
        yield from table("Bodywork", [[*body, *table("VehicleClass", classes)]])


def _padding(slots: Slots) -> Iterator[Node]:
    about = {"RemarkSubjectDescription": "RMRKS", "RemarkSubjectLanguage": "en"}
    yield from table("Remark", [leaves(**about, Remark=slots.remarks)] if slots.remarks is not None else [])
    numbers = [f"e6*2018/858*UN-R{10 + number}*{number:05d}*00" for number in range(slots.rows)]
    yield from table("SubjectApproval", [leaves(SubjectApprovalCertificateNumber=number) for number in numbers])


def _signature() -> Node:
    """A Signature of ordinary size and shape. It does not verify: samples are signed by nobody."""
    noise = [sha256(f"sample-{number}".encode()).digest() for number in range(40)]
    value, certificate = b64encode(b"".join(noise[:8])).decode(), b64encode(b"".join(noise[8:])).decode()
    digest = [("DigestValue", b64encode(noise[0]).decode())]
    key: list[Node] = [("X509Data", [("X509Certificate", certificate)])]
    signed: list[Node] = [("Reference", digest)]
    return ("Signature", [("SignedInfo", signed), ("SignatureValue", value), ("KeyInfo", key)])
