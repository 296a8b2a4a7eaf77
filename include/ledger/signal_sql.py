"""The statements that store a page of signals. `_KEY` names a consignment within its organisation."""

from __future__ import annotations

PAGE = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS customs_page (position bigint, id text, kind text, mrn text, document_number "
    "text, document_type text, other_id text, receptacle text, container text, transport_id text, transport_type text, "
    "eta timestamptz, sta timestamptz, routing text, control_location text, issued_at timestamptz, malformed text, "
    "raw bytea, counted integer, containers text[], lasts jsonb) ON COMMIT DELETE ROWS"
)
COPY = "COPY customs_page FROM STDIN"
_KEY = "mrn, document_number, document_type, kind, other_id"
_NEWER = "excluded.position > coalesce(c.position, -1)"
_STAND = """
WITH stood AS (
    INSERT INTO ledger.customs_consignment AS c (organisation_id, {KEY}, receptacle, containers, signals, routing,
        control_location, position, signal_id, issued_at, first_signal_at, last_signal_at, lasts)
    SELECT %(organisation)s, {KEY}, receptacle, coalesce(containers, '{}'), counted, routing, control_location,
        position, id, issued_at, now(), now(), lasts
    FROM customs_page WHERE counted IS NOT NULL
    ON CONFLICT (organisation_id, mrn, document_number, document_type, kind, other_id) DO UPDATE SET
        receptacle = coalesce(excluded.receptacle, c.receptacle),
        containers = CASE WHEN c.containers @> excluded.containers THEN c.containers ELSE
            ARRAY(SELECT unnest(c.containers) UNION SELECT unnest(excluded.containers)) END,
        signals = c.signals + excluded.signals,
        lasts = ledger.merge_lasts(c.lasts, c.routing, c.position, excluded.lasts, excluded.routing, excluded.position),
        routing = CASE WHEN {NEWER} THEN excluded.routing ELSE c.routing END,
        control_location = CASE WHEN {NEWER} THEN excluded.control_location ELSE c.control_location END,
        signal_id = CASE WHEN {NEWER} THEN excluded.signal_id ELSE c.signal_id END,
        issued_at = CASE WHEN {NEWER} THEN excluded.issued_at ELSE c.issued_at END,
        position = greatest(c.position, excluded.position),
        first_signal_at = coalesce(c.first_signal_at, excluded.first_signal_at),
        last_signal_at = excluded.last_signal_at
    RETURNING id AS consignment_id, {KEY}),
kept AS (
    INSERT INTO ledger.customs_signal (feed, position, id, consignment_id, mrn, document_number, document_type,
        receptacle, container, transport_id, transport_type, eta, sta, routing, control_location, issued_at, late,
        malformed, raw)
    SELECT %(feed)s, position, id, consignment_id, nullif(mrn, ''), nullif(document_number, ''),
        nullif(document_type, ''), receptacle, container, transport_id, transport_type, eta, sta, routing,
        control_location, issued_at, %(late)s, malformed, raw
    FROM customs_page LEFT JOIN stood USING ({KEY}))
SELECT consignment_id FROM stood
"""
STAND = _STAND.replace("{KEY}", _KEY).replace("{NEWER}", _NEWER)
STOOD = """
SELECT k.id, c.routing FROM ledger.customs_consignment c JOIN unnest(%s::text[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::bigint[]) AS k (kind, mrn, document_number, document_type, other_id, id, position)
    USING (kind, mrn, document_number, document_type, other_id)
WHERE c.organisation_id = %s AND c.position < k.position
"""
