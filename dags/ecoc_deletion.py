"""
### What it does
Deletes vehicles at Statens vegvesen that were created by mistake, after a named person approved it. **find** reads the
form and the lists in the importers' `deletions/` folders, and looks up which accepted document each row means. For each
importer **approve** shows the vehicles and waits for *Approve* or *Reject*; **delete** sends what was approved, one
after the other; **tell** writes the receipts. **find approved** and **delete again** send what an earlier run left, or
what is to be sent once more after its answer was lost.

### When it runs
Every quarter of an hour (`SAMSVAR_DELETION_SCHEDULE`, a cron line in Europe/Oslo); with nothing to do it is quickly
green and skipped. By hand at any time: *Trigger*, fill in party, references or VINs (one per line) and the reason, then
answer under *Required Actions*. With the party alone, the form asks anew for what an unanswered run had asked. Several
runs may wait for answers at the same time.

### Reads
The form; `<drop>/deletions/` (CSV, XLSX, JSON or TXT); the ledger; the register, if one is set up; the connections
`vegvesen`, `maskinporten`, `ecoc_sftp` and `warehouse`, or those the party names.

### Writes
Deletions at Statens vegvesen; the ledger and through it `mart.ecoc_deletion` and `mart.ecoc_document`, with the name of
who approved; receipts of lists and documents; the lists move to `<drop>/archive/` or `rejected/`.

### If it fails
Read the one sentence in the failed task's log, mend what it names, and clear the task: what is approved and not sent is
sent, nothing twice. A vehicle that is registered, not ours or not known turns nothing red: `mart.ecoc_deletion` and the
receipt say so in one sentence. *Reject* deletes nothing. *Mark success* on **approve** approves nothing. An outcome
that nobody knows is settled by *ecoc_resolution*, or decided with *ecoc_decision*.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param, TriggerRule, task_group

from samsvar.house import DELETION_SCHEDULE, LOT_POOLS, RECONCILED, house_dag_arguments, timetable
from samsvar.operators.approve_deletion import ApproveDeletionOperator
from samsvar.operators.delete_ecoc import DeleteEcocOperator
from samsvar.operators.find_approved_deletions import FindApprovedDeletionsOperator
from samsvar.operators.find_deletions import FindDeletionsOperator
from samsvar.operators.tell_deletions import TellDeletionsOperator

FORM = {
    "party": Param(None, type=["null", "string"], title="Party", description="Its id, as in parties.yaml."),
    "vehicles": Param(
        [], type="array", items={"type": "string"}, title="References or VINs", description="One on each line."
    ),
    "reason": Param(None, type=["null", "string"], title="Reason", description="Why; it is kept."),
}

with DAG(
    "ecoc_deletion",
    schedule=timetable(DELETION_SCHEDULE),
    doc_md=__doc__,
    dag_display_name="eCoC · delete",
    tags=["ecoc", "deletion"],
    dagrun_timeout=timedelta(days=7),
    is_paused_upon_creation=False,
    params=FORM,
    render_template_as_native_obj=True,
    **{**house_dag_arguments(), "max_active_runs": 64},
) as dag:
    labelled = {"map_index_template": "{{ task.asked['party'] }}"}
    send = {"pool": LOT_POOLS["submit"], **labelled}
    last = {"pool": LOT_POOLS["file_away"], "trigger_rule": TriggerRule.ALL_DONE, "outlets": [RECONCILED], **labelled}

    @task_group
    def party(asked):
        approve = ApproveDeletionOperator(
            task_id="approve", asked=asked, execution_timeout=None, response_timeout=timedelta(days=6), **labelled
        )
        delete = DeleteEcocOperator(task_id="delete", asked=asked, **send)
        tell = TellDeletionsOperator(task_id="tell", asked=asked, **last)
        approve >> delete >> tell

    @task_group
    def again(asked):
        delete = DeleteEcocOperator(task_id="delete", asked=asked, **send)
        tell = TellDeletionsOperator(task_id="tell", asked=asked, **last)
        delete >> tell

    find = FindDeletionsOperator(task_id="find")
    find_approved = FindApprovedDeletionsOperator(task_id="find_approved")
    party.expand(asked=find.output)
    again.expand(asked=find_approved.output)
