"""Looks at the shape of an XML signature before any of it is computed: only the plain enveloped form is taken.

A signature is a small program (references, transforms, algorithms). Everything but the few words that IVI signatures
are written in is refused by name here, so that nothing is fetched, no XPath or XSLT of a stranger runs, and nothing but
the whole document can be what was signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from .finding import quoted
from .schemas.tables import SIGNATURE_NAMESPACE

SIGNATURE = f"{{{SIGNATURE_NAMESPACE}}}Signature"
MOST_CERTIFICATES = 8
LONGEST_CERTIFICATE = 16_000
"""Characters of base64; an ordinary certificate has about 2,000."""

_DS = f"{{{SIGNATURE_NAMESPACE}}}"
_MOST_REFERENCES = 3
_MOST_TRANSFORMS = 3
_LONGEST_VALUE = 4_000
_ENVELOPED = f"{SIGNATURE_NAMESPACE}enveloped-signature"
_C14N = frozenset(
    {
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2006/12/xml-c14n11",
    }
)
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_METHODS = frozenset({f"{_MORE}rsa-sha256", f"{_MORE}rsa-sha384", f"{_MORE}rsa-sha512"})
_DIGESTS = frozenset(
    {
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    }
)


class SignatureTrouble(Exception):
    """Why a signature is not good, as the inside of a sentence."""


@dataclass(frozen=True, slots=True)
class SignatureParts:
    """A signature of a shape that is taken: the number of its references, and its certificates as base64."""

    references: int
    certificates: tuple[str, ...]


def says_how(root: etree._Element) -> bool:
    """True where a Signature of the document names a method; one that names none signs nothing and counts as absent."""
    return any(
        signature.find(f"{_DS}SignedInfo/{_DS}SignatureMethod") is not None for signature in root.iter(SIGNATURE)
    )


def signature_parts(root: etree._Element) -> SignatureParts:
    """The parts of the one signature of a document. Raises SignatureTrouble where its shape is not taken.

    Taken: one Signature directly below the root; one reference to the whole document (URI ""), enveloped, and at most
    two more to parts of the signature itself (XAdES); canonical XML without comments; RSA with SHA-256 or longer.
    Source: set-up manual for IVI 2.0, version 1.5, and W3C XML Signature 1.1.
    """
    signatures = list(islice(root.iter(SIGNATURE), 2))
    if len(signatures) != 1 or signatures[0].getparent() is not root:
        raise SignatureTrouble("it is not the one Signature directly below the root element")
    signed = signatures[0].findall(f"{_DS}SignedInfo")
    values = signatures[0].findall(f"{_DS}SignatureValue")
    if len(signed) != 1 or len(values) != 1 or not (values[0].text or "").strip():
        raise SignatureTrouble("it has no single SignedInfo and SignatureValue")
    if len(values[0].text or "") > _LONGEST_VALUE:
        raise SignatureTrouble("its SignatureValue is longer than that of any key")
    _algorithm(signed[0], "CanonicalizationMethod", _C14N)
    _algorithm(signed[0], "SignatureMethod", _METHODS)
    references = signed[0].findall(f"{_DS}Reference")
    _check_references(references)
    return SignatureParts(len(references), _certificates(signatures[0]))


def _algorithm(parent: etree._Element, name: str, taken: frozenset[str]) -> None:
    found = parent.findall(f"{_DS}{name}")
    algorithm = found[0].get("Algorithm", "") if len(found) == 1 else ""
    if algorithm not in taken:
        raise SignatureTrouble(f"its {name} {quoted(algorithm)} is none that is taken here")


def _check_references(references: Sequence[etree._Element]) -> None:
    uris = [reference.get("URI") for reference in references]
    if not 1 <= len(uris) <= _MOST_REFERENCES or uris.count("") != 1:
        raise SignatureTrouble("it does not sign the whole document in one reference")
    for uri, reference in zip(uris, references, strict=True):
        if uri is None or (uri and (not uri.startswith("#") or uri.startswith("#xpointer"))):
            raise SignatureTrouble(f"it refers to {quoted(uri or '')}, which lies outside the document")
        _algorithm(reference, "DigestMethod", _DIGESTS)
        _check_transforms(reference, whole=not uri)


def _check_transforms(reference: etree._Element, *, whole: bool) -> None:
    found = [step.get("Algorithm", "") for step in reference.findall(f"{_DS}Transforms/{_DS}Transform")]
    taken = {_ENVELOPED, *_C14N} if whole else _C14N
    strange = [name for name in found if name not in taken]
    if strange or len(found) > _MOST_TRANSFORMS:
        name = quoted(strange[0]) if strange else f"number {len(found)}"
        raise SignatureTrouble(f"its transform {name} is none that is taken here")
    if whole and _ENVELOPED not in found:
        raise SignatureTrouble("it is not enveloped: the transform enveloped-signature is missing")


def _certificates(signature: etree._Element) -> tuple[str, ...]:
    found = signature.findall(f"{_DS}KeyInfo/{_DS}X509Data/{_DS}X509Certificate")
    texts = tuple((element.text or "").strip() for element in found)
    if not texts or not all(texts):
        raise SignatureTrouble("it carries no certificate, so nobody can tell who signed")
    if len(texts) > MOST_CERTIFICATES or max(map(len, texts)) > LONGEST_CERTIFICATE:
        raise SignatureTrouble("it carries more or longer certificates than any signature does")
    return texts
