"""Names what went wrong when no status line arrived; aiohttp's exceptions are never quoted, some hold the headers."""

from __future__ import annotations

import os
from asyncio import IncompleteReadError

import aiohttp

from include.authority.exchange import Failure
from include.authority.wire import ConnectionLost, NotWritten


def failure_of(error: BaseException) -> tuple[Failure, str]:
    """The failure and a short technical word for it. Whether anything was written is not decided here."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Failure.CERTIFICATE, "the certificate does not match or is not trusted"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Failure.CONNECT_FAILED, "the host name is not known"
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return Failure.CONNECT_FAILED, "the TLS handshake failed"
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Failure.CONNECT_TIMEOUT, ""
    if isinstance(error, aiohttp.ClientConnectorError):
        return Failure.CONNECT_FAILED, _in_words(error.os_error)
    if isinstance(error, TimeoutError):
        return Failure.READ_TIMEOUT, ""
    if isinstance(error, aiohttp.ClientResponseError):
        return Failure.ANSWER_UNREADABLE, "it is not HTTP"
    if isinstance(error, ConnectionLost | NotWritten | aiohttp.ClientConnectionError | OSError | IncompleteReadError):
        return Failure.DISCONNECTED, ""
    return Failure.UNEXPECTED, type(error).__name__


def _in_words(error: OSError) -> str:
    """The system's own words; those of asyncio hold an address in brackets, which the sentence names already."""
    return os.strerror(error.errno).lower() if error.errno and error.errno > 0 else ""
