-- owner: operator
-- scope: open
-- about: A document has waited to be sent for more than a day.
-- next step: See whether the party's DAG runs, whether a stop switch is set (python -m samsvar open), and trigger the DAG.
SELECT s.party, s.day, s.id::text AS subject,
       'The file ' || s.name || ' came in on ' || s.day || ' and is not sent.' AS sentence,
       s.first_seen_at AS since, s.document_id
FROM ledger.sighting s
JOIN ledger.document d ON d.id = s.document_id
LEFT JOIN LATERAL (SELECT x.state, x.opened_at FROM ledger.submission x WHERE x.sighting_id = s.id
    ORDER BY x.n DESC LIMIT 1) u ON true
WHERE s.filed_at IS NULL AND s.state = 'TAKEN' AND s.first_seen_at < now() - interval '24 hours'
  AND d.hold_reason IS NULL AND coalesce(u.state, d.state) IN ('RECEIVED', 'VALID', 'PENDING')
  AND coalesce(u.opened_at, s.first_seen_at) < now() - interval '24 hours'
