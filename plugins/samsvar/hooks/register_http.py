"""Reads from an authority through the HTTP provider's hook: its session, its adapters, its `auth_type` seam.

The provider's hook would send every unknown key of a connection's extra as an HTTP header, log URLs and whole answers,
and turn status codes into text. So it is shown a connection that holds the checked base URL only, makes the session,
and `include.register.session_transport` does the sending.
"""

from __future__ import annotations

from airflow.providers.http.hooks.http import HttpHook
from airflow.sdk import Connection
from requests import Session
from requests.adapters import HTTPAdapter

from include.maskinporten.grant import Grant
from include.register.session_transport import SessionTransport, TokenAuth
from include.register.settings import RegisterSettings, refuse_mixed_environments
from include.register.transport import Reach
from samsvar.hooks.maskinporten import MaskinportenHook


class RegisterHttpHook(HttpHook):
    """The HTTP provider's hook for one authority that is only read from."""

    def __init__(self, settings: Reach, auth: TokenAuth) -> None:
        # Every thread keeps its connection; nothing is repeated by the adapter, since the authority's client does that.
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=settings.max_parallel, max_retries=0, pool_block=True)
        super().__init__(
            method="GET",
            http_conn_id=settings.conn_id,
            auth_type=lambda: auth,
            adapter=adapter,
            tcp_keep_alive=False,
        )
        self._settings = settings

    def get_connection(self, conn_id: str) -> Connection:  # type: ignore[override]
        """The base URL and nothing else: no login, no password, no extra that would become a header."""
        return Connection(conn_id=conn_id, conn_type="http", host=self._settings.base_url)

    def session(self) -> Session:
        """A session with our token on every request and nothing from the environment."""
        session: Session = self.get_conn(extra_options={"trust_env": False, "stream": True, "verify": True})
        return session


def transport_for(settings: RegisterSettings) -> SessionTransport:
    """The transport of a register's client.

    Raises ConfigurationError when its Maskinporten connection is wrong or of the other environment.
    """
    tokens = MaskinportenHook(settings.maskinporten_conn_id).token_source()
    refuse_mixed_environments(settings, tokens.settings.environment)
    auth = TokenAuth(tokens, Grant(scope=settings.scope))
    return SessionTransport(RegisterHttpHook(settings, auth).session(), auth, settings)
