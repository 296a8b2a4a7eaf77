"""What one presentation ended in, as the ledger stores it and the operator reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from include.errors import AccessDenied, ConfigurationError
from include.outcomes import Outcome

__all__ = ["Answer", "Fault", "NotAllowed", "Outcome", "WrongCall"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing the authority found wrong: the path of the field (may be empty) and its own words."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The end of one presentation and its evidence.

    ACCEPTED means that the request was taken; whether the consignment exists is told by its validation status. A
    `refused` answer with `already_used` says that this requestId has arrived before: after an unanswered send that is
    proof of arrival, to be confirmed by the validation status. `sentence` is plain and without secrets, `reply` the
    body as it was read (None without one), `correlation_id` what the authority's support asks for, `retry_after`
    seconds.
    `error_class` is a value of `include.vegvesen.classify.Failure`, None for accepted and refused.
    """

    outcome: Outcome
    sentence: str
    request_sha256: str
    started_at: datetime
    ended_at: datetime
    http_status: int | None = None
    faults: tuple[Fault, ...] = ()
    reply: bytes | None = None
    correlation_id: str | None = None
    already_used: bool = False
    retry_after: float | None = None
    error_class: str | None = None
    token_fingerprint: str | None = None


class NotAllowed(AccessDenied):
    """Tolletaten knows us and says no (401 to a fresh token, or 403). Nothing was presented; `answer` is the proof."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.sentence)
        self.answer = answer


class WrongCall(ConfigurationError):
    """Turned away before it was judged (404, 415, a gateway's 400). Nothing was presented; `answer` is the proof."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.sentence)
        self.answer = answer
