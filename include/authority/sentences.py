"""How a send ended that got no reply of its own, said in the same words about every authority. No body, no token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from include.authority.address import Environment

_FORGING = re.compile(r"[^\w.,:;()/*|\[\] +-]")

_BEFORE = {
    "expired_intent": "the permission to send it ran out before the socket was written",
    "disconnected": "the connection was gone before the first byte",
    "read_timeout": "the time ran out before the first byte",
}
_NO_CONNECTION = {"connect_failed": "cannot be reached", "connect_timeout": "did not take the connection in time"}
AFTER = {
    "read_timeout": "did not answer in time",
    "disconnected": "dropped the connection before it answered",
    "answer_cut": "sent a reply that breaks off",
    "answer_too_large": "sent a reply above the size cap",
    "answer_unreadable": "sent a reply that cannot be read",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What a sentence may name: the connection, its base URL and its environment."""

    conn_id: str
    base_url: str
    environment: Environment

    authority: ClassVar[str]
    sent: ClassVar[str] = "sent"
    """What is done with that which is sent, as a participle."""

    @property
    def official_url(self) -> str:
        """The authority's own base URL in this environment."""
        raise NotImplementedError

    @property
    def settles(self) -> str:
        """What becomes of an outcome that nobody knows."""
        raise NotImplementedError


def no_answer(where: Where, failure: str, reason: str) -> str:
    what = AFTER.get(failure, "gave no answer")
    return f"{where.authority} at {where.base_url} ({where.conn_id}) {what}{_in_brackets(reason)}; {where.settles}."


def not_sent(where: Where, failure: str, reason: str) -> str:
    if failure in ("token_refused", "token_unavailable"):
        return reason
    if failure == "certificate":
        return (
            f"The certificate of {where.base_url} cannot be verified{_in_brackets(reason)}, so nothing was "
            f"{where.sent}; check the base URL of connection {where.conn_id!r} and the trust store of the worker."
        )
    if failure == "unexpected":
        return (
            f"Nothing was {where.sent} to {where.base_url}: preparing the request failed{_in_brackets(reason)}; check "
            f"connection {where.conn_id!r} and report this."
        )
    if failure in _NO_CONNECTION:
        why = _in_brackets(plain(reason.partition(" (")[0], most=80))
        return (
            f"{where.authority} at {where.base_url} {_NO_CONNECTION[failure]}{why}, so nothing was {where.sent}; check "
            f"the base URL of connection {where.conn_id!r} and the network of the worker."
        )
    what = _BEFORE.get(failure, "the send did not begin")
    return f"Nothing was {where.sent} to {where.base_url} ({where.conn_id}): {what}{_in_brackets(reason)}."


def slow_down(where: Where, retry_after: float | None) -> str:
    wait = f" for {retry_after:g} s" if retry_after is not None else ""
    return (
        f"{where.base_url} asked to slow down{wait} (429), so nothing was {where.sent}; lower `max_parallel` of "
        f"connection {where.conn_id!r} when this comes back."
    )


def redirected(where: Where, status: int) -> str:
    return (
        f"{where.base_url} answered {status}, a redirect, which is never followed because it loses the token; set the "
        f"host of connection {where.conn_id!r} to {where.official_url}, and {where.settles}."
    )


def undecided(where: Where, status: int) -> str:
    return f"{where.base_url} ({where.conn_id}) answered {status} without a readable refusal; {where.settles}."


def plain(text: str, most: int) -> str:
    """Foreign text cut to so many characters and without anything that could forge a line of a log."""
    return _FORGING.sub("?", text)[:most]


def _in_brackets(reason: str) -> str:
    return f" ({reason})" if reason else ""
