"""Sound levels are decibels that a vehicle can have.

Source: plausibility, Samsvar's own. The limits of UN Regulations No 41 and 51 lie between 68 and 84 dB(A) for the
drive-by test; values far off are mostly engine speeds or other figures in the wrong place. 0 stands for "not
measured" in electric vehicles and hybrids.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_LIMITS = (
    ("drive_by", 45.0, 95.0, "drive-by sound level", "dB(A)"),
    ("stationary", 40.0, 125.0, "stationary sound level", "dB(A)"),
    ("engine_speed", 300.0, 15000.0, "engine speed of the stationary sound test", "1/min"),
)
_SILENT = frozenset({"electric", "plug-in", "hybrid"})


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    for source in document.emissions.sources:
        noise = source.noise
        if not noise.given:
            continue
        for name, low, high, words, unit in _LIMITS:
            figure = noise.get(name)
            if figure is None or low <= figure <= high or (not figure and document.powertrain in _SILENT):
                continue
            sentence = (
                f"The {words} is given as {figure:g} {unit}, and vehicles have {low:g} to {high:g}: see whether "
                "another figure stands in this place."
            )
            yield Breach(noise.place(name), sentence)


RULE = Rule(
    id="emissions.noise",
    level=Level.WARNING,
    about="Sound levels and their engine speed are plausible.",
    source="plausibility, Samsvar's own",
    look=_look,
    applies="vehicles with an engine",
)
