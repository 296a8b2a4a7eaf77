"""Each rule with documents that break it, and documents that nearly do."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from include.ivi.registry import all_rules
from include.ivi.samples import sample

ONE, TWO = "Body/CocDataGroup", "CocDataGroup"
AXLES1, AXLES2 = f"{ONE}/AxleTable/AxleGroup", f"{TWO}/AxleTable/AxleGroup"
MASS2, GENERAL2 = f"{TWO}/MassGroup", f"{TWO}/GeneralConstructionGroup"
CONVERTOR2 = f"{TWO}/EnergyConvertorTable/EnergyConvertorGroup"
COUPLING2 = f"{TWO}/TowingBrakedTypeTrailTable/TowingBrakedTypeTrailGroup/BodyworkTypeTable/BodyworkTypeGroup"


@dataclass(frozen=True)
class Case:
    """What to change in a sample, in which circumstances, and the level of the rule (None: it is quiet)."""

    rule_id: str
    level: str | None
    make: dict[str, object]
    words: str = ""
    around: dict[str, object] | None = None


def one(rule_id, level, words="", *, around=None, **make):
    return Case(rule_id, level, {"number": 1, **make}, words, around)


def two(rule_id, level, words="", *, around=None, **make):
    return Case(rule_id, level, {"number": 1, "family": "2.0", **make}, words, around)


def put(**changes):
    return {"overrides": changes.pop("at")}


PROD, TEST = {"environment": "prod"}, {"environment": "test"}
CASES = [
    one("vin.form", "warning", "has 16 characters where 17 are usual", vin="ZZ9SV0000TS00001", around=TEST),
    one("vin.form", "error", "has 16 characters where 17 are usual", vin="ZZ9SV0000TS00001", around=PROD),
    one("vin.form", "warning", "holds 'OI'", vin="DOKUMENTASJ0NDEMI".replace("0", "O"), around=TEST),
    one("vin.form", "error", "holds 'I'", vin="TESTSISDJNKY00004", around=PROD),
    two("vin.form", "error", "holds 'Q'", vin="ZZ9SV0000QS000001", around=PROD),
    one("vin.form", "error", "holds small letters", vin="zz9sv0000ts000001", around=PROD),
    one("vin.form", "error", "has blanks around it", vin=" ZZ9SV000TS000001", around=PROD),
    one("vin.form", "warning", "17 are usual", vin="12345", around=PROD, at={f"{ONE}/VehicleCategoryCode": "T1a"}),
    one("vin.form", "warning", "17 are usual", vin="12345", around=PROD, at={f"{ONE}/VehicleCategoryCode": None}),
    one("vin.form", "error", "is missing", at={f"{ONE}/VehicleIdentificationNumber": None}),
    one("vin.form", "error", "is missing", at={"Body": None}),
    one("vin.form", None, vin="WVWZZZ1KZ6W000001", around=PROD),
    one("vin.file_name", "error", "vehicle 'WVWZZZ1KZ6W000001'", around={"file_name": "ivi_WVWZZZ1KZ6W000001.xml"}),
    one("vin.file_name", "error", "named after", around={"file_name": "wvwzzz1kz6w000001 20260301.XML"}),
    one("vin.file_name", None, around={"file_name": "zz9sv0000ts000001.xml"}),
    one("vin.file_name", None, around={"file_name": "ZZ9SV0000TS000001_WVWZZZ1KZ6W000001.xml"}),
    one("vin.file_name", None, around={"file_name": "20260302123456789.xml"}),
    one("vin.file_name", None, around={"file_name": "samsvarserklæring (2).xml"}),
    one("vin.file_name", None, around={"file_name": "a1b2c3d4e5f60718293a4b5c6d7e8f90.xml"}),
    one("text.hidden_characters", "error", "U+202E", vin="ZZ9SV0000TS00000\u202e"),
    one("text.hidden_characters", "error", "U+FEFF", reference="ab\ufeffc"),
    one("text.hidden_characters", "error", "U+200B", vin="ZZ9SV\u200b000TS000001"),
    two("text.hidden_characters", "warning", "U+202E", at={f"{TWO}/MakeTable/MakeGroup/Make": "NORD\u202eLYS"}),
    one("text.hidden_characters", None, at={f"{ONE}/MakeTable/MakeGroup/Make": "ČESKÁ ÆØÅ"}),
    one("reference.form", "error", "IVIReferenceId is missing", at={"Header/IVIReferenceId": None}),
    one("reference.form", "error", "has 37 characters", reference="x" * 37),
    one("reference.form", "warning", "a deletion may fail", reference="2026/00012"),
    one("reference.form", None, reference="NORDLYS-2026_00012.1"),
    one("reference.form", None, reference="x" * 36),
    two("reference.form", "error", "no UUID of version 4", reference="3f0c2a52-7d1e-1b8a-9c55-0f6d1b7c8e21"),
    two("reference.form", None, reference="3F0C2A52-7D1E-4B8A-9C55-0F6D1B7C8E21"),
    one("approval.number_form", "warning", "not written like", type_approval="e1*200111/16*0139*05"),
    one("approval.number_form", "warning", "not written like", type_approval="E1-2007-46-0289"),
    one("approval.number_form", "warning", "is missing", at={f"{ONE}/TypeApprovalNumber": None}),
    two("approval.number_form", "warning", "not written like", type_approval="6*2018/858*00123*04"),
    one("approval.number_form", None, type_approval="e6*2007/46*0289*09"),
    one("approval.number_form", None, type_approval="e11*KS07/46*0011*00"),
    one("approval.number_form", None, type_approval="e4*92/61*0001*00"),
    one("approval.number_form", None, type_approval="N-123", at={f"{ONE}/TypeApprovalTypeCode": "NAT"}),
    one("approval.type_variant_version", "warning", "Variant is missing", at={f"{ONE}/Variant": None}),
    one("approval.type_variant_version", "warning", "Version is missing", at={f"{ONE}/Version": " "}),
    one("category.given", "warning", "VehicleCategoryCode is missing", at={f"{ONE}/VehicleCategoryCode": None}),
    one("stage.code", "warning", "StageOfCompletionCode is missing", at={f"{ONE}/StageOfCompletionCode": None}),
    two("stage.code", "warning", "incomplete vehicle", at={f"{TWO}/StageOfCompletion": "I"}),
    two("stage.code", None, at={f"{TWO}/StageOfCompletion": "V"}),
    one("axles.count", "error", "says 3, but 2 axles", at={f"{ONE}/NumberOfAxles": "3"}),
    two("axles.count", "error", "says 1, but 2 axles", at={f"{GENERAL2}/NumberOfAxles": "1"}),
    one("axles.count", "error", "Axle 1 is described 2 times", at={f"{AXLES1}[2]/AxleNumber": "1"}),
    two("axles.count", "error", "Axle 2 is described 2 times", at={f"{AXLES2}[1]/AxleNumber": "2"}),
    one("axles.count", None, at={f"{ONE}/AxleTable": None}),
    one("axles.count", None, at={f"{ONE}/NumberOfAxles": None}),
    one("axles.powered", "warning", "says 2, but 1", at={f"{ONE}/NumberOfPoweredAxles": "2"}),
    two("axles.powered", "warning", "says 1, but 2", at={f"{AXLES2}[2]/PoweredAxleIndicator": "Y"}),
    one("axles.powered", None, at={f"{ONE}/NumberOfPoweredAxles": "2", f"{AXLES1}[1]/PoweredAxleInd": None}),
    one(
        "masses.order", "warning", "actual mass (1400 kg) is less than the mass in running order (1480 kg)",
        at={f"{ONE}/ActualMassOfTheVehicle": "1400"},
    ),
    two("masses.order", "warning", "highest laden mass", at={f"{MASS2}/ActualMass": "2100"}),
    one(
        "masses.order", "warning", "less than the mass in running order",
        at={f"{ONE}/ActualMassOfTheVehicle": None, f"{ONE}/TechnPermMaxLadenMass": "1479"},
    ),
    one("masses.order", None, at={f"{ONE}/ActualMassOfTheVehicle": "1480"}),
    one("masses.axle_sum", "warning", "carry 2150 kg", at={f"{AXLES1}[2]/TechnicallyPermMassAxle": "1000",
        f"{ONE}/TechnPermMaxLadenMass": "2151"}),
    one("masses.axle_sum", None, at={f"{AXLES1}[2]/TechnicallyPermMassAxle": "860"}),
    one("masses.axle_sum", None, at={f"{AXLES1}[2]/TechnicallyPermMassAxle": None}),
    two("masses.axle_sum", None, category="O2", at={f"{AXLES2}[2]/TechnicallyPermissibleMassAxle": "900"}),
    one("dates.order", "warning", "manufacture (2025-09-14) lies before that of approval", at={
        f"{ONE}/DateOfManufactureVeh": "2025-09-14"}),
    two("dates.order", "warning", "signature (2026-07-19)", at={
        f"{TWO}/SigningAuthorityTable/SigningAuthorityGroup/SignatureDate": "2026-07-19"}),
    one("dates.order", None, at={f"{ONE}/DateOfManufactureVeh": "2025-09-15"}),
    one("towing.combination", "warning", "less than the laden vehicle alone", at={
        f"{ONE}/TechnPermMaxMassCombination": "2009"}),
    two("towing.combination", "warning", "together", at={
        f"{COUPLING2}/TechnicallyPermissibleMaximumCombinationMass": "3311"}),
    one("towing.combination", None, at={f"{ONE}/TechnPermMaxMassCombination": "2010"}),
    two("towing.combination", None, at={f"{COUPLING2}/TechnicallyPermissibleMaximumTowableMass": None}),
    one("doors.sides", "warning", "says 5, but the sides add up to 4", at={f"{ONE}/NumberOfDoors": "5"}),
    two("doors.sides", "warning", "add up to 5", at={f"{TWO}/ConfigurationDoorsGroup/NumberOfDoorsLeft": "3"}),
    two("doors.sides", None, at={f"{TWO}/ConfigurationDoorsGroup/NumberOfDoorsBack": "1"}),
    one("doors.sides", None, at={f"{ONE}/NumberOfDoors": "5", f"{ONE}/ConfigurationOfDoors": "2 left 2 right 1 back"}),
    one("doors.sides", None, at={f"{ONE}/ConfigurationOfDoors": "sliding"}),
    one("version.from_july_2026", "warning", "made on 2026-07-05", at={
        f"{ONE}/DateOfManufactureVeh": "2026-07-05"}),
    one("version.from_july_2026", None, at={f"{ONE}/DateOfManufactureVeh": "2026-07-04"}),
    two("version.from_july_2026", None),
    one("energy.pure_electric", "warning", "energy source '10'", at={f"{ONE}/PureElectricVehIndicator": "Y"}),
    two("energy.pure_electric", "warning", "energy source '10'", at={f"{TWO}/PureElectricVehicleIndicator": "Y"}),
    two("energy.pure_electric", "warning", "only energy source", powertrain="electric", at={
        f"{TWO}/PureElectricVehicleIndicator": "N"}),
    one("energy.pure_electric", None, powertrain="electric", at={f"{ONE}/PureElectricVehIndicator": "N"}),
    two("energy.pure_electric", None, powertrain="plug_in"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule_id}-{case.level}-{case.words[:20]}")
def test_a_rule_speaks_when_it_should_and_only_then(found, case):
    make = dict(case.make)
    content = sample(overrides=make.pop("at", None), **make)
    finding = found(content, **(case.around or {})).get(case.rule_id)
    assert (finding.level if finding else None) == case.level
    if finding:
        assert case.words in finding.sentence
        assert finding.sentence.endswith(".")
        assert ":" in finding.sentence
        assert finding.path


def test_every_rule_has_a_case_that_breaks_it_and_a_source():
    broken = {case.rule_id for case in CASES if case.level}
    assert {rule.id for rule in all_rules()} == broken
    assert all(rule.about and rule.source for rule in all_rules())
    assert len(broken) == 17


def test_every_rule_file_says_where_its_rule_comes_from():
    for rule in all_rules():
        assert "Source: " in __import__(rule.look.__module__, fromlist=["_"]).__doc__, rule.id


def test_a_finding_carries_the_coc_entry_of_its_place(found):
    content = sample(number=1, overrides={f"{ONE}/NumberOfAxles": "3", f"{ONE}/ActualMassOfTheVehicle": "1"})
    findings = found(content)
    assert findings["axles.count"].coc_entry == "1"
    assert findings["masses.order"].coc_entry == "13.2"


def test_foreign_text_is_quoted_short_and_harmless(found):
    finding = found(sample(number=1, family="1.6", type_approval="x" * 35))["approval.number_form"]
    assert "'" + "x" * 35 + "'" in finding.sentence
    noisy = found(sample(number=1, overrides={f"{ONE}/NumberOfWheels": "\u202e\n" + "9" * 500}))["schema.value"]
    assert "<U+202E><U+000A>" in noisy.sentence
    assert len(noisy.sentence) < 250
