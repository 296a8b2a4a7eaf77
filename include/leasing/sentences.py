"""The sentences an operator reads about a change of leaseholder. No body, no token, no plate, no number, no name."""

from __future__ import annotations

from include.leasing.reply import LeasingReply
from include.vegvesen.hosts import BASE_URLS
from include.vegvesen.sentences import Where, not_sent, slow_down, unauthorised

__all__ = ["not_sent", "slow_down", "unauthorised"]

_SETTLES = "the change is not sent again until it is settled whether it arrived"
_AFTER = {
    "read_timeout": "did not answer in time",
    "disconnected": "dropped the connection before it answered",
}


def accepted() -> str:
    return "Statens vegvesen made the change."


def refused(reply: LeasingReply) -> str:
    codes = ", ".join(dict.fromkeys(remark.kode for remark in reply.merknader))
    return f"Statens vegvesen refused the change with {codes}."


def about_another(where: Where) -> str:
    said = "answered about another plate or leaseholder than was asked for"
    return f"Statens vegvesen ({where.conn_id}) {said}; {_SETTLES}."


def no_answer(where: Where, failure: str, reason: str) -> str:
    what = _AFTER.get(failure, "gave no answer that can be read")
    told = f" ({reason})" if reason else ""
    return f"Statens vegvesen at {where.base_url} ({where.conn_id}) {what}{told}; {_SETTLES}."


def unreadable(where: Where, status: int) -> str:
    return f"Statens vegvesen ({where.conn_id}) answered {status} without an entity or merknader; {_SETTLES}."


def redirected(where: Where, status: int) -> str:
    return (
        f"{where.base_url} answered {status}, a redirect, which is never followed because it loses the token; set the "
        f"host of connection {where.conn_id!r} to {BASE_URLS[where.environment]}, and {_SETTLES}."
    )


def undecided(where: Where, status: int) -> str:
    return f"{where.base_url} ({where.conn_id}) answered {status} without merknader; {_SETTLES}."


def turned_away(where: Where, status: int) -> str:
    check = (
        "check the terms on Din side, the role Flåteeier and leasing_scope"
        if status == 403
        else "check the base URL and that the host is the interface itself and not a gateway"
    )
    return (
        f"{where.base_url} answered {status} without merknader of the leasing interface, so nothing was sent; {check} "
        f"(connection {where.conn_id!r})."
    )
