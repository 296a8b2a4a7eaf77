"""Every form in which an importer may list vehicles, and every row that cannot be used, with its reason."""

from __future__ import annotations

import io

import openpyxl
import pytest

from include.drop.deletion_list import MOST_ROWS, Row, read_deletions
from include.errors import ContentRefused

VIN, REFERENCE = "ZZ9SV0000TS000001", "642fe51e-78f5-4e03-9ad6-929a942a6fe9"


def keys(content: bytes, name: bytes) -> list[tuple[int, str]]:
    return [(row.number, row.key) for row in read_deletions(content, name) if row.fault is None]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (b"slett.txt", f"{VIN}\n\n{REFERENCE}\n".encode()),
        (b"SLETT.TXT", f"\ufeff{VIN}\r\n\r\n{REFERENCE}\r\n".encode("utf-16-le")),
        (b"slett.csv", f'"{VIN}"\n\n{REFERENCE}\n'.encode()),
    ],
)
def test_a_plain_list_has_one_vehicle_on_each_line(name: bytes, content: bytes) -> None:
    assert keys(content, name) == [(1, VIN), (3, REFERENCE)]


@pytest.mark.parametrize(
    "content",
    [
        f"vin;begrunnelse\n{VIN};Feil bil\n{REFERENCE};\n",
        f"Understellsnummer,Årsak\n{VIN},Feil bil\n{REFERENCE},\n",
        f"reference\tvin\treason\n\t{VIN}\tFeil bil\n{REFERENCE}\t\t\n",
    ],
)
def test_a_table_names_its_columns_in_either_language(content: str) -> None:
    rows = read_deletions(content.encode(), b"slett.csv")
    assert [(row.number, row.key, row.reason) for row in rows] == [(2, VIN, "Feil bil"), (3, REFERENCE, "")]


def test_a_vin_beside_a_reference_is_kept_to_be_compared() -> None:
    (row,) = read_deletions(f"iviReferanse;vin;merkekode\n{REFERENCE};{VIN};2600\n".encode(), b"a.csv")
    assert row == Row(number=2, key=REFERENCE, vin=VIN, merkekode="2600")


def test_json_is_an_array_of_texts_or_objects() -> None:
    assert keys(f'["{VIN}", "{REFERENCE}"]'.encode(), b"a.json") == [(1, VIN), (2, REFERENCE)]
    assert keys(f'[{{"vin": "{VIN}"}}, {{"iviReferanse": "{REFERENCE}"}}]'.encode(), b"a.json") == [
        (1, VIN),
        (2, REFERENCE),
    ]


def test_a_workbook_keeps_what_excel_made_numbers_of() -> None:
    book = openpyxl.Workbook()
    for row in (("VIN", "merkekode"), (VIN, 2600), ("12345", None)):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    found = read_deletions(out.getvalue(), b"slett.xlsx")
    assert [(row.key, row.merkekode) for row in found] == [(VIN, "2600"), ("12345", None)]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (";Solgt", "neither a reference nor a VIN; fill in"),
        ("=cmd|calc;x", "neither a reference nor a VIN; correct"),
        ("../../etc;x", "neither a reference nor a VIN; correct"),
        ("AB;x", "neither a reference nor a VIN; correct"),
        (f"{VIN};a;b;c", "more cells than columns"),
    ],
)
def test_a_bad_row_has_a_reason_and_keeps_no_other_back(row: str, words: str) -> None:
    rows = read_deletions(f"vin;reason\n{row}\n{VIN};ok\n".encode(), b"a.csv")
    bad, good = rows
    assert words in str(bad.fault) and (good.key, good.fault) == (VIN, None)


def test_a_merkekode_that_is_no_number_is_a_bad_row() -> None:
    (row,) = read_deletions(f"vin;merkekode\n{VIN};OPEL\n".encode(), b"a.csv")
    assert "a number such as 2600" in str(row.fault)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (b"a.csv", b""),
        (b"a.xlsx", b"PK\x03\x04broken"),
        (b"a.json", b"{"),
        (b"a.json", b"[1]"),
        (b"a.pdf", b"%PDF"),
        (b"a.txt", ("\n".join(f"{number:017d}" for number in range(MOST_ROWS + 1))).encode()),
    ],
)
def test_a_file_that_cannot_be_used_says_why_in_one_sentence(name: bytes, content: bytes) -> None:
    with pytest.raises(ContentRefused) as refused:
        read_deletions(content, name)
    assert str(refused.value).count(". ") == 0 and str(refused.value).endswith(".")


def test_free_text_is_a_bad_row_and_not_a_vehicle() -> None:
    with pytest.raises(ContentRefused):
        keys(b"Hei, kan dere slette disse to?\nMvh Kari\n", b"a.txt")
