"""Every axle has tyres, each under a number of its own, and one of them was on the vehicle when it was made.

Source: Regulation (EU) 2020/683, Annex VIII, entry 35 (one combination of tyre and wheel an axle, others in the
remarks); EReg, IVI 2.0 change overview, version 1.1, on TyreFittedProductionIndicator. Documents that do not mark the
fitted tyre are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.tyres import fitted_name
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    tyres = document.tyres
    if not tyres:
        return
    for place, axle in enumerate(document.axles):
        own = [tyre for tyre in tyres if tyre.axle == place]
        if not own:
            sentence = f"Axle {axle.number} has no tyre, though other axles have: describe its tyre."
            yield Breach(f"{axle.path}/TyreAxleTable", sentence)
            continue
        numbers = [tyre.number for tyre in own if tyre.number is not None]
        if len(set(numbers)) < len(numbers):
            sentence = f"Two tyres of axle {axle.number} have one number: number the tyres of an axle 1, 2, 3."
            yield Breach(f"{own[0].path}/TyreNumber", sentence)
        marks = [tyre.fitted for tyre in own]
        if marks.count(True) != 1 and marks.count(None) != len(marks):
            many = "no tyre is" if True not in marks else f"{marks.count(True)} tyres are"
            sentence = (
                f"On axle {axle.number} {many} marked as fitted when the vehicle was made, and there is one: mark the "
                "one that was."
            )
            yield Breach(f"{own[0].path}/{fitted_name(document.family)}", sentence)


RULE = Rule(
    id="tyres.fitted",
    level=Level.WARNING,
    about="Every axle has tyres with numbers of their own, and where the fitted one is marked, exactly one is.",
    source="Regulation (EU) 2020/683, Annex VIII, entry 35; EReg, IVI 2.0 change overview, version 1.1",
    look=_look,
)
