"""The create message equals the published requests in structure and carries the importer's own bytes."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from include.vegvesen.avgift import Avgiftsklassifisering
from include.vegvesen.messages import create_body

PLACEHOLDER = "<base64 of the IVI XML>"


@pytest.mark.parametrize(
    ("name", "shape", "reference"),
    [
        ("ecoc_create_request_object.json", "object", "3a0f9b22-a855-4933-bf78-959128c2a5d3"),
        ("ecoc_create_request_array.json", "array", None),
    ],
)
def test_the_message_is_the_published_request(kit: Any, name: str, shape: Any, reference: str | None) -> None:
    content = b"<InitialVehicleInformation/>"
    published = kit.golden(name).replace(PLACEHOLDER.encode(), base64.b64encode(content))
    body = create_body(content, reference, Avgiftsklassifisering("101", None, None, "sidecar"), shape)
    assert body == json.dumps(json.loads(published), separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "content",
    [
        '<?xml version="1.0" encoding="utf-16"?><a>æøå</a>'.encode("utf-16"),
        b"\xef\xbb\xbf<a>\r\n</a>\x00",
        b"",
        bytes(256),
    ],
)
def test_the_document_travels_as_its_original_bytes(content: bytes) -> None:
    message = json.loads(create_body(content, None, None, "object"))
    assert base64.b64decode(message["ivi"]["iviDokument"], validate=True) == content


def test_without_a_code_the_classification_is_left_out_altogether() -> None:
    for avgift in (None, Avgiftsklassifisering(), Avgiftsklassifisering(None, "5", "2", "sidecar")):
        assert json.loads(create_body(b"<a/>", None, avgift, "object")) == {"ivi": {"iviDokument": "PGEvPg=="}}


def test_seats_and_beds_are_sent_as_text() -> None:
    message = json.loads(create_body(b"", "r", Avgiftsklassifisering("316", "0", "4", "party_rule"), "array"))
    assert message == [
        {
            "avgiftsklassifisering": {
                "avgiftsKode": "316",
                "sitteplasserNorskGodkjenning": "0",
                "sengeplasserCampingbil": "4",
            },
            "ivi": {"iviDokument": "", "iviReferanse": "r"},
        }
    ]


async def test_the_client_posts_the_message_to_the_published_path(kit: Any) -> None:
    body = create_body(b"<a/>", None, None, "object")
    created = kit.http(200, kit.golden("ecoc_created_with_warning.json"))
    async with kit.answering(created) as authority, kit.client(authority.url) as client:
        await client.create(body)
    (request,) = authority.requests
    assert (request.method, request.body) == ("POST", body)
    assert request.path == "/ws/no/vegvesen/kjoretoy/felles/innmelding/meldingompreregistrering/v1/opprette"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == f"Bearer {kit.CANARY}-0"
    assert request.headers["content-length"] == str(len(body))
