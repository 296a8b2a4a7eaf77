"""
### What it does
Three tasks that do not wait for each other. **make_partitions** makes the tables of the coming months.
**delete_payloads** deletes the authorities' answers that are older than the retention, and writes a row of proof for
each; attempts, their hashes and everything else stay. **seal** closes each importer's evidence of the days that are
over (UTC): one Merkle root over every attempt and decision, which holds the root of the day before.
`make verify-ledger` computes them again and names what was changed.

### When it runs
Every morning at 06:45 (`SAMSVAR_HOUSEKEEPING_SCHEDULE`, a cron line in Europe/Oslo), one run at a time. A run that did
not take place is made up for by the next.

### Reads
The ledger; parties.yaml for the warehouses that parties name; `SAMSVAR_RETENTION_MONTHS` (12).

### Writes
The ledger: partitions; `ledger.payload_removal` (and deletes from `ledger.reply`); `ledger.seal`, `ledger.seal_mark`.

### If it fails
Red means that a warehouse is away, or that a transaction that writes evidence never ends: the sentence says which. Mend
it and clear the task. Nothing of an importer waits for this DAG. Clearing, retrying or marking a task deletes nothing
before its time and seals nothing twice.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from samsvar.house import HOUSEKEEPING_SCHEDULE, RETENTION_MONTHS, house_dag_arguments, timetable
from samsvar.operators.delete_payloads import DeletePayloadsOperator
from samsvar.operators.make_partitions import MakePartitionsOperator
from samsvar.operators.seal_evidence import SealEvidenceOperator

with DAG(
    "housekeeping",
    schedule=timetable(HOUSEKEEPING_SCHEDULE),
    doc_md=__doc__,
    dag_display_name="Housekeeping",
    tags=["housekeeping", "evidence"],
    dagrun_timeout=timedelta(hours=6),
    is_paused_upon_creation=False,
    **house_dag_arguments(),
) as dag:
    MakePartitionsOperator(task_id="make_partitions")
    DeletePayloadsOperator(task_id="delete_payloads", months=RETENTION_MONTHS)
    SealEvidenceOperator(task_id="seal")
