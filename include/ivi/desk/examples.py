"""A bad and a good example for each rule, taken from its golden cases, so that no example can be wrong.

The cases lie with the tests, which an installation need not have: `python docs/generate.py` writes what they show into
`examples.json` beside this file, and `make check` compares.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from include.ivi.check import check
from include.ivi.registry import all_rules
from include.ivi.sample_cases import CASES_FILE, GoldenCase, read_cases

from .reports import harmless

EXAMPLES_FILE = "examples.json"
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Example:
    """One golden case in words: what was changed in a valid document (place, value), and what the check then says.

    `document` names the kind of document, `changes` pairs place and value (None: taken out), `context` what differs
    from a check in the test environment. `place` and `sentence` are None where the rule is quiet.
    """

    name: str
    document: str
    changes: tuple[tuple[str, str | None], ...]
    context: tuple[tuple[str, str], ...]
    place: str | None = None
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Examples:
    """The first case of a rule that breaks it, and the first that nearly does."""

    bad: Example | None = None
    good: Example | None = None


@lru_cache(maxsize=1)
def read_examples() -> dict[str, Examples]:
    """The examples of every rule by its id, as they were generated."""
    return parse_examples(files(__package__).joinpath(EXAMPLES_FILE).read_text("utf-8"))


def parse_examples(text: str) -> dict[str, Examples]:
    """The examples in what `examples_text` wrote, by the id of their rule."""
    found = json.loads(text)
    return {rule_id: Examples(_example(one["bad"]), _example(one["good"])) for rule_id, one in found.items()}


def _example(found: dict[str, Any] | None) -> Example | None:
    if found is None:
        return None
    pairs = {name: tuple((place, value) for place, value in found[name]) for name in ("changes", "context")}
    return Example(**{**found, **pairs})


def example_lines(example: Example) -> Iterator[str]:
    """An example in a few lines: the document, what was changed in it, what is found."""
    yield f"in a valid document of {example.document}" + (":" if example.changes else "")
    for place, value in example.changes:
        yield f"  {place} {'taken out' if value is None else f'= {harmless(value)}'}"
    for name, value in example.context:
        yield f"  with {name.replace('_', ' ')} {value}"
    if example.sentence is not None:
        yield f"found at {example.place or 'the whole file'}:"
        yield from textwrap.wrap(example.sentence, _WIDTH, initial_indent="  ", subsequent_indent="  ")


def examples_text(home: Path) -> str:
    """What `examples.json` must hold, given the folder of the golden cases. A rule without cases has no examples."""
    found = {rule.id: asdict(_examples(home / rule.id)) for rule in all_rules()}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _examples(folder: Path) -> Examples:
    if not (folder / CASES_FILE).is_file():
        return Examples()
    shown = list(_shown(read_cases(folder)))
    bad = next((one for one in shown if one.sentence is not None), None)
    return Examples(bad, next((one for one in shown if one.sentence is None), None))


def _shown(cases: Iterable[GoldenCase]) -> Iterator[Example]:
    """The cases that do what they say, as examples; that all do is proved by the tests."""
    for case in cases:
        try:
            checked = check(case.content(), case.circumstances())
        except (TypeError, ValueError):
            continue
        findings = [one for one in checked.findings if one.rule_id == case.rule_id]
        spoken = next((one for one in findings if case.words in one.sentence), None)
        if bool(findings) != (case.finds is not None) or (findings and spoken is None):
            continue
        yield Example(
            case.name,
            _document(case.sample),
            tuple((place, value) for place, value in (case.sample.get("at") or {}).items()),
            tuple((name, _words(value)) for name, value in case.context.items()),
            spoken.path if spoken else None,
            spoken.sentence if spoken else None,
        )


def _document(recipe: Any) -> str:
    parts = (f"IVI {recipe.get('family', '1.6')}", recipe.get("category", "M1"), recipe.get("powertrain"))
    own = [f"{name} {recipe[name]!r}" for name in ("vin", "reference", "type_approval", "variant") if name in recipe]
    return ", ".join([*(str(part).replace("_", "-") for part in parts if part), *own])


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
