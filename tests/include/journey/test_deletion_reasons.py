"""Every sentence that a list of deletions may end with is told in Norwegian."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from include.drop import deletion_list
from include.drop.deletion_list import read_deletions
from include.journey.deletion_reasons_nb import UNKNOWN, deletion_reason_nb
from include.ledger import deletion_matching

ROWS = {
    b"reference;vin\n;\n": "",
    b"reference;vin\nref-1;A_B\n": "Rad 2: understellsnummeret har tegn",
    b"reference;vin;merkekode\nref-1;;x\n": "Rad 2: merkekode er et tall",
}


def _sentences(module: object) -> list[str]:
    """The sentences that a module makes up, each with the values left as x."""
    tree = ast.parse(Path(str(getattr(module, "__file__"))).read_text("utf-8"))  # noqa: B009 - a module, for mypy an object
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_no", "_wait"):
            found.append(_text(node.args[1]))
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("fault", "sentence"):
            found.append(_text(node.value))
    return [one for one in found if one]


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value or "")
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in parts)


def test_no_sentence_of_ours_stays_english() -> None:
    sentences = _sentences(deletion_matching) + _sentences(deletion_list)
    assert len(sentences) >= 15
    assert [one for one in sentences if deletion_reason_nb(one) == UNKNOWN] == []
    told = [deletion_reason_nb(one) for one in sentences]
    assert len(set(told)) == len(set(sentences)), "two reasons became one"


@pytest.mark.parametrize(("content", "wanted"), [(one, text) for one, text in ROWS.items() if text])
def test_a_bad_row_is_told_in_norwegian(content: bytes, wanted: str) -> None:
    (row,) = read_deletions(content, b"slett.csv")
    assert wanted in deletion_reason_nb(str(row.fault))


def test_what_is_not_known_points_at_the_other_receipt() -> None:
    assert deletion_reason_nb("Something new.") == UNKNOWN and deletion_reason_nb("") == ""
