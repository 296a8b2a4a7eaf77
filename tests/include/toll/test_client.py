"""Presentations over real sockets: what the network does to them, and what is certain afterwards."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from include.errors import ConfigurationError, ServiceUnavailable
from include.maskinporten.grant import Grant
from include.outcomes import Outcome
from include.sandbox.faults import FaultKind
from include.toll.answer import NotAllowed, WrongCall
from include.toll.client import TollClient
from include.toll.presentation import Consignment, Level, message

GOLDEN = Path(__file__).parents[2] / "golden" / "toll"
HOUSE = Consignment(Level.HOUSE, "NO351001", document_number="HC001", document_type="N740")
DECLARATION = Consignment(Level.ENS, "NO351001", mrn="23NO00000000000001")
NEVER_ACTED = ("lost_request", "unavailable", "rate_limited", "error", "html_400", "redirect")


async def sent(customs: Any, *consignments: Consignment, request: UUID | None = None) -> list[Any]:
    async with customs.client() as client:
        return [await client.present(request or uuid4(), one) for one in consignments]


def test_the_known_request_is_written_byte_for_byte() -> None:
    expected = json.loads((GOLDEN / "toll_presentation_ens_request.json").read_text("utf-8"))
    body = message(UUID(expected["requestId"]), DECLARATION)
    assert list(body.items()) == list(expected.items())


@pytest.mark.parametrize(
    ("consignment", "rest"),
    [
        (HOUSE, {"transportDocumentHouseLevel": {"documentNumber": "HC001", "type": "N740"}}),
        (
            Consignment(Level.RECEPTACLE, "NO351001", receptacle="BAG", mrn="23NO00000000000001"),
            {"receptacleIdentificationNumber": "BAG"},
        ),
        (
            Consignment(Level.CONTAINER, "NO351001", container="JARU0000010"),
            {"containerIdentificationNumber": "JARU0000010"},
        ),
        (
            Consignment(Level.MASTER, "NO351001", document_number="020-12345675", document_type="N741"),
            {"transportDocumentMasterLevel": {"documentNumber": "020-12345675", "type": "N741"}},
        ),
    ],
)
def test_each_level_has_the_two_fields_of_all_and_its_own_after_them(consignment: Consignment, rest: Any) -> None:
    request = uuid4()
    body = message(request, consignment)
    assert list(body.items()) == [
        ("requestId", str(request)),
        ("customsOfficeOfPresentation", "NO351001"),
        *rest.items(),
    ]


def test_settings_add_the_mrn_to_a_house_and_rename_fields_wherever_they_stand() -> None:
    house = Consignment(Level.HOUSE, "NO351001", mrn="M", document_number="HC001", document_type="N740")
    assert "mrn" not in message(uuid4(), house)
    body = message(uuid4(), house, house_mrn=True, field_names={"mrn": "MRN", "documentNumber": "referenceNumber"})
    assert body["MRN"] == "M"
    assert body["transportDocumentHouseLevel"] == {"referenceNumber": "HC001", "type": "N740"}


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("content", ["empty", "request_id"])
async def test_any_success_with_any_body_is_accepted(customs: Any, status: int, content: str) -> None:
    customs.sandbox.knobs.toll_success_status = status
    customs.sandbox.knobs.toll_success_body = content
    (answer,) = await sent(customs, HOUSE)
    assert (answer.outcome, answer.http_status, answer.faults) == (Outcome.ACCEPTED, status, ())
    assert answer.correlation_id
    assert answer.token_fingerprint
    assert len(answer.request_sha256) == 64
    assert answer.started_at <= answer.ended_at


async def test_a_message_that_breaks_a_rule_is_refused_with_its_faults(customs: Any) -> None:
    (answer,) = await sent(customs, Consignment(Level.ENS, "NO35", mrn="short"))
    assert answer.outcome is Outcome.REFUSED
    assert [(fault.path, fault.text) for fault in answer.faults] == [
        ("customsOfficeOfPresentation", "size must be between 8 and 8"),
        ("mrn", "size must be between 18 and 18"),
    ]
    assert not answer.already_used


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind not in (*NEVER_ACTED, "cut_body")])
async def test_row_8_a_fault_after_acceptance_is_unknown_and_the_same_request_then_proves_arrival(
    customs: Any, kind: FaultKind
) -> None:
    """Row 8 of the facts' consequences (5xx and timeouts after acceptance), and row 2: the same id is sent again."""
    customs.extra |= {"read_timeout": 0.3}
    customs.fault(kind, slow_seconds=0.6)
    request = uuid4()
    (answer,) = await sent(customs, HOUSE, request=request)
    assert answer.outcome is Outcome.UNKNOWN
    await asyncio.sleep(0.5)
    assert set(customs.presented().values()) == {1}
    (again,) = await sent(customs, HOUSE, request=request)
    assert (again.outcome, again.already_used, again.http_status) == (Outcome.REFUSED, True, 400)
    assert set(customs.presented().values()) == {1}


