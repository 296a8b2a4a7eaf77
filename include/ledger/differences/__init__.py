"""The kinds of differences that the reconciliation looks for: one .sql file each, with who owns it and what to do.

A file begins with its facts, one a line: `-- owner:` (importer, operator, engineer or authority), `-- scope:` (`open`:
it finds every such row that there is now; `days`: those of the days it is asked for), `-- about:` (what a row is),
`-- next step:` and, for what must never happen, `-- breaks: yes`. Then a SELECT of party, day, subject, sentence, since
and document_id; a file of scope `days` names `%(days)s` and may name `%(parties)s`. Adding a kind is adding a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FACT = re.compile(r"^-- ([a-z ]+): (.+)$", re.MULTILINE)
_OWNERS = frozenset({"importer", "operator", "engineer", "authority"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of difference. `of_days` is false where the query finds everything that is open now."""

    name: str
    owner: str
    about: str
    next_step: str
    of_days: bool
    breaks_invariant: bool
    query: str


def kinds(folder: Path = Path(__file__).parent) -> list[Kind]:
    """Every kind, by name. Raises ValueError for a file that does not say what it is."""
    return [_read(path) for path in sorted(folder.glob("*.sql"))]


def _read(path: Path) -> Kind:
    text = path.read_text(encoding="utf-8")
    facts = dict(_FACT.findall(text))
    lacking = {"owner", "scope", "about", "next step"} - set(facts)
    if lacking or facts["owner"] not in _OWNERS or facts["scope"] not in ("open", "days"):
        raise ValueError(f"{path.name} does not say its owner, scope, about and next step as the others do")
    of_days = facts["scope"] == "days"
    if of_days != ("%(days)s" in text):
        raise ValueError(f"{path.name}: scope `days` and the parameter %(days)s go together")
    return Kind(
        name=path.stem,
        owner=facts["owner"],
        about=facts["about"],
        next_step=facts["next step"],
        of_days=of_days,
        breaks_invariant=facts.get("breaks") == "yes",
        query=text,
    )
