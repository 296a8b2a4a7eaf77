"""Statens vegvesen's own lookup as a loopback service: `/kjoretoyoppslag/bulk/*` with `responser[]` and a quota."""

from __future__ import annotations

from .bearer import Bearer
from .knobs import Knobs
from .register_bulk import FIELDS, BulkLookup
from .register_view import RegisterView
from .registry import REGISTER_SCOPE
from .reply import Call, Reply, gateway

ROOT = "/kjoretoyoppslag/bulk/"


class VegvesenRegister:
    """Answers calls."""

    def __init__(self, bearer: Bearer, view: RegisterView, knobs: Knobs) -> None:
        self._bearer = bearer
        self._bulk = BulkLookup(view, knobs, "request_list")

    def answer(self, call: Call) -> Reply:
        """One HTTP request."""
        caller = self._bearer.caller(call, REGISTER_SCOPE)
        if isinstance(caller, Reply):
            return caller
        field = call.path.removeprefix(ROOT)
        if not call.path.startswith(ROOT) or field not in FIELDS:
            return gateway(404, "Not Found", call.path)
        if call.method != "POST":
            return gateway(405, "Method Not Allowed", call.path)
        return self._bulk.answer(field, call.body)
