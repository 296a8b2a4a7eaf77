"""The invented vehicles behind the samples, one per category: plausible numbers that agree, of makes nobody has."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from .sample_vehicles import SampleAxle, SampleVehicle, at_stage, driven_by

_FRONT = SampleAxle(mass=1150, spacing=2690, track=1580, steered=True, powered=True)
_REAR = SampleAxle(mass=1120, spacing=None, track=1590)
_DOUBLE = replace(_REAR, twin=True, powered=True)

_CAR = SampleVehicle(
    category1="M1", category2="M1", make="NORDLYS", name="Nordlys 4", approval="e6*2018/858*00123*04",
    type="NL4", variant="AB12", version="A1B2C3-7", bodywork="AB", running=1480, actual=1527, laden=2010,
    wheelbase=2690, length=4420, width=1810, height=1495, axles=(_FRONT, _REAR), tyre="205/55 R16",
    towable=1300, unbraked=600, coupling_load=75, doors=(2, 2), seats=5,
)  # fmt: skip
_VAN = replace(
    _CAR, category1="N1", category2="N1", name="Nordlys Varebil", approval="e6*2018/858*00217*02", type="NLV",
    variant="VB34", version="V2-88", bodywork="BB", running=1845, actual=1902, laden=2950, wheelbase=3100,
    length=5040, width=1920, height=1940, doors=(1, 1), seats=3, towable=2000, unbraked=750, coupling_load=100,
    tyre="215/65 R16", co2=171, speed=160, speed_symbol="T", drive_by="71.00",
    axles=(replace(_FRONT, mass=1550, spacing=3100, load_index=109),
           replace(_REAR, mass=1700, load_index=109)), powertrain="diesel",
)  # fmt: skip
_MINIBUS = replace(
    _VAN, category1="M2", category2="M2", name="Nordlys Buss", approval="e6*2018/858*00301*01", type="NLB",
    variant="BU17", version="B9", bodywork="CA", running=3350, actual=3420, laden=5000, wheelbase=4325,
    length=7360, width=2070, height=2830, doors=None, seats=17, towable=0, unbraked=0, coupling_load=0,
    vehicle_class="B", tyre="205/75 R16C", speed=100, speed_symbol="N", drive_by="74.00", colour=None, emission="VI E",
    axles=(replace(_FRONT, mass=2000, spacing=4325, powered=False, load_index=113),
           replace(_DOUBLE, mass=3600, load_index=110)),
)  # fmt: skip
_COACH = replace(
    _MINIBUS, category1="M3", category2="M3", name="Nordlys Turbuss", approval="e6*2018/858*00302*00", type="NLC",
    variant="CO51", version="C4", bodywork="CA", running=13200, actual=13450, laden=18600, wheelbase=6200,
    length=12300, width=2550, height=3550, seats=51, vehicle_class="III", tyre="295/80 R22.5", kilowatts="300.00",
    capacity="10800.00", cylinders=6, speed_symbol="M", drive_by="77.00",
    axles=(replace(_FRONT, mass=7500, spacing=6200, powered=False, track=2100, load_index=154),
           replace(_DOUBLE, mass=11500, track=1840, load_index=149)),
)  # fmt: skip
_LORRY = replace(
    _MINIBUS, category1="N2", category2="N2", name="Nordlys Laster", approval="e6*2018/858*00415*03", type="NLL",
    variant="LA12", version="L3", bodywork="BA", running=5200, actual=5290, laden=11990, wheelbase=4460,
    length=8200, width=2500, height=3400, seats=3, vehicle_class=None, tyre="285/70 R19.5", kilowatts="176.00",
    capacity="6700.00", cylinders=6, speed=90, speed_symbol="M", drive_by="77.00",
    axles=(replace(_FRONT, mass=4480, spacing=4460, powered=False, track=2000, load_index=145),
           replace(_DOUBLE, mass=8480, track=1840, load_index=143)),
)  # fmt: skip
_HEAVY = replace(
    _LORRY, category1="N3", category2="N3", name="Nordlys Trekkvogn", approval="e6*2018/858*00416*01", type="NLT",
    variant="TR18", version="T5", bodywork="BC", running=8100, actual=8240, laden=18000, wheelbase=3700,
    length=6100, height=3850, tyre="315/70 R22.5", kilowatts="350.00", capacity="12800.00", drive_by="79.00",
    towable=26000, coupling="G50-X", coupling_load=9700,
    axles=(replace(_FRONT, mass=8000, spacing=3700, powered=False, track=2050, load_index=156),
           replace(_DOUBLE, mass=11500, track=1820, load_index=150)),
)  # fmt: skip
_TRAILER = replace(
    _CAR, category1="O2", category2="O2", make="HENGVARE", name="Hengvare 2500", approval="e6*2018/858*00520*00",
    type="HV25", variant="H2", version="H2-A", bodywork="DC", running=620, actual=655, laden=2500, wheelbase=3450,
    length=5900, width=2100, height=2300, powertrain=None, towable=0, unbraked=0, coupling_load=100, coupling="B50-X",
    doors=None, seats=None, tyre="185/70 R13C", speed=0, speed_symbol="N", colour=None, emission=None, gearbox=None,
    axles=(SampleAxle(mass=1250, spacing=800, track=1700), SampleAxle(mass=1250, spacing=None, track=1700)),
)  # fmt: skip
_SMALL_TRAILER = replace(
    _TRAILER, category1="O1", category2="O1", name="Hengvare 750", approval="e6*2018/858*00519*00", type="HV07",
    variant="H1", version="H1-A", running=180, actual=184, laden=750, wheelbase=2250, length=3700, width=1650,
    height=1050, coupling_load=50, tyre="155/70 R13",
    axles=(SampleAxle(mass=750, spacing=None, track=1400, load_index=85, braked=False),),
)  # fmt: skip
_BIG_TRAILER = replace(
    _TRAILER, category1="O3", category2="O3", name="Hengvare 9000", approval="e6*2018/858*00521*00", type="HV90",
    variant="H3", version="H3-A", bodywork="DE", running=2400, actual=2460, laden=9000, wheelbase=5200, length=8300,
    width=2550, height=3300, coupling_load=900, coupling="D50-A", tyre="235/75 R17.5",
    axles=(SampleAxle(mass=4500, spacing=1310, track=1950, load_index=143),
           SampleAxle(mass=4500, spacing=None, track=1950, load_index=143)),
)  # fmt: skip
_SEMI_TRAILER = replace(
    _BIG_TRAILER, category1="O4", category2="O4", name="Hengvare 39", approval="e6*2018/858*00522*02", type="HV39",
    variant="H4", version="H4-A", bodywork="DA", running=6900, actual=7050, laden=39000, wheelbase=7700,
    length=13600, height=3850, coupling_load=12000, coupling="H50-X", tyre="385/65 R22.5",
    axles=tuple(SampleAxle(mass=9000, spacing=spacing, track=2040, load_index=160) for spacing in (1310, 1310, None)),
)  # fmt: skip
_MOTORCYCLE = replace(
    _CAR, category1="L3e", category2="L3e-A2", make="TOHJUL", name="Tohjul 500", approval="e4*168/2013*00077*01",
    type="TH5", variant="A", version="A2-35", bodywork=None, running=196, actual=198, laden=385, wheelbase=1420,
    length=2140, width=810, height=1120, doors=None, seats=2, towable=0, unbraked=0, coupling_load=0,
    kilowatts="35.00", capacity="499.00", cylinders=2, speed=165, speed_symbol="H", drive_by="75.00", co2=92,
    emission="5", tyre="120/70 R17",
    axles=(
        SampleAxle(mass=160, spacing=1420, track=0, load_index=58, steered=True),
        SampleAxle(mass=240, spacing=None, track=0, load_index=69, powered=True),
    ),
)  # fmt: skip
_MOPED = replace(
    _MOTORCYCLE, category1="L1e", category2="L1e-B", name="Tohjul 50", approval="e4*168/2013*00071*00", type="TH1",
    version="B-45", running=92, actual=93, laden=250, wheelbase=1260, length=1780, width=690, height=1090,
    kilowatts="2.40", capacity="49.00", cylinders=1, speed=45, speed_symbol="J", drive_by="70.00", co2=49,
    tyre="120/70-12",
    axles=(SampleAxle(mass=100, spacing=1260, track=0, load_index=51, steered=True),
           SampleAxle(mass=170, spacing=None, track=0, load_index=58, powered=True)),
)  # fmt: skip
_TRICYCLE = replace(
    _MOTORCYCLE, category1="L5e", category2="L5e-A", name="Tohjul Tre", approval="e4*168/2013*00081*00", type="TH3",
    variant="T", version="T-18", running=248, actual=250, laden=430, wheelbase=1540, length=2190, width=910,
    height=1410, kilowatts="18.00", capacity="278.00", cylinders=1, speed=120, drive_by="76.00", co2=84,
    axles=(SampleAxle(mass=210, spacing=1540, track=520, load_index=55, steered=True),
           SampleAxle(mass=240, spacing=None, track=0, load_index=69, powered=True)),
)  # fmt: skip
_QUAD = replace(
    _TRICYCLE, category1="L7e", category2="L7e-B1", name="Tohjul Fire", approval="e4*168/2013*00085*00", type="TH7",
    variant="Q", version="Q-15", running=410, actual=412, laden=700, wheelbase=1500, length=2380, width=1210,
    height=1390, kilowatts="14.50", capacity="570.00", speed=80, speed_symbol="J",
    axles=(SampleAxle(mass=340, spacing=1500, track=960, load_index=61, steered=True, powered=True),
           SampleAxle(mass=400, spacing=None, track=930, load_index=67, powered=True)), tyre="25x8.00-12",
)  # fmt: skip
_TRACTOR = replace(
    _CAR, category1="T1b", category2="T1b", make="ÅKER", name="Åker 160", approval="e13*167/2013*00044*02",
    type="AK16", variant="T1", version="T1-50", bodywork=None, running=6400, actual=6480, laden=10500, wheelbase=2790,
    length=5100, width=2550, height=3050, doors=None, seats=1, towable=0, unbraked=0, coupling_load=3000,
    kilowatts="118.00", capacity="6728.00", cylinders=6, speed=50, speed_symbol="D", drive_by="85.00", colour=None,
    emission=None, powertrain="diesel", gearbox="M", tyre="540/65 R28",
    axles=(SampleAxle(mass=4500, spacing=2790, track=1860, load_index=142, steered=True, powered=True),
           SampleAxle(mass=7500, spacing=None, track=1860, load_index=157, powered=True)),
)  # fmt: skip
_FARM_TRAILER = replace(
    _TRAILER, category1="R3a", category2="R3a", make="ÅKER", name="Åker Tipp 12", approval="e13*167/2013*00061*00",
    type="AT12", variant="R3", version="R3-A", bodywork=None, running=3200, actual=3250, laden=13500, wheelbase=4600,
    length=6700, width=2500, height=2600, coupling_load=2000, coupling=None, tyre="500/50 R17", speed_symbol="A8",
    axles=(SampleAxle(mass=6000, spacing=1400, track=1950, load_index=149),
           SampleAxle(mass=6000, spacing=None, track=1950, load_index=149)),
)  # fmt: skip

_VEHICLES = {
    "M1": _CAR, "M2": _MINIBUS, "M3": _COACH, "N1": _VAN, "N2": _LORRY, "N3": _HEAVY,
    "O1": _SMALL_TRAILER, "O2": _TRAILER, "O3": _BIG_TRAILER, "O4": _SEMI_TRAILER,
    "L1e": _MOPED, "L3e": _MOTORCYCLE, "L5e": _TRICYCLE, "L7e": _QUAD, "L": _MOTORCYCLE,
    "T1b": _TRACTOR, "T": _TRACTOR, "R3a": _FARM_TRAILER,
}  # fmt: skip
CATEGORIES = tuple(_VEHICLES)


@lru_cache(maxsize=512)
def sample_vehicle(category: str, powertrain: str | None, stage: str = "C") -> SampleVehicle:
    """The vehicle of a category (one of CATEGORIES) with a powertrain at a stage of building; a trailer has no engine.

    Raises ValueError, naming what there is, for an unknown category, powertrain or stage.
    """
    if category not in _VEHICLES:
        raise ValueError(f"There is no sample of category {category!r}: choose one of {', '.join(CATEGORIES)}.")
    return at_stage(driven_by(_VEHICLES[category], powertrain), stage)
