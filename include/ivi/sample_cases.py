"""Golden cases: documents made from a recipe, and what a rule must say about each.

Kept as YAML beside the tests; the tests, the mutation run and the rule catalogue read them through this one module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from .context import CheckContext
from .finding import Level
from .samples import sample

CASES_FILE = "cases.yaml"
TODAY = date(2026, 8, 1)
"""The day of a check where a case names none."""

_KEYS = frozenset({"name", "sample", "context", "finds", "words"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenCase:
    """One document and what one rule says about it. `finds` is None where the rule must be quiet."""

    rule_id: str
    name: str
    sample: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)
    finds: Level | None = None
    words: str = ""

    def content(self) -> bytes:
        """The document as bytes. Raises ValueError where the recipe is none."""
        return made(self.sample)

    def circumstances(self) -> CheckContext:
        """The circumstances of the check; a fixed day, so that a case never grows old."""
        return CheckContext(**{"today": TODAY, **self.context})


def made(recipe: Mapping[str, Any]) -> bytes:
    """The document of a recipe: the arguments of `sample`, with `at` for its overrides.

    Raises ValueError, as a sentence, where the recipe cannot be made.
    """
    arguments = dict(recipe)
    overrides = arguments.pop("at", None)
    try:
        return sample(overrides=overrides, **arguments)
    except TypeError as error:
        raise ValueError(f"The recipe {sorted(recipe)} cannot be made ({error}): see include/ivi/samples.py.") from None


def load_yaml(path: Path) -> Any:
    """What a YAML file holds."""
    return yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader either way


def read_cases(folder: Path) -> list[GoldenCase]:
    """The cases of the rule that `folder` is named after. Raises ValueError, naming file and case, for a bad one."""
    path = folder / CASES_FILE
    found = load_yaml(path)
    if not isinstance(found, list) or not found:
        raise ValueError(f"{folder.name}/{path.name} must hold a list of cases.")
    return list(_cases(folder.name, found))


def _cases(rule_id: str, found: list[Any]) -> Iterator[GoldenCase]:
    for number, entry in enumerate(found, start=1):
        if not isinstance(entry, dict) or not {"name", "sample", "finds"} <= entry.keys() <= _KEYS:
            raise ValueError(f"{rule_id}: case {number} must have name, sample and finds, and may have context, words.")
        finds = None if entry["finds"] == "nothing" else Level(entry["finds"])
        yield GoldenCase(
            rule_id=rule_id,
            name=str(entry["name"]),
            sample=entry["sample"],
            context=entry.get("context") or {},
            finds=finds,
            words=str(entry.get("words") or ""),
        )
