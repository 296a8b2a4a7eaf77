"""What may be carried when the vehicle is registered is at most what is technically possible.

Source: Regulation (EU) 2020/683, Annex VIII, entries 16 and 17; the registration masses follow national or
international limits below the technical ones. Kilograms.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    masses = document.masses
    if masses.in_service:
        highest = {
            "laden": masses.max_laden,
            "combination": max((one.mass for one in document.coupling.combinations), default=None),
        }
        for one in masses.in_service:
            most = highest[one.kind]
            if most is not None and one.mass > most:
                yield _breach(one.path, f"{one.kind} mass", one.mass, most)
    for axle in document.axles:
        for path, mass in axle.in_service:
            if axle.max_mass is not None and mass > axle.max_mass:
                yield _breach(path, f"mass of axle {axle.number}", mass, axle.max_mass)


def _breach(path: str, what: str, mass: int, most: int) -> Breach:
    sentence = f"The {what} in service ({mass} kg) is more than what is technically possible ({most} kg): correct one."
    return Breach(path, sentence)


RULE = Rule(
    id="masses.in_service",
    level=Level.WARNING,
    about="Registration masses (laden, combination, axles) are at most the technically permissible ones.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 16 and 17",
    look=_look,
)
