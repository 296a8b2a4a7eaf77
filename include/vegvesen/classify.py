"""The one place where a status, a body or an exception of `opprette` or `slette` becomes an outcome.

The rules, in order; statuses and codes as the eCoC page of Statens vegvesen gives them:

1. No byte written: **not sent**, whatever went wrong. Bytes written and no whole answer: **unknown**.
2. 401 and 429 speak of the call, not of the document: **not sent** (the client renews the token once on 401).
3. A readable refusal (`FEIL`) is **refused**: at 200, 400 and 422 with any code, at any other status with a code that
   belongs to the interface (`kjoretoy.coc.…`), because a gateway may answer anything else in between.
4. 2xx with a readable `INFO` that says *created* is **accepted**; see `_says_created` for codes nobody has published.
   Of a deletion only the published code says *deleted*: a false one would let the vehicle be created a second time.
5. A readable answer that contradicts its status, 3xx, 408, 5xx and every unreadable 2xx: **unknown**.
6. Every other 4xx was turned away before it was judged: **not sent**, and it stops the lot, since a gateway's error
   page must not refuse four thousand documents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from include.authority.exchange import Exchange, Failure
from include.outcomes import Outcome
from include.vegvesen import sentences
from include.vegvesen.reply import EcocReply, parse_reply
from include.vegvesen.sentences import Where

Operation = Literal["opprette", "slette"]

CREATED = "kjoretoy.coc.KJORETOY_OPPRETTET"
DELETED = "kjoretoy.coc.KJORETOY_SLETTET"
UNKNOWN_VEHICLE = "kjoretoy.coc.UKJENT_UNR_OG_MERKE"
REGISTERED = "kjoretoy.coc.KJORETOY_ER_REGISTRERT"
KNOWN_CODES = frozenset(
    {
        CREATED,
        DELETED,
        "kjoretoy.coc.KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES",
        UNKNOWN_VEHICLE,
        REGISTERED,
    }
)
"""Every meldingskode that has been published."""

_CODE_FORM = re.compile(r"kjoretoy\.coc\.[A-Z0-9ÆØÅ_]+")
_NOT_CREATED_WORDS = ("SLETT", "IKKE", "ALLEREDE", "AVVIST", "FEIL")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome with its reason; the fields mean what they mean in `Answer`."""

    outcome: Outcome
    error_class: Failure | None
    sentence: str
    stops_lot: bool = False
    reply: EcocReply | None = None


def classify(exchange: Exchange, where: Where, operation: Operation = "opprette") -> Verdict:
    """The verdict on one exchange. Total: every status, body and failure has exactly one."""
    if exchange.status is None:
        return _without_answer(exchange, where)
    reply = parse_reply(exchange.body) if exchange.body_state == "whole" and exchange.body else None
    if reply is not None and (verdict := _readable(exchange.status, reply, where, operation)) is not None:
        return verdict
    return _by_status(exchange, exchange.status, reply, where)


def _without_answer(exchange: Exchange, where: Where) -> Verdict:
    failure = exchange.failure or Failure.UNEXPECTED
    if exchange.written:
        failure = failure if failure is not Failure.UNEXPECTED else Failure.DISCONNECTED
        return Verdict(Outcome.UNKNOWN, failure, sentences.no_answer(where, failure, exchange.reason))
    stops = failure in (Failure.TOKEN_REFUSED, Failure.CERTIFICATE, Failure.UNEXPECTED)
    return Verdict(Outcome.NOT_SENT, failure, sentences.not_sent(where, failure, exchange.reason), stops)


def _readable(status: int, reply: EcocReply, where: Where, operation: Operation) -> Verdict | None:
    """The verdict of a readable answer, or None when the status decides."""
    kind = (reply.meldingstype or "").upper()
    success = 200 <= status <= 299
    creates = operation == "opprette"
    says_done = _says_created(reply) if creates else reply.meldingskode == DELETED
    if status in (401, 429) and not says_done:
        return None
    if kind == "INFO" and success and says_done:
        sentence = sentences.accepted(reply) if creates else sentences.deleted(reply)
        return Verdict(Outcome.ACCEPTED, None, sentence, reply=reply)
    denied = kind == "FEIL" and reply.meldingskode != (CREATED if creates else DELETED)
    if denied and (status in (200, 400, 422) or success or _well_formed(reply)):
        sentence = sentences.refused(reply) if creates else sentences.not_deleted(reply)
        return Verdict(Outcome.REFUSED, None, sentence, reply=reply)
    if success and kind == "INFO":
        return Verdict(Outcome.UNKNOWN, Failure.CODE_UNKNOWN, sentences.code_unknown(where, reply), reply=reply)
    if success or kind == "INFO" or says_done:
        sentence = sentences.contradicts(where, status, reply)
        return Verdict(Outcome.UNKNOWN, Failure.ANSWER_CONTRADICTS, sentence, reply=reply)
    return None


def _by_status(exchange: Exchange, status: int, reply: EcocReply | None, where: Where) -> Verdict:
    if 200 <= status <= 299:
        failure = {"cut": Failure.ANSWER_CUT, "too_large": Failure.ANSWER_TOO_LARGE}.get(
            exchange.body_state, Failure.ANSWER_UNREADABLE
        )
        return Verdict(Outcome.UNKNOWN, failure, sentences.unreadable(where, status, failure))
    if status == 401:
        sentence = sentences.unauthorised(where, exchange.renewed)
        return Verdict(Outcome.NOT_SENT, Failure.UNAUTHORISED, sentence, stops_lot=True, reply=reply)
    if status == 429:
        sentence = sentences.slow_down(where, exchange.retry_after)
        return Verdict(Outcome.NOT_SENT, Failure.SLOW_DOWN, sentence, reply=reply)
    if 300 <= status <= 399:
        return Verdict(
            Outcome.UNKNOWN, Failure.REDIRECT, sentences.redirected(where, status), stops_lot=True, reply=reply
        )
    if status in (408, 499):
        return Verdict(Outcome.UNKNOWN, Failure.REQUEST_TIMEOUT, sentences.undecided(where, status), reply=reply)
    if 400 <= status <= 499:
        failure = Failure.FORBIDDEN if status == 403 else Failure.WRONG_CALL
        return Verdict(Outcome.NOT_SENT, failure, sentences.turned_away(where, status), stops_lot=True, reply=reply)
    return Verdict(Outcome.UNKNOWN, Failure.SERVER_ERROR, sentences.undecided(where, status), reply=reply)


def _created_code(reply: EcocReply) -> bool:
    return (reply.meldingskode or "") == CREATED


def _well_formed(reply: EcocReply) -> bool:
    return _CODE_FORM.fullmatch(reply.meldingskode or "") is not None


def _says_created(reply: EcocReply) -> bool:
    """True when the answer proves that this request created the vehicle.

    The published code is proof by itself. The authority may add codes within a version, so an unpublished INFO code
    counts when it has the interface's form, comes with a kuid (the register's own id of the vehicle, which every
    refusal lacks) and holds no word of deletion, denial or *already there*. Everything else stays unknown: the
    look-up then finds the vehicle, whereas a false *accepted* would never be looked at again.
    """
    if _created_code(reply):
        return True
    code = reply.meldingskode or ""
    if (reply.meldingstype or "").upper() != "INFO" or code in KNOWN_CODES or not _well_formed(reply):
        return False
    return reply.kuid is not None and not any(word in code for word in _NOT_CREATED_WORDS)
