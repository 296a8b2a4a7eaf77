"""The sandbox's Tolletaten, asked as the published pages say and without our own client: presentations and tokens.

With `test_toll_feed.py` this is row 8 of the facts' consequences: what a simulator must offer.
"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from include.sandbox.toll_goods import CURRENT, OLDER

SCOPE = "toll:movement/entry"
BAG = "GBASFZMLBKONAUN30001001019999"


def of(signals: list[Any]) -> list[tuple[Any, ...]]:
    return [
        (
            one["entrySummaryDeclarationMRN"],
            one["transportDocumentHouseLevel"]["referenceNumber"],
            one["transportDocumentHouseLevel"]["type"],
            one["routingResult"]["routing"],
        )
        for one in signals
    ]


async def test_a_declaration_is_presented_with_an_empty_answer_and_its_houses_are_routed(forwarder: Any) -> None:
    assert await forwarder.present(mrn="23NO00000000000003") == (200, None)
    assert of(await forwarder.signals()) == [
        ("23NO00000000000003", "HC001", "N740", "TO_ENTRY"),
        ("23NO00000000000003", "HC002", "N740", "TO_CONTROL"),
    ]
    (status,) = await forwarder.statuses()
    assert (status["status"], status["validationErrorList"]) == ("SUCCESS", [])
    (line,) = forwarder.truth("present")
    assert (line["result"], line["count"], line["sender"]) == ("TAKEN", 1, "310000019")
    assert line["ref"] == status["requestId"]
    assert len(line["sha256"]) == 64


async def test_the_shared_receptacle_brings_two_houses_under_two_declarations(forwarder: Any) -> None:
    await forwarder.present("receptacle", receptacleIdentificationNumber=BAG)
    signals = await forwarder.signals()
    assert [one[:2] for one in of(signals)] == [
        ("23NO00000000000001", "NO100000001MU"),
        ("23NO00000000000002", "NO100000002MU"),
    ]
    assert {one["receptacleIdentificationNumber"] for one in signals} == {BAG}


async def test_every_row_of_both_matrices_can_be_presented_and_is_routed_as_its_table_says(
    forwarder: Any,
) -> None:
    for name, rows in (("current", CURRENT), ("2024", OLDER)):
        forwarder.sandbox.toll.book.clear()
        forwarder.sandbox.knobs.playground = name
        for mrn in dict.fromkeys(row.mrn for row in rows):
            assert (await forwarder.present(mrn=mrn))[0] == 200
        expected = [(row.mrn, row.document, row.kind, row.routing) for row in rows if row.routing]
        assert of(await forwarder.signals()) == expected
        assert {one["status"] for one in await forwarder.statuses()} == {"SUCCESS"}
    assert [one["containerIdentificationNumber"] for one in await forwarder.signals()] == ["JARU0000010", "JARU0000026"]


async def test_goods_are_signalled_once_however_often_they_are_presented(forwarder: Any) -> None:
    for _ in range(3):
        await forwarder.present(mrn="23NO00000000000004")
    assert len(await forwarder.signals()) == 2
    assert [line["count"] for line in forwarder.truth("present")] == [1, 2, 3]


@pytest.mark.parametrize("when", ["asynchronous", "synchronous"])
async def test_every_other_value_is_a_validation_failure(forwarder: Any, when: str) -> None:
    forwarder.sandbox.knobs.toll_unknown_value = when
    answers = [
        await forwarder.present(mrn="23NO00000000000009"),
        await forwarder.present(mrn="23NO00000000000001", customsOfficeOfPresentation="NO01018C"),
        await forwarder.present("container", containerIdentificationNumber="MSCU1234566"),
        await forwarder.present(
            "house-consignment", transportDocumentHouseLevel={"documentNumber": "HC001", "type": "N999"}
        ),
        await forwarder.present(
            "master-consignment", transportDocumentMasterLevel={"documentNumber": "1", "type": "N741"}
        ),
    ]
    if when == "synchronous":
        assert [status for status, _ in answers] == [400] * 5
        assert answers[1][1]["validationErrors"][0]["error"] == "Must be a valid customs office"
        assert await forwarder.statuses() == []
    else:
        assert [status for status, _ in answers] == [200] * 5
        statuses = await forwarder.statuses()
        assert [one["status"] for one in statuses] == ["FAILURE"] * 5
        pointer = statuses[1]["validationErrorList"][0]
        assert pointer["pointer"] == {"messageElementPath": "customsOfficeOfPresentation"}
    assert await forwarder.signals() == []
    assert {line["count"] for line in forwarder.truth("present")} == {0}


@pytest.mark.parametrize(
    ("body", "field", "error"),
    [
        ({"requestId": ...}, "requestId", "must not be null"),
        ({"requestId": "no uuid"}, "requestId", "must be a valid UUID"),
        ({"customsOfficeOfPresentation": None}, "customsOfficeOfPresentation", "must not be null"),
        ({"customsOfficeOfPresentation": " "}, "customsOfficeOfPresentation", "must not be blank"),
        ({"mrn": "short"}, "mrn", "size must be between 18 and 18"),
        ({"mrn": 5}, "mrn", "must not be blank"),
    ],
)
async def test_a_message_that_breaks_its_form_is_refused_at_once(
    forwarder: Any, body: dict[str, Any], field: str, error: str
) -> None:
    status, told = await forwarder.present(**({"mrn": "23NO00000000000001"} | body))
    assert (status, told) == (400, {"validationErrors": [{"field": field, "error": error}]})
    assert await forwarder.statuses() == []


@pytest.mark.parametrize("how", ["synchronous", "asynchronous", "ignored"])
async def test_the_second_use_of_a_request_id(forwarder: Any, how: str) -> None:
    forwarder.sandbox.knobs.toll_reuse = how
    request = str(uuid.uuid4())
    first = await forwarder.present(requestId=request, mrn="23NO00000000000003")
    second = await forwarder.present(requestId=request, mrn="23NO00000000000003")
    assert first == (200, None)
    results = [line["result"] for line in forwarder.truth("present")]
    said = [one["status"] for one in await forwarder.statuses()]
    if how == "synchronous":
        assert second[0] == 400
        assert second[1]["validationErrors"] == [{"field": "requestId", "error": "requestId is already in use"}]
        assert (results, said) == (["TAKEN", "REUSED"], ["SUCCESS"])
    elif how == "asynchronous":
        assert (second[0], results, said) == (200, ["TAKEN", "REUSED"], ["SUCCESS", "FAILURE"])
    else:
        assert (second[0], results, said) == (200, ["TAKEN", "TAKEN"], ["SUCCESS", "SUCCESS"])


async def test_the_exchange_asks_for_the_published_form_and_a_living_token_with_the_scope(forwarder: Any) -> None:
    assert (await forwarder.exchange(grant_type="urn:x"))[0] == 400
    assert (await forwarder.exchange(subject_token=...))[0] == 400
    assert (await forwarder.exchange(subject_token="nobody"))[0] == 401
    assert (await forwarder.exchange(subject_token=await forwarder.caller.token(scope="svv:kjoretoy/ecoc")))[0] == 403
    assert (await forwarder.exchange())[1]["expires_in"] == 970


async def test_a_toll_token_ends_by_its_clock_by_its_uses_and_by_a_call_of_the_control(forwarder: Any) -> None:
    forwarder.sandbox.clock.skew = 969
    assert (await forwarder.call("GET", "/routing/v1/transport"))[0] == 200
    forwarder.sandbox.clock.skew = 971
    assert (await forwarder.call("GET", "/routing/v1/transport"))[0] == 401
    forwarder.sandbox.clock.skew = 0
    await forwarder.login()
    forwarder.sandbox.knobs.toll_token_uses = 2
    answers = [(await forwarder.call("GET", "/routing/v1/transport"))[0] for _ in range(3)]
    assert answers == [200, 200, 401]
    forwarder.sandbox.knobs.toll_token_uses = None
    await forwarder.login()
    await forwarder.caller.turn("/toll/revoke")
    status, _, headers = await forwarder.call("GET", "/routing/v1/transport")
    assert status == 401
    assert headers["X-CorrelationID"]


async def test_a_maskinporten_token_is_taken_only_where_a_knob_says_so(forwarder: Any) -> None:
    forwarder.token = await forwarder.caller.token(scope=SCOPE)
    assert (await forwarder.call("GET", "/routing/v1/transport"))[0] == 401
    forwarder.sandbox.knobs.toll_token = "either"
    assert (await forwarder.call("GET", "/routing/v1/transport"))[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/presentation/v1/receptacle", {}, 405),
        ("POST", "/routing/v1/transport", {"json": {}}, 405),
        ("GET", "/routing/v2/transport", {}, 404),
        ("GET", "/routing/v1/master-consignment", {}, 404),
        ("POST", "/presentation/v1/receptacle", {"data": b"{}", "headers": {"Content-Type": "text/plain"}}, 415),
        ("POST", "/presentation/v1/receptacle", {"data": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", "/presentation/v1/receptacle", {"json": [1]}, 400),
    ],
)
async def test_what_is_no_call_of_the_interface(
    forwarder: Any, method: str, path: str, options: Any, status: int
) -> None:
    assert (await forwarder.call(method, path, **options))[0] == status
