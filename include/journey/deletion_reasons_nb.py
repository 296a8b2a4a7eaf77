"""In Bokmål: why a row of a list of deletions, or the whole list, came to nothing. The ledger keeps English words."""

from __future__ import annotations

import re
from collections.abc import Sequence

UNKNOWN = "Grunnen står på engelsk i .json-kvitteringen ved siden av denne, under reason."

# From the most exact to the widest; names and values of the English sentence are taken over.
_REASONS: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r": its VIN is not (?P<vin>.+); correct", "Understellsnummeret er ikke {vin}. Rett det ene av de to."),
        (
            r": (?P<n>\d+) accepted documents go by it;",
            "{n} godtatte dokumenter passer. Oppgi referansen til det riktige.",
        ),
        (
            r": it was sent in the name of (?P<other>.+), and only its sender",
            "Det ble sendt i navnet til {other}, og bare avsenderen kan slette det.",
        ),
        (r": it is being deleted already;", "Det er allerede i ferd med å bli slettet."),
        (
            r": another document of this VIN is on its way;",
            "Et annet dokument med dette understellsnummeret er under behandling. Slettingen venter til det er "
            "avgjort.",
        ),
        (
            r": nothing tells it from another accepted vehicle;",
            "Ingenting skiller det fra et annet godtatt kjøretøy. Be Statens vegvesen om å slette det.",
        ),
        (
            r": no document with this reference or VIN.* was accepted for this party",
            "Ingen dokumenter med denne referansen eller dette understellsnummeret er godtatt for dere her. Bare "
            "avsenderen av et kjøretøy kan slette det.",
        ),
        (r": its creation is not decided yet;", "Innsendingen er ikke avgjort ennå. Slettingen venter til den er det."),
        (r": it is deleted already;", "Det er allerede slettet. Du trenger ikke gjøre noe."),
        (r": Statens vegvesen did not take it,", "Statens vegvesen tok det ikke imot, så det er ingenting å slette."),
        (r": it was never sent,", "Det ble aldri sendt, så det er ingenting å slette."),
        (
            r"^The same vehicle is asked for more than once",
            "Det samme kjøretøyet står her flere ganger. Én gang holder.",
        ),
        (r"^Declined: ", "Vi har avslått slettingen, og ingenting er slettet."),
        (
            r"^Row (?P<row>\d+) names neither a reference nor a VIN",
            "Rad {row} nevner verken referanse eller understellsnummer. Fyll ut en av dem.",
        ),
        (
            r"^Row (?P<row>\d+): what stands there is neither",
            "Rad {row}: det som står der, er verken referanse eller understellsnummer. Rett det, og legg inn raden på "
            "nytt.",
        ),
        (
            r"^Row (?P<row>\d+): the VIN has signs",
            "Rad {row}: understellsnummeret har tegn som ikke finnes i et understellsnummer. Rett det, og legg inn "
            "raden på nytt.",
        ),
        (
            r"^Row (?P<row>\d+): merkekode is a number",
            "Rad {row}: merkekode er et tall, som 2600. Rett det, og legg inn raden på nytt.",
        ),
        (
            r" is registered, and then nobody can delete it",
            "Kjøretøyet er registrert, og da kan det ikke lenger slettes på denne måten.",
        ),
        (
            r"^(?P<name>.+) is no list: drop deletions as",
            "{name} er ingen liste. Legg inn slettinger som .csv, .xlsx, .json eller .txt.",
        ),
        (
            r"^(?P<name>.+) holds more than (?P<n>\d+) rows",
            "{name} har mer enn {n} rader. Del den opp i mindre filer.",
        ),
        (
            r"^(?P<name>.+) names no vehicle",
            "{name} nevner ingen kjøretøy. Skriv én referanse eller ett understellsnummer på hver linje, eller lag en "
            "kolonne med navnet reference eller vin.",
        ),
    )
)


def deletion_reason_nb(reason: str) -> str:
    """The reason in Bokmål; one that is not known points at the JSON receipt, and nothing gives nothing."""
    if not reason:
        return ""
    for pattern, text in _REASONS:
        if found := pattern.search(reason):
            return text.format(**found.groupdict())
    return UNKNOWN
