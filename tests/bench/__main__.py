"""`python -m tests.bench`: runs the contestants one after the other and prints one table.

DOCS= sets the number of documents (default 30000; 3000 is quick), STOCK= that of the stock contestant (300), CHECKS=
that of checks whose memory is watched (100000), MARTS= that of the ledger the marts are asked on (1000000). `--only`
chooses measures. Time never fails the bench; exit status 1 means that counts differ from the authority's own log.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from include.embedded.postgres import EmbeddedPostgres
from tests.bench.checks import check_cost, memory_of_checks
from tests.bench.ideal import IdealNight, ideal_night
from tests.bench.ledger import ledger_cost
from tests.bench.lookups import lookup_rows
from tests.bench.marts import rows_of_marts
from tests.bench.ours import LOT_SIZE, PARALLELISM, Night, OurHouse
from tests.bench.parse import parse
from tests.bench.polls import poll_rows
from tests.bench.servers import IN_FLIGHT, LATENCY
from tests.bench.stock import stock_night
from tests.bench.table import Row, print_table, write

HOME = Path(".samsvar/bench")
RESULT = Path(".samsvar/bench.json")
MEASURES = ("speed", "guarantees", "memory", "stock", "parse", "check", "marts", "lookups", "polls")
SMALL = 1_000


class Bench:
    """Collects rows and what is wrong."""

    def __init__(self, documents: int, stock_documents: int) -> None:
        self.documents, self.stock_documents = documents, stock_documents
        self.rows: list[Row] = []
        self.problems: list[str] = []
        self.rate: float | None = None
        self._nights: dict[str, Night] = {}

    # longer because each row of the table is named where it is measured
    def speed(self) -> None:
        """Ours between two runs of the ideal script, which shows how even the machine was."""
        before = self._ideal()
        self._play()
        after = self._ideal()
        night, fixed = self._nights["bench"], self._nights["fixed"]
        ideal = statistics.mean([before.rate, after.rate])
        busy = max(night.seconds - fixed.seconds, 0.001)
        self.rate = night.documents / night.seconds
        self._row(
            "night beyond Airflow's fixed time",
            night.documents / busy,
            ideal,
            "documents/s",
            (
                f"{night.documents} documents, {LATENCY * 1000:.0f} ms, {IN_FLIGHT} in flight; wanted 0.6; "
                f"ideal before {before.rate:.0f}, after {after.rate:.0f}"
            ),
        )
        self._row(
            "the same with Airflow's fixed time",
            self.rate,
            ideal,
            "documents/s",
            (
                f"first SFTP byte to last rename {night.seconds:.1f} s, to last receipt {night.to_last_receipt:.1f} s; "
                f"lots of {LOT_SIZE}, {PARALLELISM} tasks at once"
            ),
        )
        self._row(
            "Airflow's fixed time",
            fixed.seconds,
            None,
            "s",
            (f"one document, first SFTP byte to last rename; its run {fixed.run_seconds:.1f} s"),
        )
        cpu = statistics.mean([before.cpu, after.cpu])
        self.rows.append(
            Row(
                "CPU per document",
                night.cpu,
                cpu,
                cpu / night.cpu,
                "ms",
                "all processes, servers and Airflow included; the ratio is ideal / ours",
            )
        )

    def guarantees(self) -> None:
        """What asking the register first, and the ledger, cost: each against the same without it."""
        number = max(self.documents // 3, 100)
        parties = {"warm": 1, "plain": number, "asked": number, "plain_again": number}
        with OurHouse(HOME / "guarded", parties, self._say, asking=frozenset({"asked"})) as house:
            nights = {party: house.night(party) for party in parties}
        self.problems += [f"ours, party {party}: {what}" for party, night in nights.items() for what in night.problems]
        rates = {party: night.documents / night.seconds for party, night in nights.items()}
        plain = statistics.mean([rates["plain"], rates["plain_again"]])
        note = f"{number} documents; without before {rates['plain']:.0f}, after {rates['plain_again']:.0f}; wanted 0.85"
        self._row("night with baseline lookups", rates["asked"], plain, "documents/s", note)
        cost = ledger_cost(HOME / "ledger", max(number // 4, 100), self._say)
        self.problems += [f"ledger: {problem}" for problem in cost.problems]
        note = "sends with intents and evidence, against the same sends with neither; wanted 0.9"
        self._row("sends with the ledger", cost.with_ledger, cost.without, "documents/s", note)

    def memory(self) -> None:
        """The largest peak of a task's process for a small and a large night."""
        self._play()
        small, large = self._nights["small"], self._nights["bench"]
        self._row(
            f"peak memory of a task, {large.documents} documents",
            large.peak_megabytes,
            small.peak_megabytes,
            "MB",
            (f"against {small.documents} documents; wanted below 400 and about equal"),
        )

    def stock(self) -> None:
        """One mapped task per file."""
        self._say(f"stock: {self.stock_documents} documents, one mapped task per file")
        seconds, problems = stock_night(HOME / "stock", self.stock_documents, PARALLELISM)
        self.problems += [f"stock: {problem}" for problem in problems]
        rate = self.stock_documents / seconds
        if self.rate is None:
            self._play()
            self.rate = self._nights["bench"].documents / self._nights["bench"].seconds
        self._row(
            "against stock Airflow",
            self.rate,
            rate,
            "documents/s",
            (
                f"{self.stock_documents} files in {seconds:.0f} s, so {self.documents} would take about "
                f"{self.documents / rate / 3600:.1f} h (extrapolated in a straight line); wanted 50"
            ),
        )

    def parse(self) -> None:
        """The DAG processor's parse of every party and a task's parse of its own."""
        for name, dag_id in (
            ("parse of dags/, 200 parties", None),
            ("parse in a task's process", "ecoc_submission__party_007"),
        ):
            found = parse(HOME / "parse", 200, dag_id=dag_id)
            self.problems += [f"{name}: imports {module}" for module in found.heavy]
            self._row(name, found.cpu, 1.0, "s of CPU", f"{found.dags} DAGs, beyond importing the SDK; limit 1 s")

    def check(self) -> None:
        """The check of a document beside lxml's parse and schema, and its memory over many."""
        cost = check_cost()
        dearest = ", ".join(f"{rule_id} {milliseconds * 1000:.0f} µs" for rule_id, milliseconds in cost.rules)
        note = f"20 KB files; wanted 2.5 × lxml parse + schema; all rules {cost.all_rules:.2f} ms, dearest {dearest}"
        self._row("check of a document", cost.whole, cost.alone, "ms of CPU", note)
        note = "the same with the report on a signature that does not verify"
        self._row("check with signatures", cost.with_signature, cost.alone, "ms of CPU", note)
        note = "the same, but each document is asked for by itself, as a single file on the command line"
        self._row("check one by one", cost.one_by_one, cost.alone, "ms of CPU", note)
        many = int(os.environ.get("CHECKS", "100000"))
        (_, early), *later = memory_of_checks(many)
        for number, late in later:
            self._row("memory of checks", late, early, "MB", f"after {number} documents and after {many // 100}")

    def lookups(self) -> None:
        """The nightly watch beside a bare script, and the settling of many unknown outcomes."""
        vehicles, unknown = int(os.environ.get("LOOKUPS", "100000")), int(os.environ.get("UNKNOWN", "10000"))
        self._say(f"lookups of {vehicles} vehicles, then {unknown} unknown outcomes")
        rows, problems = lookup_rows(HOME / "lookups", vehicles, unknown)
        self.rows += rows
        self.problems += [f"lookups: {problem}" for problem in problems]

    def polls(self) -> None:
        """A backlog of control signals beside a bare script, and the mart with a million signals."""
        signals = int(os.environ.get("SIGNALS", "100000"))
        self._say(f"polls: a backlog of {signals} signals, and a mart with a million")
        rows, problems = poll_rows(HOME / "polls", signals)
        self.rows += rows
        self.problems += [f"polls: {problem}" for problem in problems]

    def _ideal(self) -> IdealNight:
        self._say(f"ideal: {self.documents} documents")
        with EmbeddedPostgres(HOME / "postgres") as postgres:
            postgres.create_database("ideal")
            night = ideal_night(HOME / "ideal", self.documents, postgres)
        if not night.created == night.accepted == self.documents:
            self.problems.append(f"ideal: {night.accepted} accepted, {night.created} created, {self.documents} dropped")
        self._say(f"ideal: {night.rate:.0f} documents/s")
        return night

    def _play(self) -> None:
        """The nights of our house, once for all measures. The first pays for caches and is not shown."""
        if self._nights:
            return
        self._say("ours: starting the house")
        parties = {"warm": 1, "fixed": 1, "small": min(SMALL, self.documents), "bench": self.documents}
        with OurHouse(HOME / "ours", parties, self._say) as house:
            for party in parties:
                night = self._nights[party] = house.night(party)
                self.problems += [f"ours, party {party}: {problem}" for problem in night.problems]
                self._say(f"ours: {night.documents / night.seconds:.0f} documents/s")

    def _row(self, name: str, ours: float, other: float | None, unit: str, note: str) -> None:
        self.rows.append(Row(name, ours, other, ours / other if other else None, unit, note))

    @staticmethod
    def _say(line: str) -> None:
        print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)

    def marts(self) -> None:
        """A full ledger: day-and-party questions to every mart, and one reconciliation of all importers."""
        self.rows += rows_of_marts(HOME, int(os.environ.get("MARTS", "1000000")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0, or 1 when something does not add up."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    chosen = parser.parse_args(arguments).only
    logging.basicConfig(level=logging.WARNING)
    os.environ.setdefault("AIRFLOW_HOME", str((HOME / "airflow").absolute()))
    bench = Bench(int(os.environ.get("DOCS", "30000")), int(os.environ.get("STOCK", "300")))
    shutil.rmtree(HOME, ignore_errors=True)
    measures: dict[str, Callable[[], None]] = {name: getattr(bench, name) for name in MEASURES}
    try:
        for name in MEASURES:
            if name in chosen:
                measures[name]()
    finally:
        shutil.rmtree(HOME, ignore_errors=True)
    write(bench.rows, RESULT)
    print_table(bench.rows)
    for problem in bench.problems:
        print(f"WRONG: {problem}")
    return 1 if bench.problems else 0


if __name__ == "__main__":
    sys.exit(main())
