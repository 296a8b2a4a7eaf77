"""The statements that store a page of signals. `_KEY` names a consignment within its organisation."""

from __future__ import annotations

PAGE = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS customs_page (position bigint, id text, kind text, mrn text, document_number "
    "text, document_type text, other_id text, receptacle text, container text, transport_id text, transport_type text, "
    "eta timestamptz, sta timestamptz, routing text, control_location text, issued_at timestamptz, malformed text, "
    "raw bytea) ON COMMIT DELETE ROWS"
)
COPY = "COPY customs_page FROM STDIN"
_KEY = "mrn, document_number, document_type, kind, other_id"
_NEWER = "excluded.position > coalesce(c.position, -1)"
_STAND = """
WITH usable AS (SELECT * FROM customs_page WHERE malformed IS NULL
    AND (mrn <> '' OR document_number <> '' OR document_type <> '' OR other_id <> '')),
last AS (SELECT DISTINCT ON ({KEY}) * FROM usable ORDER BY {KEY}, position DESC),
many AS (
    SELECT {KEY}, count(*) AS signals, max(receptacle) AS receptacle,
        coalesce(array_agg(DISTINCT container) FILTER (WHERE container IS NOT NULL), '{}') AS containers
    FROM usable GROUP BY {KEY}),
lasts AS (
    SELECT {KEY}, jsonb_object_agg(coalesce(container, ''), jsonb_build_array(routing, position)) AS lasts
    FROM (SELECT DISTINCT ON ({KEY}, container) * FROM usable ORDER BY {KEY}, container, position DESC) AS each
    GROUP BY {KEY} HAVING bool_or(container IS NOT NULL)),
stood AS (
    INSERT INTO ledger.customs_consignment AS c (organisation_id, {KEY}, receptacle, containers, signals, routing,
        control_location, position, signal_id, issued_at, first_signal_at, last_signal_at, lasts)
    SELECT %(organisation)s, mrn, document_number, document_type, kind, other_id, many.receptacle, many.containers,
        many.signals, routing, control_location, position, id, issued_at, now(), now(), lasts.lasts
    FROM last JOIN many USING ({KEY}) LEFT JOIN lasts USING ({KEY})
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
SELECT p.id, c.routing FROM customs_page p JOIN ledger.customs_consignment c ON
    c.organisation_id = %(organisation)s AND c.mrn = p.mrn AND c.document_number = p.document_number
    AND c.document_type = p.document_type AND c.kind = p.kind AND c.other_id = p.other_id
WHERE p.routing <> 'TO_ENTRY' AND c.position < p.position
"""
