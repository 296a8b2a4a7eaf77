"""Keys, certificates and signed documents of the tests' own making."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import CanonicalizationMethod, XMLSigner, methods

from include.ivi.samples import sample

DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0


@dataclass(frozen=True)
class Identity:
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def certify(name, public_key, issuer=None, issuer_key=None, *, ends=datetime(2028, 1, 1, tzinfo=UTC), ca=None):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
    builder = builder.public_key(public_key).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2025, 1, 1, tzinfo=UTC)).not_valid_after(ends)
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def identity(name, issuer=None, **more) -> Identity:
    key = rsa.generate_private_key(65537, 2048)
    signing = issuer.key if issuer else key
    return Identity(key, certify(name, key.public_key(), issuer.certificate if issuer else None, signing, **more))


def signed(who, content=None, *, key=None, chain=(), **how) -> bytes:
    root = etree.fromstring(content if content is not None else sample(number=7, family="2.0"))
    for old in root.findall(f"{{{DS}}}Signature"):
        root.remove(old)
    signer = XMLSigner(method=methods.enveloped, **{"c14n_algorithm": EXCLUSIVE, **how})
    done = signer.sign(root, key=key or who.key, cert=[who.certificate, *chain])
    return etree.tostring(done, xml_declaration=True, encoding="UTF-8")


def edited(content, change) -> bytes:
    root = etree.fromstring(content)
    change(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def only(root, name):
    return next(root.iter(f"{{{DS}}}{name}"))


@pytest.fixture(scope="session")
def signing() -> SimpleNamespace:
    """Ways to make, sign and edit documents, for the tests of this folder."""
    return SimpleNamespace(DS=DS, certify=certify, identity=identity, signed=signed, edited=edited, only=only)


@pytest.fixture(scope="session")
def authority() -> Identity:
    """An issuer of certificates."""
    return identity("Nordlys Root", ca=True)


@pytest.fixture(scope="session")
def seal(authority: Identity) -> Identity:
    """One that signs documents, certified by `authority`."""
    return identity("Nordlys Seal", authority)
