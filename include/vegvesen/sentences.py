"""The sentences an operator reads about a send: what is wrong, where, what to do next. No body, no token, no VIN."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

from include.authority import sentences as about_a_send
from include.authority.sentences import AFTER, no_answer, not_sent, plain, redirected, slow_down, undecided
from include.vegvesen.hosts import BASE_URLS
from include.vegvesen.reply import EcocReply

__all__ = ["no_answer", "not_sent", "redirected", "slow_down", "undecided"]

_NOT_CLASSIFIABLE = "KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"
_GAP = re.compile(
    r"typegodkjenning:(?P<approval>[^|]*)\|(?P<variant>[^|]*)\|(?P<version>[^|]*?) tilgjengelig\b.*"
    r"avgiftskode:(?P<code>[^.]*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where(about_a_send.Where):
    """What a sentence may name: also what was sent."""

    subject: Literal["document", "deletion", "change"] = "document"
    authority: ClassVar[str] = "Statens vegvesen"

    @property
    def official_url(self) -> str:
        return BASE_URLS[self.environment]

    @property
    def settles(self) -> str:
        return f"the {self.subject} is not sent again until it is settled whether it arrived"


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
    vehicle = " | ".join(_short(found[part].strip() or "none") for part in ("approval", "variant", "version"))
    code = _short(found["code"].strip())
    return f"avgiftskode {code} is not open for {vehicle}" if code else f"no avgiftskode was sent for {vehicle}"


def code_unknown(where: Where, reply: EcocReply) -> str:
    proof = "a creation" if where.subject == "document" else "a deletion"
    said = f"answered INFO with {_code(reply)}, which does not prove {proof}"
    return f"Statens vegvesen ({where.conn_id}) {said}; {where.settles}."


def contradicts(where: Where, status: int, reply: EcocReply) -> str:
    said = f"{_short(reply.meldingstype or 'no type')} and {_code(reply)}"
    told = f"answered {status} with {said}, which contradict each other"
    return f"Statens vegvesen ({where.conn_id}) {told}; {where.settles}."


def unreadable(where: Where, status: int, failure: str) -> str:
    return f"Statens vegvesen ({where.conn_id}) answered {status} but {AFTER[failure]}; {where.settles}."


def unauthorised(where: Where, renewed: bool) -> str:
    times = "twice, the second time to a fresh token" if renewed else "once"
    return (
        f"{where.base_url} answered 401 {times}, so nothing was sent; check scope, resource and environment of "
        f"connection {where.conn_id!r} and its Maskinporten connection."
    )


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
    return _short(reply.meldingskode or "no code")


def _short(text: str) -> str:
    return plain(text, most=80)
