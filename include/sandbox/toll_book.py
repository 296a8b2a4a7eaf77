"""What the sandbox's Tolletaten knows: requestIds it has seen, statuses and signals, each of them with its time."""

from __future__ import annotations

import uuid
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from .clock import Clock
from .toll_feed import Element, Feed
from .toll_journal import Journal
from .truth import TruthLog

STATUSES = "validation-status"
TAKEN, TAKEN_INVALID = "TAKEN", "TAKEN_INVALID"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An element that will be published in a feed at `ready` (seconds since the epoch)."""

    ready: float
    organisation: str
    endpoint: str
    element: Element
    truth: str | None


class TollBook:
    """Feeds by organisation and endpoint; the statuses of an organisation are a feed too."""

    def __init__(self, truth: TruthLog, journal: Journal, clock: Clock) -> None:
        self.used: set[str] = set()
        self.taken: Counter[tuple[str, str]] = Counter()
        self._truth = truth
        self._journal = journal
        self._clock = clock
        self._feeds: dict[tuple[str, str], Feed] = {}
        self._statuses: dict[tuple[str, str], list[Element]] = {}
        self._waiting: deque[_Waiting] = deque()
        self._signalled: set[tuple[str, str]] = set()
        self.signals = 0

    def replay(self) -> None:
        """After a restart: requestIds and counts from the truth log, statuses and signals from the journal."""
        for line in self._truth.lines():
            if line.get("service") == "toll" and line["op"] == "present" and line["result"] in (TAKEN, TAKEN_INVALID):
                self.used.add(line["ref"])
                self.taken[(line["sender"], line["sha256"])] += line["result"] == TAKEN
        for line in self._journal.lines():
            element = Element(line["id"], line["body"].encode())
            self._waiting.append(_Waiting(line["ready"], line["organisation"], line["endpoint"], element, None))
            if line["goods"]:
                self._signalled.add((line["organisation"], line["goods"]))
                self.signals += 1

    def feed(self, organisation: str, endpoint: str) -> Feed:
        """What has been published there so far, everything that is due included."""
        self._publish_what_is_due()
        return self._feeds.setdefault((organisation, endpoint), Feed())

    def statuses_of(self, organisation: str, request_id: str) -> list[Element]:
        """The statuses of one request that are due, the oldest first."""
        self._publish_what_is_due()
        return self._statuses.get((organisation, request_id.lower()), [])

    def first_signal(self, organisation: str, goods: str) -> bool:
        """Whether these goods have no signal yet; asked once for each time they are presented."""
        return (organisation, goods) not in self._signalled

    def add_signal(
        self, organisation: str, endpoint: str, element: Element, *, routing: str | None, goods: str = "", wait: float
    ) -> None:
        """A signal that is seen after `wait` seconds; `goods` marks them as signalled."""
        self.signals += 1
        if goods:
            self._signalled.add((organisation, goods))
        self._add(_Waiting(self._clock.now() + wait, organisation, endpoint, element, routing), goods)

    def add_status(self, organisation: str, body: Mapping[str, Any], *, wait: float) -> None:
        """A validation status that is seen after `wait` seconds."""
        identity = str(uuid.uuid4())
        element = Element(identity, orjson.dumps(dict(body) | {"id": identity}))
        self._add(_Waiting(self._clock.now() + wait, organisation, STATUSES, element, None), "")

    def publish(self, organisation: str, endpoint: str, elements: Iterable[tuple[Element, str | None, bool]]) -> None:
        """A generated feed: element, routing for the truth log (None: no line), and whether it is held back."""
        feed = self.feed(organisation, endpoint)
        lines: list[tuple[str, str]] = []
        for element, routing, late in elements:
            if late:
                feed.hold_back(element, routing or "")
                continue
            feed.publish([element])
            if routing is not None:
                lines.append((element.id or "", routing))
            if len(lines) >= 1000:
                self._truth.add_many("toll", "signal", lines, sender=organisation)
                lines.clear()
        self._truth.add_many("toll", "signal", lines, sender=organisation)

    def commit_late(self, organisation: str, endpoint: str) -> int:
        """What was held back there is seen from now on, at its old place."""
        came = self.feed(organisation, endpoint).commit_late()
        self._truth.add_many("toll", "signal", came, sender=organisation)
        return len(came)

    def clear(self) -> None:
        """Forgets everything; the truth log stays, and so do the requestIds that were used."""
        for each in (self._feeds, self._statuses, self._waiting, self._signalled):
            each.clear()

    def _add(self, waiting: _Waiting, goods: str) -> None:
        self._journal.add(
            {
                "ready": waiting.ready,
                "organisation": waiting.organisation,
                "endpoint": waiting.endpoint,
                "id": waiting.element.id,
                "body": waiting.element.body.decode("utf-8", "replace"),
                "goods": goods,
            }
        )
        self._waiting.append(waiting)

    def _publish_what_is_due(self) -> None:
        now = self._clock.now()
        for _ in range(len(self._waiting)):
            one = self._waiting.popleft()
            if one.ready > now:
                self._waiting.append(one)
                continue
            self._feeds.setdefault((one.organisation, one.endpoint), Feed()).publish([one.element])
            if one.endpoint == STATUSES:
                request = str(orjson.loads(one.element.body).get("requestId", "")).lower()
                self._statuses.setdefault((one.organisation, request), []).append(one.element)
            elif one.truth is not None:
                self._truth.add("toll", "signal", one.truth, ref=one.element.id, sender=one.organisation, count=1)
