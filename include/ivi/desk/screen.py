"""The vehicle of one document on one screen, in the order of the certificate; what nobody says is left out."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from include.ivi.document import IviDocument
from include.ivi.finding import Finding
from include.ivi.signature import SignatureReport

from .reports import harmless

_WIDTH = 100
_LABEL = 22
_MOST_ROWS = 8

_STAGES = {"C": "complete", "I": "incomplete", "V": "completed"}
_FUELS = {
    "10": "petrol", "11": "petrol E5", "12": "petrol E10", "15": "ethanol", "16": "E85", "19": "mixture",
    "20": "diesel", "21": "biodiesel", "22": "ED95", "30": "LPG", "40": "CNG", "44": "biomethane",
    "50": "hydrogen", "55": "H2NG", "60": "LNG", "90": "other", "91": "compressed air", "95": "electricity",
}  # fmt: skip
"""Fuel and energy source codes of IVI in words."""

Line = tuple[str, "str | None"]
"""A label and what stands beside it; None: nothing is known, so the line is left out."""


def screen(document: IviDocument, findings: Sequence[Finding], signature: SignatureReport | None = None) -> str:
    """The screen as text of several lines. Never raises for a document that lacks anything."""
    sections = (_identity(document), _build(document), _axles(document), _towing(document), _drive(document))
    blocks = ["".join(_lines(section)) for section in (*sections, _proof(signature), _found(findings))]
    return "\n".join(block for block in blocks if block)


def _lines(section: Iterator[Line]) -> Iterator[str]:
    for label, value in section:
        if value:
            first = f"{label:<{_LABEL}}"
            yield textwrap.fill(harmless(value), _WIDTH, initial_indent=first, subsequent_indent=" " * _LABEL) + "\n"


def _unit(value: float | None, unit: str) -> str | None:
    return None if value is None else f"{value:g} {unit}" if value < 1_000_000 else f"{value:.0f} {unit}"


def _joined(*parts: str | None, by: str = ", ") -> str | None:
    return by.join(part for part in parts if part) or None


def _said(words: str, value: object) -> str | None:
    """`value` with the words before it, None where there is no value."""
    return None if value is None else f"{words} {value}"


def _identity(document: IviDocument) -> Iterator[Line]:
    identity, approval, dates = document.identity, document.approval, document.dates
    yield "vehicle", _joined(document.make, *identity.commercial_names[:2], document.vin)
    yield "category", document.category
    yield (
        "document",
        _joined(
            f"IVI {document.version or document.family}",
            document.reference,
            _said("version", document.document_version),
            _said("of", dates.document),
        ),
    )
    provisional = "provisional" if approval.provisional else None
    yield "type approval", _joined(approval.number, approval.kind_code, _said("of", approval.issued), provisional)
    yield "type", _joined(document.type, _said("variant", document.variant), _said("version", document.version_code))
    yield "made", _joined(str(dates.manufacture) if dates.manufacture else None, _said("signed", dates.signature))
    stage = document.stages.code
    rows = [_joined(_said("stage", row.number), row.name, by=" ") for row in document.stages.rows[:_MOST_ROWS]]
    yield "stage", _joined(f"{stage} ({_STAGES.get(stage, 'unknown')})" if stage else None, *rows)


def _build(document: IviDocument) -> Iterator[Line]:
    masses, size = document.masses, document.dimensions
    yield (
        "masses",
        _joined(
            _said("running order", _unit(masses.running_order, "kg")),
            _said("actual", _unit(masses.actual, "kg")),
            _said("highest laden", _unit(masses.max_laden, "kg")),
        ),
    )
    sides = (size.length, size.width, size.height)
    outside = " x ".join("?" if side is None else str(side) for side in sides) + " mm" if any(sides) else None
    yield "dimensions", _joined(outside, _said("wheelbase", _unit(size.wheelbase, "mm")))
    seats, doors = document.seats.all, document.doors.number
    yield (
        "doors and seats",
        _joined(_said("doors", doors), _said("seats", seats), _said("standing", document.seats.standing)),
    )


def _axles(document: IviDocument) -> Iterator[Line]:
    powered = _said("powered", document.powered_axles)
    yield "axles", _joined(_said("", document.number_of_axles), powered)
    for place, axle in enumerate(document.axles[:_MOST_ROWS]):
        sizes = dict.fromkeys(tyre.size for tyre in document.tyres if tyre.axle == place and tyre.size)
        yield (
            f"  axle {axle.number or '?'}",
            _joined(
                _said("highest mass", _unit(axle.max_mass, "kg")),
                _said("track", _unit(axle.track, "mm")),
                _said("to the next", _unit(axle.spacing, "mm")),
                "powered" if axle.powered else None,
                "steered" if axle.steered else None,
                "twin wheels" if axle.twin else None,
                *list(sizes)[:2],
            ),
        )
    more = len(document.axles) - _MOST_ROWS
    yield "", f"and {more} more axles" if more > 0 else None


def _towing(document: IviDocument) -> Iterator[Line]:
    combination = max((one.combination for one in document.towing if one.combination is not None), default=None)
    vertical = max((one.mass for one in document.coupling.vertical), default=None)
    yield (
        "towing",
        _joined(
            _said("with brakes", _unit(document.coupling.braked, "kg")),
            _said("without", _unit(document.coupling.unbraked, "kg")),
            _said("combination", _unit(combination, "kg")),
            _said("on the coupling", _unit(vertical, "kg")),
        ),
    )


def _drive(document: IviDocument) -> Iterator[Line]:
    energy, emissions = document.energy, document.emissions
    fuels = [_FUELS.get(source.code, source.code) for source in energy.sources if source.code]
    yield "drive", _joined(*dict.fromkeys([document.powertrain, energy.hybrid_class, *fuels]))
    for convertor in energy.convertors[:_MOST_ROWS]:
        yield (
            "  engine or machine",
            _joined(
                convertor.code,
                _unit(convertor.capacity, "cm³"),
                *(_unit(source.net_power or source.electric_power, "kW") for source in convertor.sources[:2]),
            ),
        )
    yield "emission level", emissions.level
    for source in emissions.sources[:_MOST_ROWS]:
        ranges = source.electric_range
        yield (
            f"  {_FUELS.get(source.code or '', source.code or 'energy')}",
            _joined(
                _said("CO2", _unit(source.co2.combined, "g/km")),
                _said("CO2 weighted", _unit(source.co2.weighted, "g/km")),
                _said("fuel", _unit(source.fuel.combined, "l/100 km")),
                _said("electric range", _unit(ranges.get("pure") or ranges.get("equivalent"), "km")),
            ),
        )


def _proof(report: SignatureReport | None) -> Iterator[Line]:
    if report is not None:
        words = _joined(report.state.replace("_", " "), report.reason, by=": ")
        yield "signature", _joined(words, _said("by", report.signer), _said("certificate until", report.expires))


def _found(findings: Sequence[Finding]) -> Iterator[Line]:
    levels = Counter(str(finding.level) for finding in findings)
    yield "findings", ", ".join(f"{level}: {count}" for level, count in levels.items()) or "none"
    for finding in findings[:_MOST_ROWS]:
        yield f"  {finding.level}", f"{finding.rule_id}: {finding.sentence}"
    more = len(findings) - _MOST_ROWS
    yield "", f"and {more} more: `check` lists them" if more > 0 else None
