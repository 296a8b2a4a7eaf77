"""
### What it does
Reads from customs what became of each presentation after it was taken: validated, or refused with the reasons. A status
also proves that a presentation arrived whose answer was lost. Statuses of requests that are not ours are kept too.

### When it runs
Every minute (`SAMSVAR_CUSTOMS_POLL_SCHEDULE`, a cron line in Europe/Oslo; empty: only by hand), one run at a time and
no catch-up. A tick without news is quickly green and skipped. While no party has the role customs, it has no schedule.

### Reads
Validation status at the connection `toll`, in the way its field *validation_status_mode* says; parties.yaml; the
presentations in the ledger.

### Writes
`ledger.validation_status`, and through it `mart.customs_presentation`; `mart.alert` for failures and for what is
overdue; routing receipts in `<drop>/receipts/`.

### If it fails
Everything read before is stored. An authority that is down is tried again by itself. Red means a connection, a scope or
an access: read the sentence, mend it; the next run goes on. Clearing a task sends nothing and doubles nothing.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from samsvar.customs_dag import CUSTOMS_POLL_SCHEDULE, polling_parties
from samsvar.house import house_dag_arguments, timetable
from samsvar.operators.poll_validation_status import PollValidationStatusOperator

polled = polling_parties("customs_validation_status")

with DAG(
    "customs_validation_status",
    schedule=timetable(CUSTOMS_POLL_SCHEDULE) if polled else None,
    doc_md=__doc__,
    dag_display_name="Customs · validation status",
    tags=["customs", "poll"],
    dagrun_timeout=timedelta(hours=2),
    is_paused_upon_creation=False,
    **house_dag_arguments(),
) as dag:
    PollValidationStatusOperator.partial(task_id="poll", map_index_template="{{ task.party_id }}").expand(
        party_id=polled
    )
