"""EcocStatusResponse: the answers of "Melding om preregistrering", codes and texts verbatim as published.

Source: Statens vegvesen, eCoC API page (five published codes). Codes that begin with SANDKASSE_ are the sandbox's own,
for cases whose code is not published; a client must treat them like any code it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

PREFIX = "kjoretoy.coc."

CREATED = "KJORETOY_OPPRETTET"
NOT_CLASSIFIABLE = "KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"
DELETED = "KJORETOY_SLETTET"
UNKNOWN_VEHICLE = "UKJENT_UNR_OG_MERKE"
REGISTERED = "KJORETOY_ER_REGISTRERT"
UNREADABLE = "SANDKASSE_DOKUMENT_KAN_IKKE_LESES"
REMARKS_STOP = "SANDKASSE_MERKNADER_STANSER_OPPRETTELSE"
EXISTS = "SANDKASSE_FINNES_FRA_FOER"

TEXTS = {
    CREATED: "Melding om preregistrering er mottatt og kjøretøy er opprettet",
    DELETED: "Forespørsel om sletting av COC er mottatt og COC er slettet.",
    UNKNOWN_VEHICLE: "COC med angitt understellsnummer/merke er ukjent.",
    REGISTERED: "Kjøretøyet er registrert eller under registrering",
    REMARKS_STOP: "Kjøretøyet er ikke opprettet, se merknader.",
    EXISTS: "Melding med samme understellsnummer og IVI-referanse er mottatt tidligere.",
}
_NOT_CLASSIFIABLE_TEXT = (
    "Ulovlig forespørsel - Fant ingen åpne eller lukkede avgiftsklassifiseringer på typegodkjenning: "
    "{type_approval} | {variant} | {version} tilgjengelig for importør: {importer} med ønsket avgiftskode: {code} ."
)
_INFO = frozenset({CREATED, DELETED})

Status = dict[str, Any]


def nox_remark(level: str) -> dict[str, Any]:
    """The published remark about a missing NOx value; `level` is its meldingsklasse."""
    return {
        "melding": "Er det korrekt at NOx (mg/km) ikke er utfylt?",
        "feltreferanse": "utslippNOxMgPrKm",
        "feltverdi": None,
        "meldingsklasse": level,
    }


def not_classifiable_text(
    type_approval: str | None, variant: str | None, version: str | None, importer: str, code: str | None
) -> str:
    """The published text with its placeholders filled."""
    return _NOT_CLASSIFIABLE_TEXT.format(
        type_approval=type_approval or "",
        variant=variant or "",
        version=version or "",
        importer=importer,
        code=code or "",
    )


def status(
    when: str,
    code: str,
    *,
    text: str | None = None,
    kuid: str | None = None,
    reference: str | None = None,
    vin: str | None = None,
    merkekode: int | None = None,
    remarks: Sequence[dict[str, Any]] = (),
    remark_list_name: str = "merknader",
) -> Status:
    """One EcocStatusResponse. In a refusal of opprette every identifier is null, as published."""
    message: dict[str, Any] = {
        "meldingstype": "INFO" if code in _INFO else "FEIL",
        "meldingskode": PREFIX + code,
        "meldingstekst": TEXTS[code] if text is None else text,
    }
    if remarks:
        message[remark_list_name] = list(remarks)
    return {
        "datoTid": when,
        "iviIdentifikator": {
            "kuid": kuid,
            "iviReferanse": reference,
            "understellsnummerMerke": {"understellsnummer": vin, "merkekode": merkekode},
        },
        "melding": message,
    }


def is_refusal(answer: Status) -> bool:
    """True for meldingstype FEIL."""
    return bool(answer["melding"]["meldingstype"] == "FEIL")
