"""The one place where a status, a body or an exception of a presentation becomes an outcome.

The rules, in order (published: validation in two steps, and the status codes 202, 400, 401, 403, 415, 500):

1. No byte written: **not sent**, whatever went wrong. Bytes written and no status: **unknown**.
2. 2xx with any body or none: **accepted**, since the code and body of success are not published. Exceptions, both
   **unknown**: a body that breaks off, and one that names validation errors, which contradict the status.
3. 400, 409 and 422 with readable validation errors: **refused**. **Unknown** when their body breaks off, and for a 409
   without validation errors.
4. 401 and 403: **not sent**, and a person must act (the client renews the token once on 401 before).
5. 429: **not sent**, later. 3xx, 408, 499 and 5xx: **unknown**; redirects are never followed.
6. Every other 4xx (404, 415, a gateway's own 400) was turned away before it was judged: **not sent**, and a setting is
   wrong.

A text decides one thing only: whether a *refused* answer says that its requestId was used before (`reuse`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from include.authority.exchange import Exchange, Failure
from include.outcomes import Outcome
from include.toll import sentences
from include.toll.answer import Fault
from include.toll.faults import faults_in_body
from include.toll.reuse import Reuse
from include.toll.sentences import Where

_OF_THE_MESSAGE = (400, 409, 422)
"""Statuses that speak of the message itself, when their body can be read."""


class Stop(StrEnum):
    """Why the next presentation would end the same way until a person changes something."""

    ACCESS = "access"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome with its reason; the fields mean what they mean in `Answer`."""

    outcome: Outcome
    error_class: Failure | None
    sentence: str
    stop: Stop | None = None
    faults: tuple[Fault, ...] = ()
    already_used: bool = False


def classify(exchange: Exchange, where: Where, reuse: Reuse) -> Verdict:
    """The verdict on one exchange. Total: every status, body and failure has exactly one."""
    if exchange.status is None:
        return _without_answer(exchange, where)
    faults = faults_in_body(exchange.body) if exchange.body_state == "whole" and exchange.body else ()
    return _by_status(exchange, exchange.status, where, reuse, faults)


def _without_answer(exchange: Exchange, where: Where) -> Verdict:
    failure = exchange.failure or Failure.UNEXPECTED
    if exchange.written:
        failure = failure if failure is not Failure.UNEXPECTED else Failure.DISCONNECTED
        return Verdict(Outcome.UNKNOWN, failure, sentences.no_answer(where, failure, exchange.reason))
    settings = failure in (Failure.CERTIFICATE, Failure.UNEXPECTED)
    sentence = sentences.not_sent(where, failure, exchange.reason)
    return Verdict(Outcome.NOT_SENT, failure, sentence, Stop.SETTINGS if settings else None)


def _by_status(exchange: Exchange, status: int, where: Where, reuse: Reuse, faults: tuple[Fault, ...]) -> Verdict:
    if exchange.body_state == "cut" and (200 <= status <= 299 or status in _OF_THE_MESSAGE):
        return Verdict(Outcome.UNKNOWN, Failure.ANSWER_CUT, sentences.cut(where, status))
    if 200 <= status <= 299:
        if faults:
            sentence = sentences.contradicts(where, status)
            return Verdict(Outcome.UNKNOWN, Failure.ANSWER_CONTRADICTS, sentence, faults=faults)
        return Verdict(Outcome.ACCEPTED, None, sentences.accepted(status))
    if status in _OF_THE_MESSAGE and faults:
        used = reuse.at_once(faults)
        return Verdict(Outcome.REFUSED, None, sentences.refused(faults, used), faults=faults, already_used=used)
    if status == 401:
        sentence = sentences.unauthorised(where, exchange.renewed)
        return Verdict(Outcome.NOT_SENT, Failure.UNAUTHORISED, sentence, Stop.ACCESS)
    if status == 403:
        return Verdict(Outcome.NOT_SENT, Failure.FORBIDDEN, sentences.forbidden(where), Stop.ACCESS)
    if status == 429:
        return Verdict(Outcome.NOT_SENT, Failure.SLOW_DOWN, sentences.slow_down(where, exchange.retry_after))
    if 300 <= status <= 399:
        return Verdict(Outcome.UNKNOWN, Failure.REDIRECT, sentences.redirected(where, status))
    if status in (408, 499):
        return Verdict(Outcome.UNKNOWN, Failure.REQUEST_TIMEOUT, sentences.undecided(where, status))
    if status == 409:
        return Verdict(Outcome.UNKNOWN, Failure.ANSWER_UNREADABLE, sentences.undecided(where, status))
    if 400 <= status <= 499:
        return Verdict(Outcome.NOT_SENT, Failure.WRONG_CALL, sentences.turned_away(where, status), Stop.SETTINGS)
    return Verdict(Outcome.UNKNOWN, Failure.SERVER_ERROR, sentences.undecided(where, status), faults=faults)
