"""Before a document is sent the register is asked about its vehicle, and no register ever holds a send up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from include.errors import AccessDenied, ServiceUnavailable
from include.ivi.samples import sample_vin
from include.journey import baseline
from include.register.port import Absent, Looked, NotAsked
from include.sandbox.ivi_reading import Ivi
from include.sandbox.register_view import OWNER_CANARY
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres


class Register:
    """Answers by `answer`, after `seconds`; knows what was asked, and how many documents had been sent by then."""

    name = "planted"

    def __init__(self, night: Night, answer: Looked | Exception = Absent(), seconds: float = 0.0) -> None:  # noqa: B008
        self.night = night
        self.answer = answer
        self.seconds = seconds
        self.asked: list[tuple[int, int]] = []

    def lookup_vins(self, vins: Iterable[str]) -> dict[str, Looked]:
        found = list(vins)
        self.asked.append((len(found), self.night.posts))
        time.sleep(self.seconds)
        if isinstance(self.answer, Exception):
            raise self.answer
        return dict.fromkeys(found, self.answer)


def said(night: Night) -> Counter[str | None]:
    return Counter(row["said"] for row in night.sql("SELECT baseline ->> 'said' AS said FROM ledger.submission"))


async def _ready(night: Night, files: int, register: Any = None) -> None:
    night.put_many(range(files))
    night.asks = True
    if register is not None:
        night.register = register
    await night.through_validation()


async def test_every_intent_holds_what_the_register_said_before_it_was_sent(night: Night) -> None:
    await _ready(night, 12)
    sent = await night.send()
    assert sent.accepted == 12
    rows = night.sql("SELECT baseline, sent_at FROM ledger.submission")
    assert all(row["baseline"]["said"] == "absent" for row in rows)
    assert all(row["baseline"]["asked_at"] < row["sent_at"].isoformat() for row in rows)
    assert {row["baseline"]["register"] for row in rows} == {"vegvesen_register"}


async def test_a_vehicle_that_is_there_already_is_noted_with_its_ids_and_sent_all_the_same(night: Night) -> None:
    ivi = Ivi("theirs", sample_vin(1), "VOLVO", "e6*2007/46*0289*09", "VAR1", "VER2", False)
    vehicle, _ = night.sandbox.vehicles.create("310000051", ivi, "0" * 64, "101")
    await _ready(night, 2)

    await night.send()

    assert said(night) == {"present": 1, "absent": 1} and night.one("SELECT count(*) FROM ledger.attempt") == 2
    (row,) = night.sql("SELECT baseline FROM ledger.submission WHERE baseline ->> 'said' = 'present'")
    assert row["baseline"]["vehicles"] == [{"kuid": vehicle.kuid, "merkekode": str(vehicle.merkekode)}]
    assert OWNER_CANARY not in str(row)


async def test_nothing_is_sent_before_its_group_was_asked(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baseline, "GROUP", 5)
    register = Register(night, seconds=0.1)
    await _ready(night, 17, register)

    sent = await night.send()

    assert sent.accepted == 17 and said(night) == {"absent": 17}
    assert [number for number, _ in register.asked] == [5, 5, 5, 2]
    assert [posts <= 5 * group for group, (_, posts) in enumerate(register.asked)] == [True] * 4


async def test_a_retry_does_not_ask_again(night: Night) -> None:
    register = Register(night)
    await _ready(night, 6, register)
    night.outage("unavailable")
    with pytest.raises(ServiceUnavailable, match="in a row"):
        await night.send()
    night.heal()
    assert register.asked[0][0] == 6
    await night.send(try_number=2)
    assert sum(number for number, _ in register.asked) == 6 and len(night.truth()) >= 1


@pytest.mark.parametrize("answer", [NotAsked("It is away."), AccessDenied("No access.")])
async def test_a_register_that_is_away_or_refuses_us_stops_no_send(night: Night, answer: Any) -> None:
    register = Register(night, answer)
    await _ready(night, 9, register)

    sent = await night.send()

    assert sent.accepted == 9 and said(night) == {"not_asked": 9}
    assert len(register.asked) == 1
    (sentence,) = {row["s"] for row in night.sql("SELECT baseline ->> 'sentence' AS s FROM ledger.submission")}
    assert sentence in ("It is away.", "No access.")


async def test_a_register_that_hangs_is_not_waited_for(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baseline, "PATIENCE", 0.3)
    await _ready(night, 9, Register(night, seconds=2.0))
    began = time.monotonic()
    sent = await night.send()
    assert sent.accepted == 9 and said(night) == {"not_asked": 9}
    assert time.monotonic() - began < 2.0


async def test_with_baseline_off_nothing_is_asked(night: Night) -> None:
    night.configure(baseline=False)
    register = Register(night)
    await _ready(night, 5, register)
    sent = await night.send()
    assert sent.accepted == 5 and register.asked == [] and said(night) == {None: 5}


async def test_an_asking_that_breaks_is_told_and_stops_no_send(
    night: Night, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await _ready(night, 5, Register(night, RuntimeError("planted")))
    sent = await night.send()
    assert sent.accepted == 5
    assert "was not asked about everything" in caplog.text
