"""The examples of the catalogue are what the check says, and a rule without cases stops nothing."""

from __future__ import annotations

import json

from include.ivi.desk.examples import example_lines, examples_text, parse_examples, read_examples
from include.ivi.registry import all_rules

RULES = [rule.id for rule in all_rules()]


def test_every_rule_has_a_bad_and_a_good_example_in_what_is_installed():
    found = read_examples()
    shown = {rule_id for rule_id, one in found.items() if one.bad and one.bad.sentence and one.good}
    assert set(RULES) - shown == set(), "run `python docs/generate.py`"
    assert all(one.good is None or one.good.sentence is None for one in found.values())


def test_a_rule_without_cases_has_no_example_and_stops_nothing(tmp_path):
    found = parse_examples(examples_text(tmp_path))
    assert set(found) == set(RULES)
    assert all(one.bad is None and one.good is None for one in found.values())


def test_the_first_case_that_does_what_it_says_is_shown(tmp_path):
    cases = [
        {"name": "cannot be made", "sample": {"number": 1, "category": "Z9"}, "finds": "error"},
        {"name": "says nothing", "sample": {"number": 1}, "finds": "error", "words": "says"},
        {
            "name": "one too many",
            "sample": {"number": 1, "at": {"Body/CocDataGroup/NumberOfAxles": "3"}},
            "context": {"environment": "prod"},
            "finds": "error",
            "words": "says 3",
        },
        {"name": "as it is", "sample": {"number": 1, "family": "2.0", "powertrain": "plug_in"}, "finds": "nothing"},
    ]
    (tmp_path / "axles.count").mkdir()
    (tmp_path / "axles.count/cases.yaml").write_text(json.dumps(cases), encoding="utf-8")
    found = parse_examples(examples_text(tmp_path))["axles.count"]
    assert list(example_lines(found.bad)) == [
        "in a valid document of IVI 1.6, M1:",
        "  Body/CocDataGroup/NumberOfAxles = 3",
        "  with environment prod",
        "found at Body/CocDataGroup/NumberOfAxles:",
        "  NumberOfAxles says 3, but 2 axles are described: correct the number or the axle rows.",
    ]
    assert list(example_lines(found.good)) == ["in a valid document of IVI 2.0, M1, plug-in"]
