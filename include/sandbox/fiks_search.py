"""The `sok/*` questions of Kjøretøysøk v2: criteria, wildcards and paging (`fra` is the first row wanted, from 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl

import orjson

from .register_bulk import svv_error
from .register_shapes import search_answer
from .register_view import RegisterView, kjoretoy, owner_id, owner_name
from .reply import Call, Reply
from .vehicles import Vehicle

Fits = Callable[[Vehicle, str], bool]

PARAMETER_ERROR = "SANDKASSE_PARAMETERFEIL"
_DEFAULT_ROWS = 10


def _plate(vehicle: Vehicle, asked: str) -> bool:
    return fnmatchcase((vehicle.plate or "").replace(" ", ""), "".join(asked.split()).upper())


def _vin(vehicle: Vehicle, asked: str) -> bool:
    return fnmatchcase(vehicle.vin, asked.upper())


def _name(vehicle: Vehicle, asked: str) -> bool:
    return all(word in owner_name(vehicle).lower() for word in asked.lower().split())


_FITS: Mapping[str, tuple[str, Fits]] = {
    "kjennemerke": ("kjennemerke", _plate),
    "understellsnummer": ("understellsnummer", _vin),
    "fodselsnummer": ("fodselsnummer", lambda vehicle, asked: owner_id(vehicle) == asked),
    "organisasjonsnummer": ("organisasjonsnummer", lambda _vehicle, _asked: False),
    "kundeid": ("kundeid", lambda vehicle, asked: f"K{vehicle.kuid}" == asked),
    "eiernavn": ("navn", _name),
}


class Search:
    """Answers one search: 200 with hits, 204 without, 400 for a missing or wrong parameter."""

    def __init__(self, view: RegisterView) -> None:
        self._view = view

    def answer(self, subject: str, call: Call) -> Reply:
        """`subject` is what follows `sok/`."""
        asked = dict(parse_qsl(call.query))
        if subject == "kunde":
            return self._customers(asked)
        if subject not in _FITS:
            return svv_error(400, PARAMETER_ERROR, "Ukjent søk.")
        name, fits = _FITS[subject]
        first, rows = asked.get("fra", "1"), asked.get("antall", str(_DEFAULT_ROWS))
        if not asked.get(name) or not first.isdigit() or not rows.isdigit():
            return svv_error(400, PARAMETER_ERROR, f"Parameter mangler eller er feil: {name}, fra, antall.")
        hits = [one for one in self._view.all() if fits(one, asked[name])]
        if "merkekode" in asked:
            hits = [one for one in hits if str(one.merkekode) == asked["merkekode"]]
        if not hits:
            return Reply(204, b"")
        start = max(int(first), 1) - 1
        page = [{"kjoretoy": kjoretoy(one), "responskoder": []} for one in hits[start : start + int(rows)]]
        return Reply(200, orjson.dumps(search_answer(page, len(hits))))

    def _customers(self, asked: dict[str, str]) -> Reply:
        if asked.get("eiertype") not in ("PERSON", "ORGANISASJON", "BEGGE") or not asked.get("navn"):
            return svv_error(400, PARAMETER_ERROR, "Parameter mangler eller er feil: eiertype, navn.")
        hits = [one for one in self._view.all() if _name(one, asked["navn"])]
        listed = [{"personEnhet": kjoretoy(one)["eierskap"]["eier"], "antallKjoretoy": 1} for one in hits]
        if not listed:
            return Reply(204, b"")
        answer = {"kunder": listed, "responskoder": [], "antallITreffliste": len(hits), "antallTreffTotalt": len(hits)}
        return Reply(200, orjson.dumps(answer))
