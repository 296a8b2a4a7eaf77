"""Every rule against its golden cases: documents that break it, and documents that nearly do.

A folder of `tests/golden/ivi/rules/` is named after its rule and holds `cases.yaml`, a list of

    - name: the axle rows are one short      # part of a sentence
      sample: {number: 1, family: "1.6", category: M1, at: {Body/CocDataGroup/NumberOfAxles: "3"}}
      context: {environment: prod}           # what differs from a test check on 1 August 2026
      finds: error                           # error, warning, info or nothing
      words: says 3, but 2                   # part of the sentence
"""

from __future__ import annotations

from pathlib import Path

import pytest

from include.ivi.check import Checked, check
from include.ivi.registry import all_rules
from include.ivi.sample_cases import GoldenCase, read_cases

HOME = Path(__file__).parents[2] / "golden" / "ivi" / "rules"
FOLDERS = sorted(folder.name for folder in HOME.iterdir() if folder.is_dir())
RULES = {rule.id: rule for rule in all_rules()}
CASES = [case for folder in FOLDERS if folder in RULES for case in read_cases(HOME / folder)]


def looked_at(case: GoldenCase) -> Checked:
    return check(case.content(), case.circumstances())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule_id}: {case.name}")
def test_a_rule_speaks_when_it_should_and_only_then(case):
    findings = [finding for finding in looked_at(case).findings if finding.rule_id == case.rule_id]
    assert {finding.level for finding in findings} <= {case.finds}, [finding.sentence for finding in findings]
    assert bool(findings) == (case.finds is not None)
    if findings:
        assert any(case.words in finding.sentence for finding in findings), [finding.sentence for finding in findings]
    for finding in findings:
        assert finding.sentence.endswith("."), finding.sentence
        assert ":" in finding.sentence, "a sentence says what to do after a colon"
        assert finding.path, "a finding names its place"
        assert "could not be applied" not in finding.sentence


def test_every_folder_belongs_to_a_rule_and_every_rule_has_a_folder():
    assert set(FOLDERS) - set(RULES) == set(), "golden cases without a rule"
    assert set(RULES) - set(FOLDERS) == set(), "rules without golden cases"


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_every_rule_has_a_case_that_breaks_it_and_one_that_nearly_does(rule_id):
    found = [case for case in CASES if case.rule_id == rule_id]
    assert any(case.finds is not None for case in found), "no case breaks the rule"
    assert any(case.finds is None for case in found), "no case comes near without breaking it"
    assert all(case.words for case in found if case.finds), "a case that breaks the rule names words of its sentence"
    names = [case.name for case in found]
    assert len(set(names)) == len(names), "two cases have one name"


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_a_rule_of_both_families_is_broken_in_both(rule_id):
    applies = getattr(RULES[rule_id], "applies", "every document")
    rule = RULES[rule_id]
    told = f"{applies} {rule.about}"
    wanted = {"1.6"} if "1.x only" in told else {"2.0"} if "2.0 only" in told else {"1.6", "2.0"}
    found = [case for case in CASES if case.rule_id == rule_id and case.finds]
    assert {case.sample.get("family", "1.6") for case in found} >= wanted, f"{rule_id} applies to {applies}"


@pytest.mark.parametrize("case", [case for case in CASES if case.finds is None], ids=lambda case: case.name)
def test_a_near_miss_is_a_document_that_could_be_read(case):
    assert looked_at(case).document is not None
