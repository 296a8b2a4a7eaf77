"""The words agree with the code: what is generated is current, what is named exists, and nothing is unexplained."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from include.config.schema import SCHEMA_FILE, schema_text
from include.mart import dictionary

LINK = re.compile(r"\]\(([^)#\s]+)(?:#([^)\s]*))?\)")


@pytest.fixture(scope="module")
def generate(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", root / "docs/generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def words(root: Path, our_files: list[Path]) -> dict[str, str]:
    """Every page by its path."""
    return {path.as_posix(): (root / path).read_text("utf-8") for path in our_files if path.suffix == ".md"}


def test_every_generated_page_is_current(generate: ModuleType, root: Path) -> None:
    pages = generate.pages()
    assert len(pages) >= 7
    old = [path.relative_to(root).as_posix() for path, text in pages.items() if path.read_text("utf-8") != text]
    assert old == [], "run `python docs/generate.py`"
    assert generate.main(["--check"]) == 0


def test_a_page_that_is_not_current_is_seen(generate: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(generate.BLOCKS, "party-keys", lambda: "| key |\n|---|\n| `planted` |\n")
    assert generate.main(["--check"]) == 1


def test_every_generated_block_has_a_place_and_says_something(generate: ModuleType, words: dict[str, str]) -> None:
    placed = {name for text in words.values() for name in re.findall(r"<!-- begin ([\w:-]+) -->", text)}
    assert placed == set(generate.BLOCKS)
    assert [name for name, fill in generate.BLOCKS.items() if len(fill().splitlines()) < 4] == []


def test_the_published_schema_of_the_parties_is_that_of_the_code() -> None:
    assert SCHEMA_FILE.read_text("utf-8") == schema_text(), "run `python -m include.config schema`"


def test_the_readme_names_exactly_the_commands_that_exist(root: Path, words: dict[str, str]) -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (root / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony is not None
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", words["README.md"], re.MULTILINE))
    assert named == set(phony.group(1).split()) - {"help"}


def test_no_page_names_a_command_that_does_not_exist(root: Path, words: dict[str, str]) -> None:
    makefile = (root / "Makefile").read_text("utf-8")
    there = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {(path, name) for path, text in words.items() for name in re.findall(r"`make ([a-z-]+)", text)}
    assert {one for one in named if one[1] not in there} == set()


def test_every_link_of_a_page_leads_somewhere(root: Path, words: dict[str, str]) -> None:
    lost = []
    for page, text in words.items():
        for target, anchor in LINK.findall(text):
            if "://" in target:
                continue
            path = (root / page).parent / target
            headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE) if path.suffix == ".md" else []
            if not path.exists() or (anchor and anchor not in map(_anchor, headings)):
                lost.append(f"{page}: {target}#{anchor}")
        lost += [
            f"{page}: #{anchor}"
            for anchor in re.findall(r"\]\(#([^)]+)\)", text)
            if anchor not in map(_anchor, re.findall(r"^#+ (.+)$", text, re.MULTILINE))
        ]
    assert lost == []


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_file_a_page_names_exists(root: Path, words: dict[str, str]) -> None:
    named = {
        (page, name)
        for page, text in words.items()
        for name in re.findall(r"`((?:dags|plugins|include|tests|docs)/[\w./-]+)`", text)
    }
    assert len(named) > 10
    assert [one for one in sorted(named) if not (root / one[1]).exists()] == []


def test_every_relation_and_column_of_the_mart_has_a_comment() -> None:
    found = dictionary.relations()
    assert {"mart.ecoc_document", "mart.ecoc_daily", "mart.ecoc_finding", "mart.ecoc_refusal"} <= {
        one.name for one in found
    }
    assert [name for one in found for name in one.uncommented] == []


@pytest.mark.parametrize(
    ("sql", "silent"),
    [
        ("CREATE VIEW mart.a AS\nSELECT x, 1 AS y FROM t;\nCOMMENT ON VIEW mart.a IS 'A.';", ["mart.a.x", "mart.a.y"]),
        ("CREATE VIEW mart.a AS\nSELECT b.x FROM t;\nCOMMENT ON COLUMN mart.a.x IS 'X.';", ["mart.a"]),
        (
            "CREATE VIEW mart.a AS\nWITH w AS (SELECT q FROM t)\n"
            "SELECT f(x, (SELECT z FROM u)) AS y, 'a, b' AS n FROM w;\n"
            "COMMENT ON VIEW mart.a IS 'A.';\nCOMMENT ON COLUMN mart.a.y IS 'It''s y.';",
            ["mart.a.n"],
        ),
    ],
)
def test_a_column_without_a_comment_is_seen(sql: str, silent: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(sql, encoding="utf-8")
    assert [name for one in dictionary.relations(tmp_path) for name in one.uncommented] == silent


def test_a_comment_on_a_column_that_is_gone_is_seen(tmp_path: Path) -> None:
    sql = "CREATE VIEW mart.a AS\nSELECT x FROM t;\nCOMMENT ON COLUMN mart.a.old IS 'Gone.';"
    (tmp_path / "a.sql").write_text(sql, encoding="utf-8")
    with pytest.raises(ValueError, match="old"):
        dictionary.relations(tmp_path)


@pytest.mark.postgres
def test_the_dictionary_names_the_columns_that_the_database_has(ledger) -> None:
    rows = ledger.execute(
        "SELECT c.table_schema || '.' || c.table_name AS relation, c.column_name AS name, "
        "col_description((c.table_schema || '.' || c.table_name)::regclass, c.ordinal_position) AS about "
        "FROM information_schema.columns c WHERE c.table_schema = 'mart' ORDER BY 1, c.ordinal_position"
    ).fetchall()
    built: dict[str, dict[str, str]] = {}
    for row in rows:
        built.setdefault(row["relation"], {})[row["name"]] = " ".join((row["about"] or "").split())
    assert built == {one.name: one.columns for one in dictionary.relations()}
