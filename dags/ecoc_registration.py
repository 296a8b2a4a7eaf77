"""
### What it does
Follows accepted eCoC vehicles until they are registered. **find** names the importers with vehicles whose turn it is;
for each, **watch** looks them up in the register in bulk, keeps what it holds (never an owner), records the first
registration, and compares type approval, variant, version, avgiftskode, make, VIN and merkekode with what we declared.
Each difference is a row with a sentence and a next step; it is cleared once a lookup no longer finds it.

### When it runs
Nightly at 04:30 (`SAMSVAR_REGISTRATION_SCHEDULE`, a cron line in Europe/Oslo), one run at a time. A vehicle is looked
up every night for two weeks, then weekly, then every 30 days (`registration` of the party). *Trigger* it by hand at
any time; with *now* nothing waits for its turn.

### Reads
The ledger; the register of the connection `fiks` or `vegvesen_register` (whichever exists, or the one that
`SAMSVAR_REGISTER` names); parties.yaml.

### Writes
The ledger; through it `mart.vehicle`, `mart.ecoc_gap`, and `registered_at` and `gap` of `mart.ecoc_document`. It sends
nothing and moves no document.

### If it fails
Red means that the register refuses us for good (a connection, a scope, an access) or that the warehouse is away: read
the sentence, mend it, clear the task. A register that is down, or a quota that is used up, is not red: the summary says
how many were looked up, and the next run goes on with the rest. Clearing asks only for what is still due.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param

from samsvar.house import RECONCILED, REGISTRATION_SCHEDULE, house_dag_arguments, timetable
from samsvar.operators.find_accepted import FindAcceptedOperator
from samsvar.operators.watch_registration import WatchRegistrationOperator

FORM = {
    "party": Param("", type="string", title="Importer", description="Party id; empty: all of them."),
    "now": Param(False, type="boolean", title="Now", description="Look up what is not yet due as well."),
}

with DAG(
    "ecoc_registration",
    schedule=timetable(REGISTRATION_SCHEDULE),
    doc_md=__doc__,
    dag_display_name="eCoC · registration",
    tags=["ecoc", "registration"],
    dagrun_timeout=timedelta(hours=8),
    is_paused_upon_creation=False,
    params=FORM,
    **house_dag_arguments(),
) as dag:
    find = FindAcceptedOperator(task_id="find")
    WatchRegistrationOperator.partial(
        task_id="watch", map_index_template="{{ task.party_id }}", outlets=[RECONCILED]
    ).expand(party_id=find.output)
