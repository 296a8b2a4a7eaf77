"""What is to go out once more by itself waits for a register that can be asked, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import AccessDenied
from include.register.port import NotAsked, Unreadable
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres


class Says:
    """A register that always says the same."""

    name = "planted"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def lookup_vins(self, vins: Any) -> dict[str, Any]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return dict.fromkeys(vins, self.answer)


async def _lost(night: Night, *kinds: str, files: int = 4) -> None:
    """The first send is answered, those after it end like `kinds`; the time to settle is over."""
    night.asks = True
    night.put_many(range(files))
    await night.through_validation()
    night.fault("late_accept", *kinds, slow_seconds=0.0)
    await night.send()
    await night.file()
    night.heal()
    night.settle()


@pytest.mark.parametrize(
    "answer",
    [NotAsked("It is away."), Unreadable("Not JSON.", None), AccessDenied("No access."), None],
    ids=["away", "unreadable", "refused", "not configured"],
)
async def test_a_re_send_waits_while_the_register_cannot_be_asked(night: Night, answer: Any) -> None:
    await _lost(night, "lost_request", "unavailable")
    await night.resolve()
    assert night.submissions() == {"ACCEPTED": 2, "PENDING": 2}
    posts, real = night.posts, night.register
    night.put("new.xml", number=90)  # what was never sent goes out all the same
    if answer is None:
        night.asks = False
    else:
        night.register = Says(answer)

    await night.whole("run-2")

    assert night.posts == posts + 1 and night.submissions() == {"ACCEPTED": 3, "PENDING": 2}
    rows = night.sql("SELECT * FROM mart.ecoc_document WHERE state = 'PENDING'")
    said = {None: "no register is configured"}.get(answer) or str(getattr(answer, "sentence", answer)).rstrip(".")
    assert all("could not be asked: " + said in row["reason"] and "next run" in row["next_step"] for row in rows)
    assert len(night.names()) == 2

    night.asks, night.register = True, real
    await night.whole("run-3")
    assert night.posts == posts + 3 and night.submissions() == {"ACCEPTED": 5} and set(night.truth().values()) == {1}


async def test_a_re_send_that_was_cleared_long_ago_is_not_claimed(night: Night) -> None:
    """Whatever the code before it does: the claim itself looks at how old the lookup is."""
    await _lost(night, "lost_request", files=2)
    await night.resolve()
    night.sql("UPDATE ledger.submission SET cleared_at = now() - interval '16 minutes' WHERE state = 'PENDING'")
    night.asks, posts = False, night.posts
    await night.whole("run-2")
    assert night.posts == posts and night.submissions() == {"ACCEPTED": 1, "PENDING": 1}
