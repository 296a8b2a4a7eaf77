"""What a check costs: parse, schema, view and all rules beside lxml's parse and schema alone, on the same files.

CPU time of this process, in turns, so that a busy machine slows both alike. The memory of many checks is looked up in a
process of its own.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lxml import etree

from include.ivi import registry, schema
from include.ivi.check import check
from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.samples import sample
from include.ivi.schemas.tables import FILE_STEMS
from tests.bench.servers import ROOT

DOCUMENT_BYTES = 20_000
_ROUNDS = 9
_MANY = 120
_TODAY = date(2026, 8, 1)
_KINDS = (("M1", None), ("M1", "electric"), ("N1", None), ("N3", None), ("O4", None), ("L3e", None))

_PROBE = """
import json, sys
from include.ivi.check import CheckContext, check
from include.ivi.samples import sample
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4 / 1024
context, many, marks = CheckContext(signature="off"), int(sys.argv[1]), []
for number in range(many):
    check(sample(number=number, family=("1.6", "2.0")[number % 2], pad_to=20_000), context)
    if number in (many // 20, many - 1):
        marks.append(resident())
print(json.dumps(marks))
"""


@dataclass(frozen=True, slots=True)
class CheckCost:
    """Milliseconds of CPU a document: the whole check, lxml alone; and the dearest rules with theirs."""

    whole: float
    alone: float
    with_signature: float
    rules: tuple[tuple[str, float], ...]
    all_rules: float

    @property
    def ratio(self) -> float:
        return self.whole / self.alone


def check_cost() -> CheckCost:
    """Best of some rounds in turns over files of both families and six kinds of vehicle."""
    files = _files()
    parsers = {family: _validator(family) for family in FILE_STEMS}

    def whole(content: bytes, _family: str) -> None:
        check(content, CheckContext(today=_TODAY, signature="off"))

    def signed(content: bytes, _family: str) -> None:
        check(content, CheckContext(today=_TODAY))

    def alone(content: bytes, family: str) -> None:
        parser, validator = parsers[family]
        validator.validate(etree.fromstring(content, parser))

    found: dict[str, list[float]] = {"whole": [], "alone": [], "signed": []}
    for _ in range(_ROUNDS):
        for name, contestant in (("whole", whole), ("alone", alone), ("signed", signed)):
            found[name].append(_milliseconds(contestant, files))
    dearest, total = _rules([check(content, CheckContext(today=_TODAY)).document for content, _ in files])
    best = {name: min(times) for name, times in found.items()}
    return CheckCost(best["whole"], best["alone"], best["signed"], dearest, total)


def memory_of_checks(many: int) -> tuple[float, float]:
    """Resident memory in MB after a twentieth of so many documents, and after all of them."""
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, str(many)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    early, late = json.loads(done.stdout)
    return early, late


def _files() -> list[tuple[bytes, str]]:
    found = []
    for number in range(_MANY):
        category, powertrain = _KINDS[number % len(_KINDS)]
        family = ("1.6", "2.0")[number // len(_KINDS) % 2]
        content = sample(number=number, family=family, category=category, powertrain=powertrain, pad_to=DOCUMENT_BYTES)
        found.append((content, "1.x" if family == "1.6" else family))
    return found


def _validator(family: str) -> tuple[etree.XMLParser, etree.XMLSchema]:
    path = Path(str(schema.__file__)).parent / "schemas" / f"{FILE_STEMS[family]}.xsd"
    return etree.XMLParser(resolve_entities=False, no_network=True), etree.XMLSchema(etree.parse(str(path)))


def _milliseconds(contestant: Callable[[bytes, str], None], files: Sequence[tuple[bytes, str]]) -> float:
    begun = time.process_time()
    for content, family in files:
        contestant(content, family)
    return (time.process_time() - begun) * 1000 / len(files)


def _rules(documents: Sequence[IviDocument | None]) -> tuple[tuple[tuple[str, float], ...], float]:
    """The five dearest rules and the sum, in milliseconds a document. Each area's reading falls to who asks first."""
    context = CheckContext(today=_TODAY)
    known = [document for document in documents if document is not None]
    cost: dict[str, float] = {}
    for rule in registry.all_rules():
        times = []
        for _ in range(3):
            begun = time.process_time()
            for document in known:
                list(registry.apply_rule(rule, document, context))
            times.append(time.process_time() - begun)
        cost[rule.id] = statistics.median(times) * 1000 / len(known)
    dearest = sorted(cost.items(), key=lambda pair: -pair[1])
    return tuple(dearest[:5]), sum(cost.values())
