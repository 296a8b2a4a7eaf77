"""Polls over real sockets: pages by marker, statuses in each mode, and what each refusal means."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any
from uuid import uuid4

import orjson
import pytest

from include.errors import AccessDenied, ConfigurationError, RateLimited, ServiceUnavailable
from include.sandbox.toll_generated import Plan
from include.toll.polling import Malformed, MarkerRefused, Page, ReadLater
from include.toll.presentation import Consignment, Level

HOUSES = "house-consignment"
HOUSE = Consignment(Level.HOUSE, "NO351001", document_number="HC001", document_type="N740")


async def asked(question: Any, *arguments: Any) -> Any:
    return await asyncio.to_thread(question, *arguments)


async def everything(polls: Any, endpoint: str = HOUSES, marker: str | None = None) -> list[Page[Any]]:
    """Page after page until the list is empty, as the documentation says."""
    pages = []
    while True:
        page = await asked(polls.routing, endpoint, marker)
        if page.last_id is None:
            return pages
        pages.append(page)
        marker = page.last_id


async def test_row_8_a_feed_of_2500_is_read_in_three_pages_in_feed_order_with_its_duplicates(customs: Any) -> None:
    customs.sandbox.toll.generate(Plan(signals=2500, seed=3))
    pages = await everything(customs.polls())
    assert [len(page.items) for page in pages] == [1000, 1000, 500]
    ids = [one.id for page in pages for one in page.items]
    told = [line["ref"] for line in customs.truth("signal")]
    assert list(dict.fromkeys(ids)) == told
    assert len(ids) - len(told) == sum(one == other for one, other in itertools.pairwise(ids)) > 10
    assert len({one.routing for page in pages for one in page.items}) >= 4


async def test_a_page_that_ends_exactly_with_the_feed_is_followed_by_an_empty_one(customs: Any) -> None:
    customs.sandbox.toll.generate(Plan(signals=2000, duplicates=0.0))
    assert [len(page.items) for page in await everything(customs.polls())] == [1000, 1000]


async def test_row_8_a_late_commit_is_behind_the_marker_and_found_by_a_second_reading(customs: Any) -> None:
    customs.sandbox.toll.generate(Plan(signals=1500, late=5, duplicates=0.0))
    polls = customs.polls()
    first = [one.id for page in await everything(polls) for one in page.items]
    assert len(first) == 1495
    assert await everything(polls, marker=first[-1]) == []
    second = [one.id for page in await everything(polls) for one in page.items]
    assert len(second) == 1500
    assert set(first) < set(second)
    assert [one for one in second if one in set(first)] == first


async def test_row_8_goods_are_routed_again_and_a_release_may_be_taken_back(customs: Any) -> None:
    customs.sandbox.toll.generate(Plan(signals=5000, seed=1))
    story: dict[str, list[str]] = {}
    for page in await everything(customs.polls()):
        for one in page.items:
            told = story.setdefault(one.document_number, [])
            if told[-1:] != [one.routing]:
                told.append(one.routing)
    stories = {tuple(one) for one in story.values()}
    assert {("TO_CONTROL", "TO_ENTRY"), ("TO_ENTRY", "TO_CONTROL"), ("ENTRY_PENDING", "TO_ENTRY")} <= stories


async def test_malformed_signals_keep_their_place_and_stop_nobody(customs: Any) -> None:
    customs.sandbox.toll.generate(Plan(signals=300, malformed=6, duplicates=0.0))
    (page,) = await everything(customs.polls())
    broken = [one for one in page.items if isinstance(one, Malformed)]
    assert (len(page.items), len(broken)) == (300, 6)
    assert sum(one.id is not None for one in broken) == 2
    assert all(one.raw and one.sentence.endswith(".") for one in broken)


def test_the_elements_of_a_page_are_read_once_and_not_before_they_are_looked_at() -> None:
    read: list[int] = []

    def double(number: int) -> int:
        read.append(number)
        return 2 * number

    later = ReadLater([1, 2, 3], double)
    assert (len(later), bool(later), read) == (3, True, [])
    assert (list(later), later[-1], later[:2], len(later), later) == ([2, 4, 6], 6, (2, 4), 3, (2, 4, 6))
    assert read == [1, 2, 3]


async def test_a_malformed_last_signal_is_passed_by_its_id_or_stays_in_front_of_the_marker(customs: Any) -> None:
    toll, polls = customs.sandbox.toll, customs.polls()
    toll.generate(Plan(signals=3, duplicates=0.0))
    identity = str(uuid4())
    toll.raw_signal(orjson.dumps({"routingResult": {"id": identity}}), identity)
    page = await asked(polls.routing, HOUSES, None)
    assert page.last_id == identity
    toll.raw_signal(b"[]")
    page = await asked(polls.routing, HOUSES, identity)
    assert ([type(one) for one in page.items], page.last_id) == ([Malformed], None)


async def test_the_transport_level_has_a_feed_and_a_marker_of_its_own(customs: Any) -> None:
    customs.sandbox.toll.generate(Plan(signals=5, endpoint="transport", duplicates=0.0))
    polls = customs.polls()
    (page,) = await everything(polls, "transport")
    assert {(one.document_number, one.transport_type) for one in page.items} == {(None, "30")}
    assert await everything(polls) == []


@pytest.mark.parametrize("knob", ["400", "404"])
async def test_row_8_a_marker_that_nobody_gave_out_is_refused_by_name(customs: Any, knob: str) -> None:
    customs.sandbox.knobs.toll_unknown_marker = knob
    with pytest.raises(MarkerRefused, match="rewind"):
        await asked(customs.polls().routing, HOUSES, str(uuid4()))
    assert customs.naps == []


async def test_a_marker_that_is_its_own_page_shows_itself_so_that_a_loop_guard_can_see_it(customs: Any) -> None:
    customs.sandbox.knobs.toll_marker = "inclusive"
    customs.sandbox.toll.generate(Plan(signals=3, duplicates=0.0))
    polls = customs.polls()
    page = await asked(polls.routing, HOUSES, None)
    again = await asked(polls.routing, HOUSES, page.last_id)
    assert again.last_id == page.last_id


async def test_row_8_a_poll_meets_an_ended_token_with_one_renewal(customs: Any) -> None:
    customs.sandbox.toll.generate(Plan(signals=10))
    polls = customs.polls()
    await asked(polls.routing, HOUSES, None)
    customs.sandbox.toll.tokens.revoke_all()
    assert len((await asked(polls.routing, HOUSES, None)).items) == 10
    assert len(customs.truth("exchange")) == 2


async def test_a_token_that_is_never_taken_is_a_persons_task(customs: Any) -> None:
    customs.sandbox.knobs.toll_token = "maskinporten"
    with pytest.raises(AccessDenied, match="twice"):
        await asked(customs.polls().routing, HOUSES, None)


async def test_faults_in_passing_are_sat_out_and_the_page_is_whole(customs: Any) -> None:
    customs.sandbox.toll.generate(Plan(signals=50, duplicates=0.0))
    customs.fault("cut_body", "html_400", lane="toll_polls")
    page = await asked(customs.polls().routing, HOUSES, None)
    assert len(page.items) == 50
    assert len(customs.naps) == 2


@pytest.mark.parametrize("kind", ["unavailable", "error", "lost_answer", "cut_body", "html_400"])
async def test_an_outage_is_another_time_also_with_a_marker(customs: Any, kind: str) -> None:
    customs.sandbox.toll.generate(Plan(signals=5, duplicates=0.0))
    polls = customs.polls()
    marker = (await asked(polls.routing, HOUSES, None)).items[0].id
    customs.fault(*[kind] * 3, lane="toll_polls")
    with pytest.raises(ServiceUnavailable):
        await asked(polls.routing, HOUSES, marker)


async def test_being_asked_to_slow_down_says_for_how_long(customs: Any) -> None:
    customs.fault("rate_limited", lane="toll_polls", retry_after=60)
    with pytest.raises(RateLimited) as slow:
        await asked(customs.polls().routing, HOUSES, None)
    assert slow.value.retry_after == 60
    assert customs.naps == []


async def test_a_redirect_and_a_wrong_path_are_settings(customs: Any) -> None:
    customs.fault("redirect", lane="toll_polls")
    with pytest.raises(ConfigurationError, match="redirects"):
        await asked(customs.polls().routing, HOUSES, None)
    with pytest.raises(ConfigurationError, match="404"):
        await asked(customs.polls(routing_path="/api/movement/routing/v9").routing, HOUSES, None)


async def test_a_page_above_the_cap_is_a_setting_and_not_read_to_its_end(customs: Any) -> None:
    customs.sandbox.toll.generate(Plan(signals=900))
    with pytest.raises(ConfigurationError, match="max_reply_bytes"):
        await asked(customs.polls(max_reply_bytes=1000).routing, HOUSES, None)


async def test_statuses_of_strangers_come_along(customs: Any) -> None:
    customs.sandbox.toll.strange_status("11111111-1111-4111-8111-111111111111", "LATER_PERHAPS")
    (one,) = (await asked(customs.polls().validation_status)).items
    assert (one.request_id, one.status) == ("11111111-1111-4111-8111-111111111111", "LATER_PERHAPS")


@pytest.mark.parametrize("empty", ["list", "404"])
async def test_no_status_at_all_is_an_empty_page_in_either_form(customs: Any, empty: str) -> None:
    customs.sandbox.knobs.toll_status_empty = empty
    assert await asked(customs.polls().validation_status) == Page((), None)


async def test_a_setting_makes_404_of_the_status_list_an_error(customs: Any) -> None:
    customs.sandbox.knobs.toll_status_empty = "404"
    with pytest.raises(ConfigurationError, match="404"):
        await asked(customs.polls(validation_status_missing="error").validation_status)


async def test_row_3_the_list_can_be_read_by_a_marker_of_either_kind(customs: Any) -> None:
    """Row 3 of the facts' consequences: what is unknown about validation status is a setting."""
    async with customs.client() as client:
        ids = [uuid4() for _ in range(3)]
        for one in ids:
            await client.present(one, HOUSE)
    page = await asked(customs.polls(validation_status_marker="id").validation_status)
    assert [one.request_id for one in page.items] == [str(one) for one in ids]
    assert (await asked(customs.polls().validation_status, page.last_id)).items == ()
    page = await asked(customs.polls(validation_status_marker="requestId").validation_status)
    assert page.last_id == str(ids[-1])
    page = await asked(customs.polls(validation_status_marker="none").validation_status, "anything")
    assert (len(page.items), page.last_id) == (3, None)


async def test_row_3_a_question_of_the_other_mode_is_refused_before_it_is_sent(customs: Any) -> None:
    with pytest.raises(ConfigurationError, match="validation_status_mode"):
        await asked(customs.polls().validation_of, uuid4())
    with pytest.raises(ConfigurationError, match="validation_status_mode"):
        await asked(customs.polls(validation_status_mode="path").validation_status)
    assert customs.sandbox.services["toll_polls"].requests == 0


async def test_row_2_a_reuse_refused_later_is_told_apart_from_the_status_of_the_first_use(customs: Any) -> None:
    """Row 2 of the facts' consequences, asynchronous."""
    customs.sandbox.knobs.toll_reuse = "asynchronous"
    request = uuid4()
    async with customs.client() as client:
        answers = [await client.present(request, HOUSE) for _ in range(2)]
    assert [one.outcome.value for one in answers] == ["accepted", "accepted"]
    items = (await asked(customs.polls().validation_status)).items
    assert [(one.status, one.already_used) for one in items] == [("SUCCESS", False), ("FAILURE", True)]
    assert set(customs.presented().values()) == {1}
    items = (await asked(customs.polls(reuse_refusal="synchronous").validation_status)).items
    assert [one.already_used for one in items] == [False, False]
