"""Alerts as facts: the same fact is told once, however often a run notices it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person should know. `fact` makes it unique within its kind, for instance party and day."""

    kind: str
    party: str
    fact: str
    sentence: str


def raise_new(connection: Connection, alerts: Iterable[Alert]) -> list[Alert]:
    """Records the alerts and returns those whose fact was not known before; the caller commits."""
    fresh: list[Alert] = []
    for alert in alerts:
        cursor = connection.execute(
            "INSERT INTO ledger.alert (kind, party, fact, sentence) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING "
            "RETURNING id",
            (alert.kind, alert.party, alert.fact, alert.sentence),
        )
        if cursor.fetchone():
            fresh.append(alert)
    return fresh


def mark_notified(connection: Connection, alerts: Iterable[Alert]) -> None:
    """Records that the configured channels were told; the caller commits."""
    for alert in alerts:
        connection.execute(
            "UPDATE ledger.alert SET notified_at = now() WHERE kind = %s AND fact = %s", (alert.kind, alert.fact)
        )
