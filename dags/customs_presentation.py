"""
### What it does
Presents consignments at Norwegian customs (ICS2): **find** names the importers with something to do, and for each
**read** takes the files of `<drop>/presentations/` (CSV, XLSX, JSON) or the form's consignment, **check** opens every
good row with a requestId of its own and keeps the reasons of the bad ones, **present** sends, and **receipt** tells the
importer and files away. Each consignment is presented once. A send without an answer is repeated under the same
requestId, of which customs takes only one; a correction gets a new one that names the old.

### When it runs
Every five minutes (`SAMSVAR_PRESENTATION_SCHEDULE`, a cron line in Europe/Oslo; empty: only by hand); with nothing to
do it is quickly green and skipped. *Trigger* it at any time: with the form's importer, level, customs office and
identifiers it presents that one consignment at once, beside whatever else runs; left empty it is an ordinary run.

### Reads
parties.yaml (importers with the role customs); `<drop>/presentations/`; the ledger; the connections `ecoc_sftp`,
`toll`, `maskinporten`, `warehouse` or those the importer names.

### Writes
The ledger and through it `mart.customs_presentation`; `<drop>/archive/`, `rejected/` and
`receipts/<name>.presentation.json`, `.txt` and `.csv`; presentations at Tolletaten.

### If it fails
Read the one sentence in the failed task's log, mend what it names, and **clear the task with its downstream**: only
what is still open is done again, and nothing is presented twice. Bad rows, refusals and unknown ends never turn a run
red: they are in the receipt and in `mart.customs_presentation`. One importer's failure does not touch the others.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, TriggerRule, task_group

from samsvar.customs_form import presentation_form
from samsvar.house import PRESENTATION_POOLS, PRESENTATION_SCHEDULE, RECONCILED, house_dag_arguments, timetable
from samsvar.operators.check_presentations import CheckPresentationsOperator
from samsvar.operators.find_presenters import FindPresentersOperator
from samsvar.operators.present_consignments import PresentConsignmentsOperator
from samsvar.operators.read_presentations import ReadPresentationsOperator
from samsvar.operators.tell_presentations import TellPresentationsOperator

with DAG(
    "customs_presentation",
    schedule=timetable(PRESENTATION_SCHEDULE),
    doc_md=__doc__,
    dag_display_name="Customs · presentation",
    tags=["customs", "presentation"],
    dagrun_timeout=timedelta(hours=2),
    is_paused_upon_creation=False,
    params=presentation_form(),
    render_template_as_native_obj=True,
    # The form presents at once, also while an ordinary run waits for an upload to lie quiet.
    **{**house_dag_arguments(), "max_active_runs": 8},
) as dag:
    find = FindPresentersOperator(task_id="find")

    @task_group
    def party(party_id):
        # A run of the form meets another run's lock for a moment: it comes back more often than others do.
        each = {"party_id": party_id, "map_index_template": "{{ task.party_id }}", "retries": 8}
        # Whatever happens to the files, what is open in the ledger is presented, and the importer is told.
        anyway = {**each, "trigger_rule": TriggerRule.ALL_DONE}
        read = ReadPresentationsOperator(task_id="read", pool=PRESENTATION_POOLS["read"], **each)
        check = CheckPresentationsOperator(task_id="check", **anyway)
        # What is not sent after a retry is the next run's, which comes soon.
        present = PresentConsignmentsOperator(
            task_id="present", pool=PRESENTATION_POOLS["present"], **{**anyway, "retries": 2}
        )
        last = {**anyway, "outlets": [RECONCILED]}
        receipt = TellPresentationsOperator(task_id="receipt", pool=PRESENTATION_POOLS["receipt"], **last)
        read >> check >> present >> receipt

    party.expand(party_id=find.output)
