"""Loopback HTTP listeners, and the one place where an answer is delayed, broken or lost on purpose."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Callable

from aiohttp import web

from include.errors import ConfigurationError

from .faults import FaultKind, FaultPlan, Latency
from .knobs import Knobs
from .reply import Call, Reply, gateway

Answer = Callable[[Call], Reply]

MAX_BODY = 8 * 1024 * 1024
REDIRECTED = "/redirected"
_NO_FAULTS = FaultPlan()
_NO_LATENCY = Latency()
_HTML = (
    b"<html><head><title>400 Bad Request</title></head><body><center><h1>400 Bad Request</h1></center></body></html>"
)


def require_loopback(host: str) -> None:
    """The sandbox answers anybody who asks, so it never listens where others can ask."""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ConfigurationError(f"The sandbox listens on loopback only, not on {host}; use 127.0.0.1.")


def port_taken(port: int) -> ConfigurationError:
    """The sentence for a port that cannot be had."""
    return ConfigurationError(f"The sandbox cannot listen on port {port}; stop what holds it or give another --ports.")


class Listener:
    """One port of the sandbox; `handle` is aiohttp's low-level handler: a router would cost what load tests need."""

    def __init__(self) -> None:
        self.port = 0
        self._web: web.Server | None = None
        self._server: asyncio.Server | None = None

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answers one request; the classes below say how."""
        raise NotImplementedError

    async def start(self, host: str, port: int) -> None:
        """Binds; port 0 takes a free one. Raises ConfigurationError for an address that is not loopback or is taken."""
        require_loopback(host)
        loop = asyncio.get_running_loop()

        def make(message, payload, protocol, writer, task):  # type: ignore[no-untyped-def]
            return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY)

        self._web = web.Server(self.handle, request_factory=make, access_log=None)
        try:
            self._server = await loop.create_server(self._web, host, port, backlog=1024)
        except OSError as error:
            raise port_taken(port) from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Closes the port and ends answers that are still being delayed."""
        if self._server is not None:
            self._server.close()
        if self._web is not None:
            await self._web.shutdown(timeout=0.2)
        self._server = self._web = None


class Service(Listener):
    """An authority: numbers its requests, and lets the fault plan decide what becomes of each.

    Only requests with one of `methods` (by default those that could have an effect) are numbered, delayed and broken.
    """

    def __init__(
        self, name: str, seed: int, knobs: Knobs, answer: Answer, *, methods: tuple[str, ...] = ("POST", "DELETE")
    ) -> None:
        super().__init__()
        self.name = name
        self.requests = 0
        self.counts: Counter[str] = Counter()
        self._seed = seed
        self._knobs = knobs
        self._answer = answer
        self._methods = methods

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request, from its first byte to its answer or its end without one."""
        method, path = request.method, request.path
        call = Call(method, path, request.query_string, _lower(request), await request.read())
        if path == REDIRECTED:
            self.counts["redirects_followed"] += 1
            return _response(gateway(404, "Not Found", path))
        if method not in self._methods:
            return _response(self._answer(call))
        self.requests += 1
        number = self.requests
        plan = self._knobs.faults.get(self.name, _NO_FAULTS)
        fault = plan.choose(self._seed, self.name, number)
        latency = self._knobs.latency.get(self.name, _NO_LATENCY)
        seconds = latency.draw(self._seed, self.name, number)
        if fault is not None:
            self.counts[fault] += 1
            return await self._broken(request, call, plan, fault, seconds)
        if not seconds:
            return _response(self._answer(call))
        await asyncio.sleep(seconds * latency.act_at)
        reply = self._answer(call)
        await asyncio.sleep(seconds * (1 - latency.act_at))
        return _response(reply)

    async def _broken(
        self, request: web.BaseRequest, call: Call, plan: FaultPlan, fault: FaultKind, seconds: float
    ) -> web.StreamResponse:
        if fault is FaultKind.LATE_ACCEPT:
            await asyncio.sleep(plan.slow_seconds)
            return _response(self._answer(call))
        if fault is FaultKind.SLOW_ANSWER:
            reply = self._answer(call)
            await asyncio.sleep(plan.slow_seconds)
            return _response(reply)
        await asyncio.sleep(seconds)
        untouched = _without_effect(fault, plan, call.path)
        if untouched is not None:
            return _response(untouched)
        if fault is FaultKind.LOST_REQUEST:
            return _dropped(request)
        reply = self._answer(call)
        if fault is FaultKind.LOST_ANSWER:
            return _dropped(request)
        if fault is FaultKind.CUT_BODY:
            return await _cut(request, reply)
        return _response(gateway(500, "Internal Server Error", call.path))


def _without_effect(fault: FaultKind, plan: FaultPlan, path: str) -> Reply | None:
    """The answers a gateway gives without asking the authority; None for faults that are no answers of that kind."""
    retry = {"Retry-After": str(plan.retry_after)}
    if fault is FaultKind.UNAVAILABLE:
        return gateway(503, "Service Unavailable", path, headers=retry)
    if fault is FaultKind.RATE_LIMITED:
        return gateway(429, "Too Many Requests", path, headers=retry)
    if fault is FaultKind.ERROR:
        return gateway(500, "Internal Server Error", path)
    if fault is FaultKind.HTML_400:
        return Reply(400, _HTML, "text/html")
    if fault is FaultKind.REDIRECT:
        return Reply(307, b"", "text/plain", {"Location": REDIRECTED})
    return None


def _lower(request: web.BaseRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _response(reply: Reply) -> web.Response:
    return web.Response(
        status=reply.status, body=reply.body, content_type=reply.content_type, headers=dict(reply.headers) or None
    )


def _dropped(request: web.BaseRequest) -> web.Response:
    """Resets the connection; what is returned here can no longer reach anybody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _cut(request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status)
    response.content_type = reply.content_type
    response.content_length = len(reply.body)
    response.force_close()
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
