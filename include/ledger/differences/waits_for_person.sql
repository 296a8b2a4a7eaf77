-- owner: operator
-- scope: open
-- about: A lookup could not tell how a send ended, so a named person has to decide.
-- next step: Decide with the DAG ecoc_decision; until then do not send it again.
SELECT u.party, s.day, u.id::text AS subject,
       'The file ' || s.name || ' waits for a person: ' || coalesce(u.reason, 'its outcome could not be settled.') AS sentence,
       u.sent_at AS since, u.document_id
FROM ledger.submission u
JOIN ledger.sighting s ON s.id = u.sighting_id
WHERE u.state = 'NEEDS_PERSON'
