"""
### What it does
Answers questions to the vehicle register: **find** names the parties that ask something; for each, **take** reads the
form or the files in `lookups/` (plates, VINs, kuids or owners' names, each with a moment if wanted), **ask** looks them
up in bulk, and **answer** leaves a workbook in `receipts/`: the vehicles on one sheet, and on another what was not
found, is ambiguous or could not be read, with a sentence each.

### When it runs
Every 15 minutes for files (`SAMSVAR_LOOKUP_SCHEDULE`, a cron line in Europe/Oslo), one run at a time; when nobody asks
it is quickly green and skipped. By hand at any time: *Trigger* and fill in the form. An owner's name never goes into
the form, since Airflow keeps what is typed: put it into an Airflow Variable called `samsvar_secret_…` and give that
name; it is deleted after the search. Or drop a file with a column `eier`. Only KS Fiks can be searched by owner.

### Reads
`<drop>/lookups/` (CSV, TXT, XLSX, JSON); the register of the connection `fiks` or `vegvesen_register`; the ledger.

### Writes
`<drop>/receipts/<name>.<sha12>.lookup.xlsx`; the file goes to `archive/`, one that cannot be read to `rejected/`; the
ledger, and through it `mart.vehicle`. Owners, and the names that were searched for, are never stored.

### If it fails
Read the one sentence, mend what it names (a connection, an access, no register at all), clear the task: only what is
still open is asked for. A register that is away or used up is not red: the receipt says what is still open, and a later
run asks for it and replaces the receipt.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param, task_group

from samsvar.house import LOOKUP_SCHEDULE, house_dag_arguments, timetable
from samsvar.operators.answer_lookups import AnswerLookupsOperator
from samsvar.operators.ask_register import AskRegisterOperator
from samsvar.operators.find_lookups import FindLookupsOperator
from samsvar.operators.take_lookups import TakeLookupsOperator

TEXTS = {"type": "array", "items": {"type": "string"}}
FORM = {
    "party": Param("", type="string", title="Party", description="Whose receipt it is; empty: files of all parties."),
    "plates": Param([], **TEXTS, title="Plates", description="One a line."),
    "vins": Param([], **TEXTS, title="VINs", description="One a line."),
    "kuids": Param([], **TEXTS, title="kuids", description="One a line."),
    "dtg": Param("", type="string", title="As of", description="A moment such as 2026-11-22T14:00; empty: now."),
    "owner_variable": Param(
        "", type="string", title="Owner", description="Name of the Variable samsvar_secret_… that holds the name."
    ),
}
LABEL = {"map_index_template": "{{ task.party_id }}"}

with DAG(
    "vehicle_lookup",
    schedule=timetable(LOOKUP_SCHEDULE),
    doc_md=__doc__,
    dag_display_name="Vehicles · look up",
    tags=["register", "lookup"],
    dagrun_timeout=timedelta(hours=4),
    is_paused_upon_creation=False,
    params=FORM,
    **house_dag_arguments(),
) as dag:
    find = FindLookupsOperator(task_id="find")

    @task_group
    def party(party_id):
        """One party's questions."""
        take = TakeLookupsOperator(task_id="take", party_id=party_id, pool="ecoc_drop", **LABEL)
        ask = AskRegisterOperator(task_id="ask", party_id=party_id, **LABEL)
        answer = AnswerLookupsOperator(task_id="answer", party_id=party_id, pool="ecoc_drop", **LABEL)
        take >> ask >> answer

    party.expand(party_id=find.output)
