"""The sentences an operator reads about a presentation or a poll: what is wrong, where, what to do next.

No body, no token, and of the authority's own words only the first fault, cut short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from include.register.hosts import Environment
from include.toll.answer import Fault
from include.toll.hosts import HOSTS

_FORGING = re.compile(r"[^\w.,:;()/*|\[\] +-]")
_SETTLES = "its validation status tells whether it arrived, and until then it is not sent again"

_BEFORE = {
    "expired_intent": "the permission to send it ran out before the socket was written",
    "disconnected": "the connection was gone before the first byte",
    "read_timeout": "the time ran out before the first byte",
}
_NO_CONNECTION = {"connect_failed": "cannot be reached", "connect_timeout": "did not take the connection in time"}
_AFTER = {
    "read_timeout": "did not answer in time",
    "disconnected": "dropped the connection before it answered",
    "answer_unreadable": "sent a reply that cannot be read",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What a sentence may name: the connection, its base URL, its environment and the scope asked for."""

    conn_id: str
    base_url: str
    environment: Environment
    scope: str


def accepted(status: int) -> str:
    return f"Tolletaten took the presentation ({status}); its validation status tells whether it is right."


def refused(faults: tuple[Fault, ...], already_used: bool) -> str:
    first = faults[0]
    what = _plain(": ".join(part for part in (first.path, first.text) if part))
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    if already_used:
        return f"Tolletaten refused the presentation because its requestId was used before ({what})."
    return f"Tolletaten refused the presentation: {what}{more}; correct it and present it again."


def contradicts(where: Where, status: int) -> str:
    return f"Tolletaten ({where.conn_id}) answered {status} with validation errors, which contradict it; {_SETTLES}."


def cut(where: Where, status: int) -> str:
    return f"Tolletaten ({where.conn_id}) answered {status} with a reply that breaks off; {_SETTLES}."


def no_answer(where: Where, failure: str, reason: str) -> str:
    what = _AFTER.get(failure, "gave no answer")
    return f"Tolletaten at {where.base_url} ({where.conn_id}) {what}{_in_brackets(reason)}; {_SETTLES}."


def not_sent(where: Where, failure: str, reason: str) -> str:
    if failure == "token_unavailable":
        return reason
    if failure == "certificate":
        return (
            f"The certificate of {where.base_url} cannot be verified{_in_brackets(reason)}, so nothing was presented; "
            f"check the base URL of connection {where.conn_id!r} and the trust store of the worker."
        )
    if failure == "unexpected":
        return (
            f"Nothing was presented to {where.base_url}: preparing the request failed{_in_brackets(reason)}; check "
            f"connection {where.conn_id!r} and report this."
        )
    if failure in _NO_CONNECTION:
        why = _in_brackets(_plain(reason.partition(" (")[0]))
        return (
            f"Tolletaten at {where.base_url} {_NO_CONNECTION[failure]}{why}, so nothing was presented; check the base "
            f"URL of connection {where.conn_id!r} and the network of the worker."
        )
    what = _BEFORE.get(failure, "the send did not begin")
    return f"Nothing was presented to {where.base_url} ({where.conn_id}): {what}{_in_brackets(reason)}."


def unauthorised(where: Where, renewed: bool) -> str:
    times = "twice, the second time to a fresh token" if renewed else "once"
    return (
        f"{where.base_url} answered 401 {times}; check `token_exchange`, the scope {where.scope} and the environment "
        f"of connection {where.conn_id!r} and its Maskinporten connection."
    )


def forbidden(where: Where) -> str:
    return (
        f"{where.base_url} answered 403 (connection {where.conn_id!r}); ask Tolletaten whether this organisation has "
        f"been given the scope {where.scope}."
    )


def slow_down(where: Where, retry_after: float | None) -> str:
    wait = f" for {retry_after:g} s" if retry_after is not None else ""
    return (
        f"{where.base_url} asked to slow down{wait} (429), so nothing was presented; lower `max_parallel` of "
        f"connection {where.conn_id!r} when this comes back."
    )


def redirected(where: Where, status: int) -> str:
    return (
        f"{where.base_url} answered {status}, a redirect, which is never followed because it loses the token; set the "
        f"host of connection {where.conn_id!r} to {HOSTS.base_urls[where.environment]}, and {_SETTLES}."
    )


def undecided(where: Where, status: int) -> str:
    return f"{where.base_url} ({where.conn_id}) answered {status} without a readable refusal; {_SETTLES}."


def turned_away(where: Where, status: int) -> str:
    check = "check `presentation_path` and `field_names`" if status in (400, 415, 422) else "check the base URL"
    return (
        f"{where.base_url} answered {status} without validation errors, so nothing was presented; {check} of "
        f"connection {where.conn_id!r}."
    )


def _plain(text: str) -> str:
    """Foreign text cut short and without anything that could forge a line of a log."""
    return _FORGING.sub("?", text)[:160]


def _in_brackets(reason: str) -> str:
    return f" ({reason})" if reason else ""
