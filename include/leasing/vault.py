"""Where national numbers and surnames of leaseholders rest: encrypted, and found by a keyed hash.

Encryption is Fernet (AES-128-CBC with HMAC-SHA256). Several keys may be given: the first one seals, all of them open,
so a key is changed by putting a new one in front, sealing anew what is left, and taking the old one out. Equal numbers
are recognised by HMAC-SHA256 under a key of its own, since eleven digits can be guessed from a plain hash in seconds.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from include.errors import ConfigurationError

HOW = (
    "make keys with `python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'`, one "
    "for keys and another one for lookup_key"
)


class Vault:
    """Seals and opens. `conn_id` names the connection in sentences; keys never appear in any.

    :raises ConfigurationError: no key, or something that is none
    """

    def __init__(self, *, keys: Sequence[str], lookup_key: str, conn_id: str) -> None:
        self._conn_id = conn_id
        if not keys or not lookup_key:
            raise ConfigurationError(
                f"Connection {conn_id!r} needs the extra fields keys and lookup_key for leaseholders: {HOW}."
            )
        if lookup_key in keys:
            raise ConfigurationError(
                f"Connection {conn_id!r}: lookup_key must be another one than those in keys; {HOW}."
            )
        try:
            opened = [Fernet(key) for key in keys]
            Fernet(lookup_key)
        except ValueError:
            raise ConfigurationError(
                f"Connection {conn_id!r}: keys and lookup_key hold Fernet keys (32 bytes as URL-safe base64); {HOW}."
            ) from None
        self._newest, self._all = opened[0], MultiFernet(opened)
        self._lookup_key = lookup_key.encode()
        self.key_id = hashlib.sha256(b"samsvar leasing key|" + keys[0].encode()).hexdigest()[:12]
        """A name for the newest key that gives nothing of it away."""

    def __repr__(self) -> str:
        return f"Vault({self._conn_id!r}, key_id={self.key_id!r})"

    def __reduce__(self) -> str:
        raise TypeError("A vault is never pickled: it holds keys.")

    def seal(self, content: Mapping[str, str | None]) -> bytes:
        """The content, unreadable without a key."""
        return self._newest.encrypt(orjson.dumps(dict(content)))

    def opened(self, sealed: bytes) -> dict[str, str | None]:
        """What was sealed.

        :raises ConfigurationError: none of the keys fits
        """
        try:
            content: dict[str, str | None] = orjson.loads(self._all.decrypt(sealed))
        except InvalidToken:
            raise ConfigurationError(
                f"A leaseholder was sealed with a key that connection {self._conn_id!r} no longer has; put the old key "
                "after the new one in keys, then clear this task."
            ) from None
        return content

    def resealed(self, sealed: bytes) -> bytes:
        """The same content under the newest key.

        :raises ConfigurationError: none of the keys fits
        """
        return self.seal(self.opened(sealed))

    def mark(self, *parts: str | bytes) -> str:
        """The keyed hash by which the same content is recognised, 64 hex digits."""
        joined = b"\x1f".join(part.encode() if isinstance(part, str) else part for part in parts)
        return hmac.new(self._lookup_key, joined, hashlib.sha256).hexdigest()
