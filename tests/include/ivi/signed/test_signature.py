"""Signatures: who signed, whom we trust, what expires, and when a signature is a gate.

Documents are signed here with keys made for the test. What is wrong with a signature is looked at in
test_signature_changed.py and test_signature_refused.py.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from include.ivi.samples import sample
from include.ivi.signature import ABSENT


def test_a_signature_by_a_trusted_issuer_is_valid_and_its_signer_and_expiry_are_recorded(
    checked, seal, authority, signing
):
    result = checked(signing.signed(seal), trusted_issuers=authority.pem)
    assert result.signature.state == "valid"
    assert result.signature.signer == "CN=Nordlys Seal"
    assert result.signature.issuer == "CN=Nordlys Root"
    assert result.signature.expires == date(2028, 1, 1)
    assert result.signature.valid_from == date(2025, 1, 1)
    assert result.findings == ()


@pytest.mark.parametrize("family", ["1.6", "2.0"])
def test_a_good_signature_of_nobody_known_is_reported_without_a_finding(checked, seal, family, signing):
    result = checked(signing.signed(seal, sample(number=8, family=family)))
    assert result.signature.state == "unknown_issuer"
    assert "CN=Nordlys Root" in result.signature.reason
    assert result.findings == ()


def test_the_signer_itself_can_be_trusted(checked, seal, signing):
    assert checked(signing.signed(seal), trusted_issuers=seal.pem).signature.state == "valid"


def test_a_chain_leads_over_the_certificates_in_the_document(checked, authority, signing):
    def root_first(root):
        data = signing.only(root, "X509Data")
        data[:] = list(data)[::-1]

    middle = signing.identity("Nordlys Issuing", authority, ca=True)
    last = signing.identity("Nordlys Works", middle)
    for chain in ([middle.certificate], [middle.certificate, authority.certificate]):
        content = signing.signed(last, chain=chain)
        for written in (content, signing.edited(content, root_first)):
            result = checked(written, trusted_issuers=authority.pem).signature
            assert (result.state, result.signer) == ("valid", "CN=Nordlys Works")
    assert checked(signing.signed(last), trusted_issuers=authority.pem).signature.state == "unknown_issuer"


@pytest.mark.parametrize("ca", [False, None])
def test_a_certificate_that_may_not_issue_others_vouches_for_nobody(checked, authority, ca, signing):
    no_authority = signing.identity("Nordlys Clerk", authority, ca=ca)
    forged = signing.identity("Nordlys Forged", no_authority)
    content = signing.signed(forged, chain=[no_authority.certificate])
    assert checked(content, trusted_issuers=authority.pem).signature.state == "unknown_issuer"


def test_a_stranger_with_the_name_of_the_issuer_is_not_the_issuer(checked, authority, signing):
    stranger = signing.identity("Nordlys Root", ca=True)
    content = signing.signed(signing.identity("Nordlys Seal", stranger), chain=[stranger.certificate])
    result = checked(content, trusted_issuers=authority.pem)
    assert result.signature.state == "unknown_issuer"
    assert [finding.rule_id for finding in result.findings] == ["signature.unknown_issuer"]
    assert result.valid


def test_trusted_issuers_that_are_no_pem_trust_nobody(checked, seal, signing):
    result = checked(signing.signed(seal), trusted_issuers=b"no certificate").signature
    assert (result.state, "PEM" in result.reason) == ("unknown_issuer", True)


def test_an_expired_certificate_is_said_even_where_the_signature_is_good(checked, authority, signing):
    old = signing.identity("Nordlys Old", authority, ends=datetime(2026, 7, 31, 12, tzinfo=UTC))
    result = checked(signing.signed(old), trusted_issuers=authority.pem)
    assert result.signature.state == "valid"
    assert [(finding.rule_id, finding.level) for finding in result.findings] == [("signature.expired", "warning")]
    assert "2026-07-31" in result.findings[0].sentence
    assert checked(signing.signed(old), today=date(2026, 7, 31), trusted_issuers=authority.pem).findings == ()


def test_a_certificate_of_the_future_is_said(checked, seal, signing):
    result = checked(signing.signed(seal), today=date(2024, 12, 31))
    assert "begins on 2025-01-01" in next(f.sentence for f in result.findings if f.rule_id == "signature.expired")


def test_samples_and_documents_without_a_method_count_as_unsigned(checked):
    for content in (sample(number=1), sample(number=1, family="2.0")):
        assert checked(content).signature == ABSENT
        assert checked(content).findings == ()


def test_off_looks_at_nothing_and_report_is_never_a_gate(checked, seal, signing):
    broken = signing.signed(seal).replace(b">Nordlys 4<", b">Nordlys 5<")
    assert checked(broken, signature="off").signature is None
    assert checked(broken, signature="off").findings == ()
    assert checked(broken).valid


def test_require_refuses_what_is_unsigned_broken_expired_or_of_a_stranger(checked, seal, authority, signing):
    good = signing.signed(seal)
    assert checked(good, signature="require").valid
    assert checked(good, signature="require", trusted_issuers=authority.pem).valid
    for what, content, more in (
        ("signature.absent", sample(number=1, family="2.0"), {}),
        ("signature.invalid", good.replace(b">Nordlys 4<", b">Nordlys 5<"), {}),
        ("signature.unknown_issuer", good, {"trusted_issuers": signing.identity("Nobody", ca=True).pem}),
        ("signature.expired", good, {"today": date(2028, 1, 2)}),
    ):
        result = checked(content, signature="require", **more)
        assert what in [finding.rule_id for finding in result.findings if finding.level == "error"]
        assert not result.valid


def test_a_party_may_set_its_own_level_for_a_finding_about_a_signature(checked, seal, signing):
    broken = signing.signed(seal).replace(b">Nordlys 4<", b">Nordlys 5<")
    assert checked(broken, levels={"signature.invalid": "off"}).findings == ()
    assert not checked(broken, levels={"signature.invalid": "error"}).valid


def test_no_schema_and_no_file_is_opened_while_a_signature_is_verified(checked, seal, monkeypatch, signing):
    content = signing.signed(seal)
    checked(content)

    def opened(*_arguments, **_named):
        raise AssertionError("a file was opened")

    monkeypatch.setattr(Path, "open", opened)
    monkeypatch.setattr("builtins.open", opened)
    assert checked(content).signature.state == "unknown_issuer"
