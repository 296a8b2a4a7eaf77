-- owner: authority
-- scope: open
-- about: Customs took a presentation, and its validation status has not come by the party's deadline.
-- next step: Hold the goods; see that the DAG customs_validation_status reads its feed, then ask Tolletaten about the request id.
SELECT p.party, f.day, p.request_id::text AS subject,
       'The presentation of ' || p.consignment || ' was sent at '
           || to_char(p.first_sent_at AT TIME ZONE q.timezone, 'YYYY-MM-DD HH24:MI')
           || ' and customs has not said whether it is valid.' AS sentence,
       p.first_sent_at + make_interval(mins => coalesce(w.validation_minutes, 15)) AS since, NULL::bigint AS document_id
FROM ledger.presentation p
JOIN ledger.presentation_file f ON f.id = p.file_id
JOIN ledger.party q ON q.id = p.party
LEFT JOIN ledger.customs_party w ON w.party = p.party
WHERE p.live AND p.state = 'ACCEPTED' AND p.validation IS NULL
  AND p.first_sent_at + make_interval(mins => coalesce(w.validation_minutes, 15)) <= now()
