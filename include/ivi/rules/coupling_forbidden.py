"""Coupling devices of IVI 2.0 are given only for the categories that have them on the certificate.

Source: EReg, user manual of IVI 2.0, version 1.5, coupling devices: MechanicalCoupling and
MechanicalCouplingNumberVerticalMass are forbidden for M1; the table of vertical masses for T and C; devices that can be
fitted for M1, L, T, C, R, S and for complete and completed vehicles. EReg's content check refuses what is not relevant
for a category (IVI 2.0 change overview, version 1.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_NO_VERTICAL = frozenset("TC")
_NO_ADDING = frozenset("LTCRS")
_FINISHED = frozenset("CV")


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    category, coupling = document.category or "", document.coupling
    if document.family != "2.0" or not category:
        return
    car = category[:2] == "M1"
    if car and coupling.devices:
        yield _breach(coupling.devices[0][0], "MechanicalCouplingTable", "a car (M1)")
    numbered = [one for one in coupling.vertical if one.coupling is not None]
    if car and numbered:
        path = f"{numbered[0].path.rpartition('/')[0]}/MechanicalCouplingNumberVerticalMass"
        yield _breach(path, "MechanicalCouplingNumberVerticalMass", "a car (M1)")
    if coupling.vertical and category[0] in _NO_VERTICAL:
        yield _breach(coupling.vertical[0].path, "MaximumStaticVerticalMassCouplingPointTable", f"category {category}")
    if not coupling.can_be_fitted:
        return
    if car or category[0] in _NO_ADDING:
        yield _breach(coupling.can_be_fitted[0], "MechanicalCouplingCanBeFittedTable", f"category {category}")
    elif document.stage in _FINISHED:
        yield _breach(coupling.can_be_fitted[0], "MechanicalCouplingCanBeFittedTable", "a finished vehicle")


def _breach(path: str, name: str, of: str) -> Breach:
    return Breach(path, f"{name} is given, but the certificate of {of} has no such entry: leave it out.")


RULE = Rule(
    id="coupling.forbidden",
    level=Level.ERROR,
    about="Coupling tables stand only in documents of the categories and stages that have them.",
    source="EReg, user manual of IVI 2.0, version 1.5, coupling devices; IVI 2.0 change overview, version 1.1",
    applies="M1, L, T, C, R, S and finished vehicles, 2.0 only",
    look=_look,
)
