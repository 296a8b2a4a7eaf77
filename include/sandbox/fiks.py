"""KS Fiks Kjøretøyregister as a loopback service: bulk lookups and `sok/*` below the organisation's path.

Source: developers.fiks.ks.no (Kjøretøyregister, Integrasjoner): paths, headers, the two 401s and the error object are
published, the shape of a bulk answer is not (`register_shapes.py`).
"""

from __future__ import annotations

import time
import uuid
from urllib.parse import unquote

import orjson

from .bearer import Bearer
from .fiks_search import Search
from .knobs import Knobs
from .register_bulk import FIELDS, BulkLookup
from .register_view import RegisterView
from .registry import FIKS_SCOPE, OWN_ORGANISATION
from .reply import Call, Reply

FIKS_ORG_ID = "c5b1a2f0-0b1d-4c0e-8f5e-5a3d0c5a0010"
INTEGRATION_ID = "5d1f0c1e-54a8-4f6e-9a53-5a3d0c5a0011"
ROOT = f"/kjoretoyregister/api/{FIKS_ORG_ID}/rest/distribusjon/kjoretoy/v2.0"
TOKEN_REFUSED = "Klarte ikke å validere access_token"  # noqa: S105 - a published message, no secret


class Fiks:
    """Answers calls. The integration belongs to the sandbox's own organisation."""

    def __init__(self, bearer: Bearer, view: RegisterView, knobs: Knobs, password: str) -> None:
        self._bearer = bearer
        self._knobs = knobs
        self._password = password
        self._bulk = BulkLookup(view, knobs, "search")
        self._search = Search(view)

    def answer(self, call: Call) -> Reply:
        """One HTTP request."""
        refusal = self._refusal(call)
        if refusal is not None:
            return refusal
        if not call.path.startswith(f"{ROOT}/"):
            return fiks_error(404, "Not Found", call.path, "Ukjent ressurs")
        what, _, rest = call.path.removeprefix(f"{ROOT}/").partition("/")
        if what == "sok" and call.method == "GET":
            return self._search.answer(rest, call)
        if what == "bulk" and call.method == "POST" and rest in FIELDS[:2]:
            return self._bulk.answer(rest, call.body)
        field, _, value = rest.partition("/")
        if what == "bulk" and call.method == "GET" and field == "understellsnummer" and value:
            return self._bulk.found(field, [({field: unquote(value)}, unquote(value))])
        return fiks_error(404, "Not Found", call.path, "Ukjent ressurs")

    def _refusal(self, call: Call) -> Reply | None:
        """The token first, then the integration, then its grants."""
        caller = self._bearer.caller(call, FIKS_SCOPE)
        if isinstance(caller, Reply):
            return fiks_error(401, "Unauthorized", call.path, TOKEN_REFUSED)
        given = call.headers.get("integrasjonid", "")
        known = (given, call.headers.get("integrasjonpassord")) == (INTEGRATION_ID, self._password)
        if not known or caller.organisation != OWN_ORGANISATION:
            message = f"Autentisering feilet for integrasjon med id {given}"
            return fiks_error(401, "Unauthorized", call.path, message)
        if self._knobs.fiks_access == "withdrawn":
            return fiks_error(403, "Forbidden", call.path, "Integrasjonen mangler tilgang")
        return None


def fiks_error(status: int, error: str, path: str, message: str) -> Reply:
    """The error object of most Fiks APIs."""
    body = {
        "timestamp": int(time.time() * 1000),
        "status": status,
        "error": error,
        "errorId": str(uuid.uuid4()),
        "path": path,
        "message": message,
    }
    return Reply(status, orjson.dumps(body))
