"""Keys of the sandbox, made on first start and kept in its home so that a restart leaves the connections valid.

Nothing here is a secret of the real world: the keys open this sandbox only. They are still kept as secrets are kept
(folder 0700, files 0600), because the code that reads them must not learn bad habits.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from .private_files import write_private

Certificate = x509.Certificate


class KeyRing:
    """Named RSA 2048 key pairs, certificates and passwords under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pairs: dict[str, rsa.RSAPrivateKey] = {}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)

    def pair(self, name: str) -> rsa.RSAPrivateKey:
        """The key pair of that name, made when it is asked for the first time."""
        if name not in self._pairs:
            path = self._folder / f"{name}.pem"
            if not path.exists():
                write_private(path, private_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
            if not isinstance(key, rsa.RSAPrivateKey):
                raise TypeError(f"{path.name} in the sandbox's key folder is no RSA key; remove the file")
            self._pairs[name] = key
        return self._pairs[name]

    def password(self, name: str) -> str:
        """A random password of that name."""
        path = self._folder / f"{name}.password"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(24).encode())
        return path.read_text(encoding="ascii").strip()

    def fernet(self, name: str) -> str:
        """A Fernet key of that name: 32 bytes as URL-safe base64."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.password(name).encode()).digest()).decode("ascii")

    def file(self, name: str) -> Path:
        """Where another part of the sandbox keeps a key of its own kind (the SSH host key)."""
        return self._folder / name


def private_pem(key: rsa.RSAPrivateKey) -> bytes:
    """PKCS8 PEM without a password."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _ec_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class TestIssuer:
    """Stands in for Buypass and Commfides: issues business certificates that only this sandbox trusts."""

    __test__ = False

    def __init__(self, path: Path) -> None:
        if not path.exists():
            write_private(path, _ec_pem(ec.generate_private_key(ec.SECP256R1())))
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{path.name} in the sandbox's key folder is no elliptic curve key; remove the file")
        self._key = key
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Samsvar sandbox test issuer")])

    def issue(self, key: rsa.RSAPrivateKey, organisation: str, *, days: int = 30, age_days: int = 1) -> Certificate:
        """A certificate for that organisation number (subject attributes as SEID 2.0 has them)."""
        start = datetime.now(UTC) - timedelta(days=age_days)
        subject = [
            x509.NameAttribute(NameOID.COMMON_NAME, "Samsvar sandbox client"),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRNO-{organisation}"),
        ]
        builder = x509.CertificateBuilder().subject_name(x509.Name(subject)).issuer_name(self._name)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(start).not_valid_after(start + timedelta(days=days))
        return builder.sign(self._key, hashes.SHA256())

    def issued(self, certificate: Certificate) -> bool:
        """True when this issuer signed it."""
        try:
            self._key.public_key().verify(
                certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256())
            )
        except Exception:  # any failure of the check, whatever its class, means: not ours
            return False
        return True


def x5c(certificate: Certificate) -> list[str]:
    """The `x5c` header of RFC 7515: base64 (not base64url) of the DER, leaf first."""
    return [base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode("ascii")]


def organisation_of(certificate: Certificate) -> str | None:
    """The nine digits of the organisation the certificate names (SEID 2.0: organizationIdentifier `NTRNO-…`)."""
    for attribute in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER):
        return str(attribute.value).removeprefix("NTRNO-")
    return None
