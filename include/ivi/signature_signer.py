"""Who signed: the certificate inside a signature, and whether an issuer that is trusted here stands behind it."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import verification

from .finding import quoted
from .signature_parts import SignatureTrouble

_SMALLEST_KEY = 2048
_LARGEST_KEY = 8192


@dataclass(frozen=True, slots=True)
class Signer:
    """The signer's certificate and those that came with it."""

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]

    @property
    def subject(self) -> str:
        """The signer's name as RFC 4514 writes it, without characters that nobody sees."""
        return _name(self.certificate, "subject")

    @property
    def issuer(self) -> str:
        """The issuer's name, written likewise."""
        return _name(self.certificate, "issuer")

    @property
    def valid_from(self) -> date:
        """First day of the certificate (UTC)."""
        return self.certificate.not_valid_before_utc.date()

    @property
    def expires(self) -> date:
        """Last day of the certificate (UTC)."""
        return self.certificate.not_valid_after_utc.date()


def _name(certificate: x509.Certificate, which: str) -> str:
    try:
        name = certificate.subject if which == "subject" else certificate.issuer
        return quoted(name.rfc4514_string())[1:-1]
    except ValueError:
        return "unreadable name"


def read_signer(texts: Sequence[str]) -> Signer:
    """The signer among certificates in base64: the one that issued none of the others.

    Raises SignatureTrouble for what is no certificate, or a key that is no RSA key of 2048 to 8192 bits (shorter ones
    are no longer safe by ETSI TS 119 312, longer ones only cost time).
    """
    try:
        found = [x509.load_der_x509_certificate(b64decode("".join(text.split()), validate=True)) for text in texts]
        issuers = [one.issuer for one in found if one.issuer != one.subject]
        leaf = next((one for one in found if one.subject not in issuers), found[0])
        key = leaf.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SignatureTrouble("its certificate cannot be read") from None
    if not isinstance(key, RSAPublicKey):
        raise SignatureTrouble("its certificate holds no RSA key")
    if not _SMALLEST_KEY <= key.key_size <= _LARGEST_KEY:
        raise SignatureTrouble(f"its key has {key.key_size} bits, and {_SMALLEST_KEY} to {_LARGEST_KEY} are taken")
    return Signer(leaf, tuple(one for one in found if one is not leaf))


@lru_cache(maxsize=16)
def read_issuers(pem: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM text, such as the setting of trusted issuers.

    Raises ValueError where it holds none or one that cannot be read.
    """
    return tuple(x509.load_pem_x509_certificates(pem))


def is_trusted(signer: Signer, issuers: Sequence[x509.Certificate], today: date) -> bool:
    """True where the signer's certificate is one of `issuers` or a chain leads to one of them.

    The chain is looked at as on `today`, or at the end of the signer's certificate where that is earlier: whether it
    has expired is a question of its own. Only certificates that may issue others count as issuers (the verifier sees to
    it). Nothing is fetched, and no revocation is asked for.
    """
    if not issuers:
        return False
    certificate = signer.certificate
    noon = datetime.combine(today, time(12), UTC)
    moment = min(max(noon, certificate.not_valid_before_utc), certificate.not_valid_after_utc)
    anybody = verification.ExtensionPolicy.permit_all()
    authority = anybody.require_present(x509.BasicConstraints, verification.Criticality.AGNOSTIC, None)
    policy = verification.PolicyBuilder().store(verification.Store(list(issuers))).time(moment)
    policy = policy.extension_policies(ee_policy=anybody, ca_policy=authority)
    try:
        policy.build_client_verifier().verify(certificate, list(signer.others))
    except (verification.VerificationError, ValueError, UnsupportedAlgorithm):
        return False
    return True
