"""Names of strangers: ordinary ones are welcome, and none reaches a log, a sheet or a path in a form that harms."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest

from include.drop import names
from include.errors import NameRefused

ORDINARY = [
    "bil.xml",
    "BIL 1 (kopi).XML",
    "Ærlig blåbærsyltetøy.xml",
    "e6#2007-46&0289+09.xml.gz",
    "中文.zip",
    "a" * 251 + ".xml",
    "=cmd|calc!A0.xml",
    "…xml",
    "..xml",
]
REFUSED = {
    "name.encoding": [b"bil\xff.xml", b"\xc3\x28.xml", "bil.xml".encode("utf-16")],
    "name.control": [
        b"a\nb.xml",
        b"\x1b[2J.xml",
        b"a\x00.xml",
        b"a\x7f.xml",
        "a\u202elmx.xml".encode(),
        b"\xef\xbb\xbfa",
    ],
    "name.path": [b"../a.xml", b"a/b.xml", b"..\\a.xml", b"..", b".", b"/etc/passwd", b"C:\\a.xml"],
    "name.empty": [b"", b"  "],
}


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_name_is_welcome(name: str) -> None:
    for written in (name.encode(), unicodedata.normalize("NFD", name).encode()[:255]):
        names.refuse_name(written)
        assert names.safe_name(written)


@pytest.mark.parametrize(("rule", "name"), [(rule, name) for rule, all_of in REFUSED.items() for name in all_of])
def test_a_name_that_cannot_be_handled_is_refused_by_its_rule(rule: str, name: bytes) -> None:
    with pytest.raises(NameRefused) as refused:
        names.refuse_name(name)
    assert refused.value.rule_id == rule
    assert str(refused.value).isprintable()


EVERY = [name.encode() for name in ORDINARY] + [name for all_of in REFUSED.values() for name in all_of]


@pytest.mark.parametrize("name", EVERY)
def test_a_shown_name_is_one_printable_line(name: bytes) -> None:
    shown = names.display_name(name)
    assert not shown.strip() or shown.replace(" ", "").isprintable()
    assert "\n" not in shown
    assert len(shown) <= 300
    assert json.loads(json.dumps(shown)) == shown
    shown.encode("utf-8")


@pytest.mark.parametrize("lead", list("=+-@＝＋－＠"))
def test_a_name_that_begins_like_a_formula_is_shown_as_it_was_dropped(lead: str) -> None:
    assert names.display_name(f"{lead}1+1.xml".encode()) == f"{lead}1+1.xml"


@pytest.mark.parametrize(("size", "shown"), [(2_000_000, "2 MB"), (500_000, "0.5 MB"), (64_000_000, "64 MB")])
def test_sizes_are_told_in_megabytes(size: int, shown: str) -> None:
    assert names.megabytes(size) == shown


def test_names_that_differ_in_bytes_are_shown_differently() -> None:
    tricky = [b"a\nb", b"a\\nb", b"a\xffb", b"a\\xffb", "a\u202eb".encode(), b"a\\u202eb", b"ab"]
    assert len({names.display_name(name) for name in tricky}) == len(tricky)


@pytest.mark.parametrize("name", [*EVERY, b"receipts/../../etc/passwd", b"-rf.xml", b"_.xml", "æøå.xml".encode()])
def test_a_safe_name_is_safe_everywhere(name: bytes) -> None:
    safe = names.safe_name(name)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,79}", safe)
    assert safe not in {".", ".."}


def test_a_safe_name_stays_readable() -> None:
    assert names.safe_name("Ærlig blåbær (2).xml".encode()) == "AErlig_blabaer_2_.xml"
    assert names.safe_name(unicodedata.normalize("NFD", "blå.xml").encode()) == "bla.xml"
    assert names.safe_name(b"x" * 300 + b".xml.gz") == "x" * 73 + ".xml.gz"
    assert names.safe_name(b"\xff\xfe") == "unnamed"


@pytest.mark.parametrize(
    ("name", "unfinished", "document"),
    [
        (b"a.xml", False, True),
        (b"A.XML", False, True),
        (b"a.Xml.Gz", False, True),
        (b"a.ZIP", False, True),
        (b"a.xml.part", True, False),
        (b"a.xml.TMP", True, False),
        (b"a.xml.filepart", True, False),
        (b".a.xml", True, True),
        (b"a.gz", False, False),
        (b"a.txt", False, False),
    ],
)
def test_the_ending_says_what_a_file_is(name: bytes, unfinished: bool, document: bool) -> None:
    assert names.is_unfinished(name) is unfinished
    assert names.is_document(name) is document


def test_companions_are_known_by_their_names() -> None:
    assert names.is_sidecar(b"a.xml.json")
    assert names.is_sidecar(b"A.XML.JSON")
    assert names.sidecar_of(b"a.xml.JSON") == b"a.xml"
    assert names.is_manifest(b"Manifest.CSV")
    assert not names.is_manifest(b"my-manifest.csv")


def test_a_manifest_meets_a_name_whatever_its_case_and_unicode_form() -> None:
    assert names.match_key(unicodedata.normalize("NFD", "BLÅBÆR.XML").encode()) == names.match_key(
        "blåbær.xml".encode()
    )
    assert names.match_key(b"\xff.xml") != names.match_key(b"\xfe.xml")


def test_a_path_is_joined_and_numbered_as_bytes() -> None:
    assert names.join("nordbil/inbox/", b"a\xff.xml") == b"nordbil/inbox/a\xff.xml"
    assert names.numbered(b"archive/2026.11/a.xml.gz", 2) == b"archive/2026.11/a~2.xml.gz"
    assert names.numbered(b"a", 12) == b"a~12"
