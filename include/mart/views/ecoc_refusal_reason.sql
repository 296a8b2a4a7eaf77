CREATE VIEW mart.ecoc_refusal_reason AS
SELECT u.party AS importer,
       coalesce(d.make, '(not given)') AS make,
       coalesce(u.meldingskode, '(no code)') AS meldingskode,
       rank() OVER (PARTITION BY u.party, coalesce(d.make, '(not given)') ORDER BY count(*) DESC) AS place,
       count(*) AS refusals,
       count(*) FILTER (WHERE NOT l.later) AS still_refused,
       count(*) FILTER (WHERE l.later) AS tried_again,
       min(u.decided_at) AS first_at,
       max(u.decided_at) AS last_at,
       min(u.meldingstekst) AS meldingstekst
FROM ledger.submission u
JOIN ledger.document d ON d.id = u.document_id
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM ledger.submission x WHERE x.document_id = u.document_id AND x.operation = u.operation
        AND x.n > u.n) AS later) l
WHERE u.state = 'REFUSED' AND u.operation = 'opprette'
GROUP BY u.party, coalesce(d.make, '(not given)'), coalesce(u.meldingskode, '(no code)');

COMMENT ON VIEW mart.ecoc_refusal_reason IS 'Why documents were refused, by importer and make, the commonest reason first (place 1); every refusal counts, also those that were cured.';
COMMENT ON COLUMN mart.ecoc_refusal_reason.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.ecoc_refusal_reason.make IS 'Make of the vehicle, CoC entry 0.1.';
COMMENT ON COLUMN mart.ecoc_refusal_reason.meldingskode IS 'Message code of the refusal, verbatim.';
COMMENT ON COLUMN mart.ecoc_refusal_reason.place IS 'Rank of the reason within importer and make: 1 is the commonest.';
COMMENT ON COLUMN mart.ecoc_refusal_reason.refusals IS 'Refusals with this code.';
COMMENT ON COLUMN mart.ecoc_refusal_reason.still_refused IS 'Of these: nothing was tried since.';
COMMENT ON COLUMN mart.ecoc_refusal_reason.tried_again IS 'Of these: the document was opened for submission once more.';
COMMENT ON COLUMN mart.ecoc_refusal_reason.first_at IS 'First of them.';
COMMENT ON COLUMN mart.ecoc_refusal_reason.last_at IS 'Latest of them.';
COMMENT ON COLUMN mart.ecoc_refusal_reason.meldingstekst IS 'The authority''s text of one of them, verbatim.';
