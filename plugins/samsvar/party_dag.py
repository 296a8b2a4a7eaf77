"""One DAG per party: which to build when a DAG file is parsed, and what they all have in common."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, Param, get_parsing_context
from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from include.config.parties import BrokenParty, load_parties, load_party
from samsvar.house import DEFAULT_ARGS, OWNER, TIMEZONE, timetable
from samsvar.operators.fail_plainly import FailPlainlyOperator

if TYPE_CHECKING:
    from include.config.party import Party, Role

_START = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))
# Airflow imports it when the DAG is built; a test keeps that module light.
_DEADLINE_MISSED = "samsvar.notifiers.deadline.deadline_missed"
_AGAIN = {
    "again_file_name": ("File name", "As it was dropped."),
    "again_vin": ("VIN", ""),
    "again_meldingskode": (
        "meldingskode",
        "Of the refusal, such as kjoretoy.coc.KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES.",
    ),
    "again_type_approval": ("Type approval", "The number; narrowed down as number|variant or number|variant|version."),
}
# Airflow checks each field's schema while it parses: this draft is one page, the default's several, twice as dear.
_DRAFT: dict[str, Any] = {"$schema": "http://json-schema.org/draft-07/schema#"}
_RULE = "Leave all four empty for an ordinary run. What you fill in must all fit: several fields narrow it down. "


def parties_to_build(dag_id: str, *, role: Role) -> Iterator[tuple[Party | None, BrokenParty | None]]:
    """Each party with its block good or broken. A task's process, which knows its DAG, gets that party only.

    `dag_id` is the pattern of the DAG ids, with `{party}` in it.
    """
    wanted = get_parsing_context().dag_id
    prefix = dag_id.format(party="")
    if wanted is not None:
        if wanted.startswith(prefix):
            yield from _sorted_out([load_party(None, wanted.removeprefix(prefix))], role)
        return
    parties = load_parties()
    yield from _sorted_out([*parties.good.values(), *parties.broken.values()], role)


def _sorted_out(parties: list[Party | BrokenParty], role: Role) -> Iterator[tuple[Party | None, BrokenParty | None]]:
    for party in parties:
        if isinstance(party, BrokenParty):
            yield None, party
        elif party.enabled and role in party.roles and party.access != "reported":
            yield party, None


def party_dag_arguments(party: Party) -> dict[str, Any]:
    """What every DAG of a party's nightly run says of itself."""
    return {
        "start_date": _START,
        "catchup": False,
        "max_active_runs": 1,
        "allowed_run_types": ["scheduled", "manual"],  # a backfill would collect today's inbox for a day long past
        "default_args": {**DEFAULT_ARGS, "owner": OWNER},
        "dagrun_timeout": timedelta(hours=20),
        "tags": ["ecoc", party.id, party.access],
        "dag_display_name": f"eCoC · {party.name}",
        "params": again_form(),
        "deadline": deadline(party),
        "render_template_as_native_obj": True,
    }


def again_form() -> dict[str, Param]:
    """The form *send refused again*: empty fields select nothing."""
    return {
        name: Param(
            None,
            type=["null", "string"],
            title=title,
            description=(_RULE if number == 0 else "") + text,
            section="Send refused again",
            **_DRAFT,
        )
        for number, (name, (title, text)) in enumerate(_AGAIN.items())
    }


def deadline(party: Party) -> DeadlineAlert | None:
    """An alert when a night is not done by the party's time of day; a run by hand has as long from its start."""
    interval = _until(party)
    if interval is None:
        return None
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=interval,
        callback=AsyncCallback(_DEADLINE_MISSED, kwargs={"party_id": party.id}),
        name=f"{party.id}: {interval} after its start (a night by {party.deadline})",
    )


def _until(party: Party) -> timedelta | None:
    """From the schedule's minute and hour to the deadline; None where one of them is not a plain time."""
    if party.deadline is None or party.schedule is None:
        return None
    minute, hour = party.schedule.split()[:2]
    if not (minute.isdigit() and hour.isdigit()):
        return None
    done_hour, done_minute = (int(part) for part in party.deadline.split(":"))
    minutes = (done_hour * 60 + done_minute) - (int(hour) * 60 + int(minute))
    return timedelta(minutes=minutes if minutes > 0 else minutes + 24 * 60)


def broken_party_dag(dag_id: str, broken: BrokenParty, *, doc_md: str | None) -> DAG:
    """A party whose block is broken keeps its DAG, with one task that fails on schedule and says line and reason."""
    with DAG(
        dag_id.format(party=broken.id),
        schedule=timetable(broken.schedule, TIMEZONE),
        start_date=_START,
        catchup=False,
        max_active_runs=1,
        default_args={**DEFAULT_ARGS, "retries": 0},
        tags=["ecoc", broken.id, "broken block"],
        dag_display_name=f"eCoC · {broken.id} (its block is broken)",
        doc_md=f"**{broken.sentence}**\n\nOnce it is corrected this DAG is the ordinary one:\n\n{doc_md}",
    ) as dag:
        FailPlainlyOperator(task_id="party_block", sentence=broken.sentence)
    return dag
