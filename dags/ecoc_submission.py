"""
### What it does
Carries one importer's eCoC documents from the SFTP drop to Statens vegvesen and files them away: **collect** what is
whole, **plan** lots, then per lot **validate**, **submit** and **file away**, and at the end **reconcile**.
Every send ends accepted, refused, not sent or unknown. An unknown one is never sent again blindly.

### When it runs
Nightly at the party's `schedule` (01:15 Europe/Oslo unless parties.yaml says otherwise), one run at a time, no catch-up
and no backfill: the work is what lies at the drop, not a date. Nothing to do is quickly green and skipped.
*Trigger* it by hand at any time; with the form's *again …* fields it also sends refused documents once more.

### Reads
The party's block in parties.yaml; `<drop>/inbox/` (documents, sidecars, `manifest.csv`); the ledger; the connections
`ecoc_sftp`, `vegvesen`, `maskinporten`, `warehouse` or those the party names.

### Writes
The ledger and through it `mart.ecoc_*`; `<drop>/archive/`, `rejected/` and `receipts/`; vehicles at Statens vegvesen.

### If it fails
Read the one sentence in the failed task's log, mend what it names, and **clear the task with its downstream**: only
what is still open is done again, whichever task you clear and however often. Red means configuration, credentials, an
authority that stayed down, or sums that differ; refused and invalid documents never turn a run red, the summary of
*reconcile* counts them. *Mark success* changes nothing in the ledger: the next run sends what is open. A task that
hangs may be cleared too (untick *Prevent rerun if task is running*): two copies never send the same document.
"""

from __future__ import annotations

from airflow.sdk import DAG, TriggerRule, WeightRule, task_group

from samsvar.house import CHECK_TIMEOUT, RECONCILED, lot_limits, timetable
from samsvar.operators.collect_ecoc import CollectEcocOperator
from samsvar.operators.file_away_ecoc import FileAwayEcocOperator
from samsvar.operators.plan_lots import PlanLotsOperator
from samsvar.operators.reconcile_ecoc import ReconcileEcocOperator
from samsvar.operators.submit_ecoc import SubmitEcocOperator
from samsvar.operators.validate_ecoc import ValidateEcocOperator
from samsvar.party_dag import broken_party_dag, parties_to_build, party_dag_arguments
from samsvar.step import lot_label

DAG_ID = "ecoc_submission__{party}"


def ecoc_submission(party) -> DAG:
    """One importer's nightly run."""
    with DAG(
        DAG_ID.format(party=party.id),
        schedule=timetable(party.schedule, party.timezone),
        doc_md=__doc__,
        **party_dag_arguments(party),
    ) as dag:
        mine = {"party_id": party.id}
        each = {
            **mine,
            "map_index_template": lot_label(party.id),
            "weight_rule": WeightRule.UPSTREAM,
        }

        collect = CollectEcocOperator(task_id="collect", quiet_seconds=party.wait_seconds, **mine)
        plan = PlanLotsOperator(task_id="plan", **mine)

        @task_group
        def lot(lot):
            validate = ValidateEcocOperator(
                task_id="validate", lot=lot, execution_timeout=CHECK_TIMEOUT, **lot_limits("validate"), **each
            )
            submit = SubmitEcocOperator(task_id="submit", lot=lot, **lot_limits("submit"), **each)
            file_away = FileAwayEcocOperator(
                task_id="file_away", lot=lot, trigger_rule=TriggerRule.ALL_DONE, **lot_limits("file_away"), **each
            )
            validate >> submit >> file_away

        reconcile = ReconcileEcocOperator(
            task_id="reconcile", trigger_rule=TriggerRule.ALL_DONE, outlets=[RECONCILED], **mine
        )

        collect >> plan >> lot.expand(lot=plan.output) >> reconcile
    return dag


for good, broken in parties_to_build(DAG_ID, role="ecoc"):
    dag = ecoc_submission(good) if good else broken_party_dag(DAG_ID, broken, doc_md=__doc__)
    globals()[dag.dag_id] = dag
