-- owner: operator
-- scope: open
-- about: A presentation to customs was sent and nobody knows how it ended, or a person has to decide.
-- next step: See mart.customs_presentation for the reason; the DAG customs_presentation repeats it under its own request id.
SELECT p.party, f.day, p.request_id::text AS subject,
       'The presentation of ' || p.consignment || ' is not settled' || coalesce(': ' || p.reason, '.') AS sentence,
       coalesce(p.first_sent_at, p.opened_at) AS since, NULL::bigint AS document_id
FROM ledger.presentation p
JOIN ledger.presentation_file f ON f.id = p.file_id
WHERE p.state = 'NEEDS_PERSON' OR (p.state IN ('SENT', 'UNKNOWN') AND p.settle_until < now() - interval '1 hour')
