"""The sentences an operator reads about a send: what is wrong, where, what to do next. No body, no token, no VIN."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from include.vegvesen.hosts import BASE_URLS, Environment
from include.vegvesen.reply import EcocReply

_FORGING = re.compile(r"[^\w.,:;()/*| +-]")
_NOT_CLASSIFIABLE = "KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"
_GAP = re.compile(
    r"typegodkjenning:(?P<approval>[^|]*)\|(?P<variant>[^|]*)\|(?P<version>[^|]*?) tilgjengelig\b.*"
    r"avgiftskode:(?P<code>[^.]*)",
    re.DOTALL,
)

_BEFORE = {
    "expired_intent": "the permission to send it ran out before the socket was written",
    "disconnected": "the connection was gone before the first byte",
    "read_timeout": "the time ran out before the first byte",
}
_NO_CONNECTION = {"connect_failed": "cannot be reached", "connect_timeout": "did not take the connection in time"}
_AFTER = {
    "read_timeout": "did not answer in time",
    "disconnected": "dropped the connection before it answered",
    "answer_cut": "sent a reply that breaks off",
    "answer_too_large": "sent a reply above the size cap",
    "answer_unreadable": "sent a reply that cannot be read",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What a sentence may name: the connection, its base URL, its environment, and what was sent."""

    conn_id: str
    base_url: str
    environment: Environment
    subject: Literal["document", "deletion"] = "document"

    @property
    def settles(self) -> str:
        """What becomes of an outcome that nobody knows."""
        return f"the {self.subject} is not sent again until the resolution has settled whether it arrived"


def accepted(reply: EcocReply) -> str:
    number = len(reply.remarks)
    remarks = f" with {number} remark{'s' if number > 1 else ''}" if number else ""
    return f"Statens vegvesen created the vehicle{remarks} ({_code(reply)})."


def deleted(reply: EcocReply) -> str:
    return f"Statens vegvesen deleted the vehicle ({_code(reply)})."


def not_deleted(reply: EcocReply) -> str:
    code = (reply.meldingskode or "").rpartition(".")[2]
    if code == "KJORETOY_ER_REGISTRERT":
        return (
            "Statens vegvesen did not delete it: the vehicle is registered or under registration, and then nobody can "
            f"delete it this way any more ({_code(reply)})."
        )
    if code == "UKJENT_UNR_OG_MERKE":
        return f"Statens vegvesen knows no such document of this sender ({_code(reply)})."
    return f"Statens vegvesen refused the deletion with {_code(reply)}."


def refused(reply: EcocReply) -> str:
    if (reply.meldingskode or "").endswith(_NOT_CLASSIFIABLE):
        return f"Statens vegvesen refused the document: {_gap(reply.meldingstekst or '')} ({_code(reply)})."
    return f"Statens vegvesen refused the document with {_code(reply)}."


def _gap(text: str) -> str:
    """What is not open, read from the authority's words: approval | variant | version and the avgiftskode."""
    found = _GAP.search(text)
    if found is None:
        return "the avgiftskode that was sent is not open for this vehicle"
    vehicle = " | ".join(_plain(found[part].strip() or "none") for part in ("approval", "variant", "version"))
    code = _plain(found["code"].strip())
    return f"avgiftskode {code} is not open for {vehicle}" if code else f"no avgiftskode was sent for {vehicle}"


def code_unknown(where: Where, reply: EcocReply) -> str:
    proof = "a creation" if where.subject == "document" else "a deletion"
    said = f"answered INFO with {_code(reply)}, which does not prove {proof}"
    return f"Statens vegvesen ({where.conn_id}) {said}; {where.settles}."


def contradicts(where: Where, status: int, reply: EcocReply) -> str:
    said = f"{_plain(reply.meldingstype or 'no type')} and {_code(reply)}"
    told = f"answered {status} with {said}, which contradict each other"
    return f"Statens vegvesen ({where.conn_id}) {told}; {where.settles}."


def no_answer(where: Where, failure: str, reason: str) -> str:
    what = _AFTER.get(failure, "gave no answer")
    return f"Statens vegvesen at {where.base_url} ({where.conn_id}) {what}{_in_brackets(reason)}; {where.settles}."


def not_sent(where: Where, failure: str, reason: str) -> str:
    if failure == "token_refused" or failure == "token_unavailable":
        return reason
    if failure == "certificate":
        return (
            f"The certificate of {where.base_url} cannot be verified{_in_brackets(reason)}, so nothing was sent; check "
            f"the base URL of connection {where.conn_id!r} and the trust store of the worker."
        )
    if failure == "unexpected":
        return (
            f"Nothing was sent to {where.base_url}: preparing the request failed{_in_brackets(reason)}; check "
            f"connection {where.conn_id!r} and report this."
        )
    if failure in _NO_CONNECTION:
        why = _in_brackets(_plain(reason.partition(" (")[0]))
        return (
            f"Statens vegvesen at {where.base_url} {_NO_CONNECTION[failure]}{why}, so nothing was sent; check the base "
            f"URL of connection {where.conn_id!r} and the network of the worker."
        )
    what = _BEFORE.get(failure, "the send did not begin")
    return f"Nothing was sent to {where.base_url} ({where.conn_id}): {what}{_in_brackets(reason)}."


def unreadable(where: Where, status: int, failure: str) -> str:
    return f"Statens vegvesen ({where.conn_id}) answered {status} but {_AFTER[failure]}; {where.settles}."


def unauthorised(where: Where, renewed: bool) -> str:
    times = "twice, the second time to a fresh token" if renewed else "once"
    return (
        f"{where.base_url} answered 401 {times}, so nothing was sent; check scope, resource and environment of "
        f"connection {where.conn_id!r} and its Maskinporten connection."
    )


def slow_down(where: Where, retry_after: float | None) -> str:
    wait = f" for {retry_after:g} s" if retry_after is not None else ""
    return (
        f"{where.base_url} asked to slow down{wait} (429), so nothing was sent; "
        f"lower max_parallel of connection {where.conn_id!r} when this comes back."
    )


def redirected(where: Where, status: int) -> str:
    right = BASE_URLS[where.environment]
    return (
        f"{where.base_url} answered {status}, a redirect, which is never followed because it loses the token; set the "
        f"host of connection {where.conn_id!r} to {right}, and {where.settles}."
    )


def undecided(where: Where, status: int) -> str:
    return f"{where.base_url} ({where.conn_id}) answered {status} without a readable refusal; {where.settles}."


def turned_away(where: Where, status: int) -> str:
    if status == 403:
        check = "check the agreement with Statens vegvesen, the scope and, for a supplier, the delegation in Altinn"
    elif status in (400, 422):
        check = "check request_shape and that the host is the interface itself and not a gateway"
    elif status == 413:
        check = "the request is larger than the gateway takes, so check max_bytes of the party"
    else:
        check = "check the base URL"
    return (
        f"{where.base_url} answered {status} without a status response of the eCoC interface, so nothing was sent; "
        f"{check} (connection {where.conn_id!r})."
    )


def _code(reply: EcocReply) -> str:
    return _plain(reply.meldingskode or "no code")


def _plain(text: str) -> str:
    """Foreign text cut short and without anything that could forge a line of a log."""
    return _FORGING.sub("?", text)[:80]


def _in_brackets(reason: str) -> str:
    return f" ({reason})" if reason else ""
