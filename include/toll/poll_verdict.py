"""What the HTTP status of a poll means. A poll may be repeated, so what is not a person's task is asked again."""

from __future__ import annotations

from datetime import datetime

from include.errors import AccessDenied, ConfigurationError, PersonMustAct, RateLimited, ServiceUnavailable, TryAgain
from include.register.transport import Reply
from include.register.verdict import Next, Verdict, retry_after
from include.toll.polling import MarkerRefused
from include.toll.sentences import Where
from include.toll.settings import StatusMissing

_OF_THE_MARKER = (400, 404, 409, 410, 416, 422)


def judge_poll(
    reply: Reply,
    where: Where,
    *,
    marker: str | None = None,
    missing: StatusMissing = "error",
    now: datetime | None = None,
) -> Verdict:
    """The verdict on one reply.

    `marker` is the one that was sent; most 4xx are then about it. `missing` is what a 404 without a marker means:
    nothing there yet, or a wrong address.
    """
    at = f"Tolletaten ({where.base_url}, connection {where.conn_id!r})"
    if reply.status == 200 and reply.state == "too_large":
        return _stop(ConfigurationError(f"{at} answered with more than `max_reply_bytes`; set it higher."))
    if reply.status == 200:
        return Verdict(Next.READ)
    if reply.status == 204 or (reply.status == 404 and missing == "nothing" and marker is None):
        return Verdict(Next.EMPTY)
    if reply.status == 401:
        sentence = f"{at} refused the access token twice; check `token_exchange` and the scope {where.scope}."
        return Verdict(Next.RENEW, error=AccessDenied(sentence))
    if reply.status == 403:
        sentence = f"{at} says 403; ask Tolletaten whether this organisation has been given the scope {where.scope}."
        return _stop(AccessDenied(sentence))
    again = _again(reply, at, now)
    if again is not None:
        return Verdict(Next.AGAIN, error=again)
    if marker is not None and reply.status in _OF_THE_MARKER:
        return _stop(
            MarkerRefused(
                f"{at} answered {reply.status} to the stored marker; rewind the poll by its form, which reads from the "
                "start and keeps what is known."
            )
        )
    if 300 <= reply.status <= 399:
        return _stop(ConfigurationError(f"{at} redirects, which is never followed; correct the base URL."))
    return _stop(ConfigurationError(f"{at} answered {reply.status}; check the base URL and the paths."))


def _again(reply: Reply, at: str, now: datetime | None) -> TryAgain | None:
    pause = retry_after(reply.headers, now=now)
    if reply.status == 429:
        return RateLimited(f"{at} asks to slow down.", retry_after=pause)
    # A page of HTML comes from a gateway, whatever status it has; the interface answers JSON.
    page = "html" in reply.headers.get("content-type", "") and 400 <= reply.status <= 499
    if page or reply.status == 408 or reply.status >= 500 or reply.status in range(201, 300):
        return ServiceUnavailable(f"{at} answered {reply.status}; it is asked again later.", retry_after=pause)
    return None


def _stop(error: PersonMustAct) -> Verdict:
    return Verdict(Next.STOP, error=error)
