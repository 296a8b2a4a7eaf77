"""
### What it does
Reads customs' control signals (*control routing*) for every party with the role customs, each signal once and in feed
order, and keeps for each consignment whether it may be released. What selects, holds or seizes goods, and what reverses
an earlier release, is told at once; each presentation file gets a receipt `receipts/<name>.routing.csv`.

### When it runs
Every minute (`SAMSVAR_CUSTOMS_POLL_SCHEDULE`, a cron line in Europe/Oslo; empty: only by hand), one run at a time and
no catch-up: what was missed is read by the next run. A tick without news is quickly green and skipped. While no party
has the role customs, it has no schedule.

### Reads
The feeds of the connection `toll` from the marker in `ledger.marker`; parties.yaml (`routing_feeds`, `control_places`,
thresholds); the presentations in the ledger.

### Writes
`ledger.customs_signal` and the marker in one transaction, through them `mart.customs_signal`,
`mart.customs_consignment` and `mart.customs_arrival`; `mart.alert`; `<drop>/receipts/`; an event of the asset alias
`customs_control_signals` (asset `samsvar://customs/control/<party>`) for each TO_CONTROL.

### If it fails
Everything read before is stored. An authority that is down is tried again by itself; hold goods without a signal
meanwhile. *Marker refused*: run `customs_rewind`. Clearing a task, running it twice or killing it loses nothing and
doubles nothing.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from samsvar.customs_asset import CONTROL_SIGNALS
from samsvar.customs_dag import CUSTOMS_POLL_SCHEDULE, polling_parties
from samsvar.house import house_dag_arguments, timetable
from samsvar.operators.poll_routing import PollRoutingOperator

polled = polling_parties("customs_routing")

with DAG(
    "customs_routing",
    schedule=timetable(CUSTOMS_POLL_SCHEDULE) if polled else None,
    doc_md=__doc__,
    dag_display_name="Customs · control signals",
    tags=["customs", "poll"],
    dagrun_timeout=timedelta(hours=2),
    is_paused_upon_creation=False,
    **house_dag_arguments(),
) as dag:
    PollRoutingOperator.partial(
        task_id="poll", map_index_template="{{ task.party_id }}", outlets=[CONTROL_SIGNALS]
    ).expand(party_id=polled)
