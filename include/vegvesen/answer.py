"""What one send ended in, as the ledger stores it and the operator reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from include.authority.exchange import Exchange, Failure
from include.outcomes import Outcome
from include.vegvesen.classify import Verdict, classify
from include.vegvesen.reply import EcocReply

__all__ = ["Answer", "Exchange", "Failure", "Verdict", "classify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The end of one send and its evidence.

    `body` is the reply as it was read (unpacked, empty when none or too large) and may hold a VIN: it belongs in the
    ledger, not in a log. `error_class` is a value of `Failure`, None for accepted and refused. `sentence` is one
    plain sentence without secrets. `stops_lot` means that the next document would end the same way until a person
    changes something. `retry_after` is the pause in seconds that somebody asked for. `request_sha256` is the hash of
    the request body; `token_fingerprint` is the only trace of the token.
    """

    outcome: Outcome
    http_status: int | None
    reply: EcocReply | None
    body: bytes
    error_class: str | None
    sentence: str
    stops_lot: bool
    retry_after: float | None
    started_at: datetime
    ended_at: datetime
    token_fingerprint: str | None
    request_sha256: str
