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
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lxml import etree

from include.ivi import registry, schema
from include.ivi.check import check, check_all
from include.ivi.context import CheckContext
from include.ivi.document import IviDocument
from include.ivi.samples import sample
from include.ivi.schemas.tables import FILE_STEMS
from tests.bench.servers import ROOT

DOCUMENT_BYTES = 20_000
_ROUNDS = 15
_MANY = 120
_TODAY = date(2026, 8, 1)
_KINDS = (("M1", None), ("M1", "electric"), ("N1", None), ("N3", None), ("O4", None), ("L3e", None))

_PROBE = """
import json, sys
from include.ivi.check import CheckContext, check_all
from include.ivi.samples import sample
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4 / 1024
context, many, marks = CheckContext(signature="off"), int(sys.argv[1]), []
def documents():
    for number in range(many):
        yield sample(number=number, family=("1.6", "2.0")[number % 2], pad_to=20_000), context
for number, _ in enumerate(check_all(documents()), start=1):
    if number in (many // 100, many // 5, many):
        marks.append((number, resident()))
print(json.dumps(marks))
"""


@dataclass(frozen=True, slots=True)
class CheckCost:
    """Milliseconds of CPU a document: the whole check as a lot asks for it, lxml alone, the check with a report on
    signatures, and of documents that come one by one; and the dearest rules with theirs."""

    whole: float
    alone: float
    with_signature: float
    one_by_one: float
    rules: tuple[tuple[str, float], ...]
    all_rules: float


def check_cost() -> CheckCost:
    """Best of some rounds in turns over files of both families and six kinds of vehicle."""
    files = _files()
    parsers = {family: _validator(family) for family in FILE_STEMS}
    unsigned, with_report = CheckContext(today=_TODAY, signature="off"), CheckContext(today=_TODAY)

    def whole() -> None:
        deque(check_all((content, unsigned) for content, _ in files), maxlen=0)

    def signed() -> None:
        deque(check_all((content, with_report) for content, _ in files), maxlen=0)

    def one_by_one() -> None:
        for content, _ in files:
            check(content, unsigned)

    def alone() -> None:
        for content, family in files:
            parser, validator = parsers[family]
            validator.validate(etree.fromstring(content, parser))

    contestants = (whole, alone, signed, one_by_one)
    rounds = [[_milliseconds(contestant, len(files)) for contestant in contestants] for _ in range(_ROUNDS)]
    best = [min(times) for times in zip(*rounds, strict=True)]
    dearest, total = _rules([check(content, with_report).document for content, _ in files])
    return CheckCost(*best, dearest, total)


def memory_of_checks(many: int) -> list[tuple[int, float]]:
    """Resident memory in MB after a hundredth and a fifth of so many documents, and after all of them."""
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, str(many)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [(number, megabytes) for number, megabytes in json.loads(done.stdout)]


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


def _milliseconds(contestant: Callable[[], None], many: int) -> float:
    begun = time.process_time()
    contestant()
    return (time.process_time() - begun) * 1000 / many


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
