"""A customs that is told how to behave, in the place of the client that presents."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from include.outcomes import Outcome
from include.toll.answer import Answer, Fault, NotAllowed
from include.toll.presentation import Consignment


class ToldCustoms:
    """Takes each requestId once. `next` are the ends of the coming requests, taken one after the other; else accepted.

    lost: taken, the answer is lost. never: it never arrived, and nobody knows. refused: by its MRN. busy: 429.
    denied: 403. down: 500.
    """

    def __init__(self) -> None:
        self.next: list[str] = []
        self.taken: dict[UUID, Consignment] = {}
        self.requests: list[UUID] = []
        self.at_once = 0
        self.most_at_once = 0
        self.seconds = 0.0
        self.always = ""

    @property
    def presented(self) -> Counter[tuple[str | None, str | None, str | None]]:
        """How often each consignment was presented."""
        return Counter((one.mrn, one.document_number, one.document_type) for one in self.taken.values())

    async def present(
        self,
        request_id: UUID,
        consignment: Consignment,
        *,
        may_send: Callable[[], bool] = lambda: True,
        on_wire: Callable[[], None] = lambda: None,
    ) -> Answer:
        if not may_send():
            return self._answer("not_sent", None, error_class="expired_intent")
        on_wire()
        self.requests.append(request_id)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(self.seconds)
            return self._end(request_id, consignment)
        finally:
            self.at_once -= 1

    def _end(self, request_id: UUID, consignment: Consignment) -> Answer:
        end = self.next.pop(0) if self.next else self.always
        if end == "never":
            return self._answer("unknown", None, error_class="read_timeout")
        if end == "down":
            return self._answer("unknown", 500, error_class="server_error")
        if end == "busy":
            return self._answer("not_sent", 429, error_class="slow_down", retry_after=7.0)
        if end == "denied":
            raise NotAllowed(self._answer("not_sent", 403, error_class="forbidden"))
        if end == "refused":
            return self._answer("refused", 400, faults=(Fault("mrn", "Ukjent MRN"),))
        if request_id in self.taken:
            used = Fault("requestId", "requestId is already in use")
            return self._answer("refused", 400, faults=(used,), already_used=True)
        self.taken[request_id] = consignment
        if end == "lost":
            return self._answer("unknown", None, error_class="read_timeout")
        return self._answer("accepted", 202)

    @staticmethod
    def _answer(outcome: str, http_status: int | None, **more: Any) -> Answer:
        now = datetime.now(UTC)
        return Answer(
            outcome=Outcome(outcome),
            sentence=f"It ended {outcome}, {http_status}.",
            request_sha256="0" * 64,
            started_at=now,
            ended_at=now,
            http_status=http_status,
            **more,
        )
