"""Many documents at once: each gets the findings it would get alone, in order, and few are held at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from include.ivi import check as checking
from include.ivi import registry
from include.ivi.check import check, check_all
from include.ivi.finding import Level
from include.ivi.rule import Breach
from include.ivi.samples import sample

COC = "Body/CocDataGroup"
GOOD, OTHER = sample(number=1), sample(number=2, family="2.0")
AXLES = sample(number=3, overrides={f"{COC}/NumberOfAxles": "3"})
SLIP = AXLES.replace(b"NORDLYS", b"NORD & LYS")
MIXED = [GOOD, b"", AXLES, b"a letter", SLIP, OTHER, GOOD[:900], AXLES.replace(b">1.6<", b">1.99<")]


def test_each_document_gets_the_findings_it_gets_alone(context):
    levels = {"axles.count": "off"}
    asked = [(content, replace(context, levels=levels if number % 2 else {})) for number, content in enumerate(MIXED)]
    assert list(check_all(asked * 6)) == [check(*one) for one in asked] * 6


def test_no_documents_are_no_findings():
    assert list(check_all([])) == []


@pytest.mark.parametrize(("size", "most"), [(1, checking._TOGETHER), (checking._TOGETHER_BYTES // 2, 2)])
def test_few_documents_are_taken_ahead_and_fewer_of_large_ones(context, size, most):
    taken = []

    def documents():
        for number in range(100):
            taken.append(number)
            yield GOOD + b" " * size, context

    results = check_all(documents())
    assert taken == []
    next(results)
    assert 1 <= len(taken) <= most


def test_what_keeps_a_document_away_reaches_the_caller_after_the_results_before_it(context):
    def documents():
        yield from [(GOOD, context)] * checking._TOGETHER
        raise OSError("the store is away")

    results = check_all(documents())
    for _ in range(checking._TOGETHER):
        assert next(results).valid
    with pytest.raises(OSError, match="the store is away"):
        next(results)


def test_a_rule_that_fails_on_one_document_says_so_there_and_leaves_the_others(context, monkeypatch):
    def look(document, _context):
        if document.family == "2.0":
            raise RuntimeError
        yield Breach("", "Something is wrong: mend it.")

    rule = replace(registry.all_rules()[0], id="a.rule", level=Level.WARNING, look=look)
    monkeypatch.setattr(registry, "all_rules", lambda: (rule,))
    off = replace(context, levels={"a.rule": "off"})
    found = [one.findings for one in check_all([(GOOD, context), (OTHER, context), (GOOD, off), (OTHER, off)])]
    assert [len(findings) for findings in found] == [1, 1, 0, 0]
    assert found[0][0].sentence == "Something is wrong: mend it."
    assert "could not be applied (RuntimeError)" in found[1][0].sentence
