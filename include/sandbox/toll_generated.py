"""A generated feed: up to a hundred thousand signals by seed, with everything that a real one was seen to hold.

Shares are those of the one published capture (241 signals of a forwarder in six months): one in sixty is repeated at
once under the same id, one in eleven goods sent to control is released later, and one in a hundred releases is taken
back.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from include.errors import ConfigurationError

from .knobs import Knobs
from .toll_feed import Element
from .toll_goods import Goods
from .toll_signals import random_id, signal_element

MOST = 100_000
_START = datetime(2026, 11, 1, 4, tzinfo=UTC)
_STEP = timedelta(seconds=3)
_NEXT_SIGNAL_AFTER = 400


@dataclass(frozen=True, slots=True)
class Plan:
    """What to generate: `signals` elements in all. The shares are of goods, `late` and `malformed` are numbers.

    `controlled` go to control first and are released later, `reversed` are released and then sent to control, `pending`
    wait for papers first, `denied` are seized, `unknown` have a routing that nobody knows yet; the rest is released.
    `duplicates` is the share of signals that are repeated at once. `late` signals keep their place and are seen only
    after the feed has once been read to its end. `endpoint` transport shows transports instead of houses.
    """

    signals: int = 1000
    seed: int = 0
    controlled: float = 0.09
    reversed: float = 0.01
    pending: float = 0.01
    denied: float = 0.002
    unknown: float = 0.0
    duplicates: float = 0.016
    late: int = 0
    malformed: int = 0
    endpoint: str = "house-consignment"


def plan_of(settings: Mapping[str, Any]) -> Plan:
    """A plan from JSON. Raises ConfigurationError naming the field that is wrong."""
    kinds = {one.name: type(one.default) for one in fields(Plan)}
    for name, value in settings.items():
        if name not in kinds:
            raise ConfigurationError(f"Signals cannot be generated with {name}; fields are {', '.join(kinds)}.")
        number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
        whole = isinstance(value, int) and number
        fits = {int: whole, float: number and value <= 1}.get(kinds[name], isinstance(value, str))
        if not fits:
            raise ConfigurationError(f"Signals are generated with a number from 0 for {name} (a share: at most 1).")
    plan = Plan(**settings)
    if not 1 <= plan.signals <= MOST or plan.late + plan.malformed >= plan.signals:
        raise ConfigurationError(f"Signals are generated 1 to {MOST} at a time, more than are late or malformed.")
    if plan.endpoint not in ("house-consignment", "transport"):
        raise ConfigurationError("Signals are generated for the endpoint house-consignment or transport.")
    return plan


@dataclass(frozen=True, slots=True)
class Made:
    """One element of the feed, to be published now or held back. `routing` None: malformed, or said before."""

    element: Element
    routing: str | None
    late: bool = False


def generated(plan: Plan, knobs: Knobs) -> Iterator[Made]:
    """The elements in feed order, exactly `plan.signals` of them, those that are late included."""
    dice = random.Random(f"signals|{plan.seed}")  # noqa: S311 - test data by seed, no secret
    late, malformed = _places(plan, dice)
    waiting: deque[tuple[int, Goods, str]] = deque()
    place = houses = 0
    while place < plan.signals:
        if place in malformed:
            yield Made(_malformed(malformed[place], dice), None)
            place += 1
            continue
        if waiting and waiting[0][0] <= place:
            _, goods, routing = waiting.popleft()
        else:
            houses += 1
            goods = _goods(plan, houses)
            routing, *after = _story(plan, dice.random())
            waiting.extend((place + _NEXT_SIGNAL_AFTER, goods, follows) for follows in after)
        element = signal_element(
            random_id(dice), goods, routing, _START + place * _STEP, knobs, transport=plan.endpoint == "transport"
        )
        yield Made(element, routing, place in late)
        place += 1
        if place - 1 not in late and place < plan.signals and dice.random() < plan.duplicates:
            yield Made(element, None)
            place += 1


def _places(plan: Plan, dice: random.Random) -> tuple[frozenset[int], dict[int, int]]:
    """Which places are late, and which are malformed with the number of their kind; the last place is neither."""
    chosen = dice.sample(range(plan.signals - 1), plan.late + plan.malformed)
    broken = {place: kind for kind, place in enumerate(chosen[plan.late :])}
    return frozenset(chosen[: plan.late]), broken


def _story(plan: Plan, point: float) -> tuple[str, ...]:
    """The routings of one house in their order."""
    stories = (
        (plan.controlled, ("TO_CONTROL", "TO_ENTRY")),
        (plan.reversed, ("TO_ENTRY", "TO_CONTROL")),
        (plan.pending, ("ENTRY_PENDING", "TO_ENTRY")),
        (plan.denied, ("ENTRY_DENIED",)),
        (plan.unknown, ("TO_SOMEWHERE_NEW",)),
    )
    upto = 0.0
    for part, story in stories:
        upto += part
        if point < upto:
            return story
    return ("TO_ENTRY",)


def _goods(plan: Plan, number: int) -> Goods:
    mrn = f"26NO{plan.seed % 1000:03d}{number // 12:010d}T"
    return Goods(f"{mrn[:17]}0", None, f"SB{plan.seed}-{number:07d}", "N740", None, None)


def _malformed(kind: int, dice: random.Random) -> Element:
    """Without an id, without a routing, and no object at all, in turns."""
    identity = random_id(dice)
    if kind % 3 == 0:
        return Element(None, orjson.dumps({"routingResult": {"routing": "TO_ENTRY"}}))
    if kind % 3 == 1:
        return Element(identity, orjson.dumps({"routingResult": {"id": identity, "routing": None}, "extra": [1]}))
    return Element(None, b'"no signal at all"')