async def test_a_success_whose_body_breaks_off_is_unknown(customs: Any) -> None:
    customs.sandbox.knobs.toll_success_body = "request_id"
    customs.fault("cut_body")
    (answer,) = await sent(customs, HOUSE)
    assert (answer.outcome, answer.error_class, answer.http_status) == (Outcome.UNKNOWN, "answer_cut", 200)


async def test_a_request_that_was_lost_is_unknown_and_nothing_was_presented(customs: Any) -> None:
    customs.fault("lost_request")
    (answer,) = await sent(customs, HOUSE)
    assert (answer.outcome, answer.error_class) == (Outcome.UNKNOWN, "disconnected")
    assert customs.presented() == {}
    assert customs.sandbox.services["toll"].requests == 1


async def test_a_kept_connection_that_breaks_is_unknown_and_nothing_is_sent_again(customs: Any) -> None:
    """aiohttp repeats some requests by itself when a connection it kept is gone; a presentation must not be one."""
    async with customs.client() as client:
        await client.present(uuid4(), HOUSE)
        customs.fault("lost_answer")
        answer = await client.present(uuid4(), DECLARATION)
    assert (answer.outcome, answer.error_class) == (Outcome.UNKNOWN, "disconnected")
    assert customs.sandbox.services["toll"].requests == 2
    assert set(customs.presented().values()) == {1}


@pytest.mark.parametrize(
    ("kind", "outcome", "error_class"),
    [
        ("unavailable", Outcome.UNKNOWN, "server_error"),
        ("error", Outcome.UNKNOWN, "server_error"),
        ("redirect", Outcome.UNKNOWN, "redirect"),
        ("rate_limited", Outcome.NOT_SENT, "slow_down"),
    ],
)
async def test_a_gateway_that_answers_for_the_authority(
    customs: Any, kind: str, outcome: Outcome, error_class: str
) -> None:
    customs.fault(kind, retry_after=7)
    (answer,) = await sent(customs, HOUSE)
    assert (answer.outcome, answer.error_class) == (outcome, error_class)
    assert answer.retry_after == (7 if kind in ("unavailable", "rate_limited") else None)
    assert customs.sandbox.services["toll"].counts["redirects_followed"] == 0
    assert customs.sandbox.services["toll"].requests == 1


async def test_a_gateways_own_400_refuses_nothing_and_a_person_looks_at_the_settings(customs: Any) -> None:
    customs.fault("html_400")
    with pytest.raises(WrongCall) as turned_away:
        await sent(customs, HOUSE)
    assert turned_away.value.answer.outcome is Outcome.NOT_SENT
    assert str(turned_away.value) == turned_away.value.answer.sentence


