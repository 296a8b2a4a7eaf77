-- owner: operator
-- scope: open
-- about: A document was sent and an hour after its time to settle nobody knows how it ended.
-- next step: See why the DAG ecoc_resolution did not settle it (paused, no register configured, register down); do not send it again.
SELECT u.party, s.day, u.id::text AS subject,
       'The file ' || s.name || ' was sent at ' || to_char(u.sent_at AT TIME ZONE q.timezone, 'YYYY-MM-DD HH24:MI')
           || ' and its outcome is unknown.' AS sentence,
       u.sent_at AS since, u.document_id
FROM ledger.submission u
JOIN ledger.party q ON q.id = u.party
JOIN ledger.sighting s ON s.id = u.sighting_id
WHERE u.state IN ('SENT', 'UNKNOWN') AND u.settle_until < now() - interval '1 hour'
