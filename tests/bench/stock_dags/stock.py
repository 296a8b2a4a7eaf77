"""
Stock Airflow, as its documentation shows it: one mapped task per file, each with the providers' hooks.

No ledger, no receipt, no proof of what was moved; a retry after a timeout would send its document twice. Imports stand
inside the task, which is the fast way: at the top of the file every task process would pay for them twice.
"""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import DAG, task

INBOX, ARCHIVE = "stock/inbox", "stock/archive"
_CREATE = "/ws/no/vegvesen/kjoretoy/felles/innmelding/meldingompreregistrering/v1/opprette"

with DAG("stock", start_date=datetime(2026, 1, 1), schedule=None, catchup=False, max_active_tasks=64) as dag:

    @task
    def list_files() -> list[str]:
        """The names in the inbox."""
        from airflow.providers.sftp.hooks.sftp import SFTPHook

        return sorted(SFTPHook("ecoc_sftp").list_directory(INBOX))

    @task
    def carry(name: str) -> None:
        """One file: download, check, POST, INSERT, rename."""
        import base64
        import json
        import tempfile
        from pathlib import Path

        from airflow.providers.http.hooks.http import HttpHook
        from airflow.providers.postgres.hooks.postgres import PostgresHook
        from airflow.providers.sftp.hooks.sftp import SFTPHook
        from lxml import etree

        sftp = SFTPHook("ecoc_sftp")
        with sftp.get_managed_conn() as drop, tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "document.xml"
            sftp.retrieve_file(f"{INBOX}/{name}", str(path))
            content = path.read_bytes()
            root = etree.fromstring(content)
            reference = root.findtext(".//{*}IviReferenceId") or ""
            body = {
                "ivi": {"iviReferanse": reference, "iviDokument": base64.b64encode(content).decode()},
                "avgiftsklassifisering": {"avgiftsKode": "101"},
            }
            reply = HttpHook(method="POST", http_conn_id="stock_vegvesen").run(
                _CREATE, data=json.dumps(body), headers={"Content-Type": "application/json"}
            )
            PostgresHook("warehouse").run(
                "INSERT INTO stock_result (name, reply) VALUES (%s, %s)", parameters=(name, reply.text)
            )
            drop.rename(f"{INBOX}/{name}", f"{ARCHIVE}/{name}")

    carry.expand(name=list_files())
