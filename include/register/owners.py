"""Owners (`eierskap`) are personal data: they are dropped, unless a connection states a purpose and gives a key.

Then they are handed on only encrypted (Fernet: AES-128-CBC with HMAC-SHA256), together with that purpose, so that
whoever stores the bytes cannot read them and whoever may read them sees what for.
"""

from __future__ import annotations

from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken

from include.errors import ConfigurationError


class OwnerVault:
    """Encrypts owners for one stated purpose.

    Raises ConfigurationError naming the connection when only one of purpose and key is given, or the key is no key.
    """

    def __init__(self, *, purpose: str, key: str, conn_id: str) -> None:
        where = f"Connection {conn_id!r}"
        if len(purpose.strip()) < 10:
            raise ConfigurationError(
                f"{where}, extra field owner_purpose: keeping owners needs a purpose in words, with its legal ground."
            )
        try:
            self._fernet = Fernet(key.strip())
        except ValueError:
            raise ConfigurationError(
                f"{where}, extra field owner_secret_key: this is no Fernet key (32 bytes as URL-safe base64)."
            ) from None
        self.purpose = purpose.strip()

    def __repr__(self) -> str:
        return f"OwnerVault(purpose={self.purpose!r})"

    def keep(self, eierskap: Any) -> bytes | None:
        """The owners of one vehicle, unreadable without the key; None when there are none."""
        if not eierskap:
            return None
        return self._fernet.encrypt(orjson.dumps({"purpose": self.purpose, "eierskap": eierskap}))

    def opened(self, kept: bytes) -> dict[str, Any]:
        """`{"purpose": …, "eierskap": …}`. Raises ConfigurationError when another key encrypted it."""
        try:
            content: dict[str, Any] = orjson.loads(self._fernet.decrypt(kept))
        except InvalidToken:
            raise ConfigurationError(
                "The kept owners were encrypted with another key; give owner_secret_key the key of that time."
            ) from None
        return content


def vault_or_none(*, purpose: str | None, key: str | None, conn_id: str) -> OwnerVault | None:
    """A vault when both settings are given, None when neither is. Raises ConfigurationError for one alone."""
    if purpose is None and key is None:
        return None
    if purpose is None or key is None:
        given, missing = (
            ("owner_secret_key", "owner_purpose") if purpose is None else ("owner_purpose", "owner_secret_key")
        )
        raise ConfigurationError(
            f"Connection {conn_id!r}: {given} is given without {missing}; give both to keep owners, or neither."
        )
    return OwnerVault(purpose=purpose, key=key, conn_id=conn_id)
