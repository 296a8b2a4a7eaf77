"""The track of an axle is less than the width of the vehicle, and not a small part of it.

Source: Regulation (EU) 2020/683, Annex VIII, entries 6 and 30. Track is measured between the middles of the wheels, so
it stays below the width; below two fifths of it, somebody wrote another unit. Millimetres.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_LEAST_PERCENT = 40


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    width = document.dimensions.width
    if not width:
        return
    for axle in document.axles:
        if axle.track is None or _LEAST_PERCENT * width <= 100 * axle.track < 100 * width:
            continue
        which = "as wide as" if axle.track >= width else "far narrower than"
        sentence = (
            f"The track of axle {axle.number} is {axle.track} mm, {which} the vehicle itself ({width} mm): correct "
            "one of them, in millimetres."
        )
        yield Breach(f"{axle.path}/AxleTrack", sentence)


RULE = Rule(
    id="axles.track",
    level=Level.WARNING,
    about="The track of each axle lies between two fifths of the width of the vehicle and its width.",
    source="Regulation (EU) 2020/683, Annex VIII, entries 6 and 30",
    look=_look,
)
