"""The HTTP session of a client: no redirect, no proxy, no cookie, no re-send, and a time limit on every phase."""

from __future__ import annotations

import aiohttp

from include.authority.wire import never_send_twice
from include.vegvesen.settings import VegvesenSettings

_KEEPALIVE = 4.0
"""Seconds an idle connection is kept: below the five seconds after which common servers close theirs, since a request
that meets a closing connection ends unknown."""


def open_session(settings: VegvesenSettings) -> aiohttp.ClientSession:
    """A session for `settings.max_parallel` requests at once; to be called inside the event loop that uses it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=settings.max_parallel, keepalive_timeout=_KEEPALIVE, ttl_dns_cache=300),
        timeout=aiohttp.ClientTimeout(
            total=settings.total_timeout,
            connect=settings.connect_timeout,
            sock_connect=settings.connect_timeout,
            sock_read=settings.read_timeout,
        ),
        middlewares=(never_send_twice,),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )
