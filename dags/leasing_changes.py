"""
### What it does
Carries changes of leaseholders from the drop to Statens vegvesen, importer by importer. For each party with role
leasing: **settle** what nobody knows the outcome of and look accepted ones up in the register, **collect** whole files
(or what the form asks for), **submit** each change at most once and those of one plate in their order, **file away**
with a receipt for every row, **reconcile**. People are sealed in the ledger and erased on schedule, with proof.

### When it runs
Every half hour from 06 to 21 (`SAMSVAR_LEASING_SCHEDULE`, a cron line in Europe/Oslo), one run at a time. *Trigger* it
by hand at any time. The form makes one change for an organisation, or ends the lease that we created last for a plate;
it has no field for a national number, since what is typed there is kept in clear: such a change comes by file. With
*change*, *decision* and *words* you settle a change that waits for a person; your name is kept.

### Reads
`<drop>/leasing/` (`.csv`, `.xlsx`, `.json`); the ledger; the connections `ecoc_sftp`, `vegvesen` (its `leasing_scope`),
`maskinporten`, `leasing_keys`, `warehouse`; the register, where it shows who leases; parties.yaml.

### Writes
The ledger and through it `mart.leasing_change`; `<drop>/archive/`, `rejected/` and `receipts/`; leaseholders at Statens
vegvesen.

### If it fails
Read the one sentence in the failed task's log, mend what it names, and **clear the task with its downstream**: only
what is open is done again. Refused and bad rows never turn a run red; *reconcile* counts them. One party's failure
stops no other. A change without a readable answer is never sent again blindly.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param, TriggerRule, task_group

from samsvar.house import LEASING_SCHEDULE, RECONCILED, house_dag_arguments, timetable
from samsvar.operators.collect_leasing import CollectLeasingOperator
from samsvar.operators.decide_leasing import DecideLeasingOperator
from samsvar.operators.file_leasing import FileLeasingOperator
from samsvar.operators.find_leasing import FindLeasingOperator
from samsvar.operators.reconcile_leasing import ReconcileLeasingOperator
from samsvar.operators.settle_leasing import SettleLeasingOperator
from samsvar.operators.submit_leasing import SubmitLeasingOperator

#: No run begins with a text that could hold a national number. Airflow's audit log keeps even a refused form, though.
NO_NUMBER = "^(?!.*[0-9]{6}[ .-]?[0-9]{5})"
HAND = "Decide by hand"
FORM = {
    "party": Param(
        "", type="string", pattern=NO_NUMBER + "[a-z0-9_]{0,40}$", title="Importer", description="Party id; empty: all."
    ),
    "handling": Param("OPPRETTE", type="string", enum=["OPPRETTE", "AVSLUTTE"], title="Handling", section="One change"),
    "kjennemerke": Param(
        "", type="string", maxLength=9, title="Kjennemerke", section="One change", description="Needs the importer."
    ),
    "organisasjonsnummer": Param(
        "",
        type="string",
        pattern="^([0-9]{9})?$",
        title="Organisation number",
        section="One change",
        description="A person's number comes by file only. AVSLUTTE: empty ends the lease we created last.",
    ),
    "change": Param(
        None, type=["null", "integer"], title="Change", section=HAND, description="Its number in the receipt."
    ),
    "decision": Param(
        "accepted", type="string", enum=["accepted", "refused", "send once more"], title="Decision", section=HAND
    ),
    "words": Param("", type="string", pattern=NO_NUMBER + ".*$", title="Evidence, or the reason", section=HAND),
}

with DAG(
    "leasing_changes",
    schedule=timetable(LEASING_SCHEDULE),
    doc_md=__doc__,
    dag_display_name="Leasing · changes",
    tags=["leasing"],
    dagrun_timeout=timedelta(hours=4),
    params=FORM,
    **house_dag_arguments(),
) as dag:
    label = {"map_index_template": "{{ task.party_id }}"}
    always = {**label, "trigger_rule": TriggerRule.ALL_DONE}

    @task_group
    def party(party_id):
        settle = SettleLeasingOperator(task_id="settle", party_id=party_id, **label)
        collect = CollectLeasingOperator(task_id="collect", party_id=party_id, pool="ecoc_drop", **always)
        submit = SubmitLeasingOperator(task_id="submit", party_id=party_id, pool="vegvesen", **label)
        file_away = FileLeasingOperator(task_id="file_away", party_id=party_id, pool="ecoc_drop", **always)
        reconcile = ReconcileLeasingOperator(task_id="reconcile", party_id=party_id, outlets=[RECONCILED], **always)
        settle >> collect >> submit >> file_away >> reconcile

    decide = DecideLeasingOperator(task_id="decide")
    find = FindLeasingOperator(task_id="find", trigger_rule=TriggerRule.NONE_FAILED)
    decide >> find
    party.expand(party_id=find.output)
