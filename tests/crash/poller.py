"""A process that polls control signals as the task does, and dies where it is told."""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import requests

from include.errors import Busy
from include.journey.poll_routing import poll_routing
from include.ledger import feeds, sightings, signals
from include.ledger.feeds import Watched
from include.ledger.warehouse import connect
from include.maskinporten import settings as maskinporten_settings
from include.maskinporten.source import TokenSource
from include.register.session_transport import SessionTransport, TokenAuth
from include.toll import settings as toll_settings
from include.toll.exchange import toll_tokens
from include.toll.http_polls import HttpPolls

ORGANISATION, PARTY, HOUSES = "310000019", "nordbil", "house-consignment"

#: name → the function, and the side of its call on which the process may end.
STEPS: dict[str, tuple[str, str]] = {
    "page fetched": ("include.toll.http_polls:HttpPolls.routing", "after"),
    "feed locked": ("include.ledger.feeds:lock", "after"),
    "ids stored": ("include.ledger.signals:_new_ids", "after"),
    "signals stored, consignments moved": ("include.ledger.signals:_stand", "after"),
    "marker moved, not committed": ("include.ledger.feeds:move", "after"),
    "alerts recorded, not committed": ("include.ledger.alerts:record", "after"),
    "page committed": ("include.ledger.feeds:after", "before"),
    "all read, its end not noted": ("include.ledger.feeds:read_to_its_end", "before"),
}


@dataclass(frozen=True, slots=True)
class Life:
    """One life of a poller. It ends at the `at`-th passage of `step`; `reached` is written right before."""

    dsn: str
    connections: dict[str, dict[str, Any]]
    step: str | None = None
    at: int = 1
    reached: str = ""
    naive: bool = False


def live(life: Life) -> None:
    """Polls to the end of the feed, or dies. Exit status 3: another poller was at work."""
    if life.step:
        _arm(life.step, lambda: _die(life))
    if life.naive:
        _marker_first()
    polls = _polls(life.connections)
    with connect(life.dsn) as connection:
        sightings.name_party(connection, PARTY, "Nordbil", ORGANISATION, "Europe/Oslo")
        watched = Watched(validation_minutes=10, signal_minutes=10, control_places={})
        organisation = feeds.organisation_of(connection, PARTY, "test", ORGANISATION, watched)
        feed = feeds.feed_of(connection, organisation, HOUSES)
        try:
            with feeds.reading(connection, feed) as held:
                poll_routing(connection, polls, held, HOUSES, party=PARTY)
        except Busy:
            os._exit(3)


def _polls(connections: dict[str, dict[str, Any]]) -> HttpPolls:
    found = connections["maskinporten"]
    source = TokenSource(
        maskinporten_settings.settings_from_extra(
            conn_id="maskinporten", host=found["host"], login=found["login"], extra=found["extra"]
        )
    )
    found = connections["toll"]
    settings = toll_settings.settings_from_connection(conn_id="toll", host=found["host"], extra=found["extra"])
    tokens = toll_tokens(settings, source, on_secret=lambda _: None)
    auth = TokenAuth(tokens, toll_settings.grant_for(settings, None))
    return HttpPolls(settings, SessionTransport(requests.Session(), auth, settings, service="Tolletaten"))


def _arm(step: str, deed: Callable[[], None], *, at: int | None = None) -> None:
    place, side = STEPS[step]
    module, _, name = place.partition(":")
    holder: Any = import_module(module)
    *outer, last = name.split(".")
    for part in outer:
        holder = getattr(holder, part)
    function = getattr(holder, last)

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if side == "before":
            deed()
        result = function(*args, **kwargs)
        if side == "after":
            deed()
        return result

    setattr(holder, last, wrapped)


_passages = count(1)


def _die(life: Life) -> None:
    if next(_passages) == life.at:
        Path(life.reached).write_text(life.step or "", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)


def _marker_first() -> None:
    """The control: a poller that notes how far it is before it stores, as one does who keeps the marker elsewhere."""
    store = signals.store_page

    def careless(connection: Any, feed: Any, page: Any, **how: Any) -> Any:
        connection.execute("UPDATE ledger.marker SET marker = %s WHERE id = %s", (page.last_id, feed.id))
        connection.commit()
        return store(connection, feeds.feed_of(connection, feed.organisation_id, feed.endpoint), page, **how)

    signals.store_page = careless
