"""Which Maskinporten may be spoken to: one official issuer per environment, and the loopback sandbox for test.

A key-signed grant is worth as much as a password, so an edited connection must not be able to send it elsewhere.
Source of the addresses: docs.digdir.no, "Maskinporten well-known".
"""

from __future__ import annotations

from urllib.parse import urlsplit

from include.authority.address import AddressError, Environment, is_loopback, origin, split_address

OFFICIAL: dict[Environment, str] = {"prod": "https://maskinporten.no/", "test": "https://test.maskinporten.no/"}


def issuer_address(environment: Environment, host: str | None) -> str:
    """The issuer of `environment` as Maskinporten spells it (with the last slash); blank `host` means official.

    Raises `AddressError` when `host` belongs to the other environment or to nobody we know.
    """
    official = OFFICIAL[environment]
    if not host:
        return official
    url = host if "://" in host else f"https://{host}"
    parts = split_address(url, official)
    if is_loopback(parts.hostname or ""):
        if environment == "prod":
            raise AddressError("a loopback issuer is the sandbox, and the environment says prod; set it to test.")
        return url if url.endswith("/") else f"{url}/"
    for name, known in OFFICIAL.items():
        if origin(parts) == origin(urlsplit(known)):
            if name != environment:
                raise AddressError(
                    f"{known} is the issuer of {name}, and the environment says {environment}; make them agree."
                )
            return known
    raise AddressError(f"no Maskinporten of environment {environment} lives there; leave it blank for {official}.")


def token_address(issuer: str, token_endpoint: str | None) -> str:
    """The token endpoint, by default `token` below the issuer. Raises `AddressError` when it is on another server."""
    if not token_endpoint:
        return f"{issuer}token"
    parts = split_address(token_endpoint, f"{issuer}token")
    if origin(parts) != origin(urlsplit(issuer)):
        raise AddressError(f"the token endpoint must be on the issuer's own server; leave it blank for {issuer}token.")
    return token_endpoint
