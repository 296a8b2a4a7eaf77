"""What the validation status feed says about our presentations: proof of arrival, and customs' verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from uuid import UUID

from psycopg.types.json import Jsonb

from include.ledger.warehouse import Connection
from include.toll.polling import Status

SUCCESS, FAILURE = "SUCCESS", "FAILURE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """One of our presentations of which the feed said something new. `state` is the one it has now."""

    request_id: UUID
    party: str
    state: str
    validation: str | None


def record_validations(connection: Connection, statuses: Iterable[Status]) -> list[Validated]:
    """Takes statuses into the ledger of presentations; the caller commits. Safe to call again with the same ones.

    A status of any kind proves that its request arrived, so an UNKNOWN (or still SENT) one is ACCEPTED by it. SUCCESS
    is final; a failure that only says that the requestId was used before proves arrival and nothing else. Statuses of
    requestIds that are not ours change nothing. Returns those of ours in which something changed.
    """
    rows = list(_newest(statuses).values())
    if not rows:
        return []
    found = connection.execute(_RECORD, {"rows": Jsonb(rows)})
    return [Validated(**row) for row in found]


def _newest(statuses: Iterable[Status]) -> dict[str, dict[str, object]]:
    """The one status per request that counts: SUCCESS, else the last that says something of the consignment."""
    kept: dict[str, dict[str, object]] = {}
    for status in statuses:
        known = _uuid(status.request_id)
        before = kept.get(known or "")
        if known is None or (before is not None and (before["status"] == SUCCESS or status.already_used)):
            continue
        kept[known] = {
            "request_id": known,
            "status": None if status.already_used else status.status,
            "at": status.notified_at.isoformat() if status.notified_at else None,
            "faults": [asdict(fault) for fault in status.faults],
            "mrn": status.mrn,
        }
    return kept


def _uuid(text: str) -> str | None:
    """In the one spelling of the ledger; None for what none of ours can be."""
    try:
        return str(UUID(text))
    except ValueError:
        return None


# A verdict of customs stays: SUCCESS whatever comes, FAILURE unless SUCCESS comes. A refused one that succeeded all the
# same is accepted; it counts as its consignment's presentation again unless another one has taken its place.
_RECORD = """
WITH told AS MATERIALIZED (
    SELECT p.request_id, u.at, u.faults, u.mrn,
        CASE WHEN u.status IS NULL OR p.validation = 'SUCCESS'
               OR (p.validation = 'FAILURE' AND u.status <> 'SUCCESS') THEN p.validation ELSE u.status END AS verdict,
        p.state IN ('SENT', 'UNKNOWN') OR (p.state = 'REFUSED' AND u.status = 'SUCCESS') AS proven
    FROM jsonb_to_recordset(%(rows)s) AS u (request_id uuid, status text, at timestamptz, faults jsonb, mrn text)
    JOIN ledger.presentation p ON p.request_id = u.request_id
    ORDER BY p.request_id FOR UPDATE OF p)
UPDATE ledger.presentation p SET
    state = CASE WHEN t.proven THEN 'ACCEPTED' ELSE p.state END,
    version = p.version + CASE WHEN t.proven THEN 1 ELSE 0 END,
    maybe_arrived = true,
    arrived_at = coalesce(p.arrived_at, now()),
    decided_at = CASE WHEN t.proven THEN now() ELSE p.decided_at END,
    decided_by = CASE WHEN t.proven THEN 'validation' ELSE p.decided_by END,
    reason = CASE WHEN t.proven THEN NULL ELSE p.reason END,
    faults = CASE WHEN t.proven THEN '[]' ELSE p.faults END,
    live = CASE
        WHEN t.verdict = 'FAILURE' AND (t.proven OR p.state = 'ACCEPTED') THEN false
        WHEN t.verdict = 'SUCCESS' AND NOT p.live THEN NOT EXISTS (
            SELECT FROM ledger.presentation o WHERE o.party = p.party AND o.environment = p.environment
            AND o.consignment = p.consignment AND o.live)
        ELSE p.live END,
    validation = t.verdict,
    validation_seen_at = now(),
    validated_at = CASE WHEN t.verdict IS DISTINCT FROM p.validation THEN t.at ELSE p.validated_at END,
    validation_faults = CASE WHEN t.verdict IS DISTINCT FROM p.validation THEN t.faults ELSE p.validation_faults END,
    validated_mrn = coalesce(t.mrn, p.validated_mrn)
FROM told t
WHERE p.request_id = t.request_id AND (t.proven OR t.verdict IS DISTINCT FROM p.validation OR p.arrived_at IS NULL)
RETURNING p.request_id, p.party, p.state, p.validation
"""
