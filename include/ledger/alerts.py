"""Alerts as facts: the same fact is told once, however often a run notices it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person should know. `fact` makes it unique within its kind, for instance party and day."""

    kind: str
    party: str
    fact: str
    sentence: str


def record(connection: Connection, alerts: Iterable[Alert]) -> None:
    """Records the alerts, each fact once, together with what made them; nobody is told yet. The caller commits."""
    rows = [{"k": alert.kind, "p": alert.party, "f": alert.fact, "s": alert.sentence} for alert in alerts]
    if rows:
        connection.execute(
            "INSERT INTO ledger.alert (kind, party, fact, sentence) "
            "SELECT k, p, f, s FROM jsonb_to_recordset(%s) AS a (k text, p text, f text, s text) "
            "ON CONFLICT DO NOTHING",
            (orjson.dumps(rows).decode(),),
        )


def raise_new(connection: Connection, party: str, alerts: Iterable[Alert]) -> list[Alert]:
    """Records the alerts and returns the party's that nobody was told yet; the caller commits.

    An alert whose channels were all down stays untold and comes again with the next run.
    """
    record(connection, alerts)
    untold = connection.execute(
        "SELECT kind, party, fact, sentence FROM ledger.alert WHERE party = %s AND notified_at IS NULL "
        "AND raised_at > now() - interval '7 days' ORDER BY id",
        (party,),
    )
    return [Alert(**row) for row in untold]


def mark_notified(connection: Connection, alerts: Iterable[Alert]) -> None:
    """Records that the configured channels were told; the caller commits."""
    facts = [(alert.kind, alert.fact) for alert in alerts]
    if facts:
        connection.execute(
            "UPDATE ledger.alert a SET notified_at = now() FROM unnest(%s::text[], %s::text[]) AS t (kind, fact) "
            "WHERE a.kind = t.kind AND a.fact = t.fact",
            tuple(map(list, zip(*facts, strict=True))),
        )
