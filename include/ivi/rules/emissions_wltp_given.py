"""Cars made since September 2018 and vans made since September 2019 have WLTP figures.

Source: Regulation (EU) 2017/1151, Article 15: WLTP for new M1 and N1 class I vehicles from 1 September 2018, for N1
classes II and III from 1 September 2019 (the later day is taken for all vans). Only a hint, since end-of-series
vehicles were let through. 2.0 has no NEDC figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.rule import Breach, Rule

_FROM = {"M1": date(2018, 9, 1), "N1": date(2019, 9, 1)}


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    since = _FROM.get((document.category or "")[:2])
    made = document.dates.manufacture
    if document.family != "1.x" or since is None or made is None or made < since or document.emissions.measured_co2:
        return
    for source in document.emissions.sources:
        if source.cycle("co2_nedc").combined:
            sentence = (
                f"The vehicle was made on {made}, but CO2 is given by NEDC alone: fill in the WLTP figures, which "
                f"vehicles of category {document.category} have since {since}."
            )
            yield Breach(source.co2.place("combined"), sentence)
            return


RULE = Rule(
    id="emissions.wltp_given",
    level=Level.INFO,
    about="M1 made since September 2018 and N1 made since September 2019 have WLTP figures.",
    source="Regulation (EU) 2017/1151, Article 15",
    look=_look,
    applies="1.x only: M1, N1 with a combustion engine",
)
