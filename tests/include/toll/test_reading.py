"""From the bytes of a poll to signals and statuses: nulls, extra fields, unknown values, other places of a field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.toll.answer import Fault
from include.toll.polling import Malformed, Signal, Status
from include.toll.reading import Unreadable, elements, signal, status
from include.toll.reuse import EVERY_WAY

ID = "0d5a8f5e-8c36-4f0c-9d0e-6d5f3f1f0a11"
FULL: dict[str, Any] = {
    "entrySummaryDeclarationMRN": "23NO00000000000003",
    "transportDocumentHouseLevel": {"referenceNumber": "HC002", "type": "N740"},
    "activeBorderTransportMeans": {"identificationNumber": "SB10001", "typeOfIdentification": "30"},
    "estimatedTimeOfArrival": "2026-11-22T04:00:00Z",
    "scheduledTimeOfArrival": "2026-11-22T03:50:00Z",
    "routingResult": {
        "id": ID,
        "routing": "TO_CONTROL",
        "documentIssueDate": "2026-11-22T05:00:00+01:00",
        "routingControlLocation": "ON_ENTRY",
    },
    "receptacleIdentificationNumber": "GBASFZMLBKONAUN30001001019999",
    "containerIdentificationNumber": "JARU0000010",
    "addedLater": {"deep": [1, None]},
}


def read(**changes: Any) -> Signal:
    found = signal(FULL | changes)
    assert isinstance(found, Signal)
    return found


def test_every_published_field_has_its_place() -> None:
    assert read() == Signal(
        id=ID,
        mrn="23NO00000000000003",
        document_number="HC002",
        document_type="N740",
        receptacle="GBASFZMLBKONAUN30001001019999",
        container="JARU0000010",
        transport_id="SB10001",
        transport_type="30",
        eta=datetime(2026, 11, 22, 4, tzinfo=UTC),
        sta=datetime(2026, 11, 22, 3, 50, tzinfo=UTC),
        routing="TO_CONTROL",
        control_location="ON_ENTRY",
        issued_at=datetime(2026, 11, 22, 4, tzinfo=UTC),
        raw=orjson.dumps(FULL),
    )


def test_row_3_a_field_is_found_in_each_of_its_likely_places() -> None:
    """Row 3 of the facts' consequences: what is not published is read in every form."""
    assert read(transportDocumentHouseLevel={"documentNumber": "X", "type": "N703"}).document_number == "X"
    result = {"id": ID, "routing": "TO_ENTRY"}
    outside = read(routingResult=result, routingControlLocation="AFTER_ENTRY", documentIssueDate="2026-01-01T00:00:00Z")
    assert outside.control_location == "AFTER_ENTRY"
    assert outside.issued_at == datetime(2026, 1, 1, tzinfo=UTC)
    bare = {name: value for name, value in FULL.items() if name != "receptacleIdentificationNumber"}
    for name in ("receptacleIdentification", "receptacle"):
        found = signal(bare | {name: {"identificationNumber": "BAG"}})
        assert isinstance(found, Signal)
        assert found.receptacle == "BAG"


def test_nulls_and_values_nobody_has_seen_are_kept_as_they_are() -> None:
    nulls = signal(dict.fromkeys(FULL) | {"routingResult": {"id": ID, "routing": "TO_SOMEWHERE_NEW"}})
    assert isinstance(nulls, Signal)
    assert (nulls.routing, nulls.mrn, nulls.eta, nulls.control_location) == ("TO_SOMEWHERE_NEW", None, None, None)


@pytest.mark.parametrize("text", ["soon", "", 5, None, "2026-13-01T00:00:00Z", "0000-00-00"])
def test_a_time_that_cannot_be_read_is_none_and_stops_nothing(text: Any) -> None:
    assert read(estimatedTimeOfArrival=text).eta is None


def test_a_time_without_an_offset_is_utc() -> None:
    assert read(estimatedTimeOfArrival="2026-11-22T04:00:00").eta == datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("item", "identity"),
    [
        ({}, None),
        ({"routingResult": {"routing": "TO_ENTRY"}}, None),
        ({"routingResult": {"id": ID}}, ID),
        ({"routingResult": {"id": ID, "routing": ["TO_ENTRY"]}}, ID),
        ({"routingResult": [ID]}, None),
        ([], None),
        ("text", None),
        (None, None),
    ],
)
def test_what_has_no_id_or_says_nothing_is_malformed_and_kept_raw(item: Any, identity: str | None) -> None:
    found = signal(item)
    assert isinstance(found, Malformed)
    assert (found.id, orjson.loads(found.raw)) == (identity, item)


def test_texts_can_be_stored_by_a_database() -> None:
    assert read(entrySummaryDeclarationMRN="a\x00b").mrn == "a�b"
    assert len(read(entrySummaryDeclarationMRN="x" * 5000).mrn or "") == 1000


def test_one_text_that_is_no_unicode_does_not_hide_its_page() -> None:
    body = b'[{"routingResult":{"id":"a","routing":"\\ud800"}},{"routingResult":{"id":"b","routing":"TO_ENTRY"}}]'
    first, second = map(signal, elements(body))
    assert isinstance(first, Signal)
    assert isinstance(second, Signal)
    assert first.routing.encode()
    assert (second.id, second.routing) == ("b", "TO_ENTRY")
    first, second = map(signal, elements(body.replace(b"\\ud800", b"\xff")))
    assert isinstance(second, Signal)


@pytest.mark.parametrize(
    ("body", "number"),
    [(b"", 0), (b" \n", 0), (b"[]", 0), (b"[1,2]", 2), (b'{"items":[1,2,3]}', 3), (b'{"requestId":"x","list":[1]}', 1)],
)
def test_a_page_is_an_array_bare_or_wrapped_or_one_object(body: bytes, number: int) -> None:
    assert len(elements(body)) == number


@pytest.mark.parametrize("body", [b"<html></html>", b"[1,", b"5", b'"x"', b"null", b"[" * 100_000])
def test_anything_else_is_no_page(body: bytes) -> None:
    with pytest.raises(Unreadable):
        elements(body)


def test_a_failed_status_has_its_faults_in_either_form() -> None:
    told = {
        "requestId": "r",
        "status": "FAILURE",
        "notificationDate": "2026-11-22T04:00:00Z",
        "mrn": "M",
        "validationErrorList": [
            {"description": "Must be a valid customs office", "pointer": {"messageElementPath": "customsOffice"}},
            {"description": None, "pointer": None},
            "plain",
            7,
        ],
        "validationErrors": [{"field": "f", "error": "e"}],
    }
    found = status(told, EVERY_WAY)
    assert isinstance(found, Status)
    assert found.faults == (
        Fault("f", "e"),
        Fault("customsOffice", "Must be a valid customs office"),
        Fault("", "plain"),
    )
    assert (found.request_id, found.status, found.mrn, found.already_used) == ("r", "FAILURE", "M", False)
    assert found.notified_at == datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("item", "identity"), [({}, None), ({"requestId": "r"}, "r"), ({"status": "SUCCESS"}, None), (3, None)]
)
def test_a_status_without_request_or_status_is_malformed(item: Any, identity: str | None) -> None:
    found = status(item, EVERY_WAY)
    assert isinstance(found, Malformed)
    assert found.id == identity


NAMES = st.sampled_from([*FULL, "id", "routing", "status", "requestId", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_no_element_stops_a_poll(item: Any) -> None:
    for found in (signal(item), status(item, EVERY_WAY)):
        assert isinstance(found, Signal | Status | Malformed)
        assert found.raw
