"""The `sok/*` questions of Kjøretøysøk v2: which criteria each takes, and pages of hits.

Source: OpenAPI "Søk" 2.0. Criteria hold names and national identity numbers, so a question hides itself in repr.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from include.register.record import FILLERS, VehicleRecord

Subject = Literal[
    "kjennemerke", "understellsnummer", "fodselsnummer", "organisasjonsnummer", "kundeid", "eiernavn", "kunde"
]

_OWNER_PLACE = ("postnummer", "poststed", "fylke", "fodselsdato")
CRITERIA: Mapping[str, tuple[str, ...]] = {
    "kjennemerke": ("kjennemerke", "ekskluderVraketUtfort"),
    "understellsnummer": ("understellsnummer", "merkekode", "ekskluderVraketUtfort"),
    "fodselsnummer": ("fodselsnummer", "ekskluderVraketUtfort"),
    "organisasjonsnummer": ("organisasjonsnummer", "ekskluderVraketUtfort"),
    "kundeid": ("kundeid", "ekskluderVraketUtfort"),
    "eiernavn": ("navn", *_OWNER_PLACE, "erPerson"),
    "kunde": (
        *("eiertype", "navn", "fornavn", "mellomnavn", "etternavn", "fonetisk", "kjonn", "kommune"),
        *_OWNER_PLACE,
    ),
}
"""Subject → its criteria; the first one is required. `fra` and `antall` are the client's own."""


@dataclass(frozen=True, slots=True)
class Hits:
    """The outcome of a search. `unread` rows could not be read; `whole` is False when `limit` cut the search off."""

    vehicles: tuple[VehicleRecord, ...]
    unread: int = 0
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Customer:
    """One hit of `sok/kunde`, without name and address: the id to search vehicles with, and how many there are."""

    kunde_id: str = field(repr=False)
    antall_kjoretoy: int | None = None


def query_of(subject: Subject, criteria: Mapping[str, str | bool]) -> tuple[tuple[str, str], ...]:
    """The query of a search. Raises ValueError naming the criterion (never its value) that is unknown or missing."""
    allowed = CRITERIA[subject]
    unknown = sorted(criteria.keys() - set(allowed))
    if unknown:
        raise ValueError(f"sok/{subject} does not take {unknown[0]}; it takes {', '.join(allowed)}.")
    if not str(criteria.get(allowed[0], "")).strip():
        raise ValueError(f"sok/{subject} needs {allowed[0]}.")
    return tuple((name, _text(value)) for name, value in criteria.items() if _text(value))


def _text(value: str | bool) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else value.strip()


def customers(body: bytes) -> tuple[Customer, ...] | None:
    """The hits of a `KundeSokResponse`; None when it cannot be read."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    listed: Any = None
    if isinstance(content, dict):
        listed = content.get("kunder") or content.get("treffListe") or content.get("kunder", content.get("treffListe"))
    return tuple(_customers(listed)) if isinstance(listed, list) else None


def _customers(listed: Iterable[Any]) -> Iterable[Customer]:
    for one in listed:
        person = one.get("personEnhet") if isinstance(one, dict) else None
        kunde_id = person.get("kundeId") if isinstance(person, dict) else None
        if isinstance(kunde_id, str | int) and str(kunde_id).strip() not in FILLERS:
            number = one.get("antallKjoretoy")
            yield Customer(str(kunde_id).strip(), number if isinstance(number, int) else None)
