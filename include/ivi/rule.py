"""The shape of a content rule. Each file in `rules/` holds one, under the name RULE."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .context import CheckContext
from .document import IviDocument
from .finding import Level


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule is broken: where, and in which words. `level` is given where circumstances change the rule's own."""

    path: str
    sentence: str
    level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One content rule.

    `id` is what parties, findings and receipts name. `level` is ERROR only where a refusal is certain. `look` yields a
    breach for each thing that is wrong, and must be quiet where a field it needs is absent. `applies` says in a few
    words which documents the rule is about, such as "M1, N1" or "2.0 only"; the catalogue shows it.
    """

    id: str
    level: Level
    about: str
    source: str
    look: Callable[[IviDocument, CheckContext], Iterable[Breach]]
    applies: str = "every document"
