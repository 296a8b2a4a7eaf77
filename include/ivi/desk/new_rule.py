"""Begins a new rule: its file and its golden folder, from a template that is complete but for the rule itself.

The template passes the linters, and its golden cases are red until the rule is written: none can be forgotten.
"""

from __future__ import annotations

import re
from pathlib import Path

from include.errors import ConfigurationError
from include.ivi.registry import all_rules
from include.ivi.sample_cases import CASES_FILE

RULES = Path("include/ivi/rules")
GOLDEN = Path("tests/golden/ivi/rules")

_ID = re.compile(r"([a-z]{2,20})\.([a-z][a-z0-9_]{1,39})")

_RULE = '''"""Say here in one sentence what must hold.

Source: name the regulation, guideline or page this comes from, or Samsvar where the rule is our own. Say why the level
is what it is: an error only where a refusal is certain.
"""

from __future__ import annotations

from collections.abc import Iterator

from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.finding import Level, quoted
from include.ivi.rule import Breach, Rule


def _look(document: IviDocument, _context: CheckContext) -> Iterator[Breach]:
    value = document.type
    if value is None:
        return
    if value == "never so":
        sentence = f"Type says {{quoted(value)}}, and something else is expected: say here what to do."
        yield Breach(document.path("type"), sentence)


RULE = Rule(
    id="{rule_id}",
    level=Level.WARNING,
    applies="every document",
    about="Say here in one sentence what must hold.",
    source="Name the source here",
    look=_look,
)
'''

_CASES = """\
- name: say here what is wrong in this document
  sample:
    number: 1
    family: '1.6'
    at:
      Body/CocDataGroup/Type: 'wrong'
  finds: warning
  words: something else is expected

- name: say here what is wrong in this document of the new generation
  sample:
    number: 1
    family: '2.0'
    at:
      CocDataGroup/Type: 'wrong'
  finds: warning
  words: something else is expected

- name: say here what is just right
  sample:
    number: 1
    family: '1.6'
    at:
      Body/CocDataGroup/Type: 'right'
  finds: nothing
"""


def new_rule(rule_id: str, root: Path) -> str:
    """Write the files of a new rule below `root`, the folder of the project, and return what to do next.

    Raises ConfigurationError where the id is none or taken, a file is there already, or `root` is not the project.
    """
    parts = _ID.fullmatch(rule_id)
    if parts is None:
        raise ConfigurationError(
            f"{rule_id!r} is no id of a rule: write area.what in small letters, such as axles.spacing."
        )
    if rule_id in {rule.id for rule in all_rules()}:
        raise ConfigurationError(f"There is a rule {rule_id} already: choose another id.")
    if not (root / RULES).is_dir():
        raise ConfigurationError(f"{root} holds no {RULES}: go to the folder of the project.")
    rule, cases = RULES / f"{parts[1]}_{parts[2]}.py", GOLDEN / rule_id / CASES_FILE
    for path in (rule, cases):
        if (root / path).exists():
            raise ConfigurationError(f"There is a {path} already: choose another id.")
    for path, text in ((rule, _RULE.format(rule_id=rule_id)), (cases, _CASES)):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return (
        f"{rule}\n{cases}\n"
        "Write the rule and its cases; tests/include/ivi/test_golden_rules.py is red until each case is as it says.\n"
        "Then `python docs/generate.py` takes the rule into the catalogue.\n"
    )
