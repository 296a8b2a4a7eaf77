"""Bytes of any usual shape into an RSA private key: PEM, DER, PKCS12, JWK, and base64 of each.

The key field of a connection form is one line, so line breaks may be lost or typed as backslash-n; both are mended.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key, pkcs12
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import PyJWTError

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_BAD = (ValueError, TypeError, UnsupportedAlgorithm, PyJWTError)
_DER_SEQUENCE = 0x30
_SMALLEST_RSA = 2048


class KeyFormatError(ValueError):
    """Bytes that are no usable key. Its text is a sentence that holds nothing of them."""


@dataclass(frozen=True, slots=True, repr=False)
class KeyMaterial:
    """A private key, its certificates leaf first, and the key id when a JWK named one."""

    private: RSAPrivateKey
    certificates: tuple[x509.Certificate, ...] = ()
    kid: str | None = None


def read_key(data: bytes, password: bytes | None) -> KeyMaterial:
    """The key in `data`, whatever its shape. Raises `KeyFormatError`."""
    material = _read_shape(data, password) or _read_shape(_from_base64(data), password)
    if material is None:
        raise KeyFormatError(
            "this is no PEM, JWK, PKCS12 or base64 of one; paste the whole key, or name a file in `private_key_file`."
        )
    return material


def _read_shape(data: bytes | None, password: bytes | None) -> KeyMaterial | None:
    if not data:
        return None
    if b"-----BEGIN" in data:
        return _from_pem(data, password)
    if data.lstrip().startswith(b"{"):
        return _from_jwk(data)
    if data[0] == _DER_SEQUENCE and not data.isascii():
        return _from_der(data, password)
    return None


def _from_base64(data: bytes) -> bytes | None:
    text = b"".join(data.replace(b"\\n", b"").split()).replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _from_pem(data: bytes, password: bytes | None) -> KeyMaterial:
    text = data.decode("ascii", "replace").replace("\\r", "").replace("\\n", "\n")
    blocks = {label: _mended(label, body) for label, body in _BLOCK.findall(text) if label.endswith("PRIVATE KEY")}
    certificates = [_mended(label, body) for label, body in _BLOCK.findall(text) if label == "CERTIFICATE"]
    if len(blocks) != 1:
        raise KeyFormatError("the PEM must hold exactly one private key, from its BEGIN line to its END line.")
    try:
        private = load_pem_private_key(next(iter(blocks.values())), password)
        loaded = [x509.load_pem_x509_certificate(certificate) for certificate in certificates]
    except _BAD:
        raise KeyFormatError(
            "the PEM cannot be read; it is cut short, or its passphrase (`private_key_passphrase`) is missing or wrong."
        ) from None
    return _checked(private, loaded)


def _mended(label: str, body: str) -> bytes:
    # The old encrypted form carries header lines ("Proc-Type: …"), whose line breaks carry meaning.
    if ":" not in body:
        body = "".join(body.split())
        body = "\n" + "\n".join(body[start : start + 64] for start in range(0, len(body), 64)) + "\n"
    return f"-----BEGIN {label}-----{body}-----END {label}-----\n".encode()


def _from_jwk(data: bytes) -> KeyMaterial:
    try:
        jwk = _one_jwk(json.loads(data))
        private: object = RSAAlgorithm.from_jwk(jwk)
        chain = [x509.load_der_x509_certificate(base64.b64decode(entry)) for entry in jwk.get("x5c", [])]
    except KeyFormatError:
        raise
    except (*_BAD, AttributeError):
        raise KeyFormatError("the JWK cannot be read; it must be JSON with kty RSA and the private numbers.") from None
    kid = jwk.get("kid")
    return _checked(private, chain, kid if isinstance(kid, str) and kid else None)


def _one_jwk(jwk: Any) -> dict[str, Any]:
    keys = jwk.get("keys") if isinstance(jwk, dict) and "keys" in jwk else [jwk]
    if not isinstance(keys, list) or len(keys) != 1 or not isinstance(keys[0], dict):
        raise KeyFormatError("the JWK set must hold exactly one key; paste the one that this client signs with.")
    if keys[0].get("kty") != "RSA":
        raise KeyFormatError("Maskinporten takes RSA keys only; make a new key with kty RSA.")
    return keys[0]


def _from_der(data: bytes, password: bytes | None) -> KeyMaterial:
    try:
        store = pkcs12.load_pkcs12(data, password)
    except _BAD:
        return _checked(_der_private(data, password), [])
    if store.key is None:
        raise KeyFormatError("the keystore holds no private key; export it again with the key included.")
    leaf = [store.cert.certificate] if store.cert else []
    return _checked(store.key, leaf + [entry.certificate for entry in store.additional_certs])


def _der_private(data: bytes, password: bytes | None) -> object:
    try:
        return load_der_private_key(data, password)
    except _BAD:
        raise KeyFormatError(
            "the keystore cannot be read; its password (`keystore_password`) is wrong, or it is no PKCS12 file."
        ) from None


def _checked(private: object, certificates: list[x509.Certificate], kid: str | None = None) -> KeyMaterial:
    if not isinstance(private, RSAPrivateKey):
        raise KeyFormatError("Maskinporten takes private RSA keys only; this is another kind of key.")
    if private.key_size < _SMALLEST_RSA:
        raise KeyFormatError(f"the RSA key has {private.key_size} bits; Maskinporten wants at least {_SMALLEST_RSA}.")
    own = private.public_key()
    leaves = [certificate for certificate in certificates if certificate.public_key() == own]
    if certificates and not leaves:
        raise KeyFormatError(
            "none of the certificates belongs to the private key; export key and certificate together."
        )
    others = [certificate for certificate in certificates if certificate not in leaves]
    return KeyMaterial(private, (*leaves[:1], *others), kid)
