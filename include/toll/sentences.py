"""The sentences an operator reads about a presentation or a poll: what is wrong, where, what to do next.

No body, no token, and of the authority's own words only the first fault, cut short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from include.authority import sentences as about_a_send
from include.authority.sentences import no_answer, not_sent, plain, redirected, slow_down, undecided
from include.toll.answer import Fault
from include.toll.hosts import HOSTS

__all__ = ["no_answer", "not_sent", "redirected", "slow_down", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where(about_a_send.Where):
    """What a sentence may name: also the scope asked for."""

    scope: str
    authority: ClassVar[str] = "Tolletaten"
    sent: ClassVar[str] = "presented"

    @property
    def official_url(self) -> str:
        return HOSTS.base_urls[self.environment]

    @property
    def settles(self) -> str:
        return "its validation status tells whether it arrived, and until then it is not sent again"


def accepted(status: int) -> str:
    return f"Tolletaten took the presentation ({status}); its validation status tells whether it is right."


def refused(faults: tuple[Fault, ...], already_used: bool) -> str:
    first = faults[0]
    what = plain(": ".join(part for part in (first.path, first.text) if part), most=160)
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    if already_used:
        return f"Tolletaten refused the presentation because its requestId was used before ({what})."
    return f"Tolletaten refused the presentation: {what}{more}; correct it and present it again."


def contradicts(where: Where, status: int) -> str:
    return (
        f"Tolletaten ({where.conn_id}) answered {status} with validation errors, which contradict it; {where.settles}."
    )


def cut(where: Where, status: int) -> str:
    return f"Tolletaten ({where.conn_id}) answered {status} with a reply that breaks off; {where.settles}."


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


def turned_away(where: Where, status: int) -> str:
    check = "check `presentation_path` and `field_names`" if status in (400, 415, 422) else "check the base URL"
    return (
        f"{where.base_url} answered {status} without validation errors, so nothing was presented; {check} of "
        f"connection {where.conn_id!r}."
    )
