"""An authority's `max_parallel` is shared by everybody who sends, and nobody is starved."""

from __future__ import annotations

import pytest

from include.ledger import budget
from include.ledger.warehouse import AsyncConnection, connect, connect_async

pytestmark = pytest.mark.postgres


async def held(connection: AsyncConnection) -> int:
    cursor = await connection.execute("SELECT coalesce(sum(slots), 0) AS n FROM ledger.lease WHERE until > now()")
    row = await cursor.fetchone()
    assert row is not None
    return int(row["n"])


async def ask(connection: AsyncConnection, owner: str, *, wanted: int = 16, in_use: int = 0) -> int:
    return await budget.lease(connection, "vegvesen", owner, wanted=wanted, budget=16, in_use=in_use)


async def test_one_lot_alone_gets_everything(warehouse: str) -> None:
    async with connect_async(warehouse) as connection:
        assert await ask(connection, "one") == 16
        assert await ask(connection, "one") == 16


async def test_a_lot_that_comes_later_gets_its_half_when_the_first_renews(warehouse: str) -> None:
    async with connect_async(warehouse) as connection:
        await ask(connection, "one")

        assert await ask(connection, "two") == 0
        assert await ask(connection, "one") == 8
        assert await ask(connection, "two") == 8


async def test_slots_that_are_still_in_use_are_not_given_to_another(warehouse: str) -> None:
    async with connect_async(warehouse) as connection:
        await ask(connection, "one")
        await ask(connection, "two")

        assert await ask(connection, "one", in_use=16) == 8
        assert await ask(connection, "two") == 0
        assert await ask(connection, "one", in_use=11) == 8
        assert await ask(connection, "two") == 5


async def test_the_shares_of_many_never_exceed_the_budget_and_everybody_gets_a_turn(warehouse: str) -> None:
    async with connect_async(warehouse) as connection:
        shares = {f"lot {number}": 0 for number in range(10)}
        for _ in range(4):
            for owner in shares:
                shares[owner] = await ask(connection, owner, in_use=shares[owner])
                assert await held(connection) <= 16
        for _ in range(2):
            for owner in shares:
                shares[owner] = await ask(connection, owner)

        assert min(shares.values()) >= 1
        assert sum(shares.values()) <= 16


async def test_a_dead_owners_share_runs_out(warehouse: str) -> None:
    async with connect_async(warehouse) as connection:
        await ask(connection, "dead")
        assert await ask(connection, "living") == 0
        with connect(warehouse) as other:
            other.execute("UPDATE ledger.lease SET until = now() - interval '1 second' WHERE owner = 'dead'")
            other.commit()

        assert await ask(connection, "living") == 16


async def test_a_share_that_is_given_back_is_free_at_once(warehouse: str) -> None:
    async with connect_async(warehouse) as connection:
        await ask(connection, "one")
        await budget.release(connection, "vegvesen", "one")

        assert await ask(connection, "two") == 16


async def test_authorities_have_budgets_of_their_own(warehouse: str) -> None:
    async with connect_async(warehouse) as connection:
        await ask(connection, "one")

        assert await budget.lease(connection, "toll", "one", wanted=4, budget=4, in_use=0) == 4
