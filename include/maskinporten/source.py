"""The access tokens of one Maskinporten connection: bought when needed, kept by `CachedTokens`."""

from __future__ import annotations

from include.maskinporten.cached import CachedTokens
from include.maskinporten.clock import Clock
from include.maskinporten.endpoint import SessionFactory
from include.maskinporten.file_cache import FileCache
from include.maskinporten.grant import cache_key
from include.maskinporten.purchase import OnSecret, Pauses, Purchase
from include.maskinporten.settings import MaskinportenSettings

_LOCK_PATIENCE = 4


def _tell_nobody(_secret: str) -> None:
    return None


class TokenSource(CachedTokens):
    """The access tokens of one connection, for this process; safe to share between coroutines, event loops and threads.

    Args:
        settings: the connection.
        on_secret: called (or awaited) with every assertion and token, in each form to mask, before it is used.
        session_factory: makes the HTTP session of one token call; the default is the safe one.
        clock: wall and monotonic time.
        pauses: how tries are spread.
    """

    def __init__(
        self,
        settings: MaskinportenSettings,
        *,
        on_secret: OnSecret = _tell_nobody,
        session_factory: SessionFactory | None = None,
        clock: Clock | None = None,
        pauses: Pauses | None = None,
    ) -> None:
        self.settings = settings
        clock = clock or Clock()
        super().__init__(
            Purchase(settings, clock=clock, on_secret=on_secret, session_factory=session_factory, pauses=pauses),
            key_of=lambda grant: cache_key(settings, grant),
            margin=settings.refresh_margin,
            whose="Maskinporten",
            files=shared_files(settings, clock),
            clock=clock,
        )


def shared_files(settings: MaskinportenSettings, clock: Clock) -> FileCache | None:
    """The folder where the processes of this host share tokens, when the connection names one."""
    if not settings.cache_dir:
        return None
    patience = _LOCK_PATIENCE * settings.timeout
    return FileCache(settings.cache_dir, clock, conn_id=settings.conn_id, patience=patience)
