"""Signatures that are whole in form: what was changed after signing is found, and what may change is let through."""

from __future__ import annotations

from lxml import etree

from include.ivi.samples import sample


def test_a_changed_value_is_found(checked, seal, signing):
    content = signing.signed(seal)
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


def test_a_file_that_was_formatted_after_signing_is_told_so(checked, seal, signing):
    content = signing.signed(seal, without_blanks(sample(number=9, family="2.0")))
    assert checked(content).signature.state == "unknown_issuer"
    formatted = etree.tostring(etree.fromstring(content), pretty_print=True)
    assert formatted.count(b"\n") > 50
    result = checked(formatted).signature
    assert result.state == "invalid"
    assert "verifies without the white space" in result.reason


def test_a_file_that_was_formatted_and_changed_after_signing_is_told_so(checked, seal, signing):
    content = signing.signed(seal, without_blanks(sample(number=9, family="2.0")))
    formatted = etree.tostring(etree.fromstring(content), pretty_print=True)
    result = checked(formatted.replace(b">Nordlys 4<", b">Nordlys 5<")).signature
    assert "formatted anew after signing, and its content was changed too" in result.reason


def test_a_signature_value_of_another_key_is_found(checked, seal, signing):
    result = checked(signing.signed(seal, key=signing.identity("Nordlys Other").key)).signature
    assert (result.state, result.signer) == ("invalid", "CN=Nordlys Seal")
    assert "does not belong to the certificate" in result.reason


def test_comments_and_processing_instructions_are_kept_as_they_were_signed(checked, seal, signing):
    inside = b"<?note kept?><!-- not signed --><Make>"
    plain = sample(number=10, family="2.0").replace(b"<Make>", inside, 1)
    content = signing.signed(seal, plain)
    assert b"<?note kept?>" in content
    assert checked(content).signature.state == "unknown_issuer"
    assert checked(content.replace(b"not signed", b"never was")).signature.state == "unknown_issuer"
    assert checked(content.replace(b"<?note kept?>", b"<?note lost?>")).signature.state == "invalid"


def test_empty_elements_of_1x_are_part_of_what_was_signed(checked, seal, signing):
    plain = sample(number=11).replace(b"<Wheelbase>", b"<WheelbaseMin></WheelbaseMin><Wheelbase>", 1)
    result = checked(signing.signed(seal, plain))
    assert result.signature.state == "unknown_issuer"
    assert [finding.rule_id for finding in result.findings if finding.rule_id.startswith("signature")] == []


def test_a_document_whose_declaration_contradicts_its_bytes_verifies_by_its_bytes(checked, seal, signing):
    text = signing.signed(seal).decode("utf-8")
    assert "encoding='UTF-8'" in text
    for encoding in ("utf-16", "utf-16-le"):
        assert checked(text.encode(encoding)).signature.state == "unknown_issuer"
    other = text.replace("encoding='UTF-8'", "encoding='utf-16'")
    assert checked(other.encode("utf-8")).signature.state == "unknown_issuer"
