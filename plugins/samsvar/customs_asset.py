"""The asset that others build on: one event for each signal that selects goods for control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import Asset, AssetAlias

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.ledger.warehouse import Connection

CONTROL_SIGNALS = AssetAlias("customs_control_signals")
"""Schedule a DAG on this to hear of every TO_CONTROL; an event's `extra` names the signal in mart.customs_signal.

It is also the outlet through which a poll gives as many events as there are signals, and none when there are none.
"""


def control_of(party_id: str) -> Asset:
    """The events of one party alone. Its first event makes Airflow write the asset down; two parties that shared one
    would do so in the same moment, and Airflow would fail the poll of the later one (seen with 3.3.2)."""
    return Asset(name=f"customs_control__{party_id}", uri=f"samsvar://customs/control/{party_id}")


def announce(context: Context, connection: Connection, organisation_id: int, party_id: str) -> int:
    """Gives Airflow an event for each control signal that has none yet, and notes that; commits. Returns how many.

    Last thing a task does. Were it killed between here and its end, the events would be missing, the signals and their
    alerts not: the mart is the record, an event only a wake-up.
    """
    from include.ledger import announcing

    asset = control_of(party_id)
    signals = announcing.unannounced(connection, organisation_id)
    for signal in signals:
        context["outlet_events"][CONTROL_SIGNALS].add(asset, extra=dict(signal.extra))
    announcing.mark(connection, signals)
    connection.commit()
    return len(signals)
