"""What the client asks of a token source: `include.maskinporten.source.TokenSource` is the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from include.maskinporten.grant import Grant
    from include.maskinporten.token import AccessToken


class Tokens(Protocol):
    """Access tokens by grant, cached and renewed by the source."""

    async def token(self, grant: Grant) -> AccessToken:
        """A valid token. Raises errors of `include.errors` only."""

    def drop(self, grant: Grant, used: AccessToken) -> None:
        """Forget `used` after the authority answered 401 to it; a newer token stays."""
