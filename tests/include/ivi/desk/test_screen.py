"""The screen shows any vehicle, whatever is missing, and nothing that a document could smuggle onto it."""

from __future__ import annotations

import pytest

from include.ivi.check import CheckContext, check
from include.ivi.desk.screen import screen
from include.ivi.document import IviDocument
from include.ivi.samples import CATEGORIES, sample


def shown(content: bytes) -> str:
    checked = check(content, CheckContext(environment="test"))
    assert checked.document is not None
    return screen(checked.document, checked.findings, checked.signature)


@pytest.mark.parametrize("family", ["1.6", "2.0"])
def test_a_plug_in_car_is_told_in_the_order_of_the_certificate(family):
    text = shown(sample(number=1, family=family, powertrain="plug_in"))
    lines = text.splitlines()
    assert lines[0] == "vehicle               NORDLYS, Nordlys 4, ZZ9SV0000TS000001"
    assert "masses                running order 1480 kg, actual 1527 kg, highest laden 2010 kg" in lines
    assert "dimensions            4420 x 1810 x 1495 mm, wheelbase 2690 mm" in lines
    labels = [line.split("  ")[0] for line in lines if line and not line.startswith(" ")]
    order = ["vehicle", "category", "document", "type approval", "type", "made", "stage", "masses", "dimensions"]
    assert [label for label in labels if label in order] == order
    assert labels[-1] == "findings"
    assert "axle 2 " in text
    assert "drive                 plug-in" in text
    assert "CO2 weighted 24 g/km" in text


def test_a_fuel_that_names_the_drive_is_said_once():
    assert "drive                 petrol\n" in shown(sample(number=1))


@pytest.mark.parametrize("family", ["1.6", "2.0"])
@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_fits_on_a_screen(category, family):
    lines = shown(sample(number=1, category=category, family=family)).splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 100
    assert "None" not in "\n".join(lines)


def test_a_document_that_says_nothing_leaves_the_lines_out():
    text = screen(IviDocument("1.x"), ())
    assert "masses" not in text
    assert text.startswith("document              IVI 1.x\n")
    assert text.endswith("findings              none\n")


def test_many_axles_and_findings_are_cut_with_a_count():
    rows = b"".join(
        b"<AxleGroup><AxleNumber>%d</AxleNumber><AxleTrack>x</AxleTrack></AxleGroup>" % n for n in range(60)
    )
    text = shown(sample(number=1).replace(b"<AxleTable>", b"<AxleTable>" + rows))
    assert "and 54 more axles" in text
    assert "more: `check` lists them" in text
    assert len(text.splitlines()) < 80


def test_hidden_characters_of_a_document_are_written_out():
    text = shown(sample(number=1, overrides={"Body/CocDataGroup/MakeTable/MakeGroup/Make": "A\u202eB"}))
    assert "A<U+202E>B" in text
    assert "\u202e" not in text
