"""Exports and readers on the command line, and which runs of the reconciliation write them."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from include.config.party import Party
from include.errors import ConfigurationError
from samsvar import exporting
from samsvar.exporting import exports_folder, month_of
from samsvar.notifiers import attachment
from samsvar.operators.export_marts import ExportMartsOperator

BLOCK = {"id": "nordbil", "name": "N", "organisation_number": "310000019"}


@pytest.mark.parametrize("text", ["2026-11", "2026-11-22", "2026-11-01"])
def test_a_month_is_named_by_itself_or_by_a_day_of_it(text: str) -> None:
    assert (month_of(text).first, month_of(text).last) == (date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize("text", ["november", "2026-13", "2026"])
def test_what_is_no_month_is_said_plainly(text: str) -> None:
    with pytest.raises(ConfigurationError, match="2026-11"):
        month_of(text)


def test_exports_lie_where_the_setting_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSVAR_EXPORTS", "/srv/exports")
    assert exports_folder() == Path("/srv/exports")
    monkeypatch.delenv("SAMSVAR_EXPORTS")
    monkeypatch.setenv("AIRFLOW_HOME", "/srv/airflow")
    assert exports_folder() == Path("/srv/airflow/samsvar-exports")


def test_a_run_that_an_asset_started_writes_no_export() -> None:
    context: Any = {"dag_run": SimpleNamespace(run_type="asset_triggered")}
    with pytest.raises(AirflowSkipException, match="by the clock and by hand"):
        ExportMartsOperator(task_id="export").execute(context)


def test_a_short_password_is_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSVAR_READER_PASSWORD", "short")
    with pytest.raises(ConfigurationError, match="12 characters"):
        exporting.run_reader(argparse.Namespace(name="kari", party=None))


def test_a_report_goes_to_the_addresses_as_a_file_and_a_dead_channel_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    notify = [{"type": "smtp", "conn_id": name, "to": ["a@example.org"]} for name in ("dead", "mail")]
    party = Party.model_validate({**BLOCK, "notify": [*notify, {"type": "http", "conn_id": "hook"}]})
    mailed: list[tuple[str, str, bytes]] = []

    def mail(channel: Any, sentence: str, name: str, content: bytes) -> None:
        if channel.conn_id == "dead":
            raise ConnectionRefusedError("canary.internal:25")
        mailed.append((channel.conn_id, name, content))

    monkeypatch.setattr(attachment, "_mail", mail)
    assert attachment.mail_attached(party, "N, November.", "report-2026-11.html", b"<html>") is True
    assert mailed == [("mail", "report-2026-11.html", b"<html>")]
    assert "dead" in caplog.text and "canary" not in caplog.text
