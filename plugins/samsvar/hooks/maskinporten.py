"""The connection type `maskinporten`: settings from a connection, tokens for this process, every secret masked."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook

from include.errors import ConfigurationError, SamsvarError
from include.maskinporten.bearer import BearerAuth
from include.maskinporten.grant import Grant
from include.maskinporten.secret_forms import extra_forms
from include.maskinporten.settings import MaskinportenSettings, settings_from_extra
from include.maskinporten.source import TokenSource
from include.maskinporten.token import consumer_of
from samsvar.hooks.masking import amask, amask_long, mask
from samsvar.hooks.reading import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airflow.sdk import Connection
    from requests.auth import AuthBase

# One source per client and key in this process, so that operators that make their own hook still share tokens.
_sources: dict[tuple[object, ...], TokenSource] = {}
_sources_lock = threading.Lock()


class MaskinportenHook(BaseHook):
    """Access tokens from Maskinporten for the client described by a connection.

    Args:
        maskinporten_conn_id: the connection: host = issuer (blank: from `environment`), login = client id, and the
            fields of its form in extra.
    """

    conn_name_attr = "maskinporten_conn_id"
    default_conn_name = "maskinporten"
    conn_type = "maskinporten"
    hook_name = "Maskinporten"

    def __init__(self, maskinporten_conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.maskinporten_conn_id = maskinporten_conn_id

    def settings(self) -> MaskinportenSettings:
        """The connection's settings, its secrets masked. Raises `ConfigurationError` naming connection and field."""
        with reading(self.maskinporten_conn_id, "maskinporten"):
            connection = self.get_connection(self.maskinporten_conn_id)
            extra = connection.extra_dejson
        mask(extra_forms(_object(self.maskinporten_conn_id, connection, extra)))
        settings = self._settings(connection, extra)
        mask(settings.key.secrets())
        return settings

    async def asettings(self) -> MaskinportenSettings:
        """The same inside an event loop, where the synchronous way may dead-lock with Airflow's own calls."""
        with reading(self.maskinporten_conn_id, "maskinporten"):
            connection = await self.aget_connection(self.maskinporten_conn_id)
            extra = await connection.aextra_dejson()
        await amask(extra_forms(_object(self.maskinporten_conn_id, connection, extra)))
        settings = self._settings(connection, extra)
        await amask(settings.key.secrets())
        return settings

    def token_source(self) -> TokenSource:
        """The token source of this connection, the same one for every hook of this process."""
        return _shared_source(self.settings())

    async def atoken_source(self) -> TokenSource:
        """The same inside an event loop."""
        return _shared_source(await self.asettings())

    def get_conn(self) -> TokenSource:
        """Airflow's name for `token_source`."""
        return self.token_source()

    def bearer_auth(self, grant: Grant) -> AuthBase:
        """An auth object for `requests` and for the HTTP provider's hook (`auth_type=lambda: auth`)."""
        return BearerAuth(self.token_source(), grant)

    def test_connection(self) -> tuple[bool, str]:
        """Sign a grant and fetch a token for `probe_scope`; tells its lifetime and consumer, never the token."""
        try:
            settings = self.settings()
            if not settings.probe_scope:
                raise ConfigurationError(
                    f"Connection `{settings.conn_id}`, field `probe_scope`: name a scope of the client to test with."
                )
            source = TokenSource(settings, on_secret=amask_long)
            # Airflow may call this from a thread with an event loop, where waiting for a coroutine is not possible.
            with ThreadPoolExecutor(max_workers=1) as thread:
                token = thread.submit(asyncio.run, source.token(Grant(settings.probe_scope))).result()
        except SamsvarError as error:
            return False, str(error)
        return True, f"expires_in {token.lifetime:g} s, consumer {consumer_of(token) or 'not shown by the token'}"

    def _settings(self, connection: Connection, extra: Mapping[str, Any]) -> MaskinportenSettings:
        return settings_from_extra(
            conn_id=self.maskinporten_conn_id, host=connection.host, login=connection.login, extra=extra
        )


def _object(conn_id: str, connection: Connection, extra: object) -> dict[str, Any]:
    if not isinstance(extra, dict) or (connection.extra and not extra and "".join(connection.extra.split()) != "{}"):
        raise ConfigurationError(f'Connection `{conn_id}`: its extra is no JSON object; write it as {{"name": value}}.')
    return extra


def _identity(settings: MaskinportenSettings) -> Iterator[object]:
    for name in MaskinportenSettings.__dataclass_fields__:
        yield settings.key.thumbprint if name == "key" else getattr(settings, name)


def _shared_source(settings: MaskinportenSettings) -> TokenSource:
    identity = tuple(_identity(settings))
    with _sources_lock:
        if identity not in _sources:
            _sources[identity] = TokenSource(settings, on_secret=amask_long)
        return _sources[identity]
