"""The one place where a status, a body or an exception of the Leasingtaker-API becomes an outcome.

The rules, in order (page of 03.06.2021; what it leaves open is decided as in `include.vegvesen.classify`):

1. No byte written: **not sent**. Bytes written and no whole answer: **unknown**.
2. 401 and 429 speak of the call, not of the change: **not sent**.
3. A readable `merknader` at 200, 400, 409 or 422 is **refused**, with its code, wherever the list sits.
4. 200 without merknader and with an entity is **accepted**, unless the entity is about another plate or person.
5. Every other 2xx, 3xx, 408, 499, 5xx: **unknown**.
6. Every other 4xx was turned away before it was judged: **not sent**, and it stops the party's run.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from include.authority.exchange import Exchange, Failure
from include.leasing import sentences
from include.leasing.reply import LeasingReply, parse
from include.outcomes import Outcome
from include.vegvesen.classify import Verdict
from include.vegvesen.sentences import Where

_JUDGED = (200, 400, 409, 422)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the request was about, to compare the answer with."""

    kjennemerke: str
    number: str = field(repr=False)


def classify(exchange: Exchange, where: Where, asked: Asked) -> Verdict:
    """The verdict on one exchange. Total: every status, body and failure has exactly one."""
    status, where = exchange.status, replace(where, subject="change")
    if status is None:
        return _without_answer(exchange, where)
    reply = parse(exchange.body) if exchange.body_state == "whole" and exchange.body else None
    if status in (401, 429):
        unauthorised = status == 401
        failure = Failure.UNAUTHORISED if unauthorised else Failure.SLOW_DOWN
        sentence = (
            sentences.unauthorised(where, exchange.renewed)
            if unauthorised
            else sentences.slow_down(where, exchange.retry_after)
        )
        return Verdict(Outcome.NOT_SENT, failure, sentence, stops_lot=unauthorised)
    if reply is not None and reply.merknader and status in _JUDGED:
        return Verdict(Outcome.REFUSED, None, sentences.refused(reply))
    if status == 200 and reply is not None and reply.has_entity:
        return _accepted(reply, where, asked)
    return _by_status(exchange, status, where)


def _accepted(reply: LeasingReply, where: Where, asked: Asked) -> Verdict:
    """An answer about something else proves nothing about this change."""
    plate = "".join((reply.kjennemerke or asked.kjennemerke).split()).replace("-", "").upper()
    if plate != asked.kjennemerke or (reply.number or asked.number) != asked.number:
        return Verdict(Outcome.UNKNOWN, Failure.ANSWER_CONTRADICTS, sentences.about_another(where))
    return Verdict(Outcome.ACCEPTED, None, sentences.accepted())


def _without_answer(exchange: Exchange, where: Where) -> Verdict:
    failure = exchange.failure or Failure.UNEXPECTED
    if exchange.written:
        failure = failure if failure is not Failure.UNEXPECTED else Failure.DISCONNECTED
        return Verdict(Outcome.UNKNOWN, failure, sentences.no_answer(where, failure, exchange.reason))
    stops = failure in (Failure.TOKEN_REFUSED, Failure.CERTIFICATE, Failure.UNEXPECTED)
    return Verdict(Outcome.NOT_SENT, failure, sentences.not_sent(where, failure, exchange.reason), stops)


def _by_status(exchange: Exchange, status: int, where: Where) -> Verdict:
    if 200 <= status <= 299:
        failure = {"cut": Failure.ANSWER_CUT, "too_large": Failure.ANSWER_TOO_LARGE}.get(
            exchange.body_state, Failure.ANSWER_UNREADABLE
        )
        return Verdict(Outcome.UNKNOWN, failure, sentences.unreadable(where, status))
    if 300 <= status <= 399:
        return Verdict(Outcome.UNKNOWN, Failure.REDIRECT, sentences.redirected(where, status), stops_lot=True)
    if status in (408, 499):
        return Verdict(Outcome.UNKNOWN, Failure.REQUEST_TIMEOUT, sentences.undecided(where, status))
    if 400 <= status <= 499:
        failure = Failure.FORBIDDEN if status == 403 else Failure.WRONG_CALL
        return Verdict(Outcome.NOT_SENT, failure, sentences.turned_away(where, status), stops_lot=True)
    return Verdict(Outcome.UNKNOWN, Failure.SERVER_ERROR, sentences.undecided(where, status))
