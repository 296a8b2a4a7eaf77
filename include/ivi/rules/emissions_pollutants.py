"""Pollutants of the WLTP test are in mg/km, and particles in a number per km.

Source: plausibility, Samsvar's own, beside the Euro 6 limits of Regulation (EC) No 715/2007, Annex I (heaviest vans:
CO 2,270, NOx 125, particulates 4.5 mg/km). A figure below the same limit in g/km was most likely written in g/km; one
above three times the limit is no Euro 6 vehicle. 0 is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.model.emissions import Figures
from include.ivi.rule import Breach, Rule

_LIMITS = (("co", "CO", 2270.0), ("nox", "NOx", 125.0), ("particulates", "Particulate mass", 4.5))
_TIMES = 3.0
_FEWEST_PARTICLES = 1e5


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    if (document.category or "")[:2] not in ("M1", "N1"):
        return
    for source in document.emissions.sources:
        figures = source.pollutants
        if figures:
            yield from _weights(figures)
            yield from _particles(figures)


def _weights(figures: Figures) -> Iterator[Breach]:
    for name, words, limit in _LIMITS:
        figure = figures.get(name)
        if not figure:
            continue
        if figure <= limit / 1000:
            sentence = f"{words} is given as {figure:g} mg/km, which looks like g/km: write it in mg/km."
            yield Breach(figures.place(name), sentence)
        elif figure > limit * _TIMES:
            sentence = f"{words} is given as {figure:g} mg/km, far above any Euro 6 limit ({limit:g}): correct it."
            yield Breach(figures.place(name), sentence)


def _particles(figures: Figures) -> Iterator[Breach]:
    number, exponent = figures.get("particles"), figures.get("exponent")
    if number and exponent is None and number < _FEWEST_PARTICLES:
        sentence = f"The number of particles is given as {number:g} without its power of ten: fill in the exponent."
        yield Breach(figures.place("exponent"), sentence)


RULE = Rule(
    id="emissions.pollutants",
    level=Level.WARNING,
    about="WLTP pollutants are in mg/km and particles have their power of ten.",
    source="plausibility, Samsvar's own; limits of Regulation (EC) No 715/2007, Annex I",
    look=_look,
    applies="M1, N1 with WLTP pollutants",
)
