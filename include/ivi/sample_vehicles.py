"""What a sample vehicle is, and how one becomes another: by powertrain and by stage of building."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Powertrain = Literal["petrol", "diesel", "electric", "plug_in", "hybrid"]
POWERTRAINS: tuple[Powertrain, ...] = ("petrol", "diesel", "electric", "plug_in", "hybrid")
Stage = Literal["C", "I", "V"]
"""Complete, incomplete, completed (by a second manufacturer)."""
_ALSO_CALLED: dict[str, Powertrain] = {"bev": "electric", "ev": "electric", "phev": "plug_in", "hev": "hybrid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAxle:
    """One axle row: highest mass in kg, distance to the next axle and track in mm (0: not given), tyre load index."""

    mass: int
    spacing: int | None
    track: int
    load_index: int = 94
    steered: bool = False
    powered: bool = False
    twin: bool = False
    braked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleVehicle:
    """Everything the two layouts need. Masses in kg, lengths in mm, power in kW, speed in km/h, CO2 in g/km."""

    category1: str
    category2: str
    make: str
    name: str
    approval: str
    type: str
    variant: str
    version: str
    bodywork: str | None
    running: int
    actual: int
    laden: int
    wheelbase: int
    length: int
    width: int
    height: int
    axles: tuple[SampleAxle, ...]
    tyre: str
    powertrain: Powertrain | None = "petrol"
    towable: int = 0
    unbraked: int = 0
    coupling_load: int = 0
    coupling: str | None = None
    doors: tuple[int, int] | None = None
    seats: int | None = None
    vehicle_class: str | None = None
    kilowatts: str = "96.00"
    capacity: str = "1969.00"
    cylinders: int = 4
    speed: int = 190
    speed_symbol: str = "V"
    drive_by: str = "67.00"
    co2: int = 118
    colour: int | None = 7
    emission: str | None = "6 EA"
    gearbox: str | None = "A"
    stage: Stage = "C"
    base: SampleVehicle | None = None

    @property
    def litres(self) -> float:
        """Fuel for 100 km: what makes the CO2 of the vehicle (about 26.4 g for 10 ml of diesel, 23.2 g of petrol)."""
        return self.co2 / (26.4 if self.powertrain == "diesel" else 23.2)

    @property
    def electric(self) -> bool:
        """True where electricity is the only energy source."""
        return self.powertrain == "electric"

    @property
    def burns(self) -> bool:
        """True where there is a combustion engine."""
        return self.powertrain not in (None, "electric")

    @property
    def kind(self) -> str:
        """First letter of the category: M, N, O, L, T, C or R."""
        return self.category1[0]

    @property
    def light(self) -> bool:
        """True for cars and vans, whose emissions are measured by WLTP."""
        return self.category1 in ("M1", "N1")

    @property
    def wheels(self) -> int:
        """Number of wheels: one at an axle without a track, two at others, four at an axle with twin wheels."""
        return sum(4 if axle.twin else 2 if axle.track else 1 for axle in self.axles)

    @property
    def maker(self) -> str:
        """Name of the manufacturer of this stage."""
        return "Påbygg AS" if self.stage == "V" else f"{self.make.title()} AS"


def driven_by(vehicle: SampleVehicle, powertrain: str | None) -> SampleVehicle:
    """The vehicle with another powertrain; a trailer has none. Raises ValueError for an unknown one."""
    if powertrain is None or vehicle.powertrain is None:
        return vehicle
    wanted = _ALSO_CALLED.get(powertrain.lower(), powertrain)
    for known in POWERTRAINS:
        if known == wanted:
            return _driven_by(vehicle, known)
    raise ValueError(f"There is no sample with powertrain {powertrain!r}: choose one of {', '.join(POWERTRAINS)}.")


def _driven_by(vehicle: SampleVehicle, powertrain: Powertrain) -> SampleVehicle:
    if powertrain == "electric":
        return replace(vehicle, powertrain=powertrain, co2=0, emission=None, variant=f"{vehicle.variant}E", gearbox="A")
    if powertrain == "plug_in":
        return replace(vehicle, powertrain=powertrain, co2=24, variant=f"{vehicle.variant}P")
    if powertrain == "hybrid":
        return replace(vehicle, powertrain=powertrain, co2=96, variant=f"{vehicle.variant}H")
    return replace(vehicle, powertrain=powertrain)


def at_stage(vehicle: SampleVehicle, stage: str) -> SampleVehicle:
    """The vehicle as it leaves the first of two manufacturers (I), the second (V), or its only one (C).

    The second has an approval, a variant and a version of its own, and a body that weighs something. Raises
    ValueError for another stage.
    """
    if stage == "C":
        return vehicle
    incomplete = replace(vehicle, stage="I", variant=f"{vehicle.variant}I", towable=0, unbraked=0, coupling=None)
    if stage == "I":
        return incomplete
    if stage != "V":
        raise ValueError(f"There is no stage {stage!r}: choose C, I or V.")
    country, act, number, extension = vehicle.approval.split("*")
    added = vehicle.laden // 20
    return replace(
        vehicle,
        stage="V",
        base=incomplete,
        approval=f"{country}*{act}*9{number[1:]}*{extension}",
        variant=f"{vehicle.variant}V",
        version=f"{vehicle.version}-PB",
        running=vehicle.running + added,
        actual=vehicle.actual + added,
        height=vehicle.height + 120,
    )
