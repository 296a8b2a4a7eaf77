"""What a file or a form asks for: tables and lists in any usual form, and never an owner's name in what is kept."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import openpyxl
import pytest

from include.errors import ContentRefused
from include.journey.lookup_reading import Asked, kind_of, lines_of, read_file, read_form

VIN, PLATE, KUID = "W0L0TGF487G011234", "SB 12345", "1000000001"


def asked(content: bytes | str, name: str = "q.csv") -> Asked:
    return read_file(content.encode() if isinstance(content, str) else content, name.encode(), "Europe/Oslo")


def kinds(read: Asked) -> list[tuple[str, str | None, str]]:
    return [(one.kind, one.asked, one.state) for one in read.items]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (VIN, "understellsnummer"),
        (VIN.lower(), "understellsnummer"),
        ("SB12345", "kjennemerke"),
        ("sb 12345", "kjennemerke"),
        ("AB 1234", "kjennemerke"),
        (KUID, "kuid"),
        ("0b4f3c1e-54a8-4f6e-9a53-5a3d0c5a0001", "kuid"),
        ("Kari Nordmann", None),
        ("*", None),
        ("", None),
    ],
)
def test_a_bare_text_is_told_apart(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize("name", ["liste.txt", "liste.csv", "liste.TXT"])
def test_a_mere_list_is_read_line_by_line(name: str) -> None:
    read = asked(f"{VIN}\r\n\r\n{PLATE}\r\n{KUID}\r\nKari Kanarifugl\r\n", name)
    assert kinds(read) == [
        ("understellsnummer", VIN, "OPEN"),
        ("kjennemerke", PLATE, "OPEN"),
        ("kuid", KUID, "OPEN"),
        ("row", None, "REFUSED"),
    ]
    assert [one.place for one in read.items] == ["line 1", "line 3", "line 4", "line 5"]
    assert "Kanarifugl" not in repr(read)


def test_json_may_be_texts_or_objects() -> None:
    assert kinds(asked(json.dumps([PLATE, VIN]), "q.json")) == [
        ("kjennemerke", PLATE, "OPEN"),
        ("understellsnummer", VIN, "OPEN"),
    ]
    read = asked(json.dumps([{"kjennemerke": PLATE, "dtg": "2025-01-02T03:04:05"}, {"vin": VIN}]), "q.json")
    assert kinds(read) == [("kjennemerke", PLATE, "OPEN"), ("understellsnummer", VIN, "OPEN")]
    assert read.items[0].as_of == datetime(2025, 1, 2, 2, 4, 5, tzinfo=UTC), "local time of the party"


def test_a_table_takes_the_first_key_a_row_gives_and_keeps_bad_rows_apart() -> None:
    read = asked(
        f"Regnr;VIN;kuid;Eier;Tidspunkt\n{PLATE};{VIN};;;\n;;{KUID};;1.2.2025\n;;;;\nSB 1%;;;;\n{PLATE};;;;ugyldig\n"
    )
    assert kinds(read)[:2] == [("understellsnummer", VIN, "OPEN"), ("kuid", KUID, "OPEN")]
    assert [one.state for one in read.items] == ["OPEN", "OPEN", "REFUSED", "REFUSED"]
    assert all(one.sentence for one in read.items if one.state == "REFUSED")
    assert "ugyldig" not in repr(read), "a reason quotes nothing"


def test_a_workbook_is_read_with_numbers_as_text() -> None:
    book = openpyxl.Workbook()
    for row in (["kuid", "dtg"], [int(KUID), datetime(2025, 6, 1, 12)], [None, None]):
        book.active.append(row)
    whole = io.BytesIO()
    book.save(whole)
    (one,) = asked(whole.getvalue(), "q.xlsx").items
    assert (one.kind, one.asked, one.as_of) == ("kuid", KUID, datetime(2025, 6, 1, 10, tzinfo=UTC))


def test_owners_stay_out_of_the_items() -> None:
    read = asked(f"eier;kjennemerke\nKari Kanarifugl;\n;{PLATE}\n")
    assert kinds(read) == [("eier", None, "OPEN"), ("kjennemerke", PLATE, "OPEN")]
    assert dict(read.owners) == {1: "Kari Kanarifugl"} and "Kanarifugl" not in repr(read)


@pytest.mark.parametrize("content", ["", "   \n", "kjennemerke;vin\n"])
def test_a_file_without_rows_is_refused_in_a_sentence(content: str) -> None:
    with pytest.raises(ContentRefused, match=r"q\.csv .*\."):
        asked(content)


def test_a_form_asks_for_each_line_and_says_which_row_it_is() -> None:
    assert list(lines_of("AB 12345, CD 12345;EF 12345\n\n")) == ["AB 12345", "CD 12345", "EF 12345"]
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    read = read_form({"kjennemerke": [PLATE, "?"], "kuid": [KUID]}, moment, owner=True)
    assert [(one.kind, one.state, one.as_of) for one in read.items] == [
        ("kjennemerke", "OPEN", moment),
        ("kjennemerke", "REFUSED", None),
        ("kuid", "OPEN", moment),
        ("eier", "OPEN", None),
    ]
