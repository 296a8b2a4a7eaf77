"""The sentences an operator reads about a change of leaseholder. No body, no token, no plate, no number, no name."""

from __future__ import annotations

from include.authority.sentences import no_answer, not_sent, redirected, slow_down
from include.leasing.reply import LeasingReply
from include.vegvesen.sentences import Where, unauthorised

__all__ = ["no_answer", "not_sent", "redirected", "slow_down", "unauthorised"]


def accepted() -> str:
    return "Statens vegvesen made the change."


def refused(reply: LeasingReply) -> str:
    codes = ", ".join(dict.fromkeys(remark.kode for remark in reply.merknader))
    return f"Statens vegvesen refused the change with {codes}."


def about_another(where: Where) -> str:
    said = "answered about another plate or leaseholder than was asked for"
    return f"Statens vegvesen ({where.conn_id}) {said}; {where.settles}."


def unreadable(where: Where, status: int) -> str:
    return f"Statens vegvesen ({where.conn_id}) answered {status} without an entity or merknader; {where.settles}."


def undecided(where: Where, status: int) -> str:
    return f"{where.base_url} ({where.conn_id}) answered {status} without merknader; {where.settles}."


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
