"""A vehicle is called purely electric exactly where electricity is its only energy source.

Source: EReg guidelines for IVI 2.0 (PureElectricVehicleIndicator is Y exactly when every EnergySource is 95). 1.x has
no code for electricity: there a purely electric vehicle names no fuel at all, and silence proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule

_ELECTRICITY = "95"


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    others = [source for source in document.energy_sources if source != _ELECTRICITY]
    path = document.path("pure_electric")
    if document.pure_electric and others:
        sentence = (
            f"The vehicle is called purely electric, but energy source {quoted(others[0])} is given: correct one."
        )
        yield Breach(path, sentence)
    elif document.family == "2.0" and document.pure_electric is False and document.energy_sources and not others:
        sentence = "Electricity is the only energy source, but the vehicle is not called purely electric: correct one."
        yield Breach(path, sentence)


RULE = Rule(
    id="energy.pure_electric",
    level=Level.WARNING,
    about="The pure electric indicator agrees with the energy sources.",
    source="EReg guidelines for IVI 2.0",
    look=_look,
    applies="documents with a pure electric indicator",
)
