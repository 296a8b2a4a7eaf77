"""Tables as importers save them: every encoding and separator, habits of spreadsheets, one bad row at a time."""

from __future__ import annotations

import json

import pytest

from include.drop.tables import Column, Table, read_table
from include.errors import ContentRefused

COLUMNS = (
    Column("kjennemerke", titles=("regnr",), required=True),
    Column("fodselsnummer", digits=11),
    Column("etternavn"),
    Column("fra", kind="date"),
    Column("tidspunkt", kind="moment"),
)
TEXT = "kjennemerke;fodselsnummer;etternavn\nCU10001;63888700414;Bjørnås\nCU10002;01010112345;Åse\n"


def table(text: str | bytes, name: bytes = b"fil.csv") -> Table:
    return read_table(text if isinstance(text, bytes) else text.encode(), name, COLUMNS)


def cells(read: Table) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read.rows]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
)
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_encoding_separator_and_line_end(encoding: str, separator: str, newline: str) -> None:
    text = TEXT.replace(";", separator).replace("\n", newline)
    assert cells(table(text.encode(encoding))) == [
        {"kjennemerke": "CU10001", "fodselsnummer": "63888700414", "etternavn": "Bjørnås"},
        {"kjennemerke": "CU10002", "fodselsnummer": "01010112345", "etternavn": "Åse"},
    ]


def test_headings_may_vary_and_the_line_sep_is_passed_over() -> None:
    read = table("sep=;\r\n Reg.nr ;Fødsels-nummer;E t t e r n a v n;ukjent\r\nCU 10001;63888700414;Firkant;x\r\n")
    assert cells(read) == [{"kjennemerke": "CU 10001", "fodselsnummer": "63888700414", "etternavn": "Firkant"}]
    assert read.rows[0].place == "line 3"


def test_leading_zeros_come_back_but_missing_digits_do_not() -> None:
    read = table("kjennemerke;fodselsnummer\nA;1010112345\nB;10112345\nC;101011\n")
    assert [row.cells["fodselsnummer"] for row in read.rows] == ["01010112345", "10112345", "101011"]


def test_blank_lines_are_no_rows_and_lines_are_counted_as_people_do() -> None:
    read = table("\nkjennemerke;fodselsnummer\n\n;\nA;1\n")
    assert [(row.place, dict(row.cells)) for row in read.rows] == [
        ("line 5", {"kjennemerke": "A", "fodselsnummer": "1"})
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("CU1;6,38887E+10;Hemmelig", "shortened"),
        ('CU1;63888700414;"Hemmelig\nX"', "not closed"),
        ("CU1;63888700414;Hemmelig;63888700414", "more cells than columns"),
        ("CU1;#REF!;Hemmelig", "error of the spreadsheet"),
        ("CU1;63888700414;Hem\u202emelig", "invisible"),
        ('CU1;"63888700414"x;Hemmelig', "quote"),
        ("CU1;63888700414;" + "Hemmelig" * 200, "more than 1000"),
    ],
)
def test_a_bad_row_comes_back_with_its_reason_and_nothing_of_what_it_holds(line: str, said: str) -> None:
    read = table(f"kjennemerke;fodselsnummer;etternavn\nA;1;Foran\n{line}\nB;2;Bak\n")
    assert [row.cells["kjennemerke"] for row in read.rows] == ["A", "B"]
    (bad,) = read.bad
    assert "3" in bad.place
    assert said in str(bad.fault)
    assert "emmelig" not in repr(read)
    assert "6388" not in str(bad.fault) + repr(read)


def test_a_quote_that_never_closes_takes_the_rest_but_says_so() -> None:
    read = table('kjennemerke;etternavn\nA;Foran\nB;"Hemmelig\nC;Bak\n')
    assert [row.cells["kjennemerke"] for row in read.rows] == ["A"]
    assert [bad.place for bad in read.bad] == ["lines 3 to 4"]


