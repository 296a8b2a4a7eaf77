"""The private key that signs grants. It never shows itself: not in repr, not in a pickle, not in an error."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import jwt
from cryptography.hazmat.primitives import serialization

from include.errors import ConfigurationError
from include.maskinporten.key_reading import KeyFormatError, KeyMaterial, read_key
from include.maskinporten.secret_forms import key_number_forms, text_forms

_LARGEST_KEY_FILE = 1_000_000


class SigningKey:
    """An RSA private key, with the certificates that came along (leaf first).

    `thumbprint` is the SHA-256 of the public key (hex) and `kid` the key id a JWK carried; both are public.
    Make one with `from_text`, `from_keystore` or `from_file`; all raise `ConfigurationError` starting with `where`.
    """

    __slots__ = ("_material", "_secrets", "kid", "thumbprint")

    def __init__(self, material: KeyMaterial, secrets: tuple[str, ...] = ()) -> None:
        self._material = material
        self._secrets = (*secrets, *key_number_forms(material.private))
        self.kid = material.kid
        public = material.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.thumbprint = hashlib.sha256(public).hexdigest()

    @classmethod
    def from_text(cls, text: str, passphrase: str | None = None, *, where: str = "The private key") -> SigningKey:
        r"""From PEM (real, lost or literal "\n" line breaks), JWK JSON, or base64 of PEM, JWK, DER or PKCS12."""
        return cls._read(text.encode(), passphrase, text_forms(text, passphrase), where)

    @classmethod
    def from_keystore(cls, text: str, password: str | None, *, where: str = "The keystore") -> SigningKey:
        """From base64 of a PKCS12 keystore."""
        return cls._read(text.encode(), password, text_forms(text, password), where)

    @classmethod
    def from_file(cls, path: str | Path, password: str | None = None, *, where: str = "The key file") -> SigningKey:
        """From a file holding PEM, JWK, DER or PKCS12, at most 1 MB."""
        try:
            with Path(path).open("rb") as file:
                data = file.read(_LARGEST_KEY_FILE + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a usable path"
            raise ConfigurationError(
                f"{where} cannot be read ({reason}); check the path and who may read it."
            ) from None
        if len(data) > _LARGEST_KEY_FILE:
            raise ConfigurationError(f"{where} is larger than 1 MB, so it is no key; check the path.")
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = base64.b64encode(data).decode()
        return cls._read(data, password, text_forms(text, password), where)

    @classmethod
    def _read(cls, data: bytes, password: str | None, secrets: tuple[str, ...], where: str) -> SigningKey:
        try:
            return cls(read_key(data, password.encode() if password else None), secrets)
        except KeyFormatError as error:
            raise ConfigurationError(f"{where}: {error}") from None

    @property
    def certificate_chain(self) -> list[str]:
        """The certificates as base64 DER, leaf first: the value of the header `x5c`. Empty when none came along."""
        return [
            base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
            for certificate in self._material.certificates
        ]

    @property
    def ends(self) -> datetime | None:
        """When the business certificate that came along ends; None for a bare key: only its register knows."""
        return self._material.certificates[0].not_valid_after_utc if self._material.certificates else None

    def sign(self, claims: Mapping[str, Any], *, algorithm: str, headers: Mapping[str, Any]) -> str:
        """`claims` as a compact JWS, signed with `algorithm` (RS256, RS384 or RS512)."""
        return jwt.encode(dict(claims), self._material.private, algorithm=algorithm, headers=dict(headers))

    def secrets(self) -> Iterator[str]:
        """Every text by which the key could be recognised in a log, to be masked."""
        yield from self._secrets

    def __repr__(self) -> str:
        return f"SigningKey(RSA {self._material.private.key_size}, thumbprint={self.thumbprint[:16]})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A signing key is never pickled; read it from its connection where it is needed.")

    def __copy__(self) -> SigningKey:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> SigningKey:
        return self
