"""
### What it does
Asks, for every importer and day that something happened to, whether all systems agree. **reconcile** counts the files,
names the importers that did not run, looks for every kind of difference (an acceptance without evidence, an outcome
unknown for too long, a receipt that tells another state …) and writes each down once, with its age, its owner and the
next step; what is gone is marked as gone. The group **checks** holds what must always be true, one task each: sums that
add up, no document in two states, no decision without evidence.

### When it runs
After every importer's run (the asset `samsvar_reconciled`) and every morning at 06:00 Oslo
(`SAMSVAR_RECONCILIATION_SCHEDULE`), one run at a time. By hand with *first* and *last* it looks at those days again,
however old they are.

### Reads
The ledger; parties.yaml (which importers were due).

### Writes
`ledger.party_day` and `ledger.difference`; analysts read `mart.reconciliation` and `mart.difference`.

### If it fails
A red task in **checks** means that the ledger contradicts itself: its sentence names the rows; send nothing for those
documents, and report it. It stays red in every run until the rows are right. A red **reconcile** means that the
warehouse is away: clear it. Clearing, retrying or running twice counts nothing twice.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, AssetOrTimeSchedule, Param, task_group

from samsvar.house import INVARIANTS, RECONCILED, RECONCILIATION_SCHEDULE, house_dag_arguments, timetable
from samsvar.operators.check_invariant import CheckInvariantOperator
from samsvar.operators.reconcile_days import ReconcileDaysOperator

with DAG(
    "reconciliation",
    schedule=AssetOrTimeSchedule(timetable=timetable(RECONCILIATION_SCHEDULE), assets=[RECONCILED]),
    doc_md=__doc__,
    dag_display_name="Reconciliation · do all systems agree?",
    tags=["ecoc", "reconciliation"],
    dagrun_timeout=timedelta(hours=2),
    is_paused_upon_creation=False,
    params={
        "first": Param(
            None, type=["null", "string"], format="date", title="First day", description="Empty: what changed."
        ),
        "last": Param(None, type=["null", "string"], format="date", title="Last day", description="Empty: today."),
    },
    **house_dag_arguments(assets=True),
) as dag:
    reconcile = ReconcileDaysOperator(
        task_id="reconcile", first="{{ params.first or '' }}", last="{{ params.last or '' }}"
    )

    @task_group
    def checks():
        for kind in INVARIANTS:
            CheckInvariantOperator(task_id=kind, kind=kind)

    reconcile >> checks()
