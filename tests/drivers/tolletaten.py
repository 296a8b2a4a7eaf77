"""Tolletaten in the sandbox and the clients that speak to it, one call at a time."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any

import requests

from include.maskinporten.source import TokenSource
from include.register.asking import Patience
from include.register.session_transport import SessionTransport, TokenAuth
from include.sandbox import Sandbox
from include.sandbox.faults import FaultKind, FaultPlan
from include.toll import settings as toll_settings
from include.toll.client import TollClient
from include.toll.exchange import toll_tokens
from include.toll.http_polls import HttpPolls
from tests.drivers.party import maskinporten_of


class Tolletaten:
    """Customs in the sandbox, and clients that speak to it over real sockets as the tasks do.

    `extra` are fields of the connection `toll`. What really happened is asked of the truth log.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.extra: dict[str, Any] = {"read_timeout": 5}
        self.naps: list[float] = []
        """The pauses the polls would have taken between tries."""
        self.maskinporten = TokenSource(maskinporten_of(sandbox))

    @property
    def settings(self) -> toll_settings.TollSettings:
        found = self.sandbox.connections["toll"]
        return toll_settings.settings_from_connection(
            conn_id="toll", host=found["host"], extra=found["extra"] | self.extra
        )

    @cached_property
    def secrets(self) -> list[str]:
        """What was told to be masked."""
        return []

    def client(self, **extra: Any) -> TollClient:
        """A client to be used with `async with`, on tokens of its own."""
        self.extra |= extra
        settings = self.settings
        return TollClient(settings, self.tokens(), toll_settings.grant_for(settings, None))

    def tokens(self) -> Any:
        return toll_tokens(self.settings, self.maskinporten, on_secret=self.secrets.append)

    def polls(self, **extra: Any) -> HttpPolls:
        """Blocking: call it beside the event loop that the sandbox runs in, by `asyncio.to_thread`."""
        self.extra |= extra
        settings = self.settings
        auth = TokenAuth(self.tokens(), toll_settings.grant_for(settings, None))
        transport = SessionTransport(requests.Session(), auth, settings, service="Tolletaten")
        return HttpPolls(settings, transport, patience=Patience(sleep=self.naps.append))

    def fault(self, *kinds: str, lane: str = "toll", **options: Any) -> None:
        """The next requests of a lane (toll, toll_polls, toll_token) go wrong, one after the other."""
        number = self.sandbox.services[lane].requests
        plan = {number + place: FaultKind(kind) for place, kind in enumerate(kinds, start=1)}
        self.sandbox.knobs.faults[lane] = FaultPlan(at=plan, **options)

    def truth(self, op: str) -> list[dict[str, Any]]:
        """The lines of the truth log for present, exchange or signal."""
        return [line for line in self.sandbox.truth() if line["service"] == "toll" and line["op"] == op]

    def presented(self) -> Counter[str]:
        """How often each message, its requestId aside, was taken, by SHA-256."""
        return Counter(line["sha256"] for line in self.truth("present") if line["result"] == "TAKEN")
