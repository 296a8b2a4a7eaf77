"""Planning: frozen per run, appended to, taken over by later runs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.drivers.night import Night

pytestmark = pytest.mark.postgres

PLACES = "SELECT name, run_id, lot_no FROM ledger.sighting ORDER BY id"


def sizes(planned: list[Any]) -> list[int]:
    assert [lot.lot for lot in planned] == list(range(1, len(planned) + 1))
    assert {lot.of for lot in planned} <= {len(planned)}
    return [lot.size for lot in planned]


async def test_planning_again_gives_the_same_lots_with_the_same_documents(night: Night) -> None:
    night.configure(lot_size=3)
    night.put_many(range(8))
    await night.collect()

    first = night.plan()
    places = night.sql(PLACES)

    assert sizes(first) == [3, 3, 2]
    for _ in range(3):
        assert night.plan() == first
        assert night.sql(PLACES) == places


async def test_planning_after_the_run_gives_the_same_lots_still(night: Night) -> None:
    night.configure(lot_size=2)
    night.put_many(range(5))
    await night.whole()

    assert sizes(night.plan()) == [2, 2, 1]
    assert night.one("SELECT count(*) FROM ledger.lot") == 3


async def test_what_came_meanwhile_is_appended_and_moves_nothing(night: Night) -> None:
    night.configure(lot_size=3)
    night.put_many(range(4))
    await night.collect()
    night.plan()
    places = night.sql(PLACES)
    night.put_many(range(10, 14))
    await night.collect()

    planned = night.plan()

    assert sizes(planned) == [3, 1, 3, 1]
    assert night.sql(PLACES)[:4] == places


async def test_a_later_run_takes_over_what_is_open_and_nothing_else(night: Night) -> None:
    night.configure(lot_size=2)
    night.put_many(range(6))
    for lot in await night.through_validation():
        if lot.lot != 2:
            await night.send(lot.lot)
            await night.file(lot.lot)
    night.put("new.xml", number=50)

    result = await night.whole("run-2")

    assert result.run.received == 3
    assert sorted(night.truth().values()) == [1] * 7
    assert night.one("SELECT count(*) FROM ledger.submission WHERE run_id = 'run-2'") == 3


async def test_an_old_run_that_is_cleared_after_a_newer_took_over_sends_nothing(night: Night) -> None:
    night.put_many(range(3))
    await night.through_validation()
    await night.whole("run-2")
    posts = night.posts

    night.run = "run-1"
    await night.submit()
    await night.file()

    assert night.posts == posts


@pytest.mark.parametrize(
    ("files", "lot_size", "most", "expected"),
    [
        (5, 500, 200, [5]),
        (6, 6, 200, [6]),
        (7, 6, 200, [6, 1]),
        (9, 2, 3, [3, 3, 3]),
        (10, 2, 3, [4, 4, 2]),
        (4, 3, 1, [4]),
    ],
)
async def test_a_lot_has_its_size_or_what_keeps_the_number_of_lots_small(
    night: Night, monkeypatch: pytest.MonkeyPatch, files: int, lot_size: int, most: int, expected: list[int]
) -> None:
    monkeypatch.setattr("include.ledger.lots.MOST_LOTS", most)
    night.configure(lot_size=lot_size)
    night.put_many(range(files))
    await night.collect()

    assert sizes(night.plan()) == expected


def test_at_most_two_hundred_lots_whatever_comes() -> None:
    from include.config.party import Party
    from include.ledger.lots import MOST_LOTS

    party = Party(id="nordbil", name="Nordbil", organisation_number="310000019")
    assert (MOST_LOTS, party.lot_size) == (200, 500)


async def test_an_empty_inbox_and_nothing_open_is_nothing_to_do(night: Night) -> None:
    await night.collect()

    assert night.plan() == []


async def test_after_a_finished_night_there_is_nothing_to_do(night: Night) -> None:
    night.put_many(range(3))
    night.put("bad.xml", b"<x/>")
    await night.whole()
    night.run = "run-2"
    await night.collect()

    assert night.plan() == []


async def test_an_undecided_document_whose_importer_was_told_is_no_work_for_the_next_run(night: Night) -> None:
    night.put("a.xml", number=1)
    night.put("b.xml", number=2)
    night.fault("lost_answer")
    await night.whole()
    night.run = "run-2"
    await night.collect()

    assert night.plan() == []
