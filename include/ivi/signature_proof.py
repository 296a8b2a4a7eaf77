"""Does a signature fit the document? Computed by signxml; where it does not fit, why not.

The usual reason is a file that was formatted anew after signing, so the document is tried a second time without the
white space between its elements (what signers that do not keep white space have signed).
"""

from __future__ import annotations

from typing import Literal

from cryptography import x509
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidDigest, InvalidSignature
from signxml.verifier import SignatureConfiguration, XMLVerifier

_METHODS = frozenset({SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512})
_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_XML_BLANKS = " \t\r\n"

_Outcome = Literal["fits", "content differs", "signature differs"]


def fault(root: etree._Element, references: int, certificate: x509.Certificate) -> str | None:
    """Why the signature of `root` does not fit, as the inside of a sentence; None where it fits.

    `root` has passed `signature_parts`. It is changed on the way: white space between elements is taken out for the
    second try, so give a copy of what is needed later. Whether the certificate is in force is not asked here.
    """
    as_stored = _outcome(root, references, certificate)
    if as_stored == "fits":
        return None
    _take_out_blanks(root)
    without_blanks = _outcome(root, references, certificate)
    if without_blanks == "fits":
        return "the file was formatted anew after signing (it verifies without the white space between elements)"
    if as_stored == "content differs":
        return "the document was changed after signing, in its content or in the white space between its elements"
    if without_blanks == "content differs":
        return "the file was formatted anew after signing, and its content was changed too"
    return "the signature value does not belong to the certificate that comes with it"


def _outcome(root: etree._Element, references: int, certificate: x509.Certificate) -> _Outcome:
    wanted = SignatureConfiguration(
        location="./",
        expect_references=references,
        signature_methods=_METHODS,
        digest_algorithms=_DIGESTS,
        verification_time=certificate.not_valid_before_utc,
    )
    try:
        XMLVerifier().verify(root, x509_cert=certificate, validate_schema=False, expect_config=wanted)
    except InvalidDigest:
        return "content differs"
    except InvalidSignature:
        return "signature differs"
    return "fits"


def _take_out_blanks(root: etree._Element) -> None:
    """Text that is white space only goes; all other text stays as it is, with the blanks in it."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.text is not None and not element.text.strip(_XML_BLANKS):
            element.text = None
        if element.tail is not None and not element.tail.strip(_XML_BLANKS):
            element.tail = None
