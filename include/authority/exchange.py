"""What is known about one request to any authority, and the names of what can go wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from include.authority.wire import BodyState


class Failure(StrEnum):
    """Why a send was neither accepted nor refused; stored as `error_class`."""

    EXPIRED_INTENT = "expired_intent"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a name, no secret
    TOKEN_UNAVAILABLE = "token_unavailable"  # noqa: S105 - a name, no secret
    CERTIFICATE = "certificate"
    CONNECT_FAILED = "connect_failed"
    CONNECT_TIMEOUT = "connect_timeout"
    UNEXPECTED = "unexpected"
    READ_TIMEOUT = "read_timeout"
    DISCONNECTED = "disconnected"
    ANSWER_CUT = "answer_cut"
    ANSWER_TOO_LARGE = "answer_too_large"
    ANSWER_UNREADABLE = "answer_unreadable"
    ANSWER_CONTRADICTS = "answer_contradicts"
    CODE_UNKNOWN = "code_unknown"
    UNAUTHORISED = "unauthorised"
    FORBIDDEN = "forbidden"
    WRONG_CALL = "wrong_call"
    REQUEST_TIMEOUT = "request_timeout"
    SLOW_DOWN = "slow_down"
    REDIRECT = "redirect"
    SERVER_ERROR = "server_error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Everything known about one request: `written` is False only when it is certain that no byte left.

    `status` is None when no status line arrived, and then `failure` says why. `reason` is a short technical word for
    the sentence (an exception's class or the system's error text), never a body. `renewed`: the token was fetched
    anew.
    """

    status: int | None = None
    body: bytes = b""
    body_state: BodyState = "whole"
    written: bool = True
    failure: Failure | None = None
    reason: str = ""
    retry_after: float | None = None
    renewed: bool = False
