"""Rules in general: where each comes from, and how it puts things. What each finds: test_golden_rules.py."""

from __future__ import annotations

from include.ivi.registry import all_rules
from include.ivi.samples import sample

ONE = "Body/CocDataGroup"


def test_every_rule_says_what_it_is_about_and_where_it_comes_from():
    assert all(rule.about and rule.source for rule in all_rules())


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
