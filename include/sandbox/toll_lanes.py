"""One port with three lanes: what presents, what polls and what exchanges tokens each have numbers and faults.

A fault for the second presentation then hits the second presentation, however many polls or tokens came between.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from .knobs import Knobs
from .serving import Answer, Service
from .toll_tokens import EXCHANGE


class Lane(Service):
    """Numbers, delays and breaks its own requests; it has no port of its own."""

    async def start(self, host: str, port: int) -> None:
        """Nothing to bind: `TollDoor` brings the requests."""

    async def stop(self) -> None:
        """Nothing to close."""


class TollDoor(Service):
    """The port. `POST` of a presentation is its own lane; the two others are `toll_polls` and `toll_token`."""

    def __init__(self, seed: int, knobs: Knobs, answer: Answer) -> None:
        super().__init__("toll", seed, knobs, answer)
        self._polls = Lane("toll_polls", seed, knobs, answer, methods=("GET",))
        self._token = Lane("toll_token", seed, knobs, answer)

    def lanes(self) -> Mapping[str, Service]:
        """All three by name."""
        return {"toll": self, "toll_polls": self._polls, "toll_token": self._token}

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request, down its lane."""
        if request.path == EXCHANGE:
            return await self._token.handle(request)
        if request.method == "GET":
            return await self._polls.handle(request)
        return await super().handle(request)
