"""The crash suite in short, for every `make test`: each window once, a few random nights, and the naive sender."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.ledger.warehouse import connect
from include.sandbox.truth import TruthLog
from tests.crash import points
from tests.crash.beside import SEEDS
from tests.crash.changes import Cut
from tests.crash.dice import naive_night
from tests.crash.house import CrashHouse
from tests.crash.lanes import Lanes, Load, run_in_lanes
from tests.crash.oracle import judge
from tests.crash.places import POINTS
from tests.crash.presentations import ByChance
from tests.crash.scene import CREATED, Dropped
from tests.crash.settling import asked_too_early
from tests.crash.suite import Findings
from tests.crash.windows import NOT_APPLICABLE, WINDOWS, Window

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("crash"), pytest.mark.timeout(1200)]

ROOT = Path(__file__).resolve().parents[2]
NAIVE_DOCUMENTS = 150


@pytest.fixture(scope="module")
def house() -> Iterator[CrashHouse]:
    with CrashHouse(ROOT / ".samsvar" / "tests" / f"crash{os.environ.get('PYTEST_XDIST_WORKER', '')}") as opened:
        yield opened


@pytest.fixture(scope="module")
def ran(crash_lanes: Lanes) -> Findings:
    """The windows that were asked for, and the random nights if they were."""
    return crash_lanes.found()


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: window.name)
def test_a_night_that_is_cut_here_loses_nothing_and_doubles_nothing(ran: Findings, window: Window) -> None:
    assert ran.cases.get(window.name) == [], ran.problems
    assert window.name in ran.hit, "the crash point was not reached"


def test_random_kills_on_a_bad_network_lose_nothing_and_double_nothing(ran: Findings) -> None:
    nights = {name: said for name, said in ran.cases.items() if name.startswith("seed ")}
    assert {name: said for name, said in nights.items() if said} == {}, ran.problems
    assert len(nights) == ran.seeds == SEEDS, ran.problems
    assert ran.killed >= SEEDS, "the senders were hardly killed"


def test_a_naive_sender_is_caught(house: CrashHouse) -> None:
    found = [naive_night(house, NAIVE_DOCUMENTS, seed) for seed in (1, 2)]
    assert sum(night.killed for night in found) > 0
    assert sum(night.doubled for night in found) > 0


def test_a_presenter_that_makes_up_a_request_id_for_every_send_is_caught(house: CrashHouse) -> None:
    assert ByChance(1, naive=True)(house, 60, 0).verdict.doubled != []


def test_a_sender_of_changes_that_sends_again_what_has_no_answer_is_caught(house: CrashHouse) -> None:
    assert Cut(point="written", at=0.4, naive=True)(house, 60, 0).verdict.doubled != []


def test_a_crash_point_that_lies_elsewhere_than_it_says_ends_its_process(
    house: CrashHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(points.os, "_exit", ended.append)
    with connect(house.postgres.dsn()) as connection:
        points.prove_place("group committed", (connection,))
        assert ended == []
        points.prove_place("rows not committed", (connection,))
        assert ended == [points.WRONG_PLACE]
        connection.execute("SELECT 1")
        points.prove_place("rows not committed", (connection,))
        assert len(ended) == 1
        points.prove_place("group committed", (connection,))
    assert len(ended) == 2


def test_a_resolution_that_does_not_wait_until_the_authority_is_done_would_double(house: CrashHouse) -> None:
    assert asked_too_early(house, 20).doubled != []


def test_the_judge_sees_what_was_planted(house: CrashHouse) -> None:
    with house.scene() as scene:
        scene.fill(20)
        assert scene.live(scene.orders(20)) == 0
        assert judge(scene).clean
        accepted, other, refused = (
            next(one for one in scene.dropped if one.fate == fate and one.name > name)
            for fate, name in (("created", ""), ("created", "00002"), ("refused", ""))
        )
        truth = TruthLog(house.sandbox.home / "truth.jsonl")
        truth.open()
        for one in (accepted, refused):
            truth.add("vegvesen", "opprette", CREATED, sha256=one.sha256)
        truth.close()
        next(path for path in scene.drop.rglob("*.xml") if path.name.startswith(other.sha256[:12])).unlink()
        scene.dropped.append(Dropped("never-listed.xml", "0" * 64, "created"))

        verdict = judge(scene)

    assert verdict.doubled == [f"{accepted.sha256[:12]} was created 2 times"]
    assert verdict.wrong == [f"{refused.sha256[:12]} is REFUSED and was created"]
    assert any(other.sha256[:12] in one for one in verdict.lost)
    assert any("never-listed.xml" in one for one in verdict.lost)


def test_a_run_that_finds_no_double_of_the_naive_sender_has_failed() -> None:
    assert not Findings().passed
    assert Findings(naive_doubled=1).passed
    assert not Findings(naive_doubled=1, missed=["W4 never reached"]).passed
    lanes = [Findings(hit=["a"], naive_doubled=1, seeds=2), Findings(hit=["a", "b"], doubled=1, seeds=3)]
    total = Findings.from_json(Findings.sum(lanes).to_json())
    assert not total.passed
    assert total.last_line(9) == "crash: cases=2 docs=9 seeds=5 lost=0 doubled=1 wrong=0 naive_doubled=1"


def test_a_lane_that_breaks_is_a_problem_of_the_run(tmp_path: Path) -> None:
    home = tmp_path / "lanes"
    home.mkdir()
    (home / "lane0").write_text("not a folder")
    found = run_in_lanes(home, Load(documents=1, night_documents=1, seeds=[1]), 1, say=lambda line: None)
    assert found.seeds == 0 and "a lane ended with" in found.problems[0]


def test_every_window_is_drilled_or_says_why_not() -> None:
    drilled = {window.number for window in WINDOWS} | {"W10"}  # tests/crash/polls.py
    assert drilled | set(NOT_APPLICABLE) == {f"W{number}" for number in range(1, 25)}
    assert not drilled & set(NOT_APPLICABLE)
    assert len({window.name for window in WINDOWS}) == len(WINDOWS)


def test_every_case_is_explained() -> None:
    page = (ROOT / "docs" / "crash.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| W")}
    assert [window.name for window in WINDOWS if window.cut not in rows.get(window.number, "")] == []


def test_every_crash_point_is_used() -> None:
    text = (Path(__file__).parent / "windows.py").read_text(encoding="utf-8") + "".join(
        (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
        for name in ("together", "drills", "settling", "presentations", "changes")
    )
    assert [point for point in POINTS if f'"{point}"' not in text] == []
