"""Reading a connection of ours: without Airflow's warning about short values, and a missing one in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflow.sdk.exceptions import AirflowNotFoundException

from include.errors import ConfigurationError
from samsvar.hooks.masking import no_warning_about_short_values


@contextmanager
def reading(conn_id: str, conn_type: str, more: str = "") -> Iterator[None]:
    """Get the connection inside. Raises ConfigurationError when there is none; `more` is added to what to do."""
    try:
        with no_warning_about_short_values():
            yield
    except AirflowNotFoundException:
        raise ConfigurationError(
            f"There is no connection {conn_id}: create it with type {conn_type}, or set "
            f"AIRFLOW_CONN_{conn_id.upper()}{more}."
        ) from None
