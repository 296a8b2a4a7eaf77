"""Many documents: the same results in the same order with any number of processes, and memory that does not grow."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from include.errors import PersonMustAct
from include.ivi.check import CheckContext
from include.ivi.desk import checking
from include.ivi.desk.checking import results
from include.ivi.desk.documents import Found
from include.ivi.desk.progress import Progress
from include.ivi.finding import Finding, Level
from include.ivi.samples import sample

ROOT = Path(__file__).parents[4]
CONTEXT = CheckContext(environment="prod")


def found(count: int):
    for number in range(count):
        wrong = {"Body/CocDataGroup/NumberOfAxles": "3"} if number % 7 == 0 else None
        yield Found(f"in/{number}.xml", f"{number}.xml", sample(number=number, overrides=wrong))
    refusal = Finding("archive.broken", Level.ERROR, "", None, "The file is damaged: pack it again.")
    yield Found("in/x.zip", "x.zip", None, refusal)


def test_processes_give_the_results_of_one_in_the_same_order():
    alone = list(results(found(500), CONTEXT, jobs=1))
    assert [result.place for result in alone] == [*(f"in/{number}.xml" for number in range(500)), "in/x.zip"]
    assert [result.level for result in alone[:8]] == ["error", *[None] * 6, "error"]
    assert not alone[-1].read
    assert list(results(found(500), CONTEXT, jobs=2)) == alone


def test_few_documents_start_no_process(monkeypatch):
    monkeypatch.setattr(checking, "ProcessPoolExecutor", None)
    assert len(list(results(found(100), CONTEXT, jobs=8))) == 101


def test_no_more_documents_are_taken_than_the_processes_can_use():
    taken = 0

    def counted():
        nonlocal taken
        for one in found(5_000):
            taken += 1
            yield one

    stream = results(counted(), CONTEXT, jobs=2)
    next(stream)
    assert taken <= 64 * 8
    stream.close()


def test_a_process_that_is_killed_is_one_sentence(monkeypatch):
    monkeypatch.setattr(checking, "_checked", _ends)
    with pytest.raises(PersonMustAct, match=r"check again with --jobs 1\.$"):
        list(results(found(500), CONTEXT, jobs=2))


def _ends(_batch, _context):
    os._exit(9)


_PEAK = """
import json, resource, sys
from include.ivi.check import CheckContext
from include.ivi.desk.checking import results
from include.ivi.desk.documents import Found
from include.ivi.desk.reports import new_report
from include.ivi.samples import sample
import io
class Nowhere(io.StringIO):
    def write(self, text): return len(text)
report = new_report("csv", Nowhere(), every=True)
peaks = []
for count in (500, 4000):
    for one in results((Found(str(n), str(n), sample(number=n)) for n in range(count)), CheckContext(), 1):
        report.add(one)
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(json.dumps(peaks))
"""


def test_memory_does_not_grow_with_the_number_of_documents():
    done = subprocess.run([sys.executable, "-c", _PEAK], cwd=ROOT, capture_output=True, text=True, check=True)
    few, many = json.loads(done.stdout)
    assert many - few < 4_000, "kilobytes"


def test_progress_is_silent_on_short_work_and_speaks_on_long(monkeypatch):
    now = 100.0
    monkeypatch.setattr("include.ivi.desk.progress.time.monotonic", lambda: now)
    short, long = io.StringIO(), io.StringIO()
    quiet = Progress(short)
    quiet.add()
    quiet.end()
    assert short.getvalue() == ""
    spoken = Progress(long)
    for _ in range(4_000):
        now += 0.01
        spoken.add()
    spoken.end()
    lines = long.getvalue().splitlines()
    assert 3 <= len(lines) <= 6
    assert lines[-1] == "4,000 documents checked, 100 per second"
