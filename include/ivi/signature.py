"""Verifies the XML signature of a document: a report, and a gate only where the setting asks for one.

Source: EReg set-up manual for IVI 2.0, version 1.5 (enveloped XML signature over the whole document, exclusive
canonical XML, RSA with SHA-256); in 1.x a signature is optional. Real files often do not verify, since exporters format
them anew after signing: so the original bytes are looked at, never changed, and the reason is said. Nothing is fetched.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lxml import etree

from .context import CheckContext
from .encoding import FoundEncoding
from .finding import Finding, Level
from .signature_parts import SignatureTrouble, says_how, signature_parts

_log = logging.getLogger(__name__)

SignatureState = Literal["valid", "unknown_issuer", "invalid", "absent"]
_PLACE = "Signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """What is known of the signature of a document.

    `valid`: it verifies and a trusted issuer stands behind it. `unknown_issuer`: it verifies, but no trusted issuer is
    set or none of them stands behind it. `invalid`: it does not verify, for `reason`. `absent`: there is none, or one
    that names no method and so signs nothing. Names are written as in RFC 4514; days are of UTC.
    """

    state: SignatureState
    reason: str = ""
    signer: str | None = None
    issuer: str | None = None
    valid_from: date | None = None
    expires: date | None = None


ABSENT = SignatureReport(state="absent", reason="there is no signature")


def signature_report(
    content: bytes, root: etree._Element, encoding: FoundEncoding, context: CheckContext
) -> SignatureReport | None:
    """The report on the signature in `content`, None where signatures are not looked at. Never raises.

    `root` is the document as it was read, asked only whether there is a signature at all. Held under the lock of the
    check, as all use of libxml2. Revocation of certificates is not asked for, since that needs the network.
    """
    if context.signature == "off":
        return None
    if not says_how(root):
        return ABSENT
    try:
        return _report(_as_signed(content, encoding), context)
    except SignatureTrouble as trouble:
        return SignatureReport(state="invalid", reason=str(trouble))
    except Exception as error:  # whatever a signature from outside provokes is a reason, never the end of a check
        _log.info("a signature could not be read (%s)", type(error).__name__)
        return SignatureReport(state="invalid", reason="it cannot be read")


def signature_findings(report: SignatureReport | None, context: CheckContext) -> Iterator[Finding]:
    """`signature.invalid`, `signature.unknown_issuer`, `signature.expired` and `signature.absent`.

    Warnings, and errors where signatures are required. An absent signature is a finding only where it is required; an
    unknown issuer only where trusted ones are set.
    """
    if report is None:
        return
    required = context.signature == "require"
    level = Level.ERROR if required else Level.WARNING

    def finding(what: str, sentence: str) -> Finding:
        return Finding(f"signature.{what}", level, _PLACE, None, sentence)

    if report.state == "absent":
        if required:
            yield finding("absent", "The document is not signed, and a signature is required: have it signed.")
        return
    if report.state == "invalid":
        advice = "ask whoever signed it for the file as it was signed, and drop it unchanged"
        yield finding("invalid", f"The signature does not verify, since {report.reason}: {advice}.")
    elif report.state == "unknown_issuer" and context.trusted_issuers is not None:
        advice = "have it signed with a certificate of a trusted issuer, or add this issuer to the trusted ones"
        yield finding("unknown_issuer", f"The signature verifies, but {report.reason}: {advice}.")
    if report.expires is not None and report.expires < context.today:
        sentence = f"The certificate of the signer ({report.signer}) ended on {report.expires}: have it signed anew."
        yield finding("expired", sentence)
    elif report.valid_from is not None and report.valid_from > context.today:
        begins = f"The certificate of the signer ({report.signer}) begins on {report.valid_from}"
        yield finding("expired", f"{begins}: have it signed with one that is in force.")


def _as_signed(content: bytes, encoding: FoundEncoding) -> etree._Element:
    """The document with everything that canonical XML keeps; the reading parser drops processing instructions."""
    overruled = ("UTF-8" if encoding.actual == "utf-8" else "UTF-16") if encoding.contradicts else None
    parser = etree.XMLParser(
        encoding=overruled,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        attribute_defaults=False,
        collect_ids=False,
    )
    return etree.fromstring(content, parser)


def _report(root: etree._Element, context: CheckContext) -> SignatureReport:
    # heavy libraries, loaded only where there is a signature
    from .signature_proof import fault
    from .signature_signer import is_trusted, read_issuers, read_signer

    parts = signature_parts(root)
    signer = read_signer(parts.certificates)

    def report(state: SignatureState, reason: str = "") -> SignatureReport:
        return SignatureReport(
            state=state,
            reason=reason,
            signer=signer.subject,
            issuer=signer.issuer,
            valid_from=signer.valid_from,
            expires=signer.expires,
        )

    reason = fault(root, parts.references, signer.certificate)
    if reason is not None:
        return report("invalid", reason)
    try:
        issuers = read_issuers(context.trusted_issuers) if context.trusted_issuers else ()
    except ValueError:
        return report("unknown_issuer", "the setting of trusted issuers cannot be read as PEM")
    if is_trusted(signer, issuers, context.today):
        return report("valid")
    return report("unknown_issuer", f"no trusted issuer stands behind its certificate (issued by {signer.issuer})")
