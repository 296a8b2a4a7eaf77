"""Finds the rules and applies them: a new file in `rules/` is a new rule, nothing else has to change."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from . import rules
from .context import CheckContext
from .document import IviDocument
from .finding import Finding, Level
from .places import coc_entry
from .rule import Rule

_log = logging.getLogger(__name__)

_MOST_BREACHES = 10


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    """Every rule, sorted by id. Raises ValueError where two rules have one id or a file holds none."""
    found: dict[str, Rule] = {}
    for module in iter_modules(rules.__path__):
        rule = getattr(import_module(f"{rules.__name__}.{module.name}"), "RULE", None)
        if not isinstance(rule, Rule) or rule.id in found:
            raise ValueError(f"rules/{module.name}.py must hold one rule named RULE with an id of its own.")
        found[rule.id] = rule
    return tuple(found[rule_id] for rule_id in sorted(found))


def apply_rules(documents: Sequence[tuple[IviDocument, CheckContext, list[Finding]]]) -> None:
    """Adds to the list beside each document what the rules find in it, at the levels of its party. Never raises."""
    for rule in all_rules():
        look = rule.look
        for document, context, found in documents:
            try:  # nearly every rule has nothing to say of nearly every document, so that must be quick
                for _breach in look(document, context):
                    break
                else:
                    continue
            except Exception:  # noqa: S110 - asked again below, where it is told
                pass
            if context.levels.get(rule.id) != "off":
                found += apply_rule(rule, document, context)


def apply_rule(rule: Rule, document: IviDocument, context: CheckContext) -> Iterator[Finding]:
    """Findings of one rule, at most ten. Never raises: a rule that fails says so as a warning."""
    try:
        for count, breach in enumerate(rule.look(document, context)):
            if count >= _MOST_BREACHES:
                return
            level = party_level(context, rule.id, breach.level or rule.level)
            if level is not None:
                yield Finding(rule.id, level, breach.path, coc_entry(document.family, breach.path), breach.sentence)
    except Exception as error:  # a slip in one rule must not stop a whole night
        _log.exception("rule %s failed", rule.id)
        sentence = f"Rule {rule.id} could not be applied ({type(error).__name__}): tell whoever runs Samsvar."
        yield Finding(rule.id, Level.WARNING, "", None, sentence)


def party_level(context: CheckContext, rule_id: str, usual: Level) -> Level | None:
    """The level a party wants for a rule; None where it is switched off."""
    wanted = context.levels.get(rule_id, usual)
    return None if wanted == "off" else Level(wanted)
