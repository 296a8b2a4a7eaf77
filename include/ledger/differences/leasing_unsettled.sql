-- owner: operator
-- scope: open
-- about: A change of leaseholder was sent and nobody knows how it ended, or a person has to decide.
-- next step: See mart.leasing_change for the reason; settle it as the DAG leasing_changes says, and do not send it again.
SELECT c.party, f.day, c.id::text AS subject,
       'The change of leaseholder for ' || c.kjennemerke || ' in ' || f.name || ' (' || c.place || ') is not settled.' AS sentence,
       coalesce(c.sent_at, c.opened_at) AS since, NULL::bigint AS document_id
FROM ledger.leasing_change c
JOIN ledger.leasing_file f ON f.id = c.file_id
WHERE c.state = 'NEEDS_PERSON' OR (c.state IN ('SENT', 'UNKNOWN') AND c.settle_until < now() - interval '1 hour')
