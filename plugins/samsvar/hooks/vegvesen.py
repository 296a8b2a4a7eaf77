"""From the connections `vegvesen` and `maskinporten` to a client that can send, or one sentence that says why not."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from airflow.sdk import BaseHook

from include.errors import ConfigurationError, SamsvarError
from include.maskinporten.grant import Grant
from include.maskinporten.source import TokenSource
from include.vegvesen.client import VegvesenClient
from include.vegvesen.settings import VegvesenSettings, refuse_mixed_environments, settings_from_extra
from samsvar.hooks.maskinporten import MaskinportenHook
from samsvar.hooks.reading import reading


class VegvesenHook(BaseHook):
    """The eCoC interface of Statens vegvesen, described by a connection that holds no secret.

    Args:
        vegvesen_conn_id: the connection: host = base URL (blank: from `environment`), and the fields of its form in
            extra. Tokens come from the Maskinporten connection it names; both must belong to one environment.
        maskinporten_conn_id: another Maskinporten connection, for a party with a client of its own.
    """

    conn_name_attr = "vegvesen_conn_id"
    default_conn_name = "vegvesen"
    conn_type = "vegvesen"
    hook_name = "Statens vegvesen"

    def __init__(
        self, vegvesen_conn_id: str = default_conn_name, maskinporten_conn_id: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.vegvesen_conn_id = vegvesen_conn_id
        self.maskinporten_conn_id = maskinporten_conn_id

    def settings(self) -> VegvesenSettings:
        """The connection's settings. Raises `ConfigurationError` naming connection and field."""
        with reading(self.vegvesen_conn_id, "vegvesen"):
            connection = self.get_connection(self.vegvesen_conn_id)
            extra = connection.extra_dejson
        settings = settings_from_extra(
            conn_id=self.vegvesen_conn_id, host=connection.host, port=connection.port, extra=extra
        )
        if self.maskinporten_conn_id:
            settings = replace(settings, maskinporten_conn_id=self.maskinporten_conn_id)
        return settings

    def client(self, consumer_org: str | None = None) -> VegvesenClient:
        """A client for the importer itself or, as its supplier, for `consumer_org` (nine digits). Use `async with`.

        Build it before the event loop starts. Raises `ConfigurationError` when a connection is wrong or when test and
        prod would be mixed.
        """
        settings = self.settings()
        return VegvesenClient(settings, self._tokens(settings), grant_for(settings, consumer_org))

    def leasing_client(self, consumer_org: str | None = None) -> VegvesenClient:
        """A client whose tokens are for changes of leaseholders; otherwise as `client`.

        Raises `ConfigurationError` when the connection names no `leasing_scope`: its name is published nowhere.
        """
        settings = self.settings()
        if settings.leasing_scope is None:
            raise ConfigurationError(
                f"Connection {self.vegvesen_conn_id!r} names no leasing_scope: write into that field what Statens "
                "vegvesen gave you for the Leasingtaker-API."
            )
        grant = Grant(scope=settings.leasing_scope, resource=settings.resource, consumer_org=consumer_org or None)
        return VegvesenClient(settings, self._tokens(settings), grant)

    def get_conn(self) -> VegvesenClient:
        """Airflow's name for `client`, for the importer itself."""
        return self.client()

    def test_connection(self) -> tuple[bool, str]:
        """Check both connections and fetch a token; nothing is sent, since the interface has no harmless call."""
        try:
            settings = self.settings()
            tokens = self._tokens(settings)
            # Airflow may call this from a thread with an event loop, where waiting for a coroutine is not possible.
            with ThreadPoolExecutor(max_workers=1) as thread:
                thread.submit(asyncio.run, tokens.token(grant_for(settings))).result()
        except SamsvarError as error:
            return False, str(error)
        return True, f"Maskinporten gave a token for {settings.scope}; messages would go to {settings.base_url}."

    def _tokens(self, settings: VegvesenSettings) -> TokenSource:
        tokens = MaskinportenHook(settings.maskinporten_conn_id).token_source()
        refuse_mixed_environments(
            settings,
            maskinporten_conn_id=settings.maskinporten_conn_id,
            maskinporten_environment=tokens.settings.environment,
        )
        return tokens


def grant_for(settings: VegvesenSettings, consumer_org: str | None = None) -> Grant:
    """The token to ask for: the own scope, or the delegated one on behalf of `consumer_org`."""
    scope = settings.delegated_scope if consumer_org else settings.scope
    return Grant(scope=scope, resource=settings.resource, consumer_org=consumer_org or None)
