"""
### What it does
Sets the marker of a feed of control signals back, by a named person and with a reason: **find** shows where the marker
stands and what would happen, **confirm** waits for *Approve*, **rewind** does it. The next poll reads everything from
there again; what is known is kept once, and what was missing is stored in its place.

### When it runs
By hand only: *Trigger*, fill in the form, then answer under *Required Actions*. Needed when customs refuses the marker.

### Reads
The ledger; parties.yaml; the connection `toll` for its environment.

### Writes
`ledger.marker`, and `ledger.marker_history` with the name of who approved and the reason.

### If it fails
Then nothing was rewound: the sentence says why, such as a signal that is not known in this feed. Clearing a task
rewinds nothing twice. *Reject* changes nothing.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Param

from samsvar.house import house_dag_arguments
from samsvar.operators.find_marker import FindMarkerOperator
from samsvar.operators.rewind_marker import RewindMarkerOperator

FORM = {
    "party": Param("", type="string", minLength=2, title="Party", description="Its id in parties.yaml."),
    "feed": Param("house-consignment", type="string", enum=["house-consignment", "transport"], title="Feed"),
    "to": Param(
        None,
        type=["null", "string"],
        title="Back to",
        description="Id of a stored signal, or a time such as 2026-11-20 06:00. Empty: the start of the feed.",
    ),
    "reason": Param("", type="string", minLength=10, title="Reason", description="It is kept with your name."),
}

with DAG(
    "customs_rewind",
    schedule=None,
    doc_md=__doc__,
    dag_display_name="Customs · set a marker back",
    tags=["customs", "decision"],
    dagrun_timeout=timedelta(days=7),
    is_paused_upon_creation=False,
    params=FORM,
    render_template_as_native_obj=True,
    **{**house_dag_arguments(), "max_active_runs": 16},
) as dag:
    find = FindMarkerOperator(task_id="find")
    confirm = ApprovalOperator(
        task_id="confirm",
        subject="Is the marker of {{ params.party }} to be set back?",
        body="{{ ti.xcom_pull(task_ids='find')['sentence'] }}",
        execution_timeout=None,
        response_timeout=timedelta(days=6),
    )
    rewind = RewindMarkerOperator(task_id="rewind", found=find.output, confirmed=confirm.output)
    find >> confirm >> rewind
