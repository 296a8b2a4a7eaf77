"""
### What it does
Lets a named person decide about one document that no lookup can settle, or that is held: **find** looks it up by
SHA-256, VIN or reference, **confirm** shows what would be decided and waits for *Approve*, **decide** writes it into
the ledger with the name of who approved. *accepted*: the authority has it, say in words how you know. *send once
more*: the importer's next run sends it again. *give up*: it counts as not accepted. *release*: a held one is sent.

### When it runs
By hand only: *Trigger*, fill in the form, then answer under *Required Actions*. Several may wait at the same time.

### Reads
The ledger; the connection `warehouse`. `python -m samsvar open` lists what waits.

### Writes
The ledger: the state, and one row in `ledger.decision` with name and words. It sends nothing; a document that is to be
sent goes with the importer's next run, and receipts come with that run too.

### If it fails
The sentence says why: no such document waits, several do, or it moved since it was looked at. Then nothing was
decided; trigger it anew. Clearing a task decides nothing twice. *Reject* changes nothing.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Param

from samsvar.house import house_dag_arguments
from samsvar.operators.decide_by_hand import DecideByHandOperator
from samsvar.operators.find_undecided import FindUndecidedOperator

CHOICES = ["accepted", "send once more", "give up", "release"]
FORM = {
    "document": Param("", type="string", minLength=3, title="Document", description="SHA-256, VIN or reference."),
    "decision": Param("accepted", type="string", enum=CHOICES, title="Decision"),
    "words": Param(
        "", type="string", minLength=10, title="Evidence, or the reason", description="How you know; it is kept."
    ),
}

with DAG(
    "ecoc_decision",
    schedule=None,
    doc_md=__doc__,
    dag_display_name="eCoC · decide by hand",
    tags=["ecoc", "decision"],
    dagrun_timeout=timedelta(days=7),
    is_paused_upon_creation=False,
    params=FORM,
    render_template_as_native_obj=True,
    **{**house_dag_arguments(), "max_active_runs": 16},
) as dag:
    find = FindUndecidedOperator(task_id="find")
    confirm = ApprovalOperator(
        task_id="confirm",
        subject="{{ params.decision }}: is this to be decided?",
        body="{{ ti.xcom_pull(task_ids='find')['sentence'] }}",
        execution_timeout=None,
        response_timeout=timedelta(days=6),
    )
    decide = DecideByHandOperator(task_id="decide", found=find.output, confirmed=confirm.output)
    find >> confirm >> decide
