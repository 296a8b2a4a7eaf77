"""A wrong setting gives one plain sentence in the task log, and names what to change."""

from __future__ import annotations

import pytest

from include.ivi.samples import sample

pytestmark = [pytest.mark.house, pytest.mark.xdist_group("house")]

#: Party, the task that must say it, and words the sentence must hold.
SENTENCES = [
    ("wrong_client", "lot.submit", ("client",)),
    ("expired_key", "lot.submit", ("key", "expired")),
    ("missing_scope", "lot.submit", ("scope",)),
    ("no_delegation", "lot.submit", ("Altinn",)),
    ("wrong_base_url", "lot.submit", ("base URL",)),
    ("wrong_host_key", "collect", ("host key",)),
    ("no_warehouse", "collect", ("warehouse", "cannot be reached")),
]


@pytest.mark.parametrize(("party", "task", "words"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_a_wrong_setting_is_named_in_one_sentence(journey, party, task, words):
    number = 500 + [row[0] for row in SENTENCES].index(party)
    journey.upload(party, {b"one.xml": sample(number=number)})
    journey.api.set_paused(journey.dag(party), paused=False)
    run_id = journey.api.trigger(journey.dag(party))
    index = 0 if task.startswith("lot.") else -1
    line = _error_line(journey, party, run_id, task, index)
    journey.api.call("PATCH", f"/dags/{journey.dag(party)}/dagRuns/{run_id}", json={"state": "failed"})
    assert all(word.lower() in line.lower() for word in words), line
    assert "Traceback" not in line
    assert not [sha for sha in journey.created() if sha == number]


def _error_line(journey, party, run_id, task, index) -> str:
    """The first error line of the task's first try, once there is one."""
    import time

    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            text = journey.api.log(journey.dag(party), run_id, task, map_index=index)
        except Exception:
            text = ""
        lines = [line for line in text.splitlines() if " error " in f" {line} "]
        if lines:
            return lines[0]
        time.sleep(1)
    return ""
