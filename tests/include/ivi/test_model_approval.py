"""The view of identity, approval and stages: the same words in both families, and nothing it cannot read."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest

from include.ivi.document import IviDocument
from include.ivi.model.approval import ApprovalNumber, approval_number, read_approval
from include.ivi.model.identity import read_identity
from include.ivi.model.stages import Approved, read_stages
from include.ivi.samples import sample, sample_reference, sample_vin
from include.ivi.view import Group

FAMILIES = [("1.6", "1.x"), ("2.0", "2.0")]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("e6*2018/858*00123*04", ApprovalNumber("e6", "", "2018/858", "00123", "04")),
        ("e11*KS07/46*0011*00", ApprovalNumber("e11", "KS", "07/46", "0011", "00")),
        ("e4*nks2018/858*00011*00", ApprovalNumber("e4", "NKS", "2018/858", "00011", "00")),
        ("E1*98/14*0179", ApprovalNumber("e1", "", "98/14", "0179", None)),
        ("e13*168/2013*02298*00", ApprovalNumber("e13", "", "168/2013", "02298", "00")),
        ("e1*200111/16*0139*05", None),
        ("6*2018/858*00123*04", None),
        ("e0*2018/858*00123*04", None),
        ("e6*2018/858*00123*0004", None),
        ("e6*2018/858*001 23*04", None),
        ("e" * 100_000, None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_is_taken_apart_or_left_alone(text, parts):
    assert approval_number(text) == parts


@pytest.mark.parametrize(("family", "_name"), FAMILIES)
def test_the_families_say_the_same_of_a_vehicle(checked, family, _name):
    document = checked(sample(number=7, family=family)).document
    identity, approval, stages = document.identity, document.approval, document.stages
    assert (identity.vin, identity.reference) == (sample_vin(7), sample_reference(7))
    assert (identity.category, identity.country, identity.document_version) == ("M1", "N", 1)
    assert identity.makes == (document.make,)
    assert len(identity.commercial_names) == 1
    assert approval.kind == "european"
    assert approval.parts == approval_number(document.type_approval)
    assert (approval.issued, approval.provisional) == (date(2025, 9, 15), False)
    assert (stages.code, stages.previous, len(stages.rows)) == ("C", None, 1)
    assert stages.own == Approved(document.type_approval, document.type, document.variant, document.version_code)


@pytest.mark.parametrize(("family", "_name"), FAMILIES)
def test_a_completed_vehicle_knows_the_approval_it_was_built_on(checked, family, _name):
    base = checked(sample(number=7, family=family, category="N2", stage="I")).document
    built = checked(sample(number=7, family=family, category="N2", stage="V")).document
    assert built.vin == base.vin
    assert built.stages.last.number == 2
    assert built.stages.previous == base.stages.own
    assert built.stages.own != base.stages.own


@pytest.mark.parametrize(("_sample", "family"), FAMILIES)
def test_an_empty_document_gives_an_empty_view(_sample, family):
    identity, approval, stages = (read(Group(), family) for read in (read_identity, read_approval, read_stages))
    assert all(not getattr(identity, field.name) for field in fields(identity))
    assert (approval.number, approval.parts, approval.kind, approval.issued) == (None, None, None, None)
    assert (stages.rows, stages.last, stages.previous, bool(stages.own)) == ((), None, None, False)


def test_an_area_is_read_once_and_only_when_asked_for():
    document = IviDocument("1.x")
    assert "approval" not in vars(document)
    assert document.approval is document.approval
    assert "approval" in vars(document)
    assert "stages" not in vars(document)


def test_rows_without_numbers_are_taken_in_the_order_of_the_document():
    rows = [Group({"StageEcTypeApprovalNumber": number}) for number in ("one", "two", "three")]
    tree = Group(groups={"Body": [Group(groups={"CocDataGroup": [Group(groups={
        "StageNrOfManufacturingTable": [Group(groups={"StageNrOfManufacturingGroup": rows})]})]})]})  # fmt: skip
    stages = read_stages(tree, "1.x")
    assert stages.last.approved.number == "three"
    assert stages.previous.number == "two"
    assert stages.path(stages.rows[1], "StageDate").endswith("StageNrOfManufacturingGroup[2]/StageDate")
