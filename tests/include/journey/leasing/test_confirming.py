"""Accepted changes and the register: compared a day later, asked again until they agree, and never sent again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from include.journey.leasing.confirm import confirm_changes
from include.ledger.warehouse import connect

pytestmark = pytest.mark.postgres


async def _confirm(leasing: Any, register: Any, *, days: int = 1) -> dict[str, str | None]:
    """So many days later: what the register said of each plate, as the marts have it."""
    leasing.sql(
        f"UPDATE ledger.leasing_change SET decided_at = decided_at - interval '{days} days', "
        f"register_looked_at = register_looked_at - interval '{days} days'"
    )

    def blocking() -> str:
        with connect(leasing.dsn) as connection:
            return confirm_changes(connection, "nordbil", register)

    leasing.said = await asyncio.to_thread(blocking)
    rows = leasing.sql("SELECT kjennemerke, register_said FROM mart.leasing_change ORDER BY change")
    return {row["kjennemerke"]: row["register_said"] for row in rows}


async def test_each_change_is_compared_with_what_the_register_shows_until_they_agree(leasing: Any) -> None:
    leasing.put("a.csv", *[("OPPRETTE", f"CU1001{n}", *leasing.FIRKANT) for n in (1, 2, 3, 4)])
    await leasing.whole()
    leasing.put("b.csv", ("AVSLUTTE", "CU10014", *leasing.FIRKANT))
    await leasing.whole()
    fleet = leasing.sandbox.leasing.fleet
    fleet["CU10012"].leaseholder = ("person", leasing.TREKANT[0])
    fleet["CU10013"].leaseholder = None
    fleet["CU10014"].leaseholder = ("person", leasing.FIRKANT[0])
    posts = leasing.posts

    assert set((await _confirm(leasing, leasing.register(), days=0)).values()) == {None}, "not on the first day"
    wrong = {"CU10011": "ours", "CU10012": "another", "CU10013": "nobody", "CU10014": "ours"}
    assert await _confirm(leasing, leasing.register()) == wrong
    assert leasing.said == "4 accepted changes looked up, 4 with a leaseholder that can be read"
    assert await _confirm(leasing, leasing.register(), days=0) == wrong and leasing.said == "", "once a day"

    fleet["CU10012"].leaseholder = fleet["CU10013"].leaseholder = ("person", leasing.FIRKANT[0])
    fleet["CU10014"].leaseholder = None
    agreed = {"CU10011": "ours", "CU10012": "ours", "CU10013": "ours", "CU10014": "nobody"}
    assert await _confirm(leasing, leasing.register()) == agreed
    assert leasing.said.startswith("3 accepted"), "what agrees is not asked again"
    await _confirm(leasing, leasing.register())
    assert leasing.said == "" and leasing.posts == posts


async def test_a_register_that_shows_no_leaseholder_is_asked_for_one_vehicle_a_day(leasing: Any) -> None:
    leasing.put("a.csv", *[("OPPRETTE", f"CU1001{n}", *leasing.FIRKANT) for n in (1, 2, 3)])
    await leasing.whole()
    requests = leasing.sandbox.services["vegvesen_register"].requests
    for days in (1, 0, 0):
        assert set((await _confirm(leasing, leasing.register(shows=False), days=days)).values()) == {None}
    assert leasing.sandbox.services["vegvesen_register"].requests == requests + 1
    await _confirm(leasing, None)
    assert leasing.said == ""
    assert set((await _confirm(leasing, leasing.register())).values()) == {"ours"}, "once it does, all are asked for"
