"""What of the sandbox's Tolletaten can be turned from outside besides its knobs: signals, statuses, tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import orjson

from include.errors import ConfigurationError

from .registry import OWN_ORGANISATION, is_organisation_number
from .toll import ENDPOINTS, HOUSES, Toll
from .toll_generated import plan_of
from .toll_goods import Goods

Settings = dict[str, Any]

_OF_GOODS = tuple(one.name for one in fields(Goods))


def toll_turns(toll: Toll) -> Mapping[str, Callable[[Settings], None]]:
    """The POSTs below /toll; every one takes `organisation` (left out: the sandbox's own)."""

    def generate(asked: Settings) -> None:
        organisation = _organisation(asked)
        toll.generate(plan_of(asked), organisation)

    def signal(asked: Settings) -> None:
        organisation, endpoint = _organisation(asked), _endpoint(asked)
        if "raw" in asked:
            toll.raw_signal(orjson.dumps(asked["raw"]), _id_of(asked), organisation=organisation, endpoint=endpoint)
            return
        unknown = asked.keys() - set(_OF_GOODS)
        if unknown or not all(value is None or isinstance(value, str) for value in asked.values()):
            raise ConfigurationError(f"A signal takes raw, or texts for {', '.join(_OF_GOODS)}.")
        goods = Goods(**{name: asked.get(name) for name in _OF_GOODS})
        if goods.routing is None:
            raise ConfigurationError("A signal takes a routing, such as TO_CONTROL.")
        toll.signal(goods, goods.routing, organisation=organisation, endpoint=endpoint)

    def status(asked: Settings) -> None:
        organisation = _organisation(asked)
        request_id, said = asked.get("request_id"), asked.get("status", "SUCCESS")
        if not isinstance(request_id, str) or not isinstance(said, str):
            raise ConfigurationError("A status takes request_id and status, both texts.")
        toll.strange_status(request_id, said, organisation=organisation)

    def commit(asked: Settings) -> None:
        toll.book.commit_late(_organisation(asked), _endpoint(asked))

    return {
        "/toll/generate": generate,
        "/toll/signal": signal,
        "/toll/status": status,
        "/toll/commit": commit,
        "/toll/revoke": lambda _: toll.tokens.revoke_all(),
        "/toll/clear": lambda _: toll.book.clear(),
    }


def toll_state(toll: Toll) -> Settings:
    """Numbers for /state."""
    return {
        "presented": toll.book.taken.total(),
        "presented_twice_or_more": sum(1 for count in toll.book.taken.values() if count > 1),
        "signals": {endpoint: len(toll.book.feed(OWN_ORGANISATION, endpoint)) for endpoint in ENDPOINTS},
    }


def _organisation(asked: Settings) -> str:
    number = asked.pop("organisation", OWN_ORGANISATION)
    if not isinstance(number, str) or not is_organisation_number(number):
        raise ConfigurationError("The sandbox takes organisation as an organisation number of nine digits.")
    return number


def _endpoint(asked: Settings) -> str:
    endpoint = asked.pop("endpoint", HOUSES)
    if endpoint not in ENDPOINTS:
        raise ConfigurationError(f"The sandbox takes endpoint as one of {', '.join(ENDPOINTS)}.")
    return str(endpoint)


def _id_of(asked: Settings) -> str | None:
    """What a marker may name a raw signal by."""
    raw = asked["raw"]
    result = raw.get("routingResult") if isinstance(raw, dict) else None
    identity = result.get("id") if isinstance(result, dict) else None
    return identity if isinstance(identity, str) else None
