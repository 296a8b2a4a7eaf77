"""
### What it does
Reads the last two days of each feed of control signals once more and raises an alarm when customs put a signal in
behind the marker, where a poll would never see it. Such a signal is stored in its place in the feed and counts.

### When it runs
Nightly at 03:40 (`SAMSVAR_CUSTOMS_REREAD_SCHEDULE`, a cron line in Europe/Oslo; empty: only by hand), one run at a
time. Trigger it by hand at any time. While no party has the role customs, it has no schedule.

### Reads
The feeds of the connection `toll`, from the marker of two days ago in `ledger.marker_history` to the present one.

### Writes
`ledger.customs_signal` for what was not known, with `late` set; `mart.alert`. The marker does not move.

### If it fails
Nothing is lost: the polls do not depend on it. *Marker refused* here means that customs no longer knows the marker of
two days ago; ask Tolletaten how long markers live. Clear the task at any time.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from samsvar.customs_dag import CUSTOMS_REREAD_SCHEDULE, polling_parties
from samsvar.house import house_dag_arguments, timetable
from samsvar.operators.reread_routing import RereadRoutingOperator

polled = polling_parties("customs_reread")

with DAG(
    "customs_reread",
    schedule=timetable(CUSTOMS_REREAD_SCHEDULE) if polled else None,
    doc_md=__doc__,
    dag_display_name="Customs · read again",
    tags=["customs", "poll"],
    dagrun_timeout=timedelta(hours=6),
    is_paused_upon_creation=False,
    **house_dag_arguments(),
) as dag:
    RereadRoutingOperator.partial(task_id="reread", map_index_template="{{ task.party_id }}").expand(party_id=polled)
