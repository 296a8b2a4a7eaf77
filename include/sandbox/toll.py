"""Tolletaten's movement interfaces as a loopback service: presentation, validation status and control routing.

Published are paths, statuses of the family, markers and the shapes of errors; almost all else is a knob
(`toll_knobs.py`).
"""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import orjson

from . import toll_examination
from .bearer import Caller
from .clock import Clock
from .knobs import Knobs
from .registry import OWN_ORGANISATION
from .reply import Call, Reply, gateway
from .toll_book import STATUSES, TAKEN, TAKEN_INVALID, TollBook
from .toll_examination import Error
from .toll_feed import Element, Feed
from .toll_generated import Plan, generated
from .toll_goods import MATRICES, Goods, any_goods, presented
from .toll_signals import random_id, signal_element, stamp
from .toll_tokens import EXCHANGE, TollTokens
from .truth import TruthLog

PRESENTATION = "/api/movement/presentation/v1/"
ROUTING = "/api/movement/routing/v1/"
ENDPOINTS = ("house-consignment", "transport")
HOUSES = ENDPOINTS[0]


class Toll:
    """Answers calls; every effect goes to the truth log before the answer exists."""

    def __init__(
        self, tokens: TollTokens, book: TollBook, truth: TruthLog, clock: Clock, knobs: Knobs, seed: int
    ) -> None:
        self.tokens = tokens
        self.book = book
        self._truth = truth
        self._clock = clock
        self._knobs = knobs
        self._seed = seed

    def answer(self, call: Call) -> Reply:
        """One HTTP request, with the id that Tolletaten's support would ask for."""
        reply = self._answer(call)
        return replace(reply, headers=dict(reply.headers) | {"X-CorrelationID": str(uuid.uuid4())})

    def _answer(self, call: Call) -> Reply:
        if call.path == EXCHANGE:
            return self.tokens.exchange(call) if call.method == "POST" else _not_allowed(call)
        caller = self.tokens.caller(call)
        if isinstance(caller, Reply):
            return caller
        level = call.path.removeprefix(PRESENTATION)
        if call.path.startswith(PRESENTATION) and level in toll_examination.LEVELS:
            return self._present(call, level, caller) if call.method == "POST" else _not_allowed(call)
        if call.path.startswith(PRESENTATION) and level.split("/")[0] == STATUSES:
            return self._status(call, level.removeprefix(STATUSES).strip("/"), caller)
        endpoint = call.path.removeprefix(ROUTING)
        if call.path.startswith(ROUTING) and endpoint in ENDPOINTS:
            return self._routing(call, endpoint, caller) if call.method == "GET" else _not_allowed(call)
        return gateway(404, "Not Found", call.path)

    def generate(self, plan: Plan, organisation: str = OWN_ORGANISATION) -> None:
        """Publishes a generated feed behind what is there already."""
        made = ((one.element, one.routing, one.late) for one in generated(plan, self._knobs))
        self.book.publish(organisation, plan.endpoint, made)

    def signal(
        self, goods: Goods, routing: str, *, organisation: str = OWN_ORGANISATION, endpoint: str = HOUSES
    ) -> str:
        """Publishes one more signal about `goods`, whoever presented them; gives its id."""
        identity = random_id(random.Random(f"{self._seed}|{organisation}|{self.book.signals}"))  # noqa: S311 - no secret
        element = signal_element(identity, goods, routing, self._now(), self._knobs, transport=endpoint != HOUSES)
        self.book.add_signal(organisation, endpoint, element, routing=routing, wait=0.0)
        return identity

    def raw_signal(
        self, body: bytes, identity: str | None = None, *, organisation: str = OWN_ORGANISATION, endpoint: str = HOUSES
    ) -> None:
        """Publishes any JSON as a signal, such as a malformed one; `identity` is what a marker may name it by."""
        self.book.add_signal(organisation, endpoint, Element(identity, body), routing=None, wait=0.0)

    def strange_status(self, request_id: str, status: str, *, organisation: str = OWN_ORGANISATION) -> None:
        """Publishes the validation status of a request that somebody else made."""
        self.book.add_status(organisation, self._status_body(request_id, status, []), wait=0.0)

    def _present(self, call: Call, level: str, caller: Caller) -> Reply:
        if not call.headers.get("content-type", "").startswith("application/json"):
            return gateway(415, "Unsupported Media Type", call.path)
        try:
            body = orjson.loads(call.body)
        except orjson.JSONDecodeError:
            body = None
        if not isinstance(body, dict):
            return gateway(400, "Bad Request", call.path)
        digest = _digest(level, body)
        request_id = str(body.get("requestId")).lower()
        errors = toll_examination.at_once(level, body)
        used = not errors and request_id in self.book.used and self._knobs.toll_reuse != "ignored"
        if used:
            errors = [("requestId", self._knobs.toll_reuse_text)]
            if self._knobs.toll_reuse == "asynchronous":
                return self._take(caller, level, body, digest, "REUSED", errors)
        goods = () if errors else self._goods(level, body)
        later = [] if errors else toll_examination.later(level, body, goods)
        if self._knobs.toll_unknown_value == "synchronous":
            errors = errors or later
        if errors:
            self._log("REUSED" if used else "INVALID", request_id, digest, caller)
            listed = [{"field": path, "error": text} for path, text in errors]
            return Reply(400, orjson.dumps({"validationErrors": listed}))
        reply = self._take(caller, level, body, digest, TAKEN_INVALID if later else TAKEN, later)
        if not later:
            self._signal_about(goods, caller.organisation)
        return reply

    # longer because taking is one effect: the log, the status that will be seen, and the answer
    def _take(
        self, caller: Caller, level: str, body: Mapping[str, Any], digest: str, result: str, errors: list[Error]
    ) -> Reply:
        request_id = str(body["requestId"])
        self.book.used.add(request_id.lower())
        if result == TAKEN:
            self.book.taken[(caller.organisation, digest)] += 1
        self._log(result, request_id.lower(), digest, caller)
        told = self._status_body(request_id, "FAILURE" if errors else "SUCCESS", errors)
        if level == "entry-summary-declaration":
            told["mrn"] = body["mrn"]
        self.book.add_status(caller.organisation, told, wait=self._knobs.toll_status_seconds)
        with_body = self._knobs.toll_success_body == "request_id" and self._knobs.toll_success_status != 204
        content = orjson.dumps({"requestId": request_id}) if with_body else b""
        return Reply(self._knobs.toll_success_status, content)

    def _goods(self, level: str, body: Mapping[str, Any]) -> tuple[Goods, ...]:
        found = presented(level, body, MATRICES[self._knobs.playground])
        if not found and self._knobs.toll_goods == "any":
            return any_goods(self._seed, level, body)
        return found

    def _signal_about(self, goods: tuple[Goods, ...], organisation: str) -> None:
        """The first signal of each; nothing where customs never says a word, or has said it."""
        for one in goods:
            name = repr(one)
            if one.routing is None or not self.book.first_signal(organisation, name):
                continue
            identity = random_id(random.Random(f"{self._seed}|{organisation}|{self.book.signals}"))  # noqa: S311 - no secret
            element = signal_element(identity, one, one.routing, self._now(), self._knobs)
            self.book.add_signal(
                organisation, HOUSES, element, routing=one.routing, goods=name, wait=self._knobs.toll_signal_seconds
            )

    def _status(self, call: Call, in_path: str, caller: Caller) -> Reply:
        if call.method != "GET":
            return _not_allowed(call)
        asked = parse_qs(call.query)
        request_id = in_path or next(iter(asked.get("requestId", [])), "")
        if request_id:
            found = self.book.statuses_of(caller.organisation, request_id)
            return Reply(200, found[-1].body) if found else gateway(404, "Not Found", call.path)
        feed = self.book.feed(caller.organisation, STATUSES)
        if not len(feed) and self._knobs.toll_status_empty == "404":
            return gateway(404, "Not Found", call.path)
        if "marker" in asked:
            return self._page(call, feed, asked["marker"][0], self._knobs.toll_page)
        return Reply(200, feed.page(0, len(feed)))

    def _routing(self, call: Call, endpoint: str, caller: Caller) -> Reply:
        if self._knobs.toll_unpresented and endpoint == HOUSES:
            self._signal_about(MATRICES[self._knobs.playground], caller.organisation)
        feed = self.book.feed(caller.organisation, endpoint)
        reply = self._page(call, feed, next(iter(parse_qs(call.query).get("marker", [])), None), self._knobs.toll_page)
        if reply.body == b"[]" and feed.late:
            self.book.commit_late(caller.organisation, endpoint)
        return reply

    def _page(self, call: Call, feed: Feed, marker: str | None, size: int) -> Reply:
        if marker is None:
            return Reply(200, feed.page(0, size))
        place = feed.place_of(marker)
        if place is None:
            if self._knobs.toll_unknown_marker in ("400", "404"):
                return gateway(int(self._knobs.toll_unknown_marker), "Unknown marker", call.path)
            place = len(feed) if self._knobs.toll_unknown_marker == "empty" else -1
        elif self._knobs.toll_marker == "inclusive":
            place -= 1
        return Reply(200, feed.page(place + 1, size))

    def _status_body(self, request_id: str, status: str, errors: list[Error]) -> dict[str, Any]:
        listed = [{"description": text, "pointer": {"messageElementPath": path}} for path, text in errors]
        return {
            "status": status,
            "requestId": request_id,
            "notificationDate": stamp(self._now()),
            "validationErrorList": listed,
        }

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC)

    def _log(self, result: str, request_id: str, digest: str, caller: Caller) -> None:
        count = self.book.taken[(caller.organisation, digest)]
        self._truth.add(
            "toll", "present", result, ref=request_id, sha256=digest, sender=caller.organisation, count=count
        )


def _digest(level: str, body: Mapping[str, Any]) -> str:
    """SHA-256 of what is presented: everything in the message but its requestId."""
    rest = {name: value for name, value in body.items() if name != "requestId"}
    return hashlib.sha256(orjson.dumps([level, rest], option=orjson.OPT_SORT_KEYS)).hexdigest()


def _not_allowed(call: Call) -> Reply:
    return gateway(405, "Method Not Allowed", call.path)
