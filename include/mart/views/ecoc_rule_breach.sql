CREATE VIEW mart.ecoc_rule_breach AS
SELECT s.party AS importer,
       s.day,
       coalesce(f.coc_entry, '') AS coc_entry,
       f.rule_id,
       f.level,
       f.source,
       count(*) AS findings,
       count(DISTINCT f.document_id) AS documents,
       min(f.sentence) AS example
FROM ledger.sighting s
JOIN ledger.document d ON d.sighting_id = s.id
JOIN ledger.finding f ON f.document_id = d.id
WHERE s.state = 'TAKEN'
GROUP BY s.party, s.day, coalesce(f.coc_entry, ''), f.rule_id, f.level, f.source;

COMMENT ON VIEW mart.ecoc_rule_breach IS 'Which entries of the certificate go wrong: findings by importer, day of the drop, CoC entry and rule.';
COMMENT ON COLUMN mart.ecoc_rule_breach.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.ecoc_rule_breach.day IS 'Calendar day of the file''s first sighting, in the party''s time zone.';
COMMENT ON COLUMN mart.ecoc_rule_breach.coc_entry IS 'Entry number in the certificate of conformity; blank where the rule points at none.';
COMMENT ON COLUMN mart.ecoc_rule_breach.rule_id IS 'Our rule''s id (docs/rules.md), or the field the authority points at (feltreferanse).';
COMMENT ON COLUMN mart.ecoc_rule_breach.level IS 'error stops the document, warning and info do not.';
COMMENT ON COLUMN mart.ecoc_rule_breach.source IS 'own (our rules) or vegvesen (the authority''s remarks).';
COMMENT ON COLUMN mart.ecoc_rule_breach.findings IS 'Findings of that rule.';
COMMENT ON COLUMN mart.ecoc_rule_breach.documents IS 'Documents with at least one.';
COMMENT ON COLUMN mart.ecoc_rule_breach.example IS 'The sentence of one of them.';
