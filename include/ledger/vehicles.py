"""Vehicles as the register holds them: the newest look at each, and a snapshot whenever something had changed.

What comes in is already without owners: `include.register` keeps named fields only, and `eierskap` is not one of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from psycopg.types.json import Jsonb

from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True)
class SeenVehicle:
    """One vehicle of an answer. `held` are the register's fields by its names, `digest` tells whether they changed."""

    key: str
    kuid: str | None
    vin: str | None
    plate: str | None
    held: dict[str, Any]
    digest: str


def store(
    connection: Connection, party: str, seen: Sequence[SeenVehicle], *, source: str, as_of: datetime | None = None
) -> None:
    """Writes what a lookup found; the caller commits. An answer about an earlier moment never replaces a later one.

    `source` is the connection that was asked, `as_of` the moment that was asked about (None: now).
    """
    if not seen:
        return
    # In order of the key, so that two tasks that meet the same vehicles wait for each other and never in a circle.
    rows = {one.key: one for one in sorted(seen, key=lambda one: one.key)}
    told = [
        {"key": one.key, "kuid": one.kuid, "vin": one.vin, "plate": one.plate, "held": one.held, "digest": one.digest}
        for one in rows.values()
    ]
    connection.execute(_STORE, {"party": party, "source": source, "as_of": as_of, "rows": json_of(told)})


def json_of(rows: Any) -> Jsonb:
    """Rows for `jsonb_to_recordset`, written by the fast encoder."""
    return Jsonb(rows, dumps=orjson.dumps)


_STORE = """
WITH told AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s)
        AS u (key text, kuid text, vin text, plate text, held jsonb, digest text)),
changed AS (
    SELECT t.key, t.held FROM told t
    LEFT JOIN ledger.vehicle v ON v.party = %(party)s AND v.key = t.key
    WHERE v.digest IS DISTINCT FROM t.digest),
taken AS (
    INSERT INTO ledger.vehicle_snapshot (party, key, taken_at, as_of, source, held)
    SELECT %(party)s, key, now(), %(as_of)s, %(source)s, held FROM changed)
INSERT INTO ledger.vehicle AS v (party, key, kuid, vin, plate, held, digest, as_of, looked_up_at, source)
SELECT %(party)s, key, kuid, vin, plate, held, digest, %(as_of)s, now(), %(source)s FROM told ORDER BY key
ON CONFLICT (party, key) DO UPDATE SET kuid = excluded.kuid, vin = excluded.vin, plate = excluded.plate,
    held = excluded.held, digest = excluded.digest, as_of = excluded.as_of, looked_up_at = excluded.looked_up_at,
    source = excluded.source
WHERE coalesce(excluded.as_of, excluded.looked_up_at) >= coalesce(v.as_of, v.looked_up_at)
"""
