"""Signatures made to deceive, to reach out of the document or to cost time: each is refused, and in which words."""

from __future__ import annotations

import base64
import socket

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree


def refused(checked, content, words):
    result = checked(content).signature
    assert result.state == "invalid", result
    assert words in result.reason


def test_only_one_signature_directly_below_the_root_is_taken(checked, seal, signing):
    content = signing.signed(seal)
    refused(
        checked,
        signing.edited(content, lambda root: root.append(etree.fromstring(etree.tostring(root[-1])))),
        "the one",
    )
    refused(checked, signing.edited(content, lambda root: root[1].append(root[-1])), "directly below the root")


def test_a_signature_wrapped_around_another_document_is_refused(checked, seal, signing):
    def wrap(root):
        holder = etree.SubElement(signing.only(root, "Signature"), f"{{{signing.DS}}}Object")
        holder.append(etree.fromstring(etree.tostring(root[1])))
        holder[0].set("Id", "real")
        signing.only(root, "Reference").set("URI", "#real")

    refused(checked, signing.edited(signing.signed(seal), wrap), "does not sign the whole document")


@pytest.mark.parametrize("uri", ["http://127.0.0.1:9/x", "file:///etc/hostname", "#xpointer(/)", None])
def test_nothing_outside_the_document_is_ever_fetched(checked, seal, uri, monkeypatch, signing):
    def fetched(*_arguments, **_named):
        raise AssertionError("a socket was opened")

    def refer(root):
        second = etree.fromstring(etree.tostring(signing.only(root, "Reference")))
        second.attrib.pop("URI")
        if uri is not None:
            second.set("URI", uri)
        signing.only(root, "SignedInfo").append(second)

    content = signing.edited(signing.signed(seal), refer)
    monkeypatch.setattr(socket, "socket", fetched)
    refused(checked, content, "lies outside the document")


@pytest.mark.parametrize(
    "algorithm", ["http://www.w3.org/TR/1999/REC-xslt-19991116", "http://www.w3.org/TR/1999/REC-xpath-19991116", ""]
)
def test_no_transform_of_a_stranger_is_run(checked, seal, algorithm, signing):
    content = signing.edited(
        signing.signed(seal), lambda root: signing.only(root, "Transform").set("Algorithm", algorithm)
    )
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
def test_weak_and_strange_algorithms_are_refused_by_name(checked, seal, name, algorithm, signing):
    content = signing.edited(signing.signed(seal), lambda root: signing.only(root, name).set("Algorithm", algorithm))
    refused(checked, content, f"its {name} '{algorithm}' is none")


def test_a_signature_that_is_not_enveloped_is_refused(checked, seal, signing):
    def change(root):
        first = signing.only(root, "Transform")
        first.getparent().remove(first)

    refused(checked, signing.edited(signing.signed(seal), change), "not enveloped")


def test_a_signature_without_certificate_tells_nobody_who_signed(checked, seal, signing):
    def change(root):
        data = signing.only(root, "X509Data")
        data.getparent().remove(data)

    refused(checked, signing.edited(signing.signed(seal), change), "carries no certificate")


@pytest.mark.parametrize("text", ["AAAA", "not base64!", base64.b64encode(b"0" * 900).decode()])
def test_a_certificate_that_is_none_is_a_reason_and_no_exception(checked, seal, text, signing):
    def change(root):
        signing.only(root, "X509Certificate").text = text

    refused(checked, signing.edited(signing.signed(seal), change), "its certificate cannot be read")


@pytest.mark.parametrize("many", [True, False])
def test_a_heap_of_certificates_is_not_read(checked, seal, many, signing):
    def change(root):
        certificate = signing.only(root, "X509Certificate")
        if not many:
            certificate.text = "A" * 16_001
        for _ in range(8 if many else 0):
            certificate.addnext(etree.fromstring(etree.tostring(certificate)))

    refused(checked, signing.edited(signing.signed(seal), change), "more or longer certificates")


def test_short_keys_and_keys_of_another_kind_are_refused(checked, seal, signing):
    for public, words in (
        (rsa.generate_private_key(65537, 1024).public_key(), "1024 bits"),
        (ec.generate_private_key(ec.SECP256R1()).public_key(), "no RSA key"),
    ):
        der = signing.certify("Short", public, issuer_key=seal.key).public_bytes(serialization.Encoding.DER)

        def change(root, der=der):
            signing.only(root, "X509Certificate").text = base64.b64encode(der).decode()

        refused(checked, signing.edited(signing.signed(seal), change), words)


@pytest.mark.parametrize("name", ["SignatureValue", "DigestValue"])
def test_broken_values_are_a_reason_and_no_exception(checked, seal, name, signing):
    for text in ("", "!", "AAAA", "A" * 4_001):
        content = signing.edited(
            signing.signed(seal), lambda root, text=text: setattr(signing.only(root, name), "text", text)
        )
        assert checked(content).signature.state == "invalid"
