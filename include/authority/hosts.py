"""A base URL belongs to its authority and its environment, so that an edited connection leaks nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from include.authority.address import AddressError, Environment, is_loopback, split_address
from include.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Hosts:
    """Whose hosts they are, the base URL of each environment, and the environment a host name belongs to."""

    authority: str
    base_urls: Mapping[Environment, str]
    environment_of: Callable[[str], Environment | None]

    def base_url(self, given: str | None, environment: Environment, *, conn_id: str) -> str:
        """The base URL without its last slash; blank takes the environment's own. Loopback counts as test.

        Raises ConfigurationError, one sentence that names the connection.
        """
        where = f"Connection {conn_id!r}, field host"
        url = (given or "").strip() or self.base_urls[environment]
        try:
            parts = split_address(url, self.base_urls[environment])
        except AddressError as error:
            raise ConfigurationError(f"{where}: {error}") from None
        host = (parts.hostname or "").lower()
        actual = "test" if is_loopback(host) else self.environment_of(host)
        if actual is None:
            raise ConfigurationError(
                f"{where}: {host} is not a host of {self.authority}; write {self.base_urls[environment]} for "
                f"{environment}."
            )
        if actual != environment:
            raise ConfigurationError(
                f"{where}: {host} belongs to {actual} but the connection's environment is {environment}; "
                "change one of them."
            )
        return urlsplit(url).geturl().rstrip("/")
