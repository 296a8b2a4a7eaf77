"""Tokens for many callers from few calls: cached, renewed before they end, one call at a time per wish.

Life is counted from before the request and on the monotonic clock, so neither a slow answer nor a corrected wall clock
can make a dead token look alive.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import NoReturn, Protocol

from include.errors import TryAgain
from include.maskinporten.clock import Clock
from include.maskinporten.file_cache import FileCache, StoredToken
from include.maskinporten.grant import Grant
from include.maskinporten.purchase import Bought
from include.maskinporten.token import AccessToken

log = logging.getLogger(__name__)

_STILL_USEFUL = 5.0


class _AbandonedError(Exception):
    """The event loop that carried a token call stopped it; whoever still waits starts another."""


class Buyer(Protocol):
    """Who is asked for a new token when none is held."""

    async def buy(self, grant: Grant) -> Bought:
        """A new token. Raises errors of `include.errors` only."""

    async def tell(self, secret: str) -> None:
        """Make `secret` known to whoever masks secrets."""


class CachedTokens:
    """Access tokens for this process; safe to share between coroutines, event loops and threads.

    Args:
        buyer: asked for a new token, one call at a time for each key.
        key_of: what tells the tokens of two grants apart, a text that may be a file name.
        margin: seconds before its end at which a token is renewed (at most half of its life).
        whose: whose tokens they are, for the log.
        files: where the processes of one host share tokens; None keeps them in memory.
        clock: wall and monotonic time.
    """

    def __init__(
        self,
        buyer: Buyer,
        *,
        key_of: Callable[[Grant], str],
        margin: float,
        whose: str,
        files: FileCache | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._buyer = buyer
        self._key_of = key_of
        self._margin = margin
        self._whose = whose
        self._clock = clock or Clock()
        self._tokens: dict[str, AccessToken] = {}
        self._flights: dict[str, Future[AccessToken]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._lock = threading.Lock()
        self._files = files

    async def token(self, grant: Grant) -> AccessToken:
        """A token for `grant` that lives at least until its renewal margin; asks the authority only when it must.

        Raises:
            AccessDenied, ConfigurationError: a person must act; the sentence says how.
            ServiceUnavailable, RateLimited: no answer after a few tries.
        """
        key = self._key_of(grant)
        while True:
            held = self._tokens.get(key)
            if held is not None and self._clock.monotonic() < held.renew_at:
                return held
            flight = self._join(key, grant)
            try:
                return await asyncio.wrap_future(flight)
            except _AbandonedError:
                continue
            except TryAgain as error:
                if held is None or self._clock.monotonic() > held.expires_at - _STILL_USEFUL:
                    raise
                log.warning("Renewing a %s token failed and the old one still lives: %s", self._whose, error)
                return held

    def token_blocking(self, grant: Grant) -> AccessToken:
        """The same for synchronous code. Raises what `token` raises, and `RuntimeError` inside an event loop."""
        held = self._tokens.get(self._key_of(grant))
        if held is not None and self._clock.monotonic() < held.renew_at:
            return held
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self.token(grant))
        raise RuntimeError("An event loop runs in this thread: await token() instead of waiting for it.")

    def drop(self, grant: Grant, used: AccessToken) -> None:
        """Forget `used` after an API refused it. A newer token that came meanwhile stays."""
        key = self._key_of(grant)
        with self._lock:
            held = self._tokens.get(key)
            if held is not None and held.value == used.value:
                del self._tokens[key]
        stored = self._files.read(key) if self._files else None
        if self._files and stored is not None and stored.value == used.value:
            self._files.remove(key)

    async def close(self) -> None:
        """Stop the token calls that this event loop carries. The source can be used again afterwards."""
        loop = asyncio.get_running_loop()
        tasks = [task for task in list(self._tasks) if task.get_loop() is loop]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _join(self, key: str, grant: Grant) -> Future[AccessToken]:
        """The running call for `key`, or a new one carried by this event loop."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is None:
                flight = self._flights[key] = Future()
                # Marked as running, the call cannot be cancelled by one of those who wait for it.
                flight.set_running_or_notify_cancel()
                task = asyncio.get_running_loop().create_task(self._fly(key, grant, flight))
                self._tasks.add(task)
                # A task cancelled before its first step never reaches its own `finally`.
                task.add_done_callback(lambda done: self._landed(key, flight, done))
            return flight

    async def _fly(self, key: str, grant: Grant, flight: Future[AccessToken]) -> None:
        try:
            token = await (self._shared(key, grant) if self._files else self._bought(grant))
        except Exception as error:
            self._forget_flight(key, flight)
            flight.set_exception(error)
        else:
            self._tokens[key] = token
            self._forget_flight(key, flight)
            flight.set_result(token)

    def _landed(self, key: str, flight: Future[AccessToken], task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._forget_flight(key, flight)
        if flight.done():
            return
        error = None if task.cancelled() else task.exception()
        flight.set_exception(error or _AbandonedError())

    def _forget_flight(self, key: str, flight: Future[AccessToken]) -> None:
        with self._lock:
            if self._flights.get(key) is flight:
                del self._flights[key]

    async def _bought(self, grant: Grant) -> AccessToken:
        bought = await self._buyer.buy(grant)
        return self._made(bought.value, bought.scope, bought.lifetime, bought.asked_at)

    def _made(self, value: str, scope: str, lifetime: float, asked_at: float) -> AccessToken:
        expires_at = asked_at + lifetime
        margin = min(self._margin, lifetime / 2)
        return AccessToken(value, expires_at, expires_at - margin, lifetime, scope)

    async def _shared(self, key: str, grant: Grant) -> AccessToken:
        """A token from this host's files, else a new one for all of them."""
        files = self._files
        if files is None:
            return await self._bought(grant)
        async with files.lock(key):
            stored = files.read(key)
            if stored is not None:
                age = max(self._clock.wall() - stored.stored_at, 0.0)
                token = self._made(stored.value, stored.scope, stored.lifetime, self._clock.monotonic() - age)
                if self._clock.monotonic() < token.renew_at:
                    await self._buyer.tell(token.value)
                    return token
            stored_at = self._clock.wall()
            token = await self._bought(grant)
            files.write(key, StoredToken(token.value, token.scope, token.lifetime, stored_at))
            return token

    def __reduce__(self) -> NoReturn:
        raise TypeError("A token source is never pickled; make one from its connection where it is needed.")
