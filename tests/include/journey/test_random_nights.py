"""Whatever happens in whatever order: nothing is lost, nothing is created twice, and every sum adds up."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.errors import SamsvarError
from include.ivi.samples import sample
from include.journey import flight
from include.ledger.refused import RefusedSelection, send_again
from include.ledger.warehouse import connect
from include.sandbox.avgift import AvgiftPattern
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres

CLOSED = "V9"
FAULTS = ("lost_answer", "lost_request", "unavailable", "error_after_accept", "rate_limited", "html_400", "cut_body")
_trouble = st.integers(0, 2 * len(FAULTS) - 1)  # the second half means: none
_nothing = st.just(0)
ACTIONS = st.one_of(
    st.tuples(st.just("drop"), st.integers(0, 4)),
    st.tuples(st.just("overwrite"), st.integers(0, 3)),
    st.tuples(st.sampled_from(["half", "bad"]), st.integers(5, 6)),
    st.tuples(st.just("prepare"), _nothing),
    st.tuples(st.sampled_from(["collect", "plan", "validate", "file", "new run"]), _nothing),
    st.tuples(st.sampled_from(["submit", "submit twice at once", "whole"]), _trouble),
    st.tuples(st.just("stop"), _nothing),
    st.tuples(st.sampled_from(["close", "send again"]), _nothing),
)
_parties = count(1)


class Story:
    """One party's nights: does what it is told and checks after each act what must always hold."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self.number = next(_parties)
        night.configure(id=f"p{self.number}", drop=f"p{self.number}", lot_size=2)
        night.inbox.mkdir(parents=True)
        night.run = "run-1"
        self.runs = count(2)
        self.names = count(1)
        self.dropped: dict[str, bytes] = {}
        self.halves: dict[str, bytes] = {}
        self.expected = 0
        self.overwritten: set[str] = set()

    def content(self, number: int, **more: Any) -> bytes:
        variant = CLOSED if number == 4 else None
        return sample(number=self.number * 1000 + number, variant=variant, **more)

    async def act(self, action: str, argument: int) -> None:
        # A step may fail with one of our own errors (an outage, a stopped party): then it was tried.
        with contextlib.suppress(SamsvarError):
            await getattr(self, f"_{action.replace(' ', '_')}")(argument)
        self.always()

    def always(self) -> None:
        result = self.night.reconcile()
        assert result.problems == ()
        assert set(self.night.truth().values()) <= {1}
        accepted = self.night.sql(
            "SELECT d.sha256 FROM ledger.submission u JOIN ledger.document d ON d.id = u.document_id "
            "WHERE u.state = 'ACCEPTED'"
        )
        assert {row["sha256"] for row in accepted} <= set(self.night.truth())

    async def at_last(self) -> None:
        """Everything works again and two nights pass: each content is where it must be."""
        self.night.heal()
        self.night.sandbox.avgift.clear()
        for name, content in self.halves.items():
            self.night.put(name, content)
            self.dropped[name] = content
        for _ in range(3):
            await self._new_run(0)
            self.night.heal()
            await self.night.whole()
            self.always()
        ends = {
            row["sha256"]: row["state"]
            for row in self.night.sql(
                "SELECT d.sha256, u.state FROM ledger.document d JOIN ledger.submission u ON u.document_id = d.id "
                "WHERE d.party = %s ORDER BY u.n",
                self.night.party.id,
            )
        }
        for content in self.dropped.values():
            digest = hashlib.sha256(content).hexdigest()
            assert ends[digest] in ("ACCEPTED", "REFUSED", "SENT", "UNKNOWN")
            assert ends[digest] != "ACCEPTED" or self.night.truth()[digest] == 1
        assert self.night.reconcile().all_time.received == self.expected

    async def _drop(self, number: int) -> None:
        name = f"{next(self.names)}.xml"
        self.dropped[name] = self.night.put(name, self.content(number))
        self.expected += 1

    async def _half(self, number: int) -> None:
        name, content = f"{next(self.names)}.xml", self.content(number)
        self.night.put(name, content[:700])
        self.halves[name] = content
        self.expected += 1

    async def _bad(self, _: int) -> None:
        self.night.put(f"{next(self.names)}.xml", b"<x/>")
        self.expected += 1

    async def _overwrite(self, which: int) -> None:
        """An importer puts other content under the name of a file that was taken already; once per name."""
        taken = self.night.sql(
            "SELECT name FROM ledger.sighting WHERE party = %s AND state <> 'OPEN'", self.night.party.id
        )
        names = [row["name"] for row in taken if row["name"] in self.dropped and row["name"] not in self.overwritten]
        if which < len(names):
            self.overwritten.add(names[which])
            content = self.content(100 + len(self.overwritten), pad_to=20_000 + len(self.overwritten))
            self.dropped[f"again {names[which]}"] = self.night.put(names[which], content)
            self.expected += 1

    async def _collect(self, _: int) -> None:
        await self.night.collect()

    async def _plan(self, _: int) -> None:
        self.night.plan()

    def _lots(self) -> range:
        return range(
            1,
            1
            + self.night.one(
                "SELECT count(*) FROM ledger.lot WHERE party = %s AND run_id = %s", self.night.party.id, self.night.run
            ),
        )

    async def _validate(self, _: int) -> None:
        for lot in self._lots():
            self.night.validate(lot)

    async def _prepare(self, _: int) -> None:
        await self.night.through_validation()

    async def _submit(self, which: int) -> None:
        self._trouble(which)
        for lot in self._lots():
            await self.night.submit(lot)

    async def _submit_twice_at_once(self, which: int) -> None:
        self._trouble(which)
        for lot in self._lots():
            await asyncio.gather(self.night.submit(lot), self.night.submit(lot), return_exceptions=True)

    async def _stop(self, _: int) -> None:
        """A submit that is asked to stop while its documents are in the air."""
        for lot in self._lots():
            self.night.slow(0.3)
            stop = asyncio.Event()
            going = asyncio.create_task(self.night.send(lot, stop=stop))
            await asyncio.sleep(0.06)
            stop.set()
            await asyncio.wait([going])
            going.exception()
            self.night.sandbox.knobs.latency.clear()

    async def _file(self, _: int) -> None:
        for lot in self._lots():
            await self.night.file(lot)

    async def _whole(self, which: int) -> None:
        self._trouble(which)
        await self.night.whole(f"run-{next(self.runs)}")

    async def _new_run(self, _: int) -> None:
        self.night.run = f"run-{next(self.runs)}"

    def _trouble(self, which: int) -> None:
        """The next two requests go wrong, unless this is one of the lucky nights."""
        if which < len(FAULTS):
            self.night.fault(FAULTS[which], FAULTS[which], retry_after=0)

    async def _close(self, _: int) -> None:
        self.night.sandbox.avgift.close(AvgiftPattern(variant=CLOSED))

    async def _send_again(self, _: int) -> None:
        self.night.sandbox.avgift.clear()
        with connect(self.night.dsn) as connection:
            send_again(
                connection,
                self.night.party.id,
                "the run of the form",
                RefusedSelection(meldingskode="kjoretoy.coc.KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"),
            )
            connection.commit()


@pytest.fixture
def impatient(night: Night, monkeypatch: pytest.MonkeyPatch) -> Night:
    """A night whose stopped tasks hardly wait for answers."""
    monkeypatch.setattr(flight, "DRAIN_SECONDS", 0.05)
    return night


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(actions=st.lists(ACTIONS, min_size=3, max_size=8))
async def test_any_sequence_of_drops_steps_faults_and_stops_ends_well(
    impatient: Night, actions: list[tuple[str, int]]
) -> None:
    night = impatient
    night.sandbox.knobs.faults.clear()
    night.sandbox.avgift.clear()
    story = Story(night)
    for action, argument in [("drop", 0), ("drop", 4), ("drop", 1), *actions]:
        await story.act(action, argument)
    await asyncio.sleep(0.3)  # what is still in the air arrives
    await story.at_last()
