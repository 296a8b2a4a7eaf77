"""Whole documents and everything that is found in each: `tests/golden/ivi/documents/*.yaml`.

An entry has a `name`, a `sample` (arguments of the factory, `at` for its overrides) or a `file` of `raw/`, a `context`
where it differs from a test check on 1 August 2026, and all `findings` as rule, level and path. All documents are of
the project's own making; those of `raw/` hold what a factory cannot make.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from include.ivi.check import CheckContext, Checked, check
from include.ivi.sample_cases import TODAY, load_yaml, made

HOME = Path(__file__).parents[2] / "golden" / "ivi" / "documents"


@dataclass(frozen=True)
class Golden:
    """One entry of one file."""

    home: str
    entry: dict

    def content(self) -> bytes:
        file = self.entry.get("file")
        return (HOME / "raw" / file).read_bytes() if file else made(self.entry["sample"])

    def checked(self) -> Checked:
        return check(self.content(), CheckContext(**{"today": TODAY, **self.entry.get("context", {})}))


DOCUMENTS = [Golden(path.stem, entry) for path in sorted(HOME.glob("*.yaml")) for entry in load_yaml(path)]
SOUND = ("M1", "M2", "M3", "N1", "N2", "N3", "O1", "O2", "O3", "O4", "L1e", "L3e", "L5e", "T1b")


@pytest.mark.parametrize("golden", DOCUMENTS, ids=lambda golden: f"{golden.home}: {golden.entry['name']}")
def test_exactly_what_is_wrong_with_a_document_is_found(golden):
    result = golden.checked()
    found = [(finding.rule_id, str(finding.level), finding.path) for finding in result.findings]
    wanted = [(finding["rule"], finding["level"], finding["path"]) for finding in golden.entry["findings"]]
    assert sorted(found) == sorted(wanted)
    assert result.valid == all(level != "error" for _, level, _ in wanted)


def test_there_are_documents_of_every_kind_in_both_families():
    families = {"1.6": 0, "2.0": 0}
    sound = set()
    for golden in DOCUMENTS:
        recipe = golden.entry.get("sample", {})
        family = recipe.get("family", "1.6") if recipe else "1.6"
        families[family] += 1
        if not golden.entry["findings"] and recipe:
            sound.add((family, recipe.get("category", "M1"), recipe.get("powertrain")))
    assert sum(families.values()) >= 60
    assert families["1.6"] >= 20
    for family in families:
        assert {category for of, category, _ in sound if of == family} >= set(SOUND)
        cars = {powertrain for of, category, powertrain in sound if (of, category) == (family, "M1")}
        assert cars >= {"petrol", "diesel", "electric", "plug_in", "hybrid"}


def test_every_document_is_another_one_with_a_name_of_its_own():
    assert len({golden.content() for golden in DOCUMENTS}) == len(DOCUMENTS)
    assert len({golden.entry["name"] for golden in DOCUMENTS}) == len(DOCUMENTS)


def test_every_raw_file_is_used():
    used = {golden.entry["file"] for golden in DOCUMENTS if "file" in golden.entry}
    assert {path.name for path in (HOME / "raw").glob("*.xml")} == used


def test_the_same_vehicle_read_from_any_form_of_its_file_is_the_same():
    read = [golden.checked().document for golden in DOCUMENTS if golden.home == "raw" and not golden.entry["findings"]]
    first = {document.family: document for document in reversed(read) if document.make == "NORDLYS"}
    for document in read:
        assert document.masses == first[document.family].masses
        assert document.axles == first[document.family].axles
        assert document.vin == first[document.family].vin
