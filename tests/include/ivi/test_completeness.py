"""The tables that rules read hold only what IVI knows, and every row of them is used."""

from __future__ import annotations

from importlib import resources
from itertools import product

import pytest

from include.ivi.completeness import demands
from include.ivi.document import IviDocument
from include.ivi.registry import all_rules
from include.ivi.schemas.tables import load_tables

ROWS = [
    line.split("\t")
    for line in (resources.files("include.ivi") / "rules" / "completeness.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
CATEGORIES = set(load_tables("1.x").codes["VehicleCategoryCode"])
READERS = {rule.id for rule in all_rules() if rule.id.startswith(("required.", "forbidden."))}


def stands_in(family: str, path: str) -> bool:
    """True where the family has an element at a path below CocDataGroup."""
    tables, group = load_tables(family), "CocDataGroup"
    for name in path.split("/"):
        if tables.member(group, name) is None:
            return False
        group = name
    return True


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[2]}")
def test_every_row_names_elements_of_its_family_a_known_category_and_a_source(row):
    rule_id, categories, what, one, two, source = row
    assert rule_id in READERS
    assert what
    assert source.endswith(("(S)", "(K)"))
    assert (one, two) != ("-", "-")
    for family, paths in (("1.x", one), ("2.0", two)):
        for path in paths.split("|") if paths != "-" else ():
            assert stands_in(family, path), path
    for beginning in categories.split():
        assert beginning == "*" or any(code.startswith(beginning) for code in CATEGORIES)


def test_every_rule_that_reads_the_table_has_rows():
    assert {row[0] for row in ROWS} == READERS


def test_nothing_is_both_demanded_and_forbidden():
    def first_steps(rule_ids: set[str], document: IviDocument) -> set[str]:
        asked = (demand for rule_id in rule_ids for demand in demands(rule_id, document))
        return {(*way, name)[0] for demand in asked for way, name in demand.places}

    forbidding = {"forbidden.by_category"}
    for category, family in product(sorted(CATEGORIES), ("1.x", "2.0")):
        document = IviDocument(family, category=category)
        assert not first_steps(READERS - forbidding, document) & first_steps(forbidding, document), category


def test_subcategories_are_their_category_and_unknown_ones_are_left_alone():
    def asked(category: str | None) -> set[str]:
        return {demand.what for demand in demands("required.body", IviDocument("2.0", category=category))}

    assert asked("M1G") == asked("M1S") == asked("M1")
    assert "the colour" in asked("M1") - asked("M2")
    assert asked("X9") == asked("") == asked(None) == set()


def test_the_avgift_table_holds_each_code_once_with_a_name_and_known_categories():
    text = (resources.files("include.ivi") / "rules" / "avgift.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    assert len({code for code, _name, _categories in rows}) == len(rows)
    for code, name, categories in rows:
        assert len(code) == 3
        assert code.isdigit()
        assert name
        assert all(any(known.startswith(begin) for known in CATEGORIES) for begin in categories.split() if begin != "*")
