"""The data dictionary: what every relation and column of the mart means, written from the COMMENTs beside the views.

`python -m include.mart.dictionary` writes docs/data-dictionary.md, `--check` compares it. No database is needed: the
comments stand in include/mart/views, and a column of a view that has none is a fault.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

VIEWS = Path(__file__).parent / "views"
PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"

_TEXT = r"'((?:[^']|'')*)'"
_COMMENT = re.compile(rf"^COMMENT ON (?:TABLE|VIEW) (\S+) IS\s+{_TEXT};", re.MULTILINE)
_COLUMN_COMMENT = re.compile(rf"^COMMENT ON COLUMN (\S+)\.(\w+) IS\s+{_TEXT};", re.MULTILINE)
_VIEW = re.compile(r"^CREATE VIEW (\S+) AS\b(.*?);$", re.MULTILINE | re.DOTALL)
_LITERAL = re.compile(_TEXT)
_NAMED = re.compile(r"(\w+)\s*$")
_HEAD = """\
<!-- Written by `python -m include.mart.dictionary` from the comments in include/mart/views; do not edit. -->
# Data dictionary

What analysts read: schema `mart`. Times are points in time (`timestamptz`) unless the text says otherwise; texts of the
authority are verbatim. The same words are in the database, as comments on each relation and column.
"""


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation: its full name, what a row is, and its columns in order with their meaning (empty: no comment)."""

    name: str
    about: str
    columns: dict[str, str]

    @property
    def uncommented(self) -> list[str]:
        """Full names of the relation and columns that say nothing of themselves."""
        without = [f"{self.name}.{column}" for column, about in self.columns.items() if not about]
        return without if self.about else [self.name, *without]


def comments(sql: str) -> dict[str, str]:
    """The comments on tables and views in a piece of SQL, by their full names."""
    return {name: _plain(text) for name, text in _COMMENT.findall(sql)}


def relations(folder: Path = VIEWS) -> list[Relation]:
    """Every view of the mart, by name. Raises ValueError for a comment on something that is not there."""
    found = [relation for path in sorted(folder.glob("*.sql")) for relation in _read(path.read_text("utf-8"))]
    return sorted(found, key=lambda relation: relation.name)


def _read(sql: str) -> list[Relation]:
    about = comments(sql)
    columns: dict[str, dict[str, str]] = {}
    for name, column, text in _COLUMN_COMMENT.findall(sql):
        columns.setdefault(name, {})[column] = _plain(text)
    found = []
    for name, body in _VIEW.findall(sql):
        said = columns.pop(name, {})
        shown = _columns(body)
        if left := set(said) - set(shown):
            raise ValueError(f"{name} has comments on columns it does not have: {', '.join(sorted(left))}")
        found.append(Relation(name, about.pop(name, ""), {column: said.get(column, "") for column in shown}))
    if columns or about:
        raise ValueError(f"comments on relations that are not made here: {', '.join(sorted({*columns, *about}))}")
    return found


def _columns(body: str) -> list[str]:
    """Names of a view's columns: of each item of its last SELECT outside brackets, the last word."""
    flat = _outside_brackets(_LITERAL.sub(lambda text: "?" * len(text.group(0)), body))
    start = flat.upper().rindex("SELECT") + len("SELECT")
    end = re.search(r"\bFROM\b", flat[start:], re.IGNORECASE)
    items = flat[start : start + end.start() if end else None].split(",")
    return [named.group(1) for item in items if (named := _NAMED.search(item))]


def _outside_brackets(text: str) -> str:
    depth, kept = 0, []
    for character in text:
        depth -= character == ")"
        kept.append(" " if depth or character in "()" else character)
        depth += character == "("
    return "".join(kept)


def page(found: list[Relation]) -> str:
    """The whole page, as Markdown."""
    lines = [_HEAD, *(f"- [`{one.name}`](#{_anchor(one.name)}): {one.about}" for one in found)]
    for one in found:
        lines += [f"\n## {one.name}\n", f"{one.about}\n", "| column | meaning |", "|---|---|"]
        lines += [f"| `{column}` | {about.replace('|', chr(92) + '|')} |" for column, about in one.columns.items()]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return " ".join(text.replace("''", "'").split())


def _anchor(name: str) -> str:
    return name.replace(".", "")


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 when the page is written or current; 1 with one sentence otherwise."""
    parser = argparse.ArgumentParser(prog="python -m include.mart.dictionary", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    found = relations()
    if without := [name for relation in found for name in relation.uncommented]:
        print(f"These have no COMMENT in include/mart/views: {', '.join(without)}", file=sys.stderr)
        return 1
    if not parser.parse_args(arguments).check:
        PAGE.write_text(page(found), encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text("utf-8") != page(found):
        print(f"{PAGE} is not current: run `python -m include.mart.dictionary`.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
