"""Client and polls against the sandbox over real sockets: presented, validated, routed."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from include.toll.answer import Outcome
from include.toll.presentation import Consignment, Level

GARDERMOEN = "NO351001"
BAG = "GBASFZMLBKONAUN30001001019999"


def house(number: str, kind: str) -> Consignment:
    return Consignment(Level.HOUSE, GARDERMOEN, document_number=number, document_type=kind)


async def test_the_current_matrix_is_presented_on_three_levels_and_routed_as_its_table_says(customs: Any) -> None:
    consignments = [
        Consignment(Level.RECEPTACLE, GARDERMOEN, receptacle=BAG),
        Consignment(Level.ENS, GARDERMOEN, mrn="23NO00000000000003"),
        house("HC001", "N703"),
        house("HC002", "N703"),
        Consignment(Level.ENS, GARDERMOEN, mrn="23NO00000000000005"),
    ]
    ids = [uuid4() for _ in consignments]
    async with customs.client() as client:
        answers = [await client.present(one, consignment) for one, consignment in zip(ids, consignments, strict=True)]
    assert [(one.outcome, one.http_status, one.reply) for one in answers] == [(Outcome.ACCEPTED, 200, None)] * 5
    polls = customs.polls()
    statuses = await asyncio.to_thread(polls.validation_status)
    assert [(one.request_id, one.status) for one in statuses.items] == [(str(one), "SUCCESS") for one in ids]
    page = await asyncio.to_thread(polls.routing, "house-consignment", None)
    assert [(one.mrn, one.document_number, one.document_type, one.container, one.routing) for one in page.items] == [
        ("23NO00000000000001", "NO100000001MU", "N750", None, "TO_CONTROL"),
        ("23NO00000000000002", "NO100000002MU", "N750", None, "TO_ENTRY"),
        ("23NO00000000000003", "HC001", "N740", None, "TO_ENTRY"),
        ("23NO00000000000003", "HC002", "N740", None, "TO_CONTROL"),
        ("23NO00000000000004", "HC001", "N703", None, "TO_CONTROL"),
        ("23NO00000000000004", "HC002", "N703", None, "TO_ENTRY"),
        ("23NO00000000000005", "HC003", "N714", "JARU0000010", "TO_CONTROL"),
        ("23NO00000000000005", "HC004", "N714", "JARU0000026", "TO_ENTRY"),
    ]
    assert page.last_id == page.items[-1].id
    after = await asyncio.to_thread(polls.routing, "house-consignment", page.last_id)
    assert (after.items, after.last_id) == ((), None)
    assert [line["ref"] for line in customs.truth("signal")] == [one.id for one in page.items]
    assert set(customs.presented().values()) == {1}
    polls.close()


async def test_goods_that_do_not_exist_fail_with_the_validation_status(customs: Any) -> None:
    request = uuid4()
    async with customs.client() as client:
        answer = await client.present(request, house("HC009", "N740"))
    assert answer.outcome is Outcome.ACCEPTED
    (status,) = (await asyncio.to_thread(customs.polls().validation_status)).items
    assert (status.request_id, status.status, status.already_used) == (str(request), "FAILURE", False)
    assert status.faults[0].path == "transportDocumentHouseLevel.documentNumber"


@pytest.mark.parametrize("mode", ["query", "path"])
async def test_the_status_of_one_request_is_404_until_it_is_ready(customs: Any, mode: str) -> None:
    customs.sandbox.knobs.toll_status_seconds = 4.0
    request = uuid4()
    async with customs.client() as client:
        await client.present(request, house("HC001", "N740"))
    polls = customs.polls(validation_status_mode=mode)
    assert await asyncio.to_thread(polls.validation_of, request) is None
    async with asyncio.timeout(30):
        while (found := await asyncio.to_thread(polls.validation_of, request)) is None:
            await asyncio.sleep(0.2)
    assert (found.request_id, found.status) == (str(request), "SUCCESS")
    assert await asyncio.to_thread(polls.validation_of, UUID(int=1, version=4)) is None


async def test_what_was_given_out_before_a_restart_is_known_after_it(customs: Any) -> None:
    from include.sandbox import Sandbox

    request = uuid4()
    async with customs.client() as client:
        await client.present(request, house("HC001", "N740"))
    before = await asyncio.to_thread(customs.polls().routing, "house-consignment", None)
    home = customs.sandbox.home
    await customs.sandbox.stop()
    async with Sandbox(home, seed=7) as again:
        later = type(customs)(again)
        async with later.client() as client:
            answer = await client.present(request, house("HC001", "N740"))
        assert (answer.outcome, answer.already_used) == (Outcome.REFUSED, True)
        page = await asyncio.to_thread(later.polls().routing, "house-consignment", None)
        assert page.items == before.items
        page = await asyncio.to_thread(later.polls().routing, "house-consignment", before.last_id)
        assert page.items == ()
