"""The number of seats fits the category, and with and without the driver it is the same number.

Source: Regulation (EU) 2018/858, Article 4 (M1 at most eight seats besides the driver's, M2 and M3 more than eight) and
Annex I, part A (N1 at most six besides the driver's, N2 and N3 at most eight).
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.bodywork import seat_place
from include.ivi.rule import Breach, Rule

#: Category, and the least and the most seats with that of the driver; by category.
_LIMITS: dict[str, tuple[int, int | None]] = {
    "M1": (1, 9),
    "M2": (10, None),
    "M3": (10, None),
    "N1": (1, 7),
    "N2": (1, 9),
    "N3": (1, 9),
}


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    seats, category = document.seats, (document.category or "")[:2]
    place = seat_place(document.family, "with_driver" if seats.with_driver is not None else "without_driver")
    if seats.disagree:
        sentence = (
            f"There are {seats.with_driver} seats with that of the driver and {seats.without_driver} without: correct "
            "one of them."
        )
        yield Breach(place, sentence)
    if category not in _LIMITS or seats.all is None:
        return
    least, most = _LIMITS[category]
    if seats.all < least or (most is not None and seats.all > most):
        wanted = f"at least {least}" if most is None else f"{least} to {most}"
        sentence = (
            f"There are {seats.all} seats with that of the driver, and category {category} has {wanted}: correct the "
            "seats or the category."
        )
        yield Breach(place, sentence)


RULE = Rule(
    id="seats.category",
    level=Level.WARNING,
    about="Seats with the driver's: M1 1-9, M2 and M3 10 or more, N1 1-7, N2 and N3 1-9; both counts agree.",
    source="Regulation (EU) 2018/858, Article 4 and Annex I, part A",
    look=_look,
)
