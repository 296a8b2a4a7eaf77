"""
### What it does
Settles outcomes that nobody knows. A document that was sent without a readable answer waits until its time to settle
is over; then **find** names the importers that have such documents, and for each **resolve** looks the vehicles up in
the register. Found, and not there before we sent: accepted. Not there: it is sent once more, by the importer's next
run, and only once. Everything else waits for a named person, with one sentence that says why. This DAG sends nothing.

### When it runs
Every ten minutes (`SAMSVAR_RESOLUTION_SCHEDULE`, a cron line in Europe/Oslo), one run at a time. When nothing waits it
is quickly green and skipped. Trigger it by hand at any time.

### Reads
The ledger; the register of the connection `fiks` or `vegvesen_register` (whichever exists, or the one that
`SAMSVAR_REGISTER` names); parties.yaml.

### Writes
The ledger: states, and one row in `ledger.decision` for each that was settled; through it `mart.ecoc_document`.
Receipts are written by the importer's next run.

### If it fails
Red means that the register refuses us for good (a connection, a scope, an access) or that the warehouse is away: read
the sentence, mend it, clear the task. A register that is down or slow is not red: the outcomes stay unknown and are
looked up again later. Clearing, retrying or marking a task sends nothing and settles nothing twice.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from samsvar.house import RECONCILED, RESOLUTION_SCHEDULE, house_dag_arguments, timetable
from samsvar.operators.find_unknown import FindUnknownOperator
from samsvar.operators.resolve_unknown import ResolveUnknownOperator

with DAG(
    "ecoc_resolution",
    schedule=timetable(RESOLUTION_SCHEDULE),
    doc_md=__doc__,
    dag_display_name="eCoC · unknown outcomes",
    tags=["ecoc", "resolution"],
    dagrun_timeout=timedelta(hours=2),
    is_paused_upon_creation=False,
    **house_dag_arguments(),
) as dag:
    find = FindUnknownOperator(task_id="find")
    ResolveUnknownOperator.partial(
        task_id="resolve", map_index_template="{{ task.party_id }}", outlets=[RECONCILED]
    ).expand(party_id=find.output)
