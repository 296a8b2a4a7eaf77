"""
### What it does
Asks, for every importer and day that something happened to, whether all systems agree. **reconcile** counts the files,
names the importers that did not run, looks for every kind of difference (an acceptance without evidence, an outcome
unknown for too long, a receipt that tells another state …) and writes each down once, with its age, its owner and the
next step; what is gone is marked as gone. The group **checks** holds what must always be true, one task each: sums that
add up, no document in two states, no decision without evidence. **export** writes the month so far as workbook, CSV and
Parquet, each with its receiver's own rights; **reports** and **report** hand out the month that ended, once, as one
page in the importer's `receipts/` (and by mail, where `monthly_report` says so).

### When it runs
After every run that did something for an importer (submission, resolution, deletion, registration, leasing,
presentation; the asset `samsvar_reconciled`) and every morning at 06:00 Oslo (`SAMSVAR_RECONCILIATION_SCHEDULE`; empty:
neither, only by hand), one run at a time: however many end meanwhile, one run waits and looks at all of them. By hand
with *first* and *last* it looks at those days again, however old they are, and with *month* it writes that month's
export and reports again. Runs that an asset started write no export and no report.

### Reads
The ledger and the marts; parties.yaml (which importers were due, who gets a report).

### Writes
`ledger.party_day` and `ledger.difference`, which analysts read as `mart.reconciliation` and `mart.difference`; the
folder `SAMSVAR_EXPORTS`; `receipts/report-<month>.html` at the drops.

### If it fails
A red task in **checks** means that the ledger contradicts itself: its sentence names the rows; send nothing for those
documents, and report it. It stays red in every run until the rows are right. A red **reconcile** means that the
warehouse is away: clear it. Clearing, retrying or running twice counts nothing twice.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param, task_group

from samsvar.house import INVARIANTS, LOT_POOLS, RECONCILIATION_SCHEDULE, after_runs_or_at, house_dag_arguments
from samsvar.operators.check_invariant import CheckInvariantOperator
from samsvar.operators.export_marts import ExportMartsOperator
from samsvar.operators.reconcile_days import ReconcileDaysOperator
from samsvar.operators.report_month import FindReportsOperator, ReportMonthOperator

DAY = {"type": ["null", "string"], "format": "date"}

with DAG(
    "reconciliation",
    schedule=after_runs_or_at(RECONCILIATION_SCHEDULE),
    doc_md=__doc__,
    dag_display_name="Reconciliation · do all systems agree?",
    tags=["ecoc", "reconciliation"],
    dagrun_timeout=timedelta(hours=2),
    is_paused_upon_creation=False,
    params={
        "first": Param(None, title="First day", description="Empty: what changed.", **DAY),
        "last": Param(None, title="Last day", description="Empty: today.", **DAY),
        "month": Param(None, title="Month", description="Any day of it; empty: the current and the last.", **DAY),
    },
    **house_dag_arguments(assets=True),
) as dag:
    reconcile = ReconcileDaysOperator(
        task_id="reconcile", first="{{ params.first or '' }}", last="{{ params.last or '' }}"
    )

    @task_group
    def checks():
        for kind in INVARIANTS:
            CheckInvariantOperator(task_id=kind, kind=kind)

    month = "{{ params.month or '' }}"
    reports = FindReportsOperator(task_id="reports", month=month)
    report = ReportMonthOperator.partial(
        task_id="report", pool=LOT_POOLS["file_away"], map_index_template="{{ task.party_id }}"
    ).expand_kwargs(reports.output)

    reconcile >> [checks(), ExportMartsOperator(task_id="export", month=month), reports]
