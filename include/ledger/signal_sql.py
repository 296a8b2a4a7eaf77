"""The statements that store a page of signals. `_KEY` names a consignment within its organisation."""

from __future__ import annotations

PAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS customs_page (position bigint, counted integer, lasts jsonb, id text, kind text,
    mrn text, document_number text, document_type text, other_id text, receptacle text, container text,
    transport_id text, transport_type text, eta timestamptz, sta timestamptz, routing text, control_location text,
    issued_at timestamptz, malformed text, raw bytea) ON COMMIT DELETE ROWS;
DELETE FROM customs_page
"""
"""Places count from the `base` of the statements. Of a consignment's last signal in the page: `counted`, how many the
page has, and `lasts`, the last routing of each container with its place (None while no signal of the page names any).
"""
COPY = "COPY customs_page FROM STDIN"
IDS = """
INSERT INTO ledger.customs_signal_id (feed, id, position) SELECT %(feed)s, id, position + %(base)s FROM customs_page
"""
"""Fails where one is known; with the words of `UNLESS_KNOWN`, which double what it costs, it leaves that one out."""
UNLESS_KNOWN = "ON CONFLICT DO NOTHING"
_KEY = "mrn, document_number, document_type, kind, other_id"
_NEWER = "excluded.position > coalesce(c.position, -1)"
_STAND = """
WITH stood AS (
    INSERT INTO ledger.customs_consignment AS c (organisation_id, {KEY}, receptacle, containers, signals, routing,
        control_location, position, signal_id, issued_at, first_signal_at, last_signal_at, lasts)
    SELECT %(organisation)s, {KEY}, receptacle,
        CASE WHEN lasts IS NULL THEN '{}' ELSE ARRAY(SELECT k FROM jsonb_object_keys(lasts) k WHERE k <> ''
            ORDER BY k) END,
        counted, routing, control_location, position + %(base)s, id, issued_at, now(), now(),
        CASE WHEN lasts IS NOT NULL THEN (
            SELECT jsonb_object_agg(key, jsonb_build_array(value -> 0, (value ->> 1)::bigint + %(base)s))
            FROM jsonb_each(lasts)) END
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
    RETURNING id AS consignment_id, {KEY}, expected OR request_id IS NOT NULL AS linked, old.position AS old_position,
        old.routing AS old_routing),
kept AS (
    INSERT INTO ledger.customs_signal (feed, position, id, consignment_id, mrn, document_number, document_type,
        receptacle, container, transport_id, transport_type, eta, sta, routing, control_location, issued_at, late,
        malformed, raw)
    SELECT %(feed)s, position + %(base)s, id, consignment_id, nullif(mrn, ''), nullif(document_number, ''),
        nullif(document_type, ''), receptacle, container, transport_id, transport_type, eta, sta, routing,
        control_location, issued_at, %(late)s, malformed, raw
    FROM customs_page LEFT JOIN stood USING ({KEY}))
SELECT CASE WHEN bool_or(linked) OR {PRESENTS} THEN array_agg(consignment_id)::text END AS moved,
    jsonb_agg(jsonb_build_array(kind, mrn, document_number, document_type, other_id, old_position, old_routing))
        FILTER (WHERE old_position IS NOT NULL) AS before
FROM stood
"""
_PRESENTS = " OR ".join(
    "EXISTS (SELECT FROM ledger.presentation p JOIN ledger.customs_organisation o ON p.sender = o.organisation "
    f"AND p.environment = o.environment WHERE o.id = %(organisation)s AND p.live AND p.level = '{level}')"
    for level in ("house-consignment", "receptacle", "entry-summary-declaration", "container")
)
"""By level, since each has an index of its own. Consignments of an organisation that presents nothing, and that no file
expects, have nothing to find: `moved` is then NULL."""
STAND = _STAND.replace("{PRESENTS}", _PRESENTS).replace("{KEY}", _KEY).replace("{NEWER}", _NEWER)
