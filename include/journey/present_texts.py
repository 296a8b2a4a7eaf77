"""The words of presentation receipts, in Bokmål and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["nb", "en"]
Standing = Literal[
    "bad", "again", "expected", "not_sent", "unknown", "taken", "validated", "failed", "refused", "needs_person"
]

#: Rows that somebody has to look at, or wait for.
ATTENTION: frozenset[Standing] = frozenset({"bad", "refused", "failed", "needs_person", "unknown", "not_sent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """One language. `standing` is said of a row, `counted` stands behind a number."""

    title: str
    refused_file: str
    duplicate: str
    look_at: str
    row: str
    more: str
    filed: str
    table: tuple[str, ...]
    standing: Mapping[Standing, str]
    counted: Mapping[str, str]


TEXTS: Mapping[Language, Texts] = {
    "nb": Texts(
        title="Kvittering for fremlegging",
        refused_file="Ingenting i filen ble fremlagt.",
        duplicate="Den samme filen kom før, som {first}. Ingenting ble fremlagt på nytt; se kvitteringen for den.",
        look_at="Dette må noen se på",
        row="Rad",
        more="… og {count} rader til, se .csv-kvitteringen.",
        filed="Filen ligger nå i",
        table=("rad", "status", "forklaring", "grunn", "requestId"),
        standing={
            "bad": "Ikke fremlagt. Rett raden og legg den inn i en ny fil.",
            "again": "Allerede fremlagt med {first}; ikke fremlagt på nytt.",
            "expected": "Forventet hus; vi venter på kontrolldirigeringen av det.",
            "not_sent": "Ikke sendt ennå; det skjer av seg selv.",
            "unknown": "Sendt uten sikkert svar. Vi gjentar den samme forespørselen til det er sikkert; ikke send den "
            "på nytt.",
            "taken": "Mottatt av Tolletaten; valideringen er ikke klar ennå.",
            "validated": "Fremlagt og validert av Tolletaten.",
            "failed": "Tolletatens validering avviste den. Rett raden og legg den inn i en ny fil.",
            "refused": "Avvist av Tolletaten. Rett raden og legg den inn i en ny fil.",
            "needs_person": "Vi må finne ut hva som skjedde med denne. Ikke send den på nytt; vi tar kontakt.",
        },
        counted={
            "bad": "ikke fremlagt, raden må rettes",
            "again": "allerede fremlagt",
            "expected": "forventede hus",
            "not_sent": "ikke sendt ennå",
            "unknown": "sendt, svar ikke sikkert",
            "taken": "mottatt, validering venter",
            "validated": "fremlagt og validert",
            "failed": "avvist i validering",
            "refused": "avvist",
            "needs_person": "undersøkes av oss",
        },
    ),
    "en": Texts(
        title="Receipt for presentation",
        refused_file="Nothing of the file was presented.",
        duplicate="The same file came before, as {first}. Nothing was presented again; see the receipt of that one.",
        look_at="Somebody has to look at this",
        row="Row",
        more="… and {count} more rows, see the .csv receipt.",
        filed="The file lies now in",
        table=("row", "status", "explanation", "reason", "requestId"),
        standing={
            "bad": "Not presented. Correct the row and drop it in a new file.",
            "again": "Presented already with {first}; not presented again.",
            "expected": "An expected house; we wait for its control routing.",
            "not_sent": "Not sent yet; that happens by itself.",
            "unknown": "Sent without a certain answer. We repeat the same request until it is certain; do not send it "
            "again.",
            "taken": "Taken by customs; its validation is not ready yet.",
            "validated": "Presented, and validated by customs.",
            "failed": "Customs' validation rejected it. Correct the row and drop it in a new file.",
            "refused": "Refused by customs. Correct the row and drop it in a new file.",
            "needs_person": "We have to find out what became of it. Do not send it again; we will contact you.",
        },
        counted={
            "bad": "not presented, the row must be corrected",
            "again": "presented already",
            "expected": "expected houses",
            "not_sent": "not sent yet",
            "unknown": "sent, answer not certain",
            "taken": "taken, validation awaited",
            "validated": "presented and validated",
            "failed": "rejected by validation",
            "refused": "refused",
            "needs_person": "we look into it",
        },
    ),
}
