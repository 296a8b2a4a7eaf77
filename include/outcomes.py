"""The four ends of every send."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """How one send to an authority ended.

    ACCEPTED and REFUSED need a readable answer of the authority itself. NOT_SENT is certain: nothing reached it.
    Everything else is UNKNOWN, and an unknown is settled by evidence, never by sending again.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
