"""The invented vehicles behind the samples: plausible numbers that agree, of makes that do not exist."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

Powertrain = Literal["petrol", "diesel", "electric", "plug_in"]
POWERTRAINS: tuple[Powertrain, ...] = ("petrol", "diesel", "electric", "plug_in")
_ALSO_CALLED: dict[str, Powertrain] = {"bev": "electric", "ev": "electric", "phev": "plug_in", "hybrid": "plug_in"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAxle:
    """One axle row: highest mass in kg, distance to the next axle and track in mm."""

    mass: int
    spacing: int | None
    track: int
    steered: bool = False
    powered: bool = False
    twin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleVehicle:
    """Everything the two layouts need. Masses in kg, lengths in mm, power in kW, CO2 in g/km."""

    category1: str
    category2: str
    make: str
    name: str
    approval: str
    type: str
    variant: str
    version: str
    bodywork: str
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
    doors: tuple[int, int] | None = None
    seats: int | None = None
    kilowatts: str = "96.00"
    co2: int = 118
    colour: int = 7
    emission: str = "6 EA"

    @property
    def electric(self) -> bool:
        """True where electricity is the only energy source."""
        return self.powertrain == "electric"


_FRONT = SampleAxle(mass=1150, spacing=2690, track=1580, steered=True, powered=True)
_REAR = SampleAxle(mass=1120, spacing=None, track=1590)
_DOUBLE = replace(_REAR, twin=True, powered=True)

_CAR = SampleVehicle(
    category1="M1", category2="M1", make="NORDLYS", name="Nordlys 4", approval="e6*2018/858*00123*04",
    type="NL4", variant="AB12", version="A1B2C3-7", bodywork="AB", running=1480, actual=1527, laden=2010,
    wheelbase=2690, length=4420, width=1810, height=1495, axles=(_FRONT, _REAR), tyre="205/55 R16",
    towable=1300, doors=(2, 2), seats=5,
)  # fmt: skip
_VAN = replace(
    _CAR, category1="N1", category2="N1", name="Nordlys Varebil", approval="e6*2018/858*00217*02", type="NLV",
    variant="VB34", version="V2-88", bodywork="BB", running=1845, actual=1902, laden=2950, wheelbase=3100,
    length=5040, width=1920, height=1940, doors=(1, 1), seats=3, towable=2000, tyre="215/65 R16", co2=171,
    axles=(replace(_FRONT, mass=1550, spacing=3100), replace(_REAR, mass=1700)), powertrain="diesel",
)  # fmt: skip
_MINIBUS = replace(
    _VAN, category1="M2", category2="M2", name="Nordlys Buss", approval="e6*2018/858*00301*01", type="NLB",
    variant="BU17", version="B9", bodywork="CA", running=3350, actual=3420, laden=5000, wheelbase=4325,
    length=7360, width=2070, height=2830, doors=None, seats=17, towable=0, tyre="205/75 R16C",
    axles=(replace(_FRONT, mass=2000, spacing=4325, powered=False), replace(_DOUBLE, mass=3600)), emission="VI E",
)  # fmt: skip
_LORRY = replace(
    _MINIBUS, category1="N2", category2="N2", name="Nordlys Laster", approval="e6*2018/858*00415*03", type="NLL",
    variant="LA12", version="L3", bodywork="BA", running=5200, actual=5290, laden=11990, wheelbase=4460,
    length=8200, width=2500, height=3400, seats=3, tyre="285/70 R19.5", kilowatts="176.00",
    axles=(replace(_FRONT, mass=4480, spacing=4460, powered=False), replace(_DOUBLE, mass=8480)),
)  # fmt: skip
_HEAVY = replace(
    _LORRY, category1="N3", category2="N3", name="Nordlys Trekkvogn", approval="e6*2018/858*00416*01", type="NLT",
    variant="TR18", version="T5", bodywork="BC", running=8100, actual=8240, laden=18000, wheelbase=3700,
    length=6100, height=3850, tyre="315/70 R22.5", kilowatts="350.00",
    axles=(replace(_FRONT, mass=8000, spacing=3700, powered=False), replace(_DOUBLE, mass=11500)),
)  # fmt: skip
_TRAILER = replace(
    _CAR, category1="O2", category2="O2", make="HENGVARE", name="Hengvare 2500", approval="e6*2018/858*00520*00",
    type="HV25", variant="H2", version="H2-A", bodywork="DC", running=620, actual=655, laden=2500, wheelbase=3450,
    length=5900, width=2100, height=2300, powertrain=None, towable=0, doors=None, seats=None, tyre="185/70 R13C",
    axles=(SampleAxle(mass=1250, spacing=800, track=1700), SampleAxle(mass=1250, spacing=None, track=1700)),
)  # fmt: skip
_MOTORCYCLE = replace(
    _CAR, category1="L3e", category2="L3e-A2", make="TOHJUL", name="Tohjul 500", approval="e4*168/2013*00077*01",
    type="TH5", variant="A", version="A2-35", running=196, actual=198, laden=385, wheelbase=1420, length=2140,
    width=810, height=1120, doors=None, seats=2, towable=0, kilowatts="35.00", co2=92, tyre="120/70 R17",
    axles=(
        SampleAxle(mass=160, spacing=1420, track=0, steered=True),
        SampleAxle(mass=240, spacing=None, track=0, powered=True),
    ),
)  # fmt: skip

_VEHICLES = {
    "M1": _CAR, "M2": _MINIBUS, "N1": _VAN, "N2": _LORRY, "N3": _HEAVY, "O2": _TRAILER,
    "L3e": _MOTORCYCLE, "L": _MOTORCYCLE,
}  # fmt: skip
CATEGORIES = tuple(_VEHICLES)


@lru_cache(maxsize=64)
def sample_vehicle(category: str, powertrain: str | None) -> SampleVehicle:
    """The vehicle of a category (one of CATEGORIES) with a powertrain; a trailer has none.

    Raises ValueError, naming what there is, for an unknown category or powertrain.
    """
    if category not in _VEHICLES:
        raise ValueError(f"There is no sample of category {category!r}: choose one of {', '.join(CATEGORIES)}.")
    vehicle = _VEHICLES[category]
    if powertrain is None or vehicle.powertrain is None:
        return vehicle
    wanted = _ALSO_CALLED.get(powertrain.lower(), powertrain)
    for known in POWERTRAINS:
        if known == wanted:
            return _driven_by(vehicle, known)
    raise ValueError(f"There is no sample with powertrain {powertrain!r}: choose one of {', '.join(POWERTRAINS)}.")


def _driven_by(vehicle: SampleVehicle, powertrain: Powertrain) -> SampleVehicle:
    if powertrain == "electric":
        return replace(vehicle, powertrain=powertrain, co2=0, emission="AX", variant=f"{vehicle.variant}E")
    if powertrain == "plug_in":
        return replace(vehicle, powertrain=powertrain, co2=24, variant=f"{vehicle.variant}P")
    return replace(vehicle, powertrain=powertrain)
