"""Which control signals others have not heard of yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from include.ledger.warehouse import Connection

MOST = 500
"""Events of one task; the rest goes with the next poll."""


@dataclass(frozen=True, slots=True)
class ControlSignal:
    """A TO_CONTROL signal. `extra` is what an event says of it: ids and codes, nothing about anybody."""

    feed: int
    position: int
    extra: Mapping[str, str | None]


def unannounced(connection: Connection, organisation_id: int) -> list[ControlSignal]:
    """The control signals of the organisation that no event was given for, in feed order."""
    rows = connection.execute(
        "SELECT s.feed, s.position, s.id, s.routing, s.control_location, s.consignment_id, o.party, o.environment, "
        "m.endpoint FROM ledger.customs_signal s JOIN ledger.marker m ON m.id = s.feed "
        "JOIN ledger.customs_organisation o ON o.id = m.organisation_id "
        "WHERE m.organisation_id = %s AND s.routing = 'TO_CONTROL' AND s.announced_at IS NULL "
        "ORDER BY s.feed, s.position LIMIT %s",
        (organisation_id, MOST),
    )
    return [
        ControlSignal(
            row["feed"],
            row["position"],
            {
                "signal_id": row["id"],
                "routing": row["routing"],
                "control_location": row["control_location"],
                "consignment_id": None if row["consignment_id"] is None else str(row["consignment_id"]),
                "importer": row["party"],
                "environment": row["environment"],
                "endpoint": row["endpoint"],
            },
        )
        for row in rows
    ]


def mark(connection: Connection, signals: Sequence[ControlSignal]) -> None:
    """Notes that the events were given; the caller commits."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE ledger.customs_signal SET announced_at = now() WHERE feed = %s AND position = %s "
            "AND routing = 'TO_CONTROL'",
            [(signal.feed, signal.position) for signal in signals],
        )
