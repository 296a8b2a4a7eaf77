"""One question put to a register, with patience: short pauses, one renewed token, and then an error that says why."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from include.errors import ServiceUnavailable, TryAgain
from include.register.transport import Reply, Request, Transport
from include.register.verdict import Next, Verdict

Judge = Callable[[Reply], Verdict]


class SettlesNothing(Exception):
    """The reply answers nothing. `divide`: a smaller question may be answered. Never leaves the adapters."""

    def __init__(self, sentence: str, *, divide: bool, support_id: str | None = None) -> None:
        super().__init__(sentence)
        self.divide = divide
        self.support_id = support_id


@dataclass(frozen=True, slots=True)
class Patience:
    """Pauses in seconds between tries; a pause that the authority names and is longer than `longest` ends the tries."""

    pauses: tuple[float, ...] = (0.5, 2.0)
    longest: float = 5.0
    sleep: Callable[[float], None] = time.sleep


class Asker:
    """Reads are safe to repeat, so a lost or refused question is asked again a few times."""

    def __init__(self, transport: Transport, judge: Judge, patience: Patience) -> None:
        self._transport = transport
        self._judge = judge
        self._patience = patience

    def ask(self, request: Request) -> Reply | None:
        """A reply to read, or None for "nothing there" (204).

        Raises SettlesNothing, PersonMustAct, or TryAgain when patience ends.
        """
        renewed = False
        pauses = iter(self._patience.pauses)
        while True:
            verdict, reply = self._once(request)
            if verdict.next is Next.READ:
                return reply
            if verdict.next is Next.EMPTY:
                return None
            if verdict.next in (Next.DIVIDE, Next.UNREADABLE):
                divide = verdict.next is Next.DIVIDE
                raise SettlesNothing(verdict.sentence, divide=divide, support_id=verdict.support_id)
            error = verdict.error or ServiceUnavailable("The register gave no answer.")
            if verdict.next is Next.RENEW and not renewed:
                renewed = True
                self._transport.forget_token()
                continue
            pause = next(pauses, None)
            wanted = error.retry_after if isinstance(error, TryAgain) else None
            if verdict.next is not Next.AGAIN or pause is None or (wanted or 0.0) > self._patience.longest:
                raise error
            self._patience.sleep(max(pause, wanted or 0.0))

    def _once(self, request: Request) -> tuple[Verdict, Reply | None]:
        try:
            reply = self._transport.send(request)
        except ServiceUnavailable as error:
            return Verdict(Next.AGAIN, error=error), None
        return self._judge(reply), reply
