CREATE VIEW mart.ecoc_refusal AS
WITH refused AS (
    SELECT u.party, u.meldingskode, u.meldingstekst, u.avgiftskode, u.decided_at, d.make,
           regexp_match(u.meldingstekst, 'typegodkjenning:\s*(.*?)\s*\|\s*(.*?)\s*\|\s*(.*?)\s+tilgjengelig for importør:\s*(\S+)\s+med ønsket avgiftskode:\s*(\S+)') AS gap
    FROM ledger.submission u
    JOIN ledger.document d ON d.id = u.document_id
    WHERE u.state = 'REFUSED' AND u.operation = 'opprette'
      AND NOT EXISTS (SELECT FROM ledger.submission later WHERE later.document_id = u.document_id AND later.operation = u.operation AND later.n > u.n)
)
SELECT party AS importer,
       meldingskode,
       gap[1] AS type_approval,
       gap[2] AS variant,
       gap[3] AS version,
       rtrim(gap[5], '.') AS avgiftskode,
       count(*) AS documents,
       array_agg(DISTINCT make) FILTER (WHERE make IS NOT NULL) AS makes,
       min(decided_at) AS first_at,
       max(decided_at) AS last_at,
       min(meldingstekst) AS meldingstekst
FROM refused
GROUP BY party, meldingskode, gap[1], gap[2], gap[3], rtrim(gap[5], '.'), CASE WHEN gap IS NULL THEN meldingstekst END;

COMMENT ON VIEW mart.ecoc_refusal IS 'Documents that stand refused now, grouped: one gap at the authority is one row with its count.';
COMMENT ON COLUMN mart.ecoc_refusal.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.ecoc_refusal.meldingskode IS 'Message code, verbatim.';
COMMENT ON COLUMN mart.ecoc_refusal.type_approval IS 'Type approval named in the refusal, where the text names one.';
COMMENT ON COLUMN mart.ecoc_refusal.variant IS 'Variant named in the refusal.';
COMMENT ON COLUMN mart.ecoc_refusal.version IS 'Version named in the refusal.';
COMMENT ON COLUMN mart.ecoc_refusal.avgiftskode IS 'avgiftsKode that is not open, as named in the refusal.';
COMMENT ON COLUMN mart.ecoc_refusal.documents IS 'How many documents wait behind this gap.';
COMMENT ON COLUMN mart.ecoc_refusal.makes IS 'Makes of these documents.';
COMMENT ON COLUMN mart.ecoc_refusal.first_at IS 'First refusal of the group.';
COMMENT ON COLUMN mart.ecoc_refusal.last_at IS 'Latest refusal of the group.';
COMMENT ON COLUMN mart.ecoc_refusal.meldingstekst IS 'The authority''s text of one of them, verbatim.';
