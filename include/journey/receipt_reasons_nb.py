"""In Bokmål: why a document is held. The ledger keeps an English sentence, recognised here by what never changes."""

from __future__ import annotations

import re
from collections.abc import Sequence

_UNKNOWN = "Grunnen står på engelsk i .json-kvitteringen ved siden av denne, under reason."
_GOES_ON = "Neste kjøring ser på den igjen."
_MEANT = "må være {meant}."

# From the most exact to the widest; names and values of the English sentence are taken over.
_REASONS: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (
            r"^no avgiftsKode\b",
            "Vi har ingen avgiftskode for dokumentet: verken i sidefilen, i manifest.csv, i avtalte regler eller som "
            "standard.",
        ),
        (
            r"its deletion for this one was declined",
            "Det skulle erstatte et godtatt dokument, men det ble bestemt at det godtatte ikke slettes.",
        ),
        (
            r"^(?:reference|VIN) (?P<name>.+?) (?:is used by|has) another document that is accepted, and this one repl",
            "{name} har et godtatt dokument, som dette erstatter. Det må slettes først.",
        ),
        (
            r"^reference (?P<name>.+) is used by another document",
            "Referansen {name} er brukt av et annet dokument, som er under behandling eller godtatt. Det må slettes "
            "først, eller så må dette trekkes.",
        ),
        (
            r"^VIN (?P<name>\S+) has another document",
            "Understellsnummeret {name} har et annet dokument, som er under behandling eller godtatt. Det må slettes "
            "først, eller så må dette trekkes.",
        ),
        (
            r"^another sender has a document for this VIN",
            "En annen avsender har et dokument for dette understellsnummeret, som er under behandling eller godtatt.",
        ),
        (
            r"^the same content is accepted with (?P<old>.+), and comes now with avgiftsKode (?P<new>\w+)",
            "Det samme innholdet er godtatt med en annen avgiftskode og kommer nå med {new}. Det godtatte må slettes "
            "først.",
        ),
        (
            r"^a deletion for the same VIN",
            f"En sletting av det samme understellsnummeret er ikke avgjort ennå. {_GOES_ON}",
        ),
        (r"^The sidecar cannot be read", f"Sidefilen kan ikke leses. Legg den inn på nytt. {_GOES_ON}"),
        (
            r"^The avgiftsklassifisering beside this document has (?P<name>\w+)",
            f"{{name}} i sidefilen eller manifest.csv er verken tekst eller et helt tall. Rett det. {_GOES_ON}",
        ),
        (
            r"^(?P<name>.+) line (?P<line>\d+), column (?P<column>\w+): (?P<value>“.*”) must be",
            "{name}, linje {line}, kolonne {column}: {value} " + _MEANT,
        ),
        (
            r"^(?P<name>.+) line (?P<line>\d+) contradicts line (?P<other>\d+) about (?P<key>.+); keep",
            "{name}, linje {line} sier noe annet enn linje {other} om {key}. Behold den riktige.",
        ),
        (
            r"^(?P<name>.+) line (?P<line>\d+) names neither a file nor a vin",
            "{name}, linje {line} nevner verken fil eller understellsnummer. Fyll ut kolonnen file eller vin.",
        ),
        (
            r"^(?P<name>.+) line 1 ",
            "{name}: første linje må ha kolonnenavnene, file eller vin først, hver bare én gang.",
        ),
        (r"^(?P<name>.+) is not CSV", "{name} er ikke CSV. Lagre den som CSV, og legg den inn på nytt."),
        (
            r"^(?P<column>\w+) in (?P<name>.+) is (?P<value>“.*”), but must be",
            "{column} i {name} er {value}, men " + _MEANT,
        ),
        (
            r"^(?P<name>.+) is not JSON(?: \(line (?P<line>\d+)\))?;",
            "{name} er ikke gyldig JSON. Rett den, og legg den inn på nytt.",
        ),
        (
            r"^(?P<name>.+) must be (?:one|a) JSON object",
            '{name} må være ett JSON-objekt, som {{"avgiftsKode": "101"}}.',
        ),
        (r"^(?P<name>.+) is larger than", "{name} er for stor til å være en sidefil eller manifest.csv."),
    )
)


def reason_nb(reason: str) -> str:
    """The reason in Bokmål, without the English lead `Held: `. One that is not known points at the JSON receipt."""
    told = reason.removeprefix("Held: ")
    for pattern, text in _REASONS:
        if found := pattern.search(told):
            code = found.groupdict().get("column") == "avgiftsKode"
            meant = "en kode med tre siffer, som 101" if code else "et helt tall, som 5"
            return text.format(**found.groupdict(), meant=meant)
    return _UNKNOWN
