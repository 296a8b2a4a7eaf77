"""Which DAGs come out of the parties file, and what they say of themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from include.config.party import Party
from samsvar import party_dag
from samsvar.house import timetable
from samsvar.party_dag import again_form, deadline, parties_to_build

PARTIES = """
parties:
  - {id: nordbil, name: Nordbil, organisation_number: "310000019"}
  - {id: asleep, name: Asleep, organisation_number: "310000019", enabled: false}
  - {id: customs_only, name: Customs, organisation_number: "310000019", roles: [customs]}
  - {id: others_send, name: Reported, organisation_number: "310000019", access: reported}
  - {id: broken, name: Broken, organisation_number: "123"}
"""


@pytest.fixture
def parties(tmp_path, monkeypatch):
    path = tmp_path / "parties.yaml"
    path.write_text(PARTIES, encoding="utf-8")
    monkeypatch.setenv("SAMSVAR_PARTIES_FILE", str(path))


def party(**block) -> Party:
    return Party.model_validate({"id": "nordbil", "name": "N", "organisation_number": "310000019", **block})


def ids(pairs):
    return [(good.id if good else None, broken.id if broken else None) for good, broken in pairs]


@pytest.mark.usefixtures("parties")
def test_enabled_ecoc_parties_and_broken_blocks_get_a_dag_and_nobody_else():
    assert ids(parties_to_build("ecoc_submission__{party}", role="ecoc")) == [("nordbil", None), (None, "broken")]


@pytest.mark.usefixtures("parties")
@pytest.mark.parametrize(
    ("dag_id", "built"),
    [
        ("ecoc_submission__nordbil", [("nordbil", None)]),
        ("ecoc_submission__broken", [(None, "broken")]),
        ("customs_routing", []),
    ],
)
def test_a_task_process_builds_only_the_dag_it_runs(monkeypatch, dag_id, built):
    class Context:
        pass

    context = Context()
    context.dag_id = dag_id
    monkeypatch.setattr(party_dag, "get_parsing_context", lambda: context)
    assert ids(parties_to_build("ecoc_submission__{party}", role="ecoc")) == built


@pytest.mark.parametrize(
    ("block", "interval"),
    [
        ({}, timedelta(hours=4, minutes=45)),
        ({"schedule": "0 22 * * *", "deadline": "06:00"}, timedelta(hours=8)),
        ({"deadline": None}, None),
        ({"schedule": None}, None),
        ({"schedule": "*/10 * * * *"}, None),
    ],
)
def test_the_deadline_counts_from_the_schedule_to_the_party_s_time_of_day(block, interval):
    alert = deadline(party(**block))
    assert (alert.interval if alert else None) == interval


def test_the_night_runs_in_the_party_s_own_time_zone():
    assert "Europe/Oslo" in str(timetable("15 1 * * *", "Europe/Oslo").timezone)
    assert timetable(None, "Europe/Oslo") is None


def test_the_form_selects_by_every_field_of_a_refused_selection():
    from include.ledger.refused import RefusedSelection

    assert set(again_form()) == {f"again_{name}" for name in RefusedSelection.__dataclass_fields__}
    assert all(param.value is None for param in again_form().values())
