"""The kind of drive a vehicle has, worked out from its energy: neither IVI family has one field for it."""

from __future__ import annotations

from typing import Literal

from .energy import ELECTRICITY, Energy

Powertrain = Literal["petrol", "diesel", "gas", "electric", "plug-in", "hybrid", "none", "unknown"]

_TRAILERS = ("O", "R", "S")
_GASES = frozenset({"50", "55", "60"})


def powertrain_of(energy: Energy, category: str | None) -> Powertrain:
    """The powertrain of a vehicle.

    Sources count more than indicators, since they carry the figures; a contradiction between the two is for the rules
    to report. In this order:

    - no engine, no machine, no indicator: `none` for trailers (O, R, S), else `unknown`;
    - no fuel, and electricity as a source (2.0), an electric machine or the indicator of a pure electric vehicle:
      `electric`; without any of these `unknown`. In 1.x an electric vehicle names no fuel at all;
    - a fuel, and the vehicle is charged from outside (class OVC-…, category OVC, or the indicator): `plug-in`; a fuel
      cell vehicle counts by its class like any other;
    - a fuel, and electricity beside it, a class or category NOVC, or a hybrid indicator: `hybrid`;
    - 1.x: a fuel in a vehicle that is called pure electric: `unknown`;
    - else by fuel, whose codes are grouped by their tens: 1x `petrol` (with its ethanol blends), 2x `diesel` (with
      biodiesel), 3x (LPG), 4x (natural gas), 50, 55 (hydrogen) and 60 (LNG) `gas`. Petrol or diesel together with gas
      is `gas`; anything else `unknown`.
    """
    electric_machine = True in [convertor.electric for convertor in energy.convertors]
    electricity = ELECTRICITY in [source.code for source in energy.sources]
    fuels = energy.fuels
    if not fuels:
        if electricity or electric_machine or energy.pure_electric:
            return "electric"
        empty = not energy.convertors and not energy.hybrid and energy.hybrid_class is None
        return "none" if empty and (category or "").startswith(_TRAILERS) else "unknown"
    if _charged_outside(energy):
        return "plug-in"
    if electricity or electric_machine or _called_hybrid(energy):
        return "hybrid"
    return "unknown" if energy.pure_electric else _by_fuel(fuels)


def _charged_outside(energy: Energy) -> bool:
    if energy.hybrid_class or energy.hybrid_category:
        named = f"{energy.hybrid_class or ''} {energy.hybrid_category or ''}".split()
        return any(name.startswith("OVC") for name in named)
    return bool(energy.charged_outside) or True in [convertor.charged_outside for convertor in energy.convertors]


def _called_hybrid(energy: Energy) -> bool:
    if energy.hybrid or energy.hybrid_class or energy.hybrid_category:
        return True
    return True in [convertor.hybrid for convertor in energy.convertors]


def _by_fuel(fuels: tuple[str, ...]) -> Powertrain:
    kinds = {_kind(fuel) for fuel in fuels}
    if len(kinds) == 1:
        return kinds.pop()
    return "gas" if "gas" in kinds and kinds <= {"petrol", "diesel", "gas"} else "unknown"


def _kind(fuel: str) -> Powertrain:
    if len(fuel) != 2:
        return "unknown"
    match fuel[0]:
        case "1":
            return "petrol"
        case "2":
            return "diesel"
        case "3" | "4":
            return "gas"
    return "gas" if fuel in _GASES else "unknown"
