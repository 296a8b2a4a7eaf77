-- owner: operator
-- scope: open
-- about: A valid document has been held for more than a day.
-- next step: Mend what the sentence names (or release it with the DAG ecoc_decision); the next run asks again.
SELECT d.party, s.day, d.id::text AS subject, 'The file ' || s.name || ' is held: ' || d.hold_reason AS sentence,
       d.first_seen_at AS since, d.id AS document_id
FROM ledger.document d
JOIN ledger.sighting s ON s.id = d.sighting_id
WHERE d.hold_reason IS NOT NULL AND d.first_seen_at < now() - interval '24 hours'
  AND NOT EXISTS (SELECT FROM ledger.submission u WHERE u.sighting_id = d.sighting_id)
