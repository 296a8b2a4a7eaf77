"""The sandbox's feeds of signals and statuses: waiting, paging, generating, and what can be added from outside.

Row 8 of the facts' consequences: what a simulator must offer.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from typing import Any

import pytest

from include.errors import ConfigurationError
from include.sandbox.knobs import Knobs
from include.sandbox.toll_feed import Element, Feed
from include.sandbox.toll_generated import Plan, generated, plan_of


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


async def test_statuses_and_signals_wait_as_long_as_their_knobs_say(forwarder: Any) -> None:
    forwarder.sandbox.knobs.toll_status_seconds, forwarder.sandbox.knobs.toll_signal_seconds = 0.15, 0.4
    request = str(uuid.uuid4())
    await forwarder.present(requestId=request, mrn="23NO00000000000003")
    one = f"/presentation/v1/validation-status/{request}"
    assert (await forwarder.call("GET", one))[0] == 404
    assert await forwarder.statuses() == []
    await asyncio.sleep(0.2)
    assert (await forwarder.call("GET", one))[1]["status"] == "SUCCESS"
    assert (await forwarder.call("GET", f"/presentation/v1/validation-status?requestId={request}"))[0] == 200
    assert await forwarder.signals() == []
    await asyncio.sleep(0.3)
    assert len(await forwarder.signals()) == 2


async def test_a_knob_routes_the_matrix_without_a_presentation(forwarder: Any) -> None:
    assert await forwarder.signals() == []
    forwarder.sandbox.knobs.toll_unpresented = True
    assert len(await forwarder.signals()) == 8
    assert await forwarder.signals(level="transport") == []


async def test_any_goods_exist_when_a_knob_says_so(forwarder: Any) -> None:
    forwarder.sandbox.knobs.toll_goods = "any"
    for number in range(60):
        await forwarder.present(mrn=f"26NO{number:014d}")
    assert {one["status"] for one in await forwarder.statuses()} == {"SUCCESS"}
    routings = Counter(routing for *_, routing in of(await forwarder.signals()))
    assert set(routings) == {"TO_ENTRY", "TO_CONTROL"}
    assert routings["TO_ENTRY"] > 3 * routings["TO_CONTROL"]


async def test_signals_are_paged_by_the_last_id_until_the_list_is_empty(forwarder: Any) -> None:
    forwarder.sandbox.knobs.toll_page = 100
    forwarder.sandbox.toll.generate(Plan(signals=250, duplicates=0.0))
    marker, sizes, seen = None, [], []
    while page := await forwarder.signals(marker):
        sizes.append(len(page))
        seen += [one["routingResult"]["id"] for one in page]
        marker = seen[-1]
    assert sizes == [100, 100, 50]
    assert seen == [line["ref"] for line in forwarder.truth("signal")]
    assert len(set(seen)) == 250


@pytest.mark.parametrize(("knob", "expected"), [("400", 400), ("404", 404), ("empty", []), ("start", 10)])
async def test_an_unknown_marker(forwarder: Any, knob: str, expected: Any) -> None:
    forwarder.sandbox.knobs.toll_unknown_marker = knob
    forwarder.sandbox.toll.generate(Plan(signals=10))
    status, told, _ = await forwarder.call("GET", f"/routing/v1/house-consignment?marker={uuid.uuid4()}")
    assert expected in (status, told) or (isinstance(told, list) and len(told) == expected)


async def test_each_lane_has_numbers_and_faults_of_its_own(forwarder: Any) -> None:
    await forwarder.caller.turn("/faults", service="toll", at={"2": "error"})
    await forwarder.signals()
    assert (await forwarder.present(mrn="23NO00000000000003"))[0] == 200
    await forwarder.signals()
    assert (await forwarder.present(mrn="23NO00000000000004"))[0] == 500
    _, state = await forwarder.caller.turn("/knobs")
    assert {name: state["requests"][name] for name in ("toll", "toll_polls", "toll_token")} == {
        "toll": 2,
        "toll_polls": 2,
        "toll_token": 1,
    }
    assert state["toll"]["presented"] == 1


async def test_signals_and_statuses_can_be_added_from_outside(forwarder: Any) -> None:
    turn = forwarder.caller.turn
    assert (await turn("/toll/generate", signals=5, duplicates=0.0, late=2))[0] == 200
    assert len(await forwarder.signals()) == 3
    await turn("/toll/commit")
    assert len(await forwarder.signals()) == 5
    again = {"document": "HC001", "kind": "N740", "mrn": "23NO00000000000003", "routing": "TO_CONTROL"}
    assert (await turn("/toll/signal", **again))[0] == 200
    assert (await turn("/toll/signal", raw={"routingResult": None}))[0] == 200
    signals = await forwarder.signals()
    assert of(signals[5:6]) == [("23NO00000000000003", "HC001", "N740", "TO_CONTROL")]
    assert signals[5]["routingResult"]["routingControlLocation"] == "AFTER_ENTRY"
    assert signals[6] == {"routingResult": None}
    assert (await turn("/toll/status", request_id="x", status="FAILURE"))[0] == 200
    assert [one["requestId"] for one in await forwarder.statuses()] == ["x"]
    await turn("/toll/clear")
    assert await forwarder.signals() == []


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("/toll/generate", {"signals": 0}),
        ("/toll/generate", {"signals": 100_001}),
        ("/toll/generate", {"signals": 10, "late": 10}),
        ("/toll/generate", {"duplicates": 2}),
        ("/toll/generate", {"endpoint": "somewhere"}),
        ("/toll/generate", {"colour": 1}),
        ("/toll/signal", {"document": "HC001"}),
        ("/toll/signal", {"colour": "red"}),
        ("/toll/signal", {"routing": "TO_ENTRY", "organisation": "310000018"}),
        ("/toll/status", {"status": "SUCCESS"}),
        ("/toll/commit", {"endpoint": "somewhere"}),
        ("/knobs", {"playground": "2025"}),
        ("/knobs", {"toll_page": 0}),
        ("/knobs", {"toll_unpresented": 1}),
        ("/knobs", {"toll_status_seconds": -1}),
    ],
)
async def test_a_wrong_turn_is_answered_with_one_sentence(caller: Any, path: str, settings: dict[str, Any]) -> None:
    status, told = await caller.turn(path, **settings)
    assert status == 400
    assert told["error"].endswith(".")


def test_a_generated_feed_depends_on_its_seed_alone() -> None:
    plan = Plan(signals=500, seed=4, late=3, malformed=3)
    first, second = list(generated(plan, Knobs())), list(generated(plan, Knobs()))
    assert first == second
    assert first != list(generated(Plan(signals=500, seed=5, late=3, malformed=3), Knobs()))
    assert (len(first), sum(one.late for one in first)) == (500, 3)


def test_the_largest_feed_is_made_and_served_in_seconds() -> None:
    started = time.process_time()
    feed = Feed()
    feed.publish(one.element for one in generated(Plan(signals=100_000), Knobs()))
    pages = [feed.page(start, 1000) for start in range(0, 100_000, 1000)]
    assert time.process_time() - started < 20
    assert (len(feed), len(pages)) == (100_000, 100)


def test_an_impossible_plan_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="1 to 100000"):
        plan_of({"signals": 10, "malformed": 10})


def test_what_is_held_back_comes_out_at_its_place() -> None:
    feed = Feed()
    feed.hold_back(Element("a", b'"a"'), "TO_ENTRY")
    feed.publish([Element("b", b'"b"')])
    feed.hold_back(Element("c", b'"c"'), "TO_CONTROL")
    feed.publish([Element("d", b'"d"'), Element(None, b"0")])
    feed.hold_back(Element("e", b'"e"'), "TO_ENTRY")
    assert feed.page(0, 10) == b'["b","d",0]'
    assert feed.commit_late() == [("a", "TO_ENTRY"), ("c", "TO_CONTROL"), ("e", "TO_ENTRY")]
    assert feed.page(0, 10) == b'["a","b","c","d",0,"e"]'
    assert (feed.place_of("d"), feed.late, feed.commit_late()) == (3, 0, [])


def test_a_marker_stands_behind_the_last_of_its_repetitions() -> None:
    feed = Feed()
    feed.publish([Element("a", b'"a"'), Element("b", b'"b"'), Element("b", b'"b"'), Element("c", b'"c"')])
    place = feed.place_of("b")
    assert place is not None
    assert feed.page(place + 1, 10) == b'["c"]'
