"""Fills the blocks `<!-- begin NAME -->` … `<!-- end NAME -->` of README.md and docs/ with facts read from the code.

`python docs/generate.py` writes, `--check` compares; the data dictionary, which is a page of its own, and the examples
of the rules, which `python -m include.ivi explain` shows, come along. The words around the blocks are written by hand;
what can be read from the code never is.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from include.ivi.desk.examples import EXAMPLES_FILE, Example, example_lines, examples_text, parse_examples
from include.ivi.registry import all_rules
from include.ledger.differences import kinds
from include.mart import dictionary
from include.presentation import templates
from samsvar.provider import get_provider_info

ROOT = Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r"<!-- begin ([\w:-]+) -->\n(.*?)<!-- end \1 -->", re.DOTALL)
_MIGRATIONS = ROOT / "include/ledger/migrations/sql"
_GOLDEN = ROOT / "tests/golden/ivi/rules"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; a line break becomes a blank and `|` is escaped."""
    cells = ([" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in [head, *rows])
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]]) + "\n"


def commands() -> str:
    """The commands of the Makefile, as `make help` explains them."""
    said = re.findall(r'^\t@echo "make ([\w-]+)\s+(.+)"$', (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    return table(("command", "what it does"), [(f"`make {name}`", about) for name, about in said])


def connection(conn_type: str) -> str:
    """The form of one of our connection types."""
    found = {one["connection-type"]: one for one in get_provider_info()["connection-types"]}[conn_type]
    labels = found["ui-field-behaviour"]["relabeling"]
    blank = found["ui-field-behaviour"].get("placeholders", {})
    rows = [(f"`{name}`", f"{label}. {blank.get(name, '').capitalize()}".strip(), "") for name, label in labels.items()]
    for name, field in found["conn-fields"].items():
        rows.append((f"extra `{name}`", field["description"], _allowed(field["schema"])))
    return table(("field", "meaning", "values"), rows)


def _allowed(schema: Mapping[str, Any]) -> str:
    said = " or ".join(f"`{value}`" for value in schema.get("enum", ()))
    if "minimum" in schema:
        said = f"{schema['minimum']} to {schema['maximum']}" if "maximum" in schema else f"{schema['minimum']} or more"
    if schema.get("format") == "password":
        said = "secret"
    if (default := schema.get("default")) is not None:
        said += f"{'; ' if said else ''}default `{json.dumps(default).strip(chr(34))}`"
    return said


def party_keys() -> str:
    """Every key of a party's block, with those of its inner blocks below it."""
    schema = json.loads((ROOT / "include/config/parties.schema.json").read_text("utf-8"))
    return table(("key", "meaning", "values"), _keys(schema["$defs"], "Party", ""))


def _keys(definitions: Mapping[str, Any], name: str, prefix: str) -> Iterator[tuple[str, ...]]:
    definition = definitions[name]
    for key, one in definition["properties"].items():
        must = "**needed**; " if key in definition.get("required", ()) else ""
        inner = re.search(r'"\$ref": "#/\$defs/(\w+)"', json.dumps(one))
        kind = inner.group(1) if inner and "properties" in definitions[inner.group(1)] else None
        about = one.get("description") or (definitions[kind].get("description", "") if kind else "")
        yield f"`{prefix}{key}`", about, (must + _values(one)).removesuffix("; ")
        if kind is not None:
            many = {"array": "[].", "object": ".<id>."}.get(one.get("type", ""), ".")
            yield from _keys(definitions, kind, f"{prefix}{key}{many}")


def _values(one: Mapping[str, Any]) -> str:
    choices = one.get("enum") or one.get("items", {}).get("enum", ())
    said = ", ".join(f"`{value}`" for value in choices)
    if "minimum" in one and "maximum" in one:
        said = f"{one['minimum']} to {one['maximum']}"
    default = one.get("default")
    if default in (None, {}, [], ()) or isinstance(default, dict):
        return said
    shown = default if isinstance(default, str) else json.dumps(default)
    return f"{said}{'; ' if said else ''}default `{shown}`"


def receipt_keys() -> str:
    """Every key of the JSON receipt."""
    schema = json.loads((ROOT / "include/journey/receipt.schema.json").read_text("utf-8"))
    return table(("key", "type", "meaning"), _receipt_keys(schema["properties"], ""))


def _receipt_keys(properties: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, ...]]:
    for key, one in properties.items():
        said = one.get("type", "text" if "enum" in one else "string or null" if "$ref" in one else "number")
        kind = (said if isinstance(said, str) else " or ".join(said)).replace("string", "text").replace("array", "list")
        choices = ", ".join(f"`{value}`" for value in one.get("enum", ()) if value)
        about = f"{one.get('description', '')} {'One of ' + choices + '.' if choices else ''}"
        yield f"`{prefix}{key}`", kind, about
        yield from _receipt_keys(one.get("items", {}).get("properties", {}), f"{prefix}{key}[].")


def rules() -> str:
    """Every content rule."""
    rows = [(f"`{rule.id}`", str(rule.level), rule.applies, rule.about, rule.source) for rule in all_rules()]
    return table(("rule", "level", "applies to", "what must hold", "source"), rows)


@lru_cache(maxsize=1)
def _examples() -> str:
    return examples_text(_GOLDEN)


def rule_examples() -> str:
    """For each rule a document that breaks it, with the sentence it gets, and one that nearly does."""
    found = parse_examples(_examples())
    return "\n".join(
        f"### `{rule.id}`\n\n{_example('Found', found[rule.id].bad)}\n{_example('Passes', found[rule.id].good)}"
        for rule in all_rules()
    )


def _example(word: str, example: Example | None) -> str:
    if example is None:
        return f"{word}: no example.\n"
    lines = "".join(f"{line}\n" for line in example_lines(example))
    return f"{word}: {example.name}.\n\n```text\n{lines}```\n"


def dags() -> str:
    """The text of every DAG, as Airflow shows it."""
    texts = []
    for path in sorted((ROOT / "dags").glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        pattern = re.search(r'^DAG_ID = "(.+)"$', path.read_text("utf-8"), re.MULTILINE)
        shown = pattern.group(1).replace("{party}", "<party>") if pattern else path.stem
        texts.append(f"## `{shown}`\n\nFile `dags/{path.name}`.\n\n{(ast.get_docstring(tree) or '').strip()}\n")
    return "\n".join(texts)


def _migrations() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(_MIGRATIONS.glob("*.sql")))


def ledger_tables() -> str:
    """What each relation of the ledger holds, from its comments."""
    said = dictionary.comments(_migrations())
    return table(("relation", "one row is"), [(f"`{name}`", said[name]) for name in sorted(said)])


def ledger_moves() -> str:
    """The moves that the database lets a submission make, from the trigger that refuses all others."""
    newest = re.split(r"CREATE (?:OR REPLACE )?FUNCTION ledger\.refuse_illegal_move\(\)", _migrations())[-1]
    after: dict[str, list[str]] = {}
    for before, to in re.findall(r"\('([A-Z_]+)', '([A-Z_]+)'\)", newest.partition("END $$")[0]):
        after.setdefault(before, []).append(to)
    return table(("from", "to"), [(before, ", ".join(to)) for before, to in after.items()])


def differences() -> str:
    """Every kind of difference that the reconciliation looks for."""
    rows = [
        (f"`{one.name}`", one.about + (" *Must never be.*" if one.breaks_invariant else ""), one.owner, one.next_step)
        for one in kinds()
    ]
    return table(("kind", "a row is", "who acts", "next step"), rows)


BLOCKS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "connection:maskinporten": lambda: connection("maskinporten"),
    "connection:vegvesen": lambda: connection("vegvesen"),
    "connection:fiks": lambda: connection("fiks"),
    "connection:vegvesen_register": lambda: connection("vegvesen_register"),
    "connection:leasing_keys": lambda: connection("leasing_keys"),
    "connection:toll": lambda: connection("toll"),
    "party-keys": party_keys,
    "receipt-keys": receipt_keys,
    "rules": rules,
    "rule-examples": rule_examples,
    "dags": dags,
    "differences": differences,
    "presentation-columns": lambda: table(*templates.column_table()),
    "presentation-levels": lambda: table(*templates.level_table()),
    "ledger-tables": ledger_tables,
    "ledger-moves": ledger_moves,
}


def pages() -> dict[Path, str]:
    """Every page with its blocks filled anew. Raises KeyError for a block that nobody knows how to fill."""
    found = {}
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = path.read_text("utf-8")
        if _BLOCK.search(text):
            found[path] = _BLOCK.sub(lambda block: _filled(block.group(1)), text)
    return {
        **found,
        **templates.texts(),
        dictionary.PAGE: dictionary.page(dictionary.relations()),
        ROOT / "include/ivi/desk" / EXAMPLES_FILE: _examples(),
    }


def _filled(name: str) -> str:
    return f"<!-- begin {name} -->\n{BLOCKS[name]()}<!-- end {name} -->"


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 when every page is written or current, 1 when `--check` finds one that is not."""
    parser = argparse.ArgumentParser(prog="python docs/generate.py", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    old = [path for path, text in pages().items() if not path.is_file() or path.read_text("utf-8") != text]
    if parser.parse_args(arguments).check:
        for path in old:
            print(f"{path.relative_to(ROOT)} is not current: run `python docs/generate.py`.")
        return 1 if old else 0
    for path in old:
        path.write_text(pages()[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
