"""From the bytes of a poll to signals and statuses. Nothing in a page stops the others in it.

Sources of the names: Tolletaten's pages on control routing and asynchronous validation errors, and a live client. Where
those leave the place of a field open (control location, receptacle, container), every likely place is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from include.toll.faults import faults_in, plain_text
from include.toll.polling import Malformed, Signal, Status
from include.toll.reuse import Reuse

_LONGEST = 1000
_LONGEST_TIME = 40
_NOTHING: Mapping[str, Any] = {}
_RECEPTACLE = ("receptacleIdentificationNumber", "receptacleIdentification", "receptacle")
_CONTAINER = ("containerIdentificationNumber", "containerIdentification", "container")


class Unreadable(ValueError):
    """A body that is not what a poll answers with."""


def elements(body: bytes) -> list[Any]:
    """The elements of a page: a bare array, an object around one array, or one object alone; none in an empty body.

    Raises Unreadable for anything else.
    """
    if not body.strip():
        return []
    told = _json(body)
    if isinstance(told, list):
        return told
    if isinstance(told, dict):
        lists = [value for value in told.values() if isinstance(value, list)]
        if len(lists) == 1 and "requestId" not in told and "routingResult" not in told:
            return list(lists[0])
        return [told]
    raise Unreadable


def signal(item: Any) -> Signal | Malformed:
    """One routing signal. Malformed without id or without routing."""
    raw = raw_of(item)
    if not isinstance(item, dict):
        return Malformed(raw, "A routing signal is no JSON object.", None)
    result = _object(item.get("routingResult"))
    identity, routing = _text(result.get("id")), _text(result.get("routing"))
    if identity is None or routing is None:
        missing = "routing" if identity is not None else "id"
        return Malformed(raw, f"A routing signal has no {missing}.", identity)
    house = _object(item.get("transportDocumentHouseLevel"))
    means = _object(item.get("activeBorderTransportMeans"))
    return Signal(
        identity,
        _text(item.get("entrySummaryDeclarationMRN")),
        _text(house.get("referenceNumber")) or _text(house.get("documentNumber")),
        _text(house.get("type")),
        _number(item, _RECEPTACLE),
        _number(item, _CONTAINER),
        _text(means.get("identificationNumber")),
        _text(means.get("typeOfIdentification")),
        _time(item.get("estimatedTimeOfArrival")),
        _time(item.get("scheduledTimeOfArrival")),
        routing,
        _text(result.get("routingControlLocation")) or _text(item.get("routingControlLocation")),
        _time(result.get("documentIssueDate")) or _time(item.get("documentIssueDate")),
        raw,
    )


def status(item: Any, reuse: Reuse) -> Status | Malformed:
    """One validation status. Malformed without requestId or without status."""
    raw = raw_of(item)
    if not isinstance(item, dict):
        return Malformed(raw, "A validation status is no JSON object.", None)
    request_id, said = _text(item.get("requestId")), _text(item.get("status"))
    if request_id is None or said is None:
        missing = "status" if request_id is not None else "requestId"
        return Malformed(raw, f"A validation status has no {missing}.", request_id)
    faults = faults_in(item)
    return Status(
        request_id=request_id,
        status=said,
        notified_at=_time(item.get("notificationDate")),
        faults=faults,
        mrn=_text(item.get("mrn")),
        raw=raw,
        already_used=said.upper() != "SUCCESS" and reuse.later(faults),
    )


def raw_of(item: Any) -> bytes:
    """The element as JSON."""
    try:
        return orjson.dumps(item)
    except (orjson.JSONEncodeError, RecursionError):
        # Half of a surrogate pair, or a number beyond 64 bits: only the standard library can write it again.
        return json.dumps(item).encode("ascii")


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        # One text that is no Unicode must not hide the other signals of its page.
        return json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        raise Unreadable from None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else _NOTHING


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if value.__class__ is str and len(value) <= _LONGEST and value.isprintable():
        return value or None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return plain_text(value) or None


def _number(item: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """An identification number: plain, or an object's only text."""
    for name in names:
        value = item.get(name)
        if value is None:
            continue
        if isinstance(value, dict):
            value = value.get("identificationNumber") or value.get(names[0])
        if (text := _text(value)) is not None:
            return text
    return None


def _time(value: Any) -> datetime | None:
    """An aware time; one without an offset is UTC, as all of the interface is. None when it cannot be read."""
    return _moment(value) if isinstance(value, str) and len(value) <= _LONGEST_TIME else None


@lru_cache(maxsize=4096)  # the houses of one arrival share their times
def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        # In UTC, since an offset that Python takes may be more than PostgreSQL does.
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
