"""A slip inside a value, which makes a file no XML, hides no other finding, and the file stays refused."""

from __future__ import annotations

import pytest

from include.ivi.samples import sample

PLAIN = sample(number=1)


def test_a_slip_inside_a_value_hides_nothing_else(found):
    wrong = {"Body/CocDataGroup/NumberOfAxles": "3", "Body/CocDataGroup/Foo": "1", "Header/VersionNumberXsd": None}
    content = sample(number=1, overrides=wrong)
    slips = (b"NORD & LYS", b"NORD \x01 LYS", b"NORD&#0;LYS", b"NORD < LYS", b"NORD\xffLYS", b"&nordlys;", b"<!NORD")
    for slip in slips:
        findings = found(content.replace(b"NORDLYS", slip))
        assert next(iter(findings)) == "xml.not_well_formed"
        assert {"form.version_missing", "schema.unknown_element", "axles.count"} <= findings.keys()


def test_what_is_mended_to_be_looked_at_is_not_taken_for_sound(checked):
    result = checked(PLAIN.replace(b"NORDLYS", b"<![CDATA[NORD & ]]>&<!-- & < --> LYS"))
    assert not result.valid
    assert result.document.make == "NORD & & LYS"


def test_a_document_whose_elements_do_not_match_is_only_that(checked):
    result = checked(PLAIN.replace(b"</Type>", b"</Typ>"))
    assert [finding.rule_id for finding in result.findings] == ["xml.not_well_formed"]
    assert result.document is None


@pytest.mark.parametrize(
    ("slip", "words"),
    [
        (b"NORD & LYS", "a loose &, which is written &amp;"),
        (b"NORD &LYS", "a loose &, which is written &amp;"),
        (b"NORD < LYS", "a loose <, which is written &lt;"),
        (b"NORD\x1bLYS", "a control character in a value"),
        (b"NORD&#0;LYS", "stands for no character"),
        (b"NORD\xffLYS", "bytes that are not in the encoding of the file"),
        (b"NORD&x;LYS", "Entity 'x' not defined"),
    ],
)
def test_a_slip_is_told_in_words_an_importer_understands(found, slip, words):
    sentence = found(PLAIN.replace(b"NORDLYS", slip))["xml.not_well_formed"].sentence
    assert f"({words}" in sentence or words in sentence.partition("): export")[0]
    assert "xmlParse" not in sentence


def test_what_follows_the_document_is_told_in_words_too(found):
    assert "(more after the end of the document)" in found(PLAIN + b"<a/>")["xml.not_well_formed"].sentence
