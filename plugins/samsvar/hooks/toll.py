"""From the connections `toll` and `maskinporten` to a client that presents and polls that read, or one sentence."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Protocol

from airflow.sdk import BaseHook

from include.errors import SamsvarError
from include.maskinporten.cached import CachedTokens
from include.maskinporten.grant import Grant
from include.maskinporten.source import TokenSource
from include.register.session_transport import SessionTransport, TokenAuth
from include.register.settings import refuse_mixed_environments
from include.toll.client import TollClient
from include.toll.exchange import toll_tokens
from include.toll.http_polls import HttpPolls
from include.toll.polling import TollPolls
from include.toll.settings import TollSettings, grant_for, settings_from_connection
from samsvar.hooks.masking import amask_long
from samsvar.hooks.maskinporten import MaskinportenHook
from samsvar.hooks.reading import reading
from samsvar.hooks.register_http import RegisterHttpHook

# One cache of Toll tokens per connection's settings and Maskinporten client in this process.
_tokens: dict[tuple[str, int], tuple[TokenSource, CachedTokens]] = {}
_tokens_lock = threading.Lock()


class _Connections(Protocol):
    @property
    def toll(self) -> str: ...
    @property
    def maskinporten(self) -> str | None: ...


class HasToll(Protocol):
    """What is read of a party; `include.config.party.Party` has it."""

    @property
    def connections(self) -> _Connections: ...
    @property
    def consumer_org(self) -> str | None: ...


class TollHook(BaseHook):
    """Tolletaten's movement interfaces, described by a connection that holds no secret.

    Args:
        toll_conn_id: the connection: host = base URL (blank: from `environment`), and the fields of its form in extra.
            Tokens come from the Maskinporten connection it names; both must belong to one environment.
        maskinporten_conn_id: another Maskinporten connection, for a party with a client of its own.
    """

    conn_name_attr = "toll_conn_id"
    default_conn_name = "toll"
    conn_type = "toll"
    hook_name = "Tolletaten"

    def __init__(
        self, toll_conn_id: str = default_conn_name, maskinporten_conn_id: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.toll_conn_id = toll_conn_id
        self.maskinporten_conn_id = maskinporten_conn_id

    @classmethod
    def of(cls, party: HasToll) -> TollHook:
        """The hook with the connections that a party names."""
        return cls(party.connections.toll, party.connections.maskinporten)

    def settings(self) -> TollSettings:
        """The connection's settings. Raises `ConfigurationError` naming connection and field."""
        with reading(self.toll_conn_id, "toll"):
            connection = self.get_connection(self.toll_conn_id)
            extra = connection.extra_dejson
        settings = settings_from_connection(
            conn_id=self.toll_conn_id, host=connection.host, port=connection.port, extra=extra
        )
        if self.maskinporten_conn_id:
            settings = replace(settings, maskinporten_conn_id=self.maskinporten_conn_id)
        return settings

    def client_for(self, party: HasToll) -> TollClient:
        """A client that presents in the party's name. Use `async with`; build it before the event loop starts.

        Raises `ConfigurationError` when a connection is wrong, when test and prod would be mixed, or when the party is
        acted for and no setting says that Tolletaten's scope can be delegated.
        """
        settings = self.settings()
        grant = grant_for(settings, party.consumer_org)
        return TollClient(settings, self._tokens(settings), grant)

    def polls_for(self, party: HasToll) -> TollPolls:
        """The polls of the party's organisation, to be closed after use. Raises what `client_for` raises."""
        settings = self.settings()
        grant = grant_for(settings, party.consumer_org)
        return _polls(settings, self._tokens(settings), grant)

    def test_connection(self) -> tuple[bool, str]:
        """Fetch a token, exchange it, and read one page of signals without a marker: nothing is changed by any."""
        try:
            settings = self.settings()
            tokens, grant = self._tokens(settings), grant_for(settings, None)
            polls = _polls(settings, tokens, grant)
            # Airflow may call this from a thread with an event loop, where waiting for a token is not possible.
            with ThreadPoolExecutor(max_workers=1) as thread:
                try:
                    token = thread.submit(asyncio.run, tokens.token(grant)).result()
                    page = thread.submit(polls.routing, "house-consignment", None).result()
                finally:
                    polls.close()
        except SamsvarError as error:
            return False, str(error)
        kind = "a Toll token" if settings.token_exchange else "a Maskinporten token"
        return True, f"{settings.base_url} gave {len(page.items)} signals for {kind} of {token.lifetime:g} s."

    def _tokens(self, settings: TollSettings) -> CachedTokens:
        source = MaskinportenHook(settings.maskinporten_conn_id).token_source()
        refuse_mixed_environments(settings, source.settings.environment)
        key = (repr(settings), id(source))
        with _tokens_lock:
            if key not in _tokens:
                _tokens[key] = source, toll_tokens(settings, source, on_secret=amask_long)
            return _tokens[key][1]


def _polls(settings: TollSettings, tokens: CachedTokens, grant: Grant) -> HttpPolls:
    auth = TokenAuth(tokens, grant)
    session = RegisterHttpHook(settings, auth).session()
    return HttpPolls(settings, SessionTransport(session, auth, settings, service="Tolletaten"))
