-- owner: operator
-- scope: open
-- about: What became of a file is known, and it still lies in the inbox or its receipt was never written.
-- next step: Clear the task file_away of the party's last run; if the drop is away or full, mend that first.
SELECT s.party, s.day, s.id::text AS subject,
       'The file ' || s.name || ' is decided (' || lower(t.state) || ') and is not filed away.' AS sentence,
       coalesce(u.decided_at, s.first_seen_at) AS since, s.document_id
FROM ledger.sighting s
JOIN ledger.sighting_status t ON t.id = s.id AND t.first_seen_at = s.first_seen_at
LEFT JOIN ledger.submission u ON u.id = t.submission_id
WHERE s.filed_at IS NULL AND t.status IN ('accepted', 'refused', 'invalid', 'duplicate')
  AND coalesce(u.decided_at, s.first_seen_at) < now() - interval '24 hours'
