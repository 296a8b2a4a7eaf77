"""The words about rules: one rule on a screen, all rules as a list."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from difflib import get_close_matches

from include.errors import ConfigurationError
from include.ivi.registry import all_rules
from include.ivi.rule import Rule

from .examples import Examples, example_lines, read_examples

_WIDTH = 100

#: Findings that are no content rules, by the first part of their id.
KINDS = {
    "file": "The bytes of the file: empty, too large, packed under the name of a document, no XML at all.",
    "xml": "Safe reading: encoding, DOCTYPE, too much markup, nesting, cut short, not well-formed.",
    "ivi": "Which IVI it is: root element, namespace, version.",
    "schema": "The schema of the IVI family: an element that is unknown, missing, misplaced, repeated or badly filled.",
    "signature": "The XML signature of the document: verified, expired, by an unknown issuer, missing where required.",
    "form": "The form of the file, which keeps nothing from being sent: declared encoding, empty elements, no version.",
    "name": "The file name or the kind of file.",
    "archive": "A .zip or .gz: broken, too large, too many documents, nested, encrypted.",
}


def list_text() -> str:
    """Every content rule on a line: level, id, which documents, what must hold."""
    wide = max(len(rule.applies) for rule in all_rules())
    return "".join(f"{rule.level:<8} {rule.id:<30} {rule.applies:<{wide}} {rule.about}\n" for rule in all_rules())


def explain_text(rule_id: str) -> str:
    """All there is to say about a rule. Raises ConfigurationError, naming similar ones, where there is none."""
    found = {rule.id: rule for rule in all_rules()}
    if rule_id in found:
        return "".join(_about(found[rule_id], read_examples().get(rule_id, Examples())))
    kind, _, what = rule_id.partition(".")
    if kind in KINDS and what:
        return f"{rule_id}\n\n{_filled(KINDS[kind])}\nThis is no content rule; `list` shows those.\n"
    near = get_close_matches(rule_id, found, n=3, cutoff=0.3)
    hint = f"perhaps {' or '.join(near)} is meant" if near else "`list` shows all there are"
    raise ConfigurationError(f"There is no rule {rule_id!r}: {hint}.")


def _about(rule: Rule, examples: Examples) -> Iterator[str]:
    yield f"{rule.id}\n\n{_filled(rule.about)}\n"
    yield f"level    {rule.level}\napplies  {rule.applies}\nsource   {rule.source}\n"
    for word, example in (("Bad", examples.bad), ("Good", examples.good)):
        if example is not None:
            yield f"\n{word}: {example.name}.\n"
            yield "".join(f"  {line}\n" for line in example_lines(example))


def _filled(text: str) -> str:
    return textwrap.fill(text, _WIDTH) + "\n"
