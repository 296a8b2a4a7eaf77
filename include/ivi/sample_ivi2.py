"""Lays a sample vehicle out as IVI 2.0: namespace, no Body, codes of the 2.0 lists, the shape of a Signature."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

from .sample_layout import Node, Slots, leaves, table, yes_no
from .sample_vehicles import SampleVehicle

_SOURCE = {"petrol": "10", "diesel": "20", "plug_in": "10"}
_ADDRESS = {"AddressLine1": "Fabrikkveien 1", "PlaceOfResidence": "0580 Oslo", "CountryOfResidence": "Norway"}


def document(vehicle: SampleVehicle, slots: Slots) -> Node:
    """The whole document; `slots` gives the texts that differ from one document to the next."""
    header = leaves(
        IviReferenceId=slots.reference,
        IviVersionNumberXsd="2.0",
        IviVersionNumber=1,
        IviVersionDateTime="2026-07-22T09:30:00",
        IntendedCountryRegistration="N",
        DesignatedTypeApprovalCountry=vehicle.approval.partition("*")[0],
    )
    return (
        "InitialVehicleInformation",
        [("Header", header), ("CocDataGroup", list(_coc(vehicle, slots))), _signature()],
    )


def _coc(vehicle: SampleVehicle, slots: Slots) -> Iterator[Node]:
    yield from leaves(
        VehicleIdentificationNumber=slots.vin,
        TypeApprovalType="EU",
        ProvisionalTypeApprovalIndicator="N",
        StageOfCompletion="C",
        Type=vehicle.type,
        Variant=slots.variant,
        Version=slots.version,
        VehicleCategory=vehicle.category2,
        MethodAttachmentStatutoryPlate="A1",
        DateManufactureVehicle="2026-07-20",
        TypeApprovalNumber=slots.type_approval,
        TypeApprovalIssueDate="2025-09-15",
        PureElectricVehicleIndicator=yes_no(vehicle.electric) if vehicle.powertrain else None,
        ExhaustEmissionLevel=f"Euro {vehicle.emission}" if vehicle.powertrain and not vehicle.electric else None,
        ClassHybridVehicle="OVC-HEV" if vehicle.powertrain == "plug_in" else None,
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
    maker = leaves(ManufacturerStageNumber=1, ManufacturerName=f"{vehicle.make.title()} AS")
    address = leaves(**{f"Manufacturer{name}": text for name, text in _ADDRESS.items()})
    yield from table("Manufacturer", [[*maker, *address]])
    yield from _construction(vehicle)
    yield from table("Axle", [list(_axle(vehicle, number)) for number in range(1, len(vehicle.axles) + 1)])
    yield from table("Colour", [leaves(Colour=vehicle.colour)] if vehicle.category2 in ("M1", "N1") else [])
    yield from table("Bodywork", [leaves(CodeForBodywork=vehicle.bodywork)] if vehicle.seats != 2 else [])
    yield from table("EnergyConvertor", _convertors(vehicle))
    yield from _padding(slots)


def _construction(vehicle: SampleVehicle) -> Iterator[Node]:
    doors = vehicle.doors
    wheels = sum(4 if axle.twin else 2 for axle in vehicle.axles) if vehicle.category1 != "L3e" else 2
    general = leaves(
        NumberOfAxles=len(vehicle.axles),
        NumberOfWheels=wheels,
        NumberOfSteeredAxles=sum(axle.steered for axle in vehicle.axles),
        NumberOfPoweredAxles=sum(axle.powered for axle in vehicle.axles),
        NumberOfDoors=sum(doors) if doors else None,
        NumberOfSeatingPositionsIncludingDriver=vehicle.seats,
    )
    size = leaves(Wheelbase=vehicle.wheelbase, Length=vehicle.length, Width=vehicle.width, Height=vehicle.height)
    mass = leaves(
        MassInRunningOrder=vehicle.running,
        ActualMass=vehicle.actual,
        TechnicallyPermissibleMaximumLadenMass=vehicle.laden,
    )
    yield from [("GeneralConstructionGroup", general), ("DimensionGroup", size), ("MassGroup", mass)]
    if vehicle.towable:
        masses = leaves(
            TechnicallyPermissibleMaximumCombinationMass=vehicle.laden + vehicle.towable,
            TechnicallyPermissibleMaximumTowableMass=vehicle.towable,
        )
        towing = [*leaves(BrakedTypeTrail="BRK"), *table("BodyworkType", [masses])]
        yield from table("TowingBrakedTypeTrail", [towing])
    if vehicle.powertrain:
        yield ("GearGroup", leaves(GearboxType="A"))
    if doors:
        yield ("ConfigurationDoorsGroup", leaves(NumberOfDoorsLeft=doors[0], NumberOfDoorsRight=doors[1]))


def _axle(vehicle: SampleVehicle, number: int) -> Iterator[Node]:
    axle = vehicle.axles[number - 1]
    yield from leaves(
        AxleNumber=number,
        TwinWheelsAxleIndicator=yes_no(axle.twin),
        SteeredAxleIndicator=yes_no(axle.steered),
        PoweredAxleIndicator=yes_no(axle.powered),
        AxleTrack=axle.track or None,
        AxleSpacing=axle.spacing,
        TechnicallyPermissibleMassAxle=axle.mass,
    )
    kind = table("TyreType", [leaves(TyreType="REINF")])
    tyre = leaves(TyreNumber=1, TyreSize=vehicle.tyre, LoadCapacityIndexSingleWheel=94, SpeedCategorySymbol="V")
    rim = leaves(RimSize="6.5Jx16", RimOffSet="45.000", TyreTubeType="TUBLS", TyreFittedProductionIndicator="Y")
    yield from table("TyreAxle", [[*tyre, *rim, *kind]])


def _convertors(vehicle: SampleVehicle) -> Iterator[list[Node]]:
    if vehicle.powertrain not in (None, "electric"):
        yield [
            *leaves(
                ManufacturerEnergyConvertor=f"{vehicle.make.title()} Motor AS",
                EnergyConvertorCodeMarkedOnEnergyConvertor="NM-204",
                WorkingPrinciple="INTCI" if vehicle.powertrain == "diesel" else "INTPI",
                NumberOfCylinders=4,
                ArrangementCylinders="LI",
                EngineCapacity="1969.00",
            ),
            *table("EnergySource", [list(_combustion(vehicle))]),
        ]
    if vehicle.powertrain in ("electric", "plug_in"):
        power = ("PowerGroup", leaves(MaximumNetPowerElectric="150.00", Maximum30MinutesPower="80.00"))
        reach = ("TestWltpElectricRangeGroup", leaves(WltpPureElectricRange=480 if vehicle.electric else None))
        source: list[Node] = [*leaves(EnergySource="95"), power, *([reach] if vehicle.electric else [])]
        yield [
            *leaves(
                ManufacturerEnergyConvertor=f"{vehicle.make.title()} Motor AS",
                EnergyConvertorCodeMarkedOnEnergyConvertor="NE-150",
                WorkingPrinciple="ELECT",
            ),
            *table("EnergySource", [source]),
        ]


def _combustion(vehicle: SampleVehicle) -> Iterator[Node]:
    yield from leaves(EnergySource=_SOURCE[vehicle.powertrain or "petrol"])
    sound = leaves(SoundLevelStationary="72.00", SoundLevelStationaryEngineSpeed=3750, SoundLevelDriveBy="67.00")
    yield ("SoundLevelGroup", sound)
    yield ("PowerGroup", leaves(MaximumNetPowerCombustion=vehicle.kilowatts, EngineSpeedMaximumNetPower=5500))
    if vehicle.category2 in ("M1", "N1"):
        yield ("TestWltpType1Group", leaves(WltpType1Co="210.50", WltpType1Nox="18.20"))
        yield ("TestWltpCo2Group", leaves(WltpCo2Combined=f"{vehicle.co2}.00"))
        yield ("TestWltpFuelConsumptionGroup", leaves(WltpFuelConsumptionCombined="5.200"))


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
