"""When to stop: the end of an intent's life, and the bad ends in a row after which going on only makes it worse."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from include.errors import ConfigurationError, RateLimited, SamsvarError, ServiceUnavailable
from include.outcomes import Outcome
from include.vegvesen.answer import Answer

#: So many equal unknowns, or sends that never left, one after the other end the party's run.
STREAK = 5
#: So many rounds of 429 without a document getting through end the lot's try; each round waits longer than the last.
LIMITED_ROUNDS = 6
ROUND_SECONDS = 1.0
#: Seconds a task waits inside its own run; whoever asks for more gets a retry of the whole task.
LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class SendBy:
    """The end of an intent's life on both clocks: a stopped process or a sleeping machine cannot stretch it."""

    monotonic: float
    wall: float

    @classmethod
    def within(cls, span: timedelta) -> SendBy:
        """From now on for so long."""
        return cls(time.monotonic() + span.total_seconds(), time.time() + span.total_seconds())

    def is_ahead(self) -> bool:
        """True while the intent may still be written to the socket."""
        return time.monotonic() < self.monotonic and time.time() < self.wall


@dataclass(slots=True)
class Streak:
    """Counts equal bad ends in a row and says when they are enough to stop the party."""

    kind: str = ""
    count: int = 0
    stopped_by: SamsvarError | None = None
    limited: int = 0
    _limited_at: float = 0.0

    def note(self, answer: Answer) -> None:
        """Takes one answer into account."""
        if answer.outcome in (Outcome.ACCEPTED, Outcome.REFUSED):
            self.kind, self.count, self.limited = "", 0, 0
            return
        if answer.stops_lot:
            self.stopped_by = self.stopped_by or ConfigurationError(answer.sentence)
            return
        if answer.http_status == 429:
            self._note_limit(answer)
            return
        if answer.error_class == "expired_intent":
            return
        kind = f"{answer.outcome}:{answer.http_status}:{answer.error_class}"
        self.count = self.count + 1 if kind == self.kind else 1
        self.kind = kind
        if self.count >= STREAK:
            self.stopped_by = self.stopped_by or ServiceUnavailable(
                f"{self.count} sends in a row ended the same way ({answer.sentence}) The lot stops here; a retry sends "
                "the rest, and what is unknown is settled by lookup, not by sending again."
            )

    def _note_limit(self, answer: Answer) -> None:
        """A burst of 429 counts once. After several rounds, or a wish for a long pause, the lot gives up for now."""
        if time.monotonic() - self._limited_at >= ROUND_SECONDS:
            self.limited += 1
            self._limited_at = time.monotonic()
        if self.limited > LIMITED_ROUNDS or (answer.retry_after or 0.0) > LONGEST_PAUSE:
            sentence = f"The authority asks to slow down ({answer.sentence}) Nothing is lost; a retry sends the rest."
            self.stopped_by = self.stopped_by or RateLimited(sentence, retry_after=answer.retry_after or LONGEST_PAUSE)
