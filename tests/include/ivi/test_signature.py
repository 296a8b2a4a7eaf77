"""Signatures: what verifies, what does not and why, who signed, and when a signature is a gate.

Documents are signed here with keys made for the test.
"""
# longer because every way to break a signature uses the same few helpers

from __future__ import annotations

import base64
import socket
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import CanonicalizationMethod, XMLSigner, methods

from include.ivi.samples import sample
from include.ivi.signature import ABSENT

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


@pytest.fixture(scope="module")
def authority():
    return identity("Nordlys Root", ca=True)


@pytest.fixture(scope="module")
def seal(authority):
    return identity("Nordlys Seal", authority)


def signed(who, content=None, *, key=None, chain=(), **how) -> bytes:
    root = etree.fromstring(content if content is not None else sample(number=7, family="2.0"))
    for old in root.findall(f"{{{DS}}}Signature"):
        root.remove(old)
    signer = XMLSigner(method=methods.enveloped, **{"c14n_algorithm": EXCLUSIVE, **how})
    done = signer.sign(root, key=key or who.key, cert=[who.certificate, *chain])
    return etree.tostring(done, xml_declaration=True, encoding="UTF-8")


def report(checked, content, **changes):
    return checked(content, **changes).signature


def edited(content, change) -> bytes:
    root = etree.fromstring(content)
    change(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def only(root, name):
    return next(root.iter(f"{{{DS}}}{name}"))


def root_first(root):
    data = only(root, "X509Data")
    data[:] = list(data)[::-1]


def test_a_signature_by_a_trusted_issuer_is_valid_and_its_signer_and_expiry_are_recorded(checked, seal, authority):
    result = checked(signed(seal), trusted_issuers=authority.pem)
    assert result.signature.state == "valid"
    assert result.signature.signer == "CN=Nordlys Seal"
    assert result.signature.issuer == "CN=Nordlys Root"
    assert result.signature.expires == date(2028, 1, 1)
    assert result.signature.valid_from == date(2025, 1, 1)
    assert result.findings == ()


@pytest.mark.parametrize("family", ["1.6", "2.0"])
def test_a_good_signature_of_nobody_known_is_reported_without_a_finding(checked, seal, family):
    result = checked(signed(seal, sample(number=8, family=family)))
    assert result.signature.state == "unknown_issuer"
    assert "CN=Nordlys Root" in result.signature.reason
    assert result.findings == ()


def test_the_signer_itself_can_be_trusted(checked, seal):
    assert report(checked, signed(seal), trusted_issuers=seal.pem).state == "valid"


def test_a_chain_leads_over_the_certificates_in_the_document(checked, authority):
    middle = identity("Nordlys Issuing", authority, ca=True)
    last = identity("Nordlys Works", middle)
    for chain in ([middle.certificate], [middle.certificate, authority.certificate]):
        content = signed(last, chain=chain)
        for written in (content, edited(content, root_first)):
            result = report(checked, written, trusted_issuers=authority.pem)
            assert (result.state, result.signer) == ("valid", "CN=Nordlys Works")
    assert report(checked, signed(last), trusted_issuers=authority.pem).state == "unknown_issuer"


@pytest.mark.parametrize("ca", [False, None])
def test_a_certificate_that_may_not_issue_others_vouches_for_nobody(checked, authority, ca):
    no_authority = identity("Nordlys Clerk", authority, ca=ca)
    forged = identity("Nordlys Forged", no_authority)
    content = signed(forged, chain=[no_authority.certificate])
    assert report(checked, content, trusted_issuers=authority.pem).state == "unknown_issuer"


def test_a_stranger_with_the_name_of_the_issuer_is_not_the_issuer(checked, authority):
    stranger = identity("Nordlys Root", ca=True)
    content = signed(identity("Nordlys Seal", stranger), chain=[stranger.certificate])
    result = checked(content, trusted_issuers=authority.pem)
    assert result.signature.state == "unknown_issuer"
    assert [finding.rule_id for finding in result.findings] == ["signature.unknown_issuer"]
    assert result.valid


def test_trusted_issuers_that_are_no_pem_trust_nobody(checked, seal):
    result = report(checked, signed(seal), trusted_issuers=b"no certificate")
    assert (result.state, "PEM" in result.reason) == ("unknown_issuer", True)


def test_a_changed_value_is_found(checked, seal):
    content = signed(seal)
    assert b">Nordlys 4<" in content
    result = checked(content.replace(b">Nordlys 4<", b">Nordlys 5<"))
    assert result.signature.state == "invalid"
    assert "changed after signing" in result.signature.reason
    [finding] = result.findings
    assert (finding.rule_id, str(finding.level)) == ("signature.invalid", "warning")
    assert finding.sentence.endswith(".") and ": " in finding.sentence
    assert result.valid


def without_blanks(content):
    return etree.tostring(etree.fromstring(content, etree.XMLParser(remove_blank_text=True)))


def test_a_file_that_was_formatted_after_signing_is_told_so(checked, seal):
    content = signed(seal, without_blanks(sample(number=9, family="2.0")))
    assert report(checked, content).state == "unknown_issuer"
    formatted = etree.tostring(etree.fromstring(content), pretty_print=True)
    assert formatted.count(b"\n") > 50
    result = report(checked, formatted)
    assert result.state == "invalid"
    assert "verifies without the white space" in result.reason


def test_a_file_that_was_formatted_and_changed_after_signing_is_told_so(checked, seal):
    content = signed(seal, without_blanks(sample(number=9, family="2.0")))
    formatted = etree.tostring(etree.fromstring(content), pretty_print=True)
    result = report(checked, formatted.replace(b">Nordlys 4<", b">Nordlys 5<"))
    assert "formatted anew after signing, and its content was changed too" in result.reason


def test_a_signature_value_of_another_key_is_found(checked, seal):
    result = report(checked, signed(seal, key=identity("Nordlys Other").key))
    assert (result.state, result.signer) == ("invalid", "CN=Nordlys Seal")
    assert "does not belong to the certificate" in result.reason


def test_comments_and_processing_instructions_are_kept_as_they_were_signed(checked, seal):
    inside = b"<?note kept?><!-- not signed --><Make>"
    plain = sample(number=10, family="2.0").replace(b"<Make>", inside, 1)
    content = signed(seal, plain)
    assert b"<?note kept?>" in content
    assert report(checked, content).state == "unknown_issuer"
    assert report(checked, content.replace(b"not signed", b"never was")).state == "unknown_issuer"
    assert report(checked, content.replace(b"<?note kept?>", b"<?note lost?>")).state == "invalid"


def test_empty_elements_of_1x_are_part_of_what_was_signed(checked, seal):
    plain = sample(number=11).replace(b"<Wheelbase>", b"<WheelbaseMin></WheelbaseMin><Wheelbase>", 1)
    result = checked(signed(seal, plain))
    assert result.signature.state == "unknown_issuer"
    assert [finding.rule_id for finding in result.findings if finding.rule_id.startswith("signature")] == []


def test_a_document_whose_declaration_contradicts_its_bytes_verifies_by_its_bytes(checked, seal):
    text = signed(seal).decode("utf-8")
    assert "encoding='UTF-8'" in text
    for encoding in ("utf-16", "utf-16-le"):
        assert report(checked, text.encode(encoding)).state == "unknown_issuer"
    other = text.replace("encoding='UTF-8'", "encoding='utf-16'")
    assert report(checked, other.encode("utf-8")).state == "unknown_issuer"


def refused(checked, content, words):
    result = report(checked, content)
    assert result.state == "invalid", result
    assert words in result.reason


def test_only_one_signature_directly_below_the_root_is_taken(checked, seal):
    content = signed(seal)
    refused(checked, edited(content, lambda root: root.append(etree.fromstring(etree.tostring(root[-1])))), "the one")
    refused(checked, edited(content, lambda root: root[1].append(root[-1])), "directly below the root")


def test_a_signature_wrapped_around_another_document_is_refused(checked, seal):
    def wrap(root):
        holder = etree.SubElement(only(root, "Signature"), f"{{{DS}}}Object")
        holder.append(etree.fromstring(etree.tostring(root[1])))
        holder[0].set("Id", "real")
        only(root, "Reference").set("URI", "#real")

    refused(checked, edited(signed(seal), wrap), "does not sign the whole document")


@pytest.mark.parametrize("uri", ["http://127.0.0.1:9/x", "file:///etc/hostname", "#xpointer(/)", None])
def test_nothing_outside_the_document_is_ever_fetched(checked, seal, uri, monkeypatch):
    def fetched(*_arguments, **_named):
        raise AssertionError("a socket was opened")

    def refer(root):
        second = etree.fromstring(etree.tostring(only(root, "Reference")))
        second.attrib.pop("URI")
        if uri is not None:
            second.set("URI", uri)
        only(root, "SignedInfo").append(second)

    content = edited(signed(seal), refer)
    monkeypatch.setattr(socket, "socket", fetched)
    refused(checked, content, "lies outside the document")


@pytest.mark.parametrize(
    "algorithm", ["http://www.w3.org/TR/1999/REC-xslt-19991116", "http://www.w3.org/TR/1999/REC-xpath-19991116", ""]
)
def test_no_transform_of_a_stranger_is_run(checked, seal, algorithm):
    content = edited(signed(seal), lambda root: only(root, "Transform").set("Algorithm", algorithm))
    refused(checked, content, f"its transform '{algorithm}' is none")


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("SignatureMethod", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
        ("SignatureMethod", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        ("DigestMethod", "http://www.w3.org/2000/09/xmldsig#sha1"),
        ("CanonicalizationMethod", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
    ],
)
def test_weak_and_strange_algorithms_are_refused_by_name(checked, seal, name, algorithm):
    content = edited(signed(seal), lambda root: only(root, name).set("Algorithm", algorithm))
    refused(checked, content, f"its {name} '{algorithm}' is none")


def test_a_signature_that_is_not_enveloped_is_refused(checked, seal):
    def change(root):
        first = only(root, "Transform")
        first.getparent().remove(first)

    refused(checked, edited(signed(seal), change), "not enveloped")


def test_a_signature_without_certificate_tells_nobody_who_signed(checked, seal):
    def change(root):
        data = only(root, "X509Data")
        data.getparent().remove(data)

    refused(checked, edited(signed(seal), change), "carries no certificate")


@pytest.mark.parametrize("text", ["AAAA", "not base64!", base64.b64encode(b"0" * 900).decode()])
def test_a_certificate_that_is_none_is_a_reason_and_no_exception(checked, seal, text):
    def change(root):
        only(root, "X509Certificate").text = text

    refused(checked, edited(signed(seal), change), "its certificate cannot be read")


@pytest.mark.parametrize("many", [True, False])
def test_a_heap_of_certificates_is_not_read(checked, seal, many):
    def change(root):
        certificate = only(root, "X509Certificate")
        if not many:
            certificate.text = "A" * 16_001
        for _ in range(8 if many else 0):
            certificate.addnext(etree.fromstring(etree.tostring(certificate)))

    refused(checked, edited(signed(seal), change), "more or longer certificates")


def test_short_keys_and_keys_of_another_kind_are_refused(checked, seal):
    for public, words in (
        (rsa.generate_private_key(65537, 1024).public_key(), "1024 bits"),
        (ec.generate_private_key(ec.SECP256R1()).public_key(), "no RSA key"),
    ):
        der = certify("Short", public, issuer_key=seal.key).public_bytes(serialization.Encoding.DER)

        def change(root, der=der):
            only(root, "X509Certificate").text = base64.b64encode(der).decode()

        refused(checked, edited(signed(seal), change), words)


@pytest.mark.parametrize("name", ["SignatureValue", "DigestValue"])
def test_broken_values_are_a_reason_and_no_exception(checked, seal, name):
    for text in ("", "!", "AAAA", "A" * 4_001):
        content = edited(signed(seal), lambda root, text=text: setattr(only(root, name), "text", text))
        assert report(checked, content).state == "invalid"


def test_an_expired_certificate_is_said_even_where_the_signature_is_good(checked, authority):
    old = identity("Nordlys Old", authority, ends=datetime(2026, 7, 31, 12, tzinfo=UTC))
    result = checked(signed(old), trusted_issuers=authority.pem)
    assert result.signature.state == "valid"
    assert [(finding.rule_id, finding.level) for finding in result.findings] == [("signature.expired", "warning")]
    assert "2026-07-31" in result.findings[0].sentence
    assert checked(signed(old), today=date(2026, 7, 31), trusted_issuers=authority.pem).findings == ()


def test_a_certificate_of_the_future_is_said(checked, seal):
    result = checked(signed(seal), today=date(2024, 12, 31))
    assert "begins on 2025-01-01" in next(f.sentence for f in result.findings if f.rule_id == "signature.expired")


def test_samples_and_documents_without_a_method_count_as_unsigned(checked):
    for content in (sample(number=1), sample(number=1, family="2.0")):
        assert checked(content).signature == ABSENT
        assert checked(content).findings == ()


def test_off_looks_at_nothing_and_report_is_never_a_gate(checked, seal):
    broken = signed(seal).replace(b">Nordlys 4<", b">Nordlys 5<")
    assert checked(broken, signature="off").signature is None
    assert checked(broken, signature="off").findings == ()
    assert checked(broken).valid


def test_require_refuses_what_is_unsigned_broken_expired_or_of_a_stranger(checked, seal, authority):
    good = signed(seal)
    assert checked(good, signature="require").valid
    assert checked(good, signature="require", trusted_issuers=authority.pem).valid
    for what, content, more in (
        ("signature.absent", sample(number=1, family="2.0"), {}),
        ("signature.invalid", good.replace(b">Nordlys 4<", b">Nordlys 5<"), {}),
        ("signature.unknown_issuer", good, {"trusted_issuers": identity("Nobody", ca=True).pem}),
        ("signature.expired", good, {"today": date(2028, 1, 2)}),
    ):
        result = checked(content, signature="require", **more)
        assert what in [finding.rule_id for finding in result.findings if finding.level == "error"]
        assert not result.valid


def test_a_party_may_set_its_own_level_for_a_finding_about_a_signature(checked, seal):
    broken = signed(seal).replace(b">Nordlys 4<", b">Nordlys 5<")
    assert checked(broken, levels={"signature.invalid": "off"}).findings == ()
    assert not checked(broken, levels={"signature.invalid": "error"}).valid


def test_no_schema_and_no_file_is_opened_while_a_signature_is_verified(checked, seal, monkeypatch):
    content = signed(seal)
    checked(content)

    def opened(*_arguments, **_named):
        raise AssertionError("a file was opened")

    monkeypatch.setattr(Path, "open", opened)
    monkeypatch.setattr("builtins.open", opened)
    assert report(checked, content).state == "unknown_issuer"