async def test_a_wrong_path_is_a_setting(customs: Any) -> None:
    customs.extra |= {"presentation_path": "/api/movement/presentation/v9"}
    with pytest.raises(WrongCall, match="404"):
        await sent(customs, HOUSE)


async def test_a_port_that_nobody_answers_on_is_not_sent(customs: Any) -> None:
    tokens, settings = customs.tokens(), customs.settings
    await tokens.token(Grant(scope=settings.scope))
    await customs.sandbox.services["toll"].stop()
    async with TollClient(settings, tokens, Grant(scope=settings.scope)) as client:
        answer = await client.present(uuid4(), HOUSE)
    assert (answer.outcome, answer.error_class) == (Outcome.NOT_SENT, "connect_failed")


async def test_row_1_a_token_that_ended_is_renewed_once_and_the_presentation_sent_again(customs: Any) -> None:
    """Rows 1 and 8 of the facts' consequences: an expired Toll token answers 401."""
    async with customs.client() as client:
        await client.present(uuid4(), HOUSE)
        customs.sandbox.toll.tokens.revoke_all()
        answer = await client.present(uuid4(), DECLARATION)
    assert answer.outcome is Outcome.ACCEPTED
    assert [line["result"] for line in customs.truth("exchange")] == ["granted", "granted"]
    assert sum(customs.presented().values()) == 2


async def test_an_organisation_that_may_not_is_told_so_and_nothing_is_presented(customs: Any) -> None:
    customs.sandbox.knobs.toll_token = "maskinporten"
    with pytest.raises(NotAllowed) as refused:
        await sent(customs, HOUSE)
    assert refused.value.answer.http_status == 401
    assert refused.value.answer.error_class == "unauthorised"
    assert customs.presented() == {}


async def test_no_token_leaves_the_presentation_unsent_and_may_be_tried_again(customs: Any) -> None:
    class Away:
        async def token(self, grant: Grant) -> Any:
            raise ServiceUnavailable("Maskinporten is away.", retry_after=3)

        def drop(self, grant: Grant, used: Any) -> None:
            raise AssertionError

    async with TollClient(customs.settings, Away(), Grant(scope="toll:movement/entry")) as client:
        answer = await client.present(uuid4(), HOUSE)
    assert (answer.outcome, answer.error_class, answer.sentence) == (
        Outcome.NOT_SENT,
        "token_unavailable",
        "Maskinporten is away.",
    )
    assert answer.retry_after == 3


async def test_guessed_levels_are_sent_only_where_a_setting_says_so(customs: Any) -> None:
    box = Consignment(Level.CONTAINER, "NO351001", container="JARU0000010")
    with pytest.raises(ConfigurationError, match="guessed_levels"):
        await sent(customs, box)
    assert customs.sandbox.services["toll"].requests == 0
    customs.extra |= {"guessed_levels": True}
    (answer,) = await sent(customs, box)
    assert answer.outcome is Outcome.ACCEPTED


async def test_an_intent_that_ran_out_is_not_written(customs: Any) -> None:
    wires: list[int] = []
    async with customs.client() as client:
        answer = await client.present(uuid4(), HOUSE, may_send=lambda: False, on_wire=lambda: wires.append(1))
        assert (answer.outcome, answer.error_class, wires) == (Outcome.NOT_SENT, "expired_intent", [])
        await client.present(uuid4(), HOUSE, on_wire=lambda: wires.append(1))
    assert wires == [1]
    assert customs.sandbox.services["toll"].requests == 1


async def test_no_more_requests_are_in_flight_than_the_setting_says(customs: Any) -> None:
    from include.sandbox.faults import Latency

    customs.sandbox.knobs.latency["toll"] = Latency(0.05)
    async with customs.client(max_parallel=2) as client:
        start = asyncio.get_running_loop().time()
        await asyncio.gather(*(client.present(uuid4(), HOUSE) for _ in range(6)))
    assert asyncio.get_running_loop().time() - start >= 0.15
    assert sum(customs.presented().values()) == 6
