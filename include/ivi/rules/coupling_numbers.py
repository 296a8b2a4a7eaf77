"""A coupling that masses refer to is described.

Source: EReg, user manual of IVI 2.0, version 1.5: a number in MechanicalCouplingNumberTowingMasses or
MechanicalCouplingNumberVerticalMass must appear as MechanicalCouplingNumber. Cars (M1) may refer to none, which rule
coupling.forbidden tells.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if document.family != "2.0" or (document.category or "")[:2] == "M1":
        return
    coupling = document.coupling
    known = {number for _, number in coupling.devices}
    referred = list(coupling.referred)
    referred += [
        (f"{one.path.rpartition('/')[0]}/MechanicalCouplingNumberVerticalMass", one.coupling)
        for one in coupling.vertical
        if one.coupling is not None
    ]
    for path, number in referred:
        if number not in known:
            name = path.rpartition("/")[2]
            sentence = (
                f"{name} refers to coupling {number}, which is not described: describe it or leave the number out."
            )
            yield Breach(path, sentence)


RULE = Rule(
    id="coupling.numbers",
    level=Level.WARNING,
    about="Coupling numbers at towing and vertical masses are those of couplings that are described.",
    source="EReg, user manual of IVI 2.0, version 1.5, trailer masses and coupling devices",
    applies="every category but M1, 2.0 only",
    look=_look,
)