@pytest.mark.parametrize(
    ("content", "name", "rule"),
    [
        (b"", b"fil.csv", "content.empty"),
        (b"  \r\n", b"fil.csv", "content.empty"),
        (b"fodselsnummer;etternavn\n63888700414;Firkant\n", b"fil.csv", "table.heading"),
        (b"63888700414;Firkant\n", b"fil.csv", "table.heading"),
        (b"kjennemerke;regnr\nA;B\n", b"fil.csv", "table.heading"),
        (b"kjennemerke\x00\x01\x02\x81\xff\n", b"fil.csv", "table.encoding"),
        (b"kjennemerke;etternavn\nA;\x81\x8d\n", b"fil.csv", "table.encoding"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"fil.xls", "table.format"),
        (b"%PDF", b"fil.pdf", "table.format"),
        (b"kjennemerke\nA\n", b"fil.xlsx", "table.format"),
        (b"{", b"fil.json", "table.json"),
        (b"[]", b"fil.json", "table.json"),
        (b"3", b"fil.json", "table.json"),
        (b"[" * 100_000, b"fil.json", "table.json"),
        (b"[" + b"9" * 5_000 + b"]", b"fil.json", "table.json"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole(content: bytes, name: bytes, rule: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        table(content, name)
    assert refused.value.rule_id == rule
    assert "6388" not in str(refused.value)


def test_too_many_rows_and_too_many_bytes() -> None:
    with pytest.raises(ContentRefused, match="more than 2 rows"):
        read_table(b"kjennemerke\nA\nB\nC\n", b"fil.csv", COLUMNS, max_rows=2)
    with pytest.raises(ContentRefused, match="larger than"):
        read_table(b"kjennemerke\nA\n", b"fil.csv", COLUMNS, max_bytes=5)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("22.11.2026", "2026-11-22"),
        ("2026-11-22", "2026-11-22"),
        ("2.1.2026", "2026-01-02"),
        ("46348", "2026-11-22"),
        ("31.02.2026", None),
        ("11/22/2026", None),
        ("22.11.26", None),
        ("22.11.2026 14:30", None),
    ],
)
def test_dates(written: str, meant: str | None) -> None:
    read = table(f"kjennemerke;fra\nA;{written}\n")
    assert [row.cells.get("fra") for row in read.rows] == ([meant] if meant else [])
    assert len(read.bad) == (0 if meant else 1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("22.11.2026 14:30", "2026-11-22T14:30:00"),
        ("22.11.2026 kl. 14.30", "2026-11-22T14:30:00"),
        ("2026-11-22T14:30:05", "2026-11-22T14:30:05"),
        ("46348,604166667", "2026-11-22T14:30:00"),
        ("2026-11-22T14:30:05+01:00", None),
    ],
)
def test_moments(written: str, meant: str | None) -> None:
    read = table(f"kjennemerke;tidspunkt\nA;{written}\n")
    assert [row.cells.get("tidspunkt") for row in read.rows] == ([meant] if meant else [])


def test_json_rows_lists_and_objects_within() -> None:
    row = {"kjennemerke": "CU10001", "leasingtakerId": {"fodselsnummer": 1010112345}, "etternavn": None}
    meant = {"kjennemerke": "CU10001", "fodselsnummer": "01010112345"}
    for told in ([row], row, {"rader": [row]}):
        assert cells(table(json.dumps(told), b"a.json")) == [meant]
    assert cells(table(json.dumps([row]).encode("utf-16"), b"a.json")) == [meant]


def test_json_rows_that_are_bad() -> None:
    read = table('[{"kjennemerke": "A"}, 3, {"kjennemerke": "B", "regnr": "C"}, {"kjennemerke": ["D"]}]', b"a.json")
    assert cells(read) == [{"kjennemerke": "A"}]
    assert [bad.place for bad in read.bad] == ["element 2", "element 3", "element 4"]
