-- owner: operator
-- scope: days
-- about: A file is filed away and its last receipt tells another state than the ledger.
-- next step: Trigger the party's DAG: it writes the receipt anew. If it stays, report it as a fault of Samsvar.
SELECT s.party, s.day, s.id::text AS subject,
       'The receipt of ' || s.name || ' says ' || coalesce(t.receipt_state, 'nothing') || ', the ledger says ' || t.state || '.' AS sentence,
       s.filed_at AS since, s.document_id
FROM ledger.sighting s
JOIN ledger.sighting_status t ON t.id = s.id AND t.first_seen_at = s.first_seen_at
WHERE s.day = ANY(%(days)s) AND s.party = ANY(%(parties)s) AND s.filed_at < now() - interval '24 hours'
  AND t.receipt_state IS DISTINCT FROM t.state
