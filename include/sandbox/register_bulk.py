"""Bulk questions to a register: too many items, a bad one, the quota; the same for both registers."""

from __future__ import annotations

import uuid
from typing import Any

import orjson

from .knobs import Knobs
from .register_shapes import Answered, shaped
from .register_view import RegisterView, kjoretoy
from .reply import Reply

FIELDS = ("kjennemerke", "kuid", "understellsnummer")
BAD_REQUEST = "SANDKASSE_UGYLDIG_FORESPORSEL"
QUOTA_TEXT = "antall kjøretøy i respons overstiger kvote"


def svv_error(status: int, code: str, text: str, headers: dict[str, str] | None = None) -> Reply:
    """An error of Statens vegvesen, which KS Fiks passes through; only the name `svvguid` is published."""
    body = {"svvguid": str(uuid.uuid4()), "responskoder": [{"kode": code, "beskrivelse": text}]}
    return Reply(status, orjson.dumps(body), headers=headers or {})


class BulkLookup:
    """Answers one bulk question; counts what it gives out against the knob `register_quota`."""

    def __init__(self, view: RegisterView, knobs: Knobs, own_shape: str) -> None:
        self._view = view
        self._knobs = knobs
        self._own_shape = own_shape

    def answer(self, field: str, body: bytes) -> Reply:
        """A POST with a JSON array of objects, or of plain values."""
        try:
            asked = orjson.loads(body)
        except orjson.JSONDecodeError:
            return svv_error(400, BAD_REQUEST, "Forespørselen er ikke JSON.")
        if not isinstance(asked, list) or not asked:
            return svv_error(400, BAD_REQUEST, "Forespørselen må være en liste.")
        values = [one.get(field) if isinstance(one, dict) else one for one in asked]
        pairs = [(one, value) for one, value in zip(asked, values, strict=True) if isinstance(value, str) and value]
        if len(pairs) < len(asked):
            return svv_error(400, BAD_REQUEST, f"Et element mangler {field}.")
        return self.found(field, pairs)

    def found(self, field: str, asked: list[tuple[Any, str]]) -> Reply:
        """`asked`: the item as it was sent, and its value."""
        knobs = self._knobs
        if len(asked) > knobs.register_bulk_max:
            return svv_error(400, BAD_REQUEST, "For mange elementer.")
        if knobs.register_bad_item and any(value == knobs.register_bad_item for _, value in asked):
            return svv_error(400, BAD_REQUEST, "Et element er ugyldig.")
        answers = [
            Answered(item, [kjoretoy(one) for one in self._view.by(field, value)], value == knobs.register_broken_item)
            for item, value in asked
        ]
        given = sum(len(one.vehicles) for one in answers)
        if knobs.register_quota is not None:
            if given > knobs.register_quota:
                return svv_error(422, "KVOTE", QUOTA_TEXT, {"Retry-After": "3600"})
            knobs.register_quota -= given
        quota = 5000 if knobs.register_quota is None else knobs.register_quota
        return shaped(answers, knobs, self._own_shape, quota)
