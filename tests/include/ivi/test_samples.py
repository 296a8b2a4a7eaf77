"""The samples are the ground other tests stand on: valid, distinct, of the wanted size, always the same."""

from __future__ import annotations

import time
from itertools import product
from uuid import UUID

import pytest
from lxml import etree

from include.ivi.samples import (
    CATEGORIES,
    POWERTRAINS,
    sample,
    sample_correction,
    sample_reference,
    sample_stages,
    sample_vin,
)


@pytest.mark.parametrize(("family", "category"), list(product(("1.6", "2.0"), CATEGORIES)))
def test_every_sample_passes_without_a_finding_in_production(checked, family, category):
    for powertrain, pad_to in product((None, *POWERTRAINS), (None, 20_000)):
        content = sample(number=3, family=family, category=category, powertrain=powertrain, pad_to=pad_to)
        result = checked(content, environment="prod", file_name=f"ivi_{sample_vin(3)}.xml")
        assert result.findings == ()
        assert result.valid


@pytest.mark.parametrize(("family", "category"), list(product(("1.6", "2.0"), CATEGORIES)))
def test_both_documents_of_a_vehicle_built_in_two_stages_pass_but_for_being_incomplete(checked, family, category):
    first, second = (checked(content, environment="prod") for content in sample_stages(
        number=4, family=family, category=category
    ))  # fmt: skip
    assert {finding.rule_id for finding in first.findings} == {"stage.code"}
    assert second.findings == ()
    assert (first.document.stage, second.document.stage) == ("I", "V")
    assert first.document.vin == second.document.vin
    assert first.document.reference != second.document.reference
    assert first.document.type_approval != second.document.type_approval


@pytest.mark.parametrize("family", ["1.6", "2.0"])
def test_a_correction_is_the_same_vehicle_under_a_new_reference_and_the_next_version(checked, family):
    path = {"1.6": "Body/CocDataGroup/Height", "2.0": "CocDataGroup/DimensionGroup/Height"}[family]
    before, after = (
        checked(content) for content in sample_correction(number=5, family=family, overrides={path: "1502"})
    )
    assert before.findings == after.findings == ()
    assert before.document.vin == after.document.vin
    assert before.document.reference != after.document.reference
    assert (before.document.document_version, after.document.document_version) == (1, 2)
    assert before.document.dates.document < after.document.dates.document
    assert after.document.tree.value(path) == "1502"


def test_a_hundred_thousand_samples_have_distinct_numbers_and_references():
    assert len({sample_vin(number) for number in range(100_000)}) == 100_000
    assert len({sample_reference(number) for number in range(100_000)}) == 100_000
    assert len({sample(number=number) for number in range(0, 100_000, 997)}) == len(range(0, 100_000, 997))


def test_the_same_arguments_give_the_same_bytes():
    assert sample(number=12, family="2.0", pad_to=15_000) == sample(number=12, family="2.0", pad_to=15_000)


def test_the_reference_is_a_version_4_uuid():
    assert UUID(sample_reference(77)).version == 4


@pytest.mark.parametrize("size", [8_000, 9_999, 12_345, 20_000, 60_000])
def test_padding_meets_the_size_to_the_byte_and_stays_valid(checked, size):
    content = sample(number=1, pad_to=size)
    assert len(content) == size
    assert checked(content).findings == ()


def test_a_document_that_is_already_larger_is_left_alone():
    assert sample(number=1, pad_to=100) == sample(number=1)


def test_given_values_stand_in_the_document_and_odd_ones_are_escaped(checked):
    document = checked(
        sample(number=1, vin="WVWZZZ1KZ6W000001", reference="a<&>b", type_approval="e1*2007/46*0289*09", variant="V&A")
    ).document
    assert document.vin == "WVWZZZ1KZ6W000001"
    assert document.reference == "a<&>b"
    assert document.type_approval == "e1*2007/46*0289*09"
    assert document.variant == "V&A"


def test_overrides_change_add_and_remove_by_path():
    coc = "Body/CocDataGroup"
    root = etree.fromstring(
        sample(
            number=1,
            overrides={
                f"{coc}/Type": None,
                f"{coc}/AxleTable/AxleGroup[2]/AxleTrack": "1601",
                f"{coc}/SecondaryColourCode": "3",
                f"{coc}/NotThere": None,
            },
        )
    )
    assert root.find(f"{coc}/Type") is None
    assert [row.findtext("AxleTrack") for row in root.iter("AxleGroup")] == ["1580", "1601"]
    assert root.findtext(f"{coc}/SecondaryColourCode") == "3"


@pytest.mark.parametrize(
    "wrong",
    [{"family": "3.0"}, {"category": "Z9"}, {"powertrain": "steam"}, {"stage": "X"}, {"overrides": {"a//b": "x"}}],
)
def test_what_cannot_be_made_is_refused_with_a_sentence(wrong):
    with pytest.raises(ValueError, match=r"(choose|write)"):
        sample(number=1, **wrong)


def test_samples_cost_next_to_nothing():
    sample(number=0, pad_to=20_000)
    begun = time.process_time()
    for number in range(2_000):
        sample(number=number, pad_to=20_000)
    assert time.process_time() - begun < 2
