"""The states of the journey (DESIGN §2). Legal moves between submission states are enforced by the database itself."""

from __future__ import annotations

from enum import StrEnum


class DocumentState(StrEnum):
    """What we know of the content, before anything is sent."""

    RECEIVED = "RECEIVED"
    VALID = "VALID"
    INVALID = "INVALID"


class SubmissionState(StrEnum):
    """Where a submission stands. SENT means: the intent is committed, the answer is not.

    DELETED was ACCEPTED, until a deletion (a submission of its own) took it back.
    """

    PENDING = "PENDING"
    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"
    NEEDS_PERSON = "NEEDS_PERSON"
    DELETED = "DELETED"


class SightingState(StrEnum):
    """What became of one file at the drop, up to the point where its document takes over (TAKEN)."""

    OPEN = "OPEN"
    TAKEN = "TAKEN"
    INVALID = "INVALID"
    DUPLICATE = "DUPLICATE"
    INCOMPLETE = "INCOMPLETE"
    WITHDRAWN = "WITHDRAWN"


#: The reconciliation's columns, in their published order; each sighting is in exactly one.
COLUMNS = ("accepted", "refused", "invalid", "duplicate", "unknown", "open")
