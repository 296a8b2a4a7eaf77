"""`python -m tests.mutation [RULE_ID …]`: how many slips in a rule do its golden cases find?

Every mutant of every rule file meets the golden cases of its rule. A mutant is killed when a case fails or never ends.
Prints the survivors and `mutation: killed=N total=N share=N%`; the aim is 85 %. Exit status 1 means that golden cases
fail without any mutation.
"""

from __future__ import annotations

import argparse
import ast
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

from include.ivi import registry
from include.ivi.check import check
from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.rule import Rule
from include.ivi.sample_cases import GoldenCase, read_cases
from tests.mutation.mutants import Mutant, alive, mutants

GOLDEN = Path(__file__).parents[1] / "golden" / "ivi" / "rules"
AIM = 85
PATIENCE_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Trial:
    """A golden case with its document, read once."""

    case: GoldenCase
    document: IviDocument
    context: CheckContext

    def passes(self, rule: Rule) -> bool:
        """What the test of golden cases asks of a rule."""
        findings = list(registry.apply_rule(rule, self.document, self.context))
        if {finding.level for finding in findings} - {self.case.finds} or bool(findings) != bool(self.case.finds):
            return False
        said = [finding.sentence for finding in findings]
        return not findings or (
            any(self.case.words in sentence for sentence in said)
            and all(finding.path for finding in findings)
            and not any("could not be applied" in sentence for sentence in said)
        )


@dataclass(slots=True)
class Score:
    """What became of the mutants of one rule."""

    rule_id: str
    path: Path
    total: int = 0
    survivors: list[Mutant] = field(default_factory=list)

    @property
    def killed(self) -> int:
        return self.total - len(self.survivors)


def trials(rule_id: str) -> list[Trial]:
    """The golden cases of a rule whose documents can be read."""
    found = []
    for case in read_cases(GOLDEN / rule_id):
        context = case.circumstances()
        document = check(case.content(), context).document
        if document is not None:
            found.append(Trial(case, document, context))
    return found


def score(rule: Rule, cases: list[Trial]) -> Score:
    """Every mutant of the rule's file against the cases."""
    path = Path(sys.modules[rule.look.__module__].__file__ or "")
    tree = ast.parse(path.read_text("utf-8"))
    result = Score(rule.id, path)
    for mutant in mutants(tree):
        result.total += 1
        with alive(mutant):
            code = compile(ast.fix_missing_locations(tree), str(path), "exec")
        if _survives(code, rule, cases):
            result.survivors.append(mutant)
    return result


def _survives(code: CodeType, rule: Rule, cases: list[Trial]) -> bool:
    names: dict[str, object] = {"__name__": rule.look.__module__}
    try:
        with _patience():
            exec(code, names)
            mutated = names["RULE"]
            return isinstance(mutated, Rule) and all(trial.passes(mutated) for trial in cases)
    except Exception:
        return False


@contextmanager
def _patience() -> Iterator[None]:
    def stop(_signal: int, _frame: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0, or 1 where golden cases fail as they are."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("rule_ids", nargs="*", metavar="RULE_ID")
    wanted = set(parser.parse_args(arguments).rule_ids)
    logging.disable(logging.CRITICAL)
    scores, wrong = [], []
    for rule in registry.all_rules():
        if wanted and rule.id not in wanted:
            continue
        cases = trials(rule.id) if (GOLDEN / rule.id).is_dir() else []
        wrong += [f"{rule.id}: {trial.case.name}" for trial in cases if not trial.passes(rule)]
        wrong += [] if cases else [f"{rule.id}: no golden cases"]
        scores.append(score(rule, cases))
        _print(scores[-1])
    for one in wrong:
        print(f"WRONG without any mutation: {one}")
    killed, total = sum(one.killed for one in scores), sum(one.total for one in scores)
    print(f"mutation: killed={killed} total={total} share={100 * killed / max(total, 1):.1f}% aim={AIM}%")
    return 1 if wrong else 0


def _print(result: Score) -> None:
    print(f"{result.rule_id:<34}{result.killed:>4} of {result.total:>4} killed", flush=True)
    for mutant in result.survivors:
        print(f"    {result.path.name}:{mutant.line}  {mutant.before}  ->  {mutant.after}")


if __name__ == "__main__":
    sys.exit(main())
