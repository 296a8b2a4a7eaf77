CREATE VIEW mart.ecoc_finding AS
-- Three kinds apart, so that a question about one importer meets its index before anything is joined.
WITH found AS (
    SELECT d.party, coalesce(f.sighting_id, d.sighting_id) AS sighting_id, d.sha256, d.vin, f.source, f.rule_id, f.level,
           f.path, f.coc_entry, f.sentence, f.found_at
    FROM ledger.finding f
    JOIN ledger.document d ON d.id = f.document_id
    UNION ALL
    SELECT s.party, s.id, NULL, NULL, f.source, f.rule_id, f.level, f.path, f.coc_entry, f.sentence, f.found_at
    FROM ledger.finding f
    JOIN ledger.sighting s ON s.id = f.sighting_id
    WHERE f.document_id IS NULL
    UNION ALL -- files that never became a document: a refused name, too large, a hostile archive
    SELECT s.party, s.id, NULL, NULL, 'own', s.rule_id, 'error', '', NULL, s.reason, s.first_seen_at
    FROM ledger.sighting s
    WHERE s.state IN ('INVALID', 'INCOMPLETE') AND s.document_id IS NULL
)
SELECT f.party AS importer,
       coalesce(s.name || CASE WHEN s.member <> '' THEN ' › ' || s.member ELSE '' END, '') AS file_name,
       f.sha256,
       f.vin,
       f.source,
       f.rule_id,
       f.level,
       f.path,
       f.coc_entry,
       f.sentence,
       f.found_at
FROM found f
-- Nearly always the file came in the weeks before, and only those months' partitions are opened.
LEFT JOIN LATERAL (
    SELECT x.name, x.member FROM ledger.sighting x WHERE x.id = f.sighting_id
        AND x.first_seen_at >= f.found_at - interval '20 days' AND x.first_seen_at < f.found_at + interval '1 day'
    UNION ALL
    SELECT x.name, x.member FROM ledger.sighting x WHERE x.id = f.sighting_id
        AND (x.first_seen_at < f.found_at - interval '20 days' OR x.first_seen_at >= f.found_at + interval '1 day')
    LIMIT 1) s ON true;

COMMENT ON VIEW mart.ecoc_finding IS 'One row per finding about a document: our own rules, and the authority''s remarks.';
COMMENT ON COLUMN mart.ecoc_finding.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.ecoc_finding.file_name IS 'Name of the file at the drop.';
COMMENT ON COLUMN mart.ecoc_finding.sha256 IS 'The document; empty when the file never became one (for instance a refused name).';
COMMENT ON COLUMN mart.ecoc_finding.vin IS 'Vehicle identification number as the document states it.';
COMMENT ON COLUMN mart.ecoc_finding.source IS 'own (our rules) or vegvesen (the authority''s remarks).';
COMMENT ON COLUMN mart.ecoc_finding.rule_id IS 'Our rule''s id, or the field the authority points at (feltreferanse).';
COMMENT ON COLUMN mart.ecoc_finding.level IS 'error stops the document, warning and info do not.';
COMMENT ON COLUMN mart.ecoc_finding.path IS 'Place in the IVI document.';
COMMENT ON COLUMN mart.ecoc_finding.coc_entry IS 'Entry number in the certificate of conformity, where known.';
COMMENT ON COLUMN mart.ecoc_finding.sentence IS 'What is wrong and what to do, in plain words; the authority''s own words for its remarks.';
COMMENT ON COLUMN mart.ecoc_finding.found_at IS 'When it was found.';
