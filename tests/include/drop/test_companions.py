"""Sidecars and manifests: good rows count, bad rows are told by line and column and never count as nothing said."""

from __future__ import annotations

import unicodedata

import pytest

from include.drop.companions import Manifest, parse_manifest, parse_sidecar
from include.errors import ContentRefused

VIN = "WVWZZZ1KZAW000001"


def faults(manifest: Manifest) -> list[tuple[str, str]]:
    return [(fault.rule_id, str(fault)) for fault in manifest.faults]


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (b'{"avgiftsKode": "101"}', {"avgiftsKode": "101"}),
        (b'\xef\xbb\xbf{"avgiftsKode": 101, "eget": [1]}', {"avgiftsKode": "101"}),
        (
            b'{"avgiftsklassifisering": {"avgiftsKode": "316", "sitteplasserNorskGodkjenning": 4,'
            b' "sengeplasserCampingbil": "2"}}',
            {"avgiftsKode": "316", "sitteplasserNorskGodkjenning": "4", "sengeplasserCampingbil": "2"},
        ),
        (b'{"avgiftsKode": null, "sitteplasserNorskGodkjenning": 0}', {"sitteplasserNorskGodkjenning": "0"}),
        (b"{}", {}),
    ],
)
def test_a_sidecar_gives_the_fields_it_names(content: bytes, fields: dict[str, str]) -> None:
    assert parse_sidecar(content) == fields


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "not JSON"),
        (b'{\n"avgiftsKode": 101,\n}', "line 3"),
        (b"[]", "one JSON object"),
        (b'{"avgiftsklassifisering": "101"}', "must be a JSON object"),
        (b'{"avgiftsKode": "personbil"}', "avgiftsKode"),
        (b'{"avgiftsKode": true}', "avgiftsKode"),
        (b'{"avgiftsKode": 101.5}', "avgiftsKode"),
        (b'{"avgiftsKode": {"kode": "101"}}', "avgiftsKode"),
        ('{"avgiftsKode": "١٠١"}'.encode(), "avgiftsKode"),
        (b'{"sengeplasserCampingbil": -1}', "sengeplasserCampingbil"),
        (b'{"avgiftsKode": ' + b"[" * 100_000, "not JSON"),
        (b'"' + b"x" * 1_000_001 + b'"', "larger than"),
    ],
)
def test_a_bad_sidecar_is_one_sentence_naming_the_file(content: bytes, part: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        parse_sidecar(content, b"bil.xml.json")
    assert part in str(refused.value)
    assert "bil.xml.json" in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_manifest_is_read_as_any_office_saves_it(encoding: str, delimiter: str, ending: str) -> None:
    rows = [["File", "AVGIFTSKODE", "Merknad"], ["Blåbær (1).xml", "101", "øl"], ["", "", ""], ["b.xml", "310", ""]]
    content = ending.join(delimiter.join(row) for row in rows).encode(encoding)
    manifest = parse_manifest(content)
    assert manifest.faults == ()
    decomposed = unicodedata.normalize("NFD", "BLÅBÆR (1).XML").encode()
    assert manifest.find(decomposed, None) == {"avgiftsKode": "101"}
    assert manifest.find(b"b.xml", VIN) == {"avgiftsKode": "310"}
    assert manifest.find(b"c.xml", VIN) is None


def test_the_file_name_comes_before_the_vin() -> None:
    manifest = parse_manifest(f"file,vin,avgiftsKode\na.xml,,101\n,{VIN.lower()},310\n".encode())
    assert manifest.find(b"a.xml", VIN) == {"avgiftsKode": "101"}
    assert manifest.find(b"other.xml", VIN) == {"avgiftsKode": "310"}


def test_quoted_cells_may_hold_the_delimiter_and_all_fields_are_read() -> None:
    content = b'vin;sengeplasserCampingbil;avgiftsKode;file;sitteplasserNorskGodkjenning\n;2;316;"a; b.xml";4\n'
    assert parse_manifest(content).find(b"a; b.xml", None) == {
        "avgiftsKode": "316",
        "sitteplasserNorskGodkjenning": "4",
        "sengeplasserCampingbil": "2",
    }


def test_a_bad_row_is_told_by_line_and_column_and_the_good_rows_count() -> None:
    manifest = parse_manifest(b"file,avgiftsKode\na.xml,101\nb.xml,personbil\n,310\nc.xml,310\n", b"Manifest.csv")
    assert manifest.find(b"a.xml", None) == {"avgiftsKode": "101"}
    assert manifest.find(b"c.xml", None) == {"avgiftsKode": "310"}
    (first, second) = faults(manifest)
    assert first[0] == "manifest.value"
    assert "Manifest.csv line 3, column avgiftsKode: “personbil”" in first[1]
    assert second[0] == "manifest.key"
    assert "line 4" in second[1]


def test_a_document_whose_row_is_bad_is_not_taken_for_one_without_a_row() -> None:
    manifest = parse_manifest(b"file,avgiftsKode\nb.xml,personbil\n")
    with pytest.raises(ContentRefused, match="line 2, column avgiftsKode"):
        manifest.find(b"B.XML", None)


def test_rows_that_contradict_each_other_count_for_nobody() -> None:
    manifest = parse_manifest(b"file,avgiftsKode\na.xml,101\nA.XML,310\nb.xml,101\nb.xml,101\n")
    with pytest.raises(ContentRefused, match="line 3 contradicts line 2"):
        manifest.find(b"a.xml", None)
    assert manifest.find(b"b.xml", None) == {"avgiftsKode": "101"}
    assert len(manifest.faults) == 1


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"name,code\na.xml,101\n", b"file,avgiftsKode,File\n", b'file\n"a', b"\xff\xfe\x00\x01"]
)
def test_a_manifest_that_cannot_be_read_is_one_fault_and_no_exception(content: bytes) -> None:
    manifest = parse_manifest(content, b"manifest.csv")
    assert len(manifest.faults) == 1
    assert "manifest.csv" in str(manifest.faults[0])
    assert manifest.find(b"a.xml", VIN) is None


def test_hostile_cells_come_back_as_one_printable_line() -> None:
    manifest = parse_manifest('file,avgiftsKode\na.xml,"=cmd|\'\x1b\n\u202e"\n'.encode())
    assert str(manifest.faults[0]).isprintable()


def test_missing_cells_at_the_end_of_a_row_are_empty() -> None:
    manifest = parse_manifest(b"file,avgiftsKode,sitteplasserNorskGodkjenning\na.xml,101\nb.xml\n")
    assert manifest.find(b"a.xml", None) == {"avgiftsKode": "101"}
    assert manifest.find(b"b.xml", None) == {}
