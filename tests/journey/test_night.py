"""The night through real Airflow, judged by the authority's own log."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from include.embedded.demo import check, reconciliation
from include.embedded.demo_files import CLOSED_APPROVAL, NIGHT
from include.ivi.samples import sample
from include.ledger.content import sha256
from include.sandbox.avgift import AvgiftPattern
from include.sandbox.faults import FaultKind, FaultPlan

pytestmark = [pytest.mark.house, pytest.mark.xdist_group("house")]


def _runs(journey, party):
    return journey.api.runs(journey.dag(party))


def _finished_run(journey, party):
    return next(run["dag_run_id"] for run in _runs(journey, party) if run["state"] == "success")


def test_the_reconciliation_adds_up_and_equals_the_truth_log(journey):
    table = {party: counts for party, counts in reconciliation(journey.house).items() if party in NIGHT}
    check(journey.house, {party: "success" for party in NIGHT}, table)


def test_every_file_has_a_receipt_and_every_decided_file_left_the_inbox(journey):
    root = journey.house.sandbox.drop_root
    for party in NIGHT:
        left = {path.name for path in (root / party / "inbox").iterdir()}
        assert not {name for name in left if name.startswith(("FI", "svea_", "nb-"))}, left
    told = journey.rows("SELECT count(*) AS n FROM ledger.sighting WHERE receipt_state IS NULL AND state <> 'OPEN'")
    assert told[0]["n"] == 0


@pytest.mark.parametrize("task", ["collect", "plan", "lot.validate", "lot.submit", "lot.file_away", "reconcile"])
def test_clearing_any_task_of_a_finished_run_sends_nothing_again(journey, task):
    before = journey.created()
    run_id = _finished_run(journey, "fjordimport")
    assert journey.clear("fjordimport", run_id, [task], downstream=True) == "success"
    assert journey.created() == before


def test_clearing_with_the_command_line_sends_nothing_again(journey):
    before = journey.created()
    run_id = _finished_run(journey, "nordbil")
    done = journey.house.airflow.command("tasks", "clear", "--yes", journey.dag("nordbil"))
    assert done.returncode == 0, done.stderr[-500:]
    assert journey.api.wait_for_run(journey.dag("nordbil"), run_id) == "success"
    assert journey.created() == before


def test_clearing_plan_keeps_map_indexes_and_labels(journey):
    run_id = _finished_run(journey, "svea_nuf")

    def labels():
        rows = journey.api.task_instances(journey.dag("svea_nuf"), run_id)
        return {(row["task_id"], row["map_index"]): row["rendered_map_index"] for row in rows}

    before = labels()
    assert before[("lot.submit", 0)] == "svea_nuf · lot 1 of 1"
    assert journey.clear("svea_nuf", run_id, ["plan"], downstream=True) == "success"
    assert labels() == before


def test_the_same_bytes_put_back_are_duplicates_and_create_nothing(journey):
    before, counted = journey.created(), journey.counts("fjordimport")
    again = {b"again-%d.xml" % n: sample(number=n, powertrain="PHEV") for n in range(200, 205)}
    journey.upload("fjordimport", again)
    _, state = journey.run("fjordimport")
    after = journey.counts("fjordimport")
    assert state == "success"
    assert journey.created() == before
    assert after.duplicate == counted.duplicate + 5
    assert after.adds_up


def test_send_refused_again_sends_exactly_those_with_the_same_bytes(journey):
    refused = {sha256(sample(number=n, type_approval=CLOSED_APPROVAL)) for n in range(216, 220)}
    before = journey.created()
    assert not refused & set(before)
    journey.house.sandbox.avgift.open(
        AvgiftPattern(type_approval=CLOSED_APPROVAL, avgiftskode="101", importer="310000027")
    )
    _, state = journey.run("fjordimport", conf={"again_type_approval": CLOSED_APPROVAL})
    assert state == "success"
    assert Counter(journey.created()[len(before) :]) == Counter(refused)
    assert journey.counts("fjordimport").refused == 0


def test_after_an_outage_clearing_one_lot_sends_that_lot_and_no_other(journey):
    contents = {b"lot-%02d.xml" % n: sample(number=n) for n in range(400, 412)}
    journey.upload("lots", contents)
    sandbox = journey.house.sandbox
    sandbox.knobs.faults["vegvesen"] = FaultPlan(rates={FaultKind.HTML_400: 1.0})
    before = journey.created()
    run_id, state = journey.run("lots")
    assert state == "failed"
    assert journey.created() == before
    assert journey.counts("lots").open == 12
    del sandbox.knobs.faults["vegvesen"]

    second = {
        row["sha256"]
        for row in journey.rows(
            "SELECT d.sha256 FROM ledger.document d JOIN ledger.sighting s ON s.id = d.sighting_id "
            "WHERE s.party = 'lots' AND s.run_id = %s AND s.lot_no = 2",
            run_id,
        )
    }
    journey.clear("lots", run_id, [("lot.submit", 1)])
    assert set(journey.created()[len(before) :]) == second
    assert len(second) == 4

    journey.api.mark(journey.dag("lots"), run_id, "lot.submit", "success", map_index=2)
    assert journey.counts("lots").open == 8
    _, state = journey.run("lots")
    assert state == "success"
    everything = Counter(journey.created()[len(before) :])
    assert everything == Counter(sha256(content) for content in contents.values())


def test_a_broken_party_block_fails_plainly_and_takes_nobody_down(journey):
    run_id, state = journey.run("broken_block")
    assert state == "failed"
    log = journey.task_log("broken_block", run_id, "party_block")
    assert "organisation_number" in log
    assert "line" in log
    assert journey.api.import_errors() == []


def _everything_written(home: Path):
    for path in home.rglob("*"):
        kept_secret = path.name in ("secrets.json", "passwords.json", "connections.json", "sandbox.json")
        if path.is_file() and not path.is_symlink() and not kept_secret and not {"postgres", "keys"} & set(path.parts):
            yield path, path.read_bytes()


def test_no_secret_is_found_in_logs_database_or_store(journey):
    connection = journey.house.sandbox.connections
    key_lines = [line for line in connection["maskinporten"]["extra"]["private_key"].splitlines() if len(line) > 40]
    canaries = [line.encode() for line in key_lines] + [connection["ecoc_sftp"]["password"].encode()]
    canaries += [str(journey.house.postgres.connection("warehouse")["password"]).encode(), b"eyJhbGciOi"]
    written = _everything_written(journey.house.home)
    found = {str(path) for path, content in written if any(canary in content for canary in canaries)}
    assert not found
    dump = _dump(journey)
    assert not [canary for canary in canaries if canary in dump]


def _dump(journey) -> bytes:
    """XCom, rendered fields, task notes and logs of Airflow's metadata, and the whole warehouse, as text."""
    import psycopg

    parts: list[bytes] = []
    for database in ("airflow", "warehouse"):
        with psycopg.connect(journey.house.postgres.dsn(database)) as connection:
            tables = connection.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
                "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> 'reply'"
            ).fetchall()
            for (table,) in tables:
                with connection.cursor().copy(f"COPY (SELECT * FROM {table}) TO STDOUT") as copy:
                    parts.extend(bytes(block) for block in copy)
    return b"".join(parts)
