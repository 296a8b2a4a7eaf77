from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference
from airflow.triggers.callback import CallbackTrigger

from samsvar.notifiers.deadline import deadline_missed

PATH = "samsvar.notifiers.deadline.deadline_missed"
CONTEXT = {
    "dag_run": {"dag_id": "ecoc_submission__nordbil", "dag_run_id": "scheduled__2026-03-05"},
    "deadline": {"id": "1", "deadline_time": datetime(2026, 3, 5, 5, 0, tzinfo=UTC)},
}
PARTIES = """
parties:
  - id: nordbil
    name: Nordbil Import AS
    organisation_number: "310000019"
    notify:
      - {type: http, conn_id: hook}
  - id: broken
    name: Broken
"""


@pytest.fixture(autouse=True)
def parties(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "parties.yaml"
    path.write_text(PARTIES, encoding="utf-8")
    monkeypatch.setenv("SAMSVAR_PARTIES_FILE", str(path))
    return path


def test_airflow_takes_the_callback_of_a_deadline_alert_by_its_name() -> None:
    alert = DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(hours=4),
        callback=AsyncCallback(PATH, kwargs={"party_id": "nordbil"}),
    )
    assert alert.callback.serialize() == {"path": PATH, "kwargs": {"party_id": "nordbil"}}


async def test_airflow_s_trigger_runs_it_and_the_party_s_channel_is_told(webhook: Any) -> None:
    trigger = CallbackTrigger(PATH, {"party_id": "nordbil", "context": CONTEXT})
    events = [event.payload async for event in trigger.run()]
    assert [str(event["state"]) for event in events] == ["running", "success"]
    ((_, body),) = webhook.got
    assert body["sentences"] == [
        "nordbil: the run scheduled__2026-03-05 of ecoc_submission__nordbil is not done by 2026-03-05 05:00 UTC. "
        "Nothing is lost and nothing is sent twice: look at the running or red task in Airflow, and clear it once its "
        "cause is gone."
    ]


@pytest.mark.parametrize("context", [None, {}, {"dag_run": None, "deadline": {"deadline_time": "soon"}}, "odd"])
async def test_a_context_that_tells_nothing_still_gives_a_sentence(context: Any, webhook: Any) -> None:
    assert "is not done by its deadline" in await deadline_missed("nordbil", context=context)
    assert len(webhook.got) == 1


async def test_a_deadline_told_as_text_is_understood() -> None:
    context = {"dag_run": {"dag_run_id": "r"}, "deadline": {"deadline_time": "2026-03-05T05:00:00+00:00"}}
    assert "not done by 2026-03-05 05:00 UTC" in await deadline_missed("nordbil", context=context)


@pytest.mark.parametrize("party", ["broken", "no_such_party"])
async def test_a_party_that_cannot_be_read_any_more_is_told_in_the_log(
    party: str, caplog: pytest.LogCaptureFixture
) -> None:
    sentence = await deadline_missed(party, context=CONTEXT)
    assert sentence in caplog.messages
    assert [record for record in caplog.records if record.levelname == "ERROR" and party in record.getMessage()]


async def test_a_file_of_parties_that_is_gone_stops_nothing(parties: Path, caplog: pytest.LogCaptureFixture) -> None:
    parties.unlink()
    assert await deadline_missed("nordbil", context=CONTEXT) in caplog.messages


def test_importing_the_callback_costs_a_task_process_nothing_heavy() -> None:
    code = (
        "import sys; import samsvar.notifiers.deadline; "
        "print([m for m in ('airflow', 'pydantic', 'psycopg', 'aiohttp', 'smtplib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
