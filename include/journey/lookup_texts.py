"""The sentences of a lookup's receipt, in both languages. Each is plain, names no value and says what to do."""

from __future__ import annotations

from typing import TypedDict

from include.config.party import Party

TEXTS: dict[str, tuple[str, str]] = {
    "which_kind": (
        "This is no plate, VIN or kuid that can be told apart: put it into a column with a title.",
        "Dette er ikke et kjennemerke, understellsnummer eller kuid som kan kjennes igjen: bruk en kolonne med tittel.",
    ),
    "nothing": (
        "The row gives no kuid, VIN, plate or owner: fill one in.",
        "Raden har verken kuid, understellsnummer, kjennemerke eller eier: fyll ut én av dem.",
    ),
    "not_askable": (
        "The register cannot be asked for this text: check how it is written.",
        "Registeret kan ikke spørres om denne teksten: kontroller hvordan den er skrevet.",
    ),
    "absent": ("The register does not know it.", "Registeret kjenner det ikke."),
    "several": (
        "The register has several vehicles for this; all of them are on the sheet of vehicles, and which one is meant "
        "has to be told by make or kuid.",
        "Registeret har flere kjøretøy for dette; alle står på arket med kjøretøy, og hvilket som menes, må avgjøres "
        "med merke eller kuid.",
    ),
    "unreadable": (
        "The register answered, and the answer settles nothing: ask again later, or ask the register's support.",
        "Registeret svarte, men svaret avgjør ingenting: spør igjen senere, eller spør registerets brukerstøtte.",
    ),
    "owner_none": (
        "The register knows no vehicle of that owner.",
        "Registeret kjenner ingen kjøretøy for denne eieren.",
    ),
    "owner_cut": (
        "The search found more vehicles than it may give: only the first are on the sheet of vehicles.",
        "Søket fant flere kjøretøy enn det kan gi: bare de første står på arket med kjøretøy.",
    ),
    "owner_not_here": (
        "Only KS Fiks can be searched by an owner's name, and it is not the register that is configured.",
        "Bare KS Fiks kan søkes med eiers navn, og det er ikke det registeret som er satt opp.",
    ),
    "owner_gone": (
        "The owner's name is no longer where it was: drop the file, or fill in the form, again.",
        "Eierens navn er ikke lenger der det var: legg inn filen, eller fyll ut skjemaet, på nytt.",
    ),
    "open": (
        "Not asked yet; the receipt is replaced when it is.",
        "Ikke spurt ennå; kvitteringen erstattes når det er gjort.",
    ),
}


class Said(TypedDict):
    """The two columns of an item that say why."""

    why: str
    sentence: str


def said(why: str) -> Said:
    """The kind of a sentence and the sentence itself, as the ledger keeps it (English)."""
    return {"why": why, "sentence": TEXTS[why][0]}


def told(why: str | None, sentence: str | None, party: Party) -> str:
    """The sentence in the party's language; what is only known in English stays so."""
    if why in TEXTS:
        return TEXTS[why][1 if party.language == "nb" else 0]
    return sentence or ""
