-- owner: importer
-- scope: open
-- about: A file at the drop never became whole.
-- next step: The importer uploads it again in one piece, or takes it away.
SELECT s.party, s.day, s.id::text AS subject, 'The file ' || s.name || ' never became whole: ' || s.reason AS sentence,
       s.first_seen_at AS since, NULL::bigint AS document_id
FROM ledger.sighting s
WHERE s.filed_at IS NULL AND s.state = 'INCOMPLETE'
