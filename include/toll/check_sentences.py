"""What the local checks say, in both languages. No sentence repeats a value that a stranger wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Language = Literal["nb", "en"]

SENTENCES: Mapping[str, Mapping[Language, str]] = {
    "toll.level.guessed": {
        "nb": "Nivået {level} sendes ikke, for meldingen er ikke publisert; sett guessed_levels i tilkoblingen når "
        "Tolletaten har bekreftet den.",
        "en": "The level {level} is not sent, since its message is not published; set guessed_levels of the connection "
        "when Tolletaten has confirmed it.",
    },
    "toll.field.missing": {
        "nb": "Nivået {level} må ha {field}; fyll det ut.",
        "en": "The level {level} needs {field}; fill it in.",
    },
    "toll.office.form": {
        "nb": "Tollkontoret må være en kode på åtte tegn fra CL141, som NO351001.",
        "en": "The customs office must be a code of eight characters from CL141, such as NO351001.",
    },
    "toll.office.unknown": {
        "nb": "Tollkontoret {office} står ikke i vår kopi av CL141; kontroller koden.",
        "en": "The customs office {office} is not in our copy of CL141; check the code.",
    },
    "toll.document.form": {
        "nb": "Dokumentnummeret må ha 1 til 70 synlige tegn uten mellomrom foran eller bak.",
        "en": "The document number must have 1 to 70 visible characters without blanks before or after.",
    },
    "toll.document.type": {
        "nb": "Dokumenttypen finnes ikke i CL754; bruk en av {codes_nb}.",
        "en": "The document type is not in CL754; use one of {codes_en}.",
    },
    "toll.document.s10": {
        "nb": "Kontrollsifferet i postnummeret (S10) skulle vært {digit}; kontroller nummeret.",
        "en": "The check digit of the postal number (S10) should be {digit}; check the number.",
    },
    "toll.document.awb": {
        "nb": "Nummeret er ikke et hovedflyfraktbrev på elleve sifre med riktig kontrollsiffer; kontroller det.",
        "en": "The number is no master air waybill of eleven digits with a right check digit; check it.",
    },
    "toll.mrn.form": {
        "nb": "MRN må ha 18 tegn: to sifre, to store bokstaver og fjorten store bokstaver eller sifre.",
        "en": "The MRN must have 18 characters: two digits, two capital letters, fourteen capital letters or digits.",
    },
    "toll.mrn.check_digit": {
        "nb": "Kontrollsifferet i MRN skulle vært {digit}; kontroller nummeret.",
        "en": "The check digit of the MRN should be {digit}; check the number.",
    },
    "toll.receptacle.form": {
        "nb": "Sekkenummeret må ha 1 til 35 store bokstaver eller sifre.",
        "en": "The receptacle number must have 1 to 35 capital letters or digits.",
    },
    "toll.receptacle.s9": {
        "nb": "Sekkenummeret har ikke formen til UPU S9 (29 tegn); kontroller det.",
        "en": "The receptacle number has not the form of UPU S9 (29 characters); check it.",
    },
    "toll.container.form": {
        "nb": "Containernummeret må ha 1 til 17 store bokstaver eller sifre.",
        "en": "The container number must have 1 to 17 capital letters or digits.",
    },
    "toll.container.iso6346": {
        "nb": "Containernummeret følger ikke ISO 6346 (fire bokstaver, seks sifre, kontrollsiffer); kontroller det.",
        "en": "The container number does not follow ISO 6346 (four letters, six digits, check digit); check it.",
    },
}


def sentence(rule_id: str, words: Mapping[str, str]) -> dict[Language, str]:
    """The sentence of a rule in each language, its places filled from `words`."""
    return {language: text.format(**words) for language, text in SENTENCES[rule_id].items()}
