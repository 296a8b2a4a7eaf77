-- owner: importer
-- scope: open
-- about: Customs refused a presentation or its validation failed, and a day later nothing corrects it.
-- next step: Correct the row and drop it in a new file; it gets a request id of its own. Until then hold the goods.
SELECT p.party, f.day, p.request_id::text AS subject,
       'The presentation of ' || p.consignment || ' was '
           || CASE WHEN p.state = 'REFUSED' THEN 'refused' ELSE 'found invalid' END || ' and is not corrected.' AS sentence,
       coalesce(p.validated_at, p.decided_at) AS since, NULL::bigint AS document_id
FROM ledger.presentation p
JOIN ledger.presentation_file f ON f.id = p.file_id
WHERE (p.state = 'REFUSED' OR (p.state = 'ACCEPTED' AND p.validation = 'FAILURE'))
  AND p.opened_at > now() - interval '30 days' AND coalesce(p.validated_at, p.decided_at) < now() - interval '24 hours'
  AND NOT EXISTS (SELECT FROM ledger.presentation n WHERE n.corrects = p.request_id)
  AND NOT EXISTS (SELECT FROM ledger.presentation n WHERE n.party = p.party AND n.consignment = p.consignment
      AND n.opened_at > p.opened_at)
