"""Row 7 of the facts' consequences: hard for length, characters, CL754 and the form of CL141; soft for check digits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from include.errors import ConfigurationError
from include.sandbox.toll_goods import CURRENT
from include.toll.check_sentences import SENTENCES
from include.toll.checks import Remark, check
from include.toll.codes import customs_offices, document_types
from include.toll.identifiers import (
    air_waybill_is_right,
    container_is_right,
    mrn_check_digit,
    postal_item_check_digit,
    receptacle_parts,
)
from include.toll.presentation import Consignment, Level

OFFICE = "NO351001"
BAG = "GBASFZMLBKONAUN30001001019999"
HOUSE = Consignment(Level.HOUSE, OFFICE, document_number="HC001", document_type="N740")


def rules(consignment: Consignment, **options: Any) -> list[tuple[str, str]]:
    return [(remark.level, remark.rule_id) for remark in check(consignment, **options)]


def test_row_7_every_consignment_of_the_playground_passes_and_its_check_digits_are_warnings() -> None:
    levels = set()
    for goods in CURRENT:
        for level in (Level.HOUSE, Level.ENS):
            found = check(
                Consignment(level, OFFICE, goods.mrn, goods.document, goods.kind, goods.receptacle, goods.container)
            )
            levels |= {remark.level for remark in found}
            assert "toll.mrn.check_digit" in {remark.rule_id for remark in found}
    assert levels == {"warning"}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"office": "NO35100"}, "toll.office.form"),
        ({"office": "no351001"}, "toll.office.form"),
        ({"office": "NO351001\n"}, "toll.office.form"),
        ({"office": ""}, "toll.office.form"),
        ({"document_number": None}, "toll.field.missing"),
        ({"document_number": ""}, "toll.field.missing"),
        ({"document_number": "x" * 71}, "toll.document.form"),
        ({"document_number": "a\tb"}, "toll.document.form"),
        ({"document_number": " a"}, "toll.document.form"),
        ({"document_type": "N999"}, "toll.document.type"),
        ({"document_type": "n740"}, "toll.document.type"),
        ({"document_type": None}, "toll.field.missing"),
        ({"mrn": "23NO0000000000000"}, "toll.mrn.form"),
        ({"mrn": "23NO000000000000011"}, "toll.mrn.form"),
        ({"mrn": "2３NO00000000000001"}, "toll.mrn.form"),
        ({"receptacle": "x" * 5}, "toll.receptacle.form"),
        ({"receptacle": "X" * 36}, "toll.receptacle.form"),
        ({"container": "X" * 18}, "toll.container.form"),
        ({"container": "JARU 0000010"}, "toll.container.form"),
    ],
)
def test_row_7_what_the_interface_must_refuse_is_an_error(changes: dict[str, Any], rule: str) -> None:
    assert ("error", rule) in rules(replace(HOUSE, **changes))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"office": "NO01018C"}, "toll.office.unknown"),
        ({"office": "SE000001"}, "toll.office.unknown"),
        ({"mrn": "23NO00000000000001"}, "toll.mrn.check_digit"),
        ({"document_number": "NO100000001MU", "document_type": "N750"}, "toll.document.s10"),
        ({"document_number": "020-12345678", "document_type": "N741"}, "toll.document.awb"),
        ({"receptacle": "BAG1"}, "toll.receptacle.s9"),
        ({"container": "JARU0000011"}, "toll.container.iso6346"),
    ],
)
def test_row_7_what_the_authoritys_own_examples_break_is_a_warning(changes: dict[str, Any], rule: str) -> None:
    assert rules(replace(HOUSE, **changes)) == [("warning", rule)]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"document_number": "x" * 70},
        {"document_number": "Æ 1/2"},
        {"mrn": "21DE27364916384836"},
        {"mrn": "10NL5663962BE1E825"},
        {"mrn": "23NO00000000000008"},
        {"document_number": "NO100000003MU", "document_type": "N740"},
        {"document_number": "020-12345675", "document_type": "N741"},
        {"receptacle": BAG},
        {"container": "JARU0000010"},
        {"container": "JARU0000026"},
    ],
)
def test_what_is_right_gets_no_remark(changes: dict[str, Any]) -> None:
    assert rules(replace(HOUSE, **changes)) == []


def test_errors_come_before_warnings() -> None:
    found = rules(replace(HOUSE, office="SE000001", document_type="N999", mrn="23NO00000000000001"))
    assert [level for level, _ in found] == ["error", "warning", "warning"]


@pytest.mark.parametrize("level", [Level.MASTER, Level.CONTAINER])
def test_a_guessed_level_is_an_error_until_it_is_allowed(level: Level) -> None:
    one = Consignment(level, OFFICE, document_number="020-12345675", document_type="N741", container="JARU0000010")
    assert rules(one) == [("error", "toll.level.guessed")]
    assert rules(one, guessed_levels_allowed=True) == []


def test_a_wrong_document_type_is_answered_with_the_codes_and_their_names_in_both_languages() -> None:
    (remark,) = check(replace(HOUSE, document_type="N999"))
    assert "N703 (Underfraktbrev (samlesending))" in remark.sentence["nb"]
    assert "N703 (House waybill)" in remark.sentence["en"]


def test_every_rule_speaks_both_languages_and_repeats_no_value() -> None:
    secret = "SECRET\nVALUE"
    said: list[Remark] = []
    for name in ("office", "mrn", "document_number", "document_type", "receptacle", "container"):
        said += check(replace(HOUSE, **{name: secret}))
    assert len(said) >= 6
    assert all(secret not in text for remark in said for text in remark.sentence.values())
    for texts in SENTENCES.values():
        assert set(texts) == {"nb", "en"}
        assert all(text.endswith(".") for text in texts.values())


def test_the_check_digits_of_published_numbers() -> None:
    assert [mrn_check_digit(one) for one in ("21DE27364916384836", "10NL5663962BE1E825")] == ["6", "5"]
    assert {mrn_check_digit(f"23NO0000000000000{n}") for n in range(1, 6)} == {"8"}
    assert (container_is_right("JARU0000010"), container_is_right("JARU0000011")) == (True, False)
    assert postal_item_check_digit("NO100000001MU") == "3"
    assert postal_item_check_digit("RR473124829GB") == "9"
    assert postal_item_check_digit("HC001") is None
    assert air_waybill_is_right("020-12345675")
    assert not air_waybill_is_right("02012345676")


def test_a_receptacle_is_read_in_its_parts() -> None:
    parts = receptacle_parts(BAG)
    assert parts is not None
    assert (parts.origin, parts.destination, parts.category, parts.subclass) == ("GBASFZ", "MLBKON", "A", "UN")
    assert (parts.year, parts.despatch, parts.serial, parts.weight) == (3, 1, 1, 9999)
    assert (parts.last_of_despatch, parts.registered) == (False, True)
    assert receptacle_parts(BAG[:-1]) is None


def test_the_code_lists_are_whole() -> None:
    assert len(document_types()) == 15
    assert document_types()["N730"] == ("Vegfraktbrev", "Road consignment note")
    assert len(customs_offices()) == 49
    assert customs_offices()[OFFICE] == "Gardermoen"


def test_a_newer_list_of_offices_takes_the_place_of_ours(tmp_path: Path) -> None:
    newer = tmp_path / "cl141.csv"
    newer.write_text("code,office\nNO999999,Nytt kontor\n", "utf-8")
    offices = customs_offices(newer)
    assert dict(offices) == {"NO999999": "Nytt kontor"}
    assert rules(replace(HOUSE, office="NO999999"), offices=offices) == []
    assert rules(HOUSE, offices=offices) == [("warning", "toll.office.unknown")]


@pytest.mark.parametrize("content", [None, b"", b"a,b\n1,2\n", b"code,office\n", b"code,office\nNO1\n", b"\xff\xfe"])
def test_a_list_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "offices.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="customs_offices_file"):
        customs_offices(file)
