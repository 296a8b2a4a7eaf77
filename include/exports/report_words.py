"""The words of the monthly report, in the party's language."""

from __future__ import annotations

from typing import Literal

Language = Literal["nb", "en"]

_BOTH: dict[str, tuple[str, str]] = {
    "title": ("Månedsrapport", "Monthly report"),
    "of": ("eCoC-dokumenter", "eCoC documents"),
    "made": ("Laget", "Made"),
    "figures": ("Måneden i tall", "The month in figures"),
    "before": ("måneden før", "the month before"),
    "files": ("Filer sett på droppet", "Files seen at the drop"),
    "sent": ("Sendt til myndigheten", "Sent to the authority"),
    "accepted": ("Godtatt", "Accepted"),
    "refused": ("Avvist", "Refused"),
    "invalid": ("Stanset av våre kontroller", "Stopped by our checks"),
    "duplicate": ("Duplikater", "Duplicates"),
    "unknown": ("Ukjent utfall", "Outcome unknown"),
    "open": ("Åpne", "Open"),
    "created": ("Finnes i registeret", "Shown by the register"),
    "registered": ("Registrert", "Registered"),
    "rate": ("Andel godtatt", "Acceptance rate"),
    "rate_about": ("av de avgjorte", "of the decided"),
    "missed_runs": ("Kjøringer som uteble", "Runs that did not come"),
    "volumes": ("Filer per dag", "Files by day"),
    "pace": ("Fra drop til godtatt", "From the drop to acceptance"),
    "minutes": ("minutter", "minutes"),
    "median": ("halvparten var raskere", "half were quicker"),
    "p95": ("95 av 100 var raskere", "95 in 100 were quicker"),
    "refusals": ("Hvorfor dokumenter ble avvist", "Why documents were refused"),
    "refusals_about": ("Alle avvisninger i måneden, per merke.", "All refusals of the month, by make."),
    "rules": ("Oftest feil i samsvarserklæringen", "What is most often wrong in the certificate"),
    "rules_about": (
        "Funn per punkt i CoC-en; feil stanser dokumentet, varsler gjør det ikke.",
        "Findings by entry of the CoC; errors stop the document, warnings do not.",
    ),
    "differences": ("Åpne avvik nå", "Open differences now"),
    "none": ("Ingen.", "None."),
    "number": ("antall", "number"),
    "make": ("merke", "make"),
    "code": ("meldingskode", "meldingskode"),
    "entry": ("CoC-punkt", "CoC entry"),
    "rule": ("regel", "rule"),
    "level": ("nivå", "level"),
    "documents": ("dokumenter", "documents"),
    "example": ("for eksempel", "for example"),
    "what": ("hva", "what"),
    "owner": ("hvem", "who"),
    "next": ("neste steg", "next step"),
    "since": ("siden", "since"),
    "nothing": ("Det kom ingen filer denne måneden.", "No files came this month."),
    "foot": (
        "Tallene er fra mart.reconciliation og viser hvor hver fil står nå; en senere avgjørelse flytter dem. "
        "Dager er kalenderdager i Oslo. Rapporten inneholder ingen personopplysninger.",
        "The figures are from mart.reconciliation and show where each file stands now; a later decision moves them. "
        "Days are calendar days in Oslo. The report holds no personal data.",
    ),
}
_MONTHS: dict[str, tuple[str, ...]] = {
    "nb": (
        *("januar", "februar", "mars", "april", "mai", "juni"),
        *("juli", "august", "september", "oktober", "november", "desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def words(language: Language) -> dict[str, str]:
    """Every word by its key."""
    return {key: said[0 if language == "nb" else 1] for key, said in _BOTH.items()}


def month_name(language: Language, number: int) -> str:
    """januar, or January, for 1."""
    return _MONTHS[language][number - 1]
