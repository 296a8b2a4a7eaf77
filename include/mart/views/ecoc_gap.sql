CREATE VIEW mart.ecoc_gap AS
SELECT x.party AS importer,
       d.sha256,
       d.vin,
       x.kind,
       x.declared,
       x.held,
       x.sentence,
       x.next_step,
       x.found_at,
       x.seen_at,
       x.cleared_at
FROM ledger.register_difference x
JOIN ledger.document d ON d.id = x.document_id;

COMMENT ON VIEW mart.ecoc_gap IS 'One row per difference between what was declared for an accepted document and what the register holds; cleared ones stay, with the moment they were gone.';
COMMENT ON COLUMN mart.ecoc_gap.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.ecoc_gap.sha256 IS 'The document: SHA-256 of its original bytes.';
COMMENT ON COLUMN mart.ecoc_gap.vin IS 'Vehicle identification number as the document states it.';
COMMENT ON COLUMN mart.ecoc_gap.kind IS 'not_in_register, ambiguous, vin, kuid, merkekode, make, type_approval, variant, version or avgiftskode.';
COMMENT ON COLUMN mart.ecoc_gap.declared IS 'What the document, the avgiftsklassifisering sent with it, or the authority''s own answer said.';
COMMENT ON COLUMN mart.ecoc_gap.held IS 'What the register holds instead, as it writes it; empty when it holds nothing.';
COMMENT ON COLUMN mart.ecoc_gap.sentence IS 'The difference in one plain sentence.';
COMMENT ON COLUMN mart.ecoc_gap.next_step IS 'What to do about it, in words.';
COMMENT ON COLUMN mart.ecoc_gap.found_at IS 'When a lookup first found it.';
COMMENT ON COLUMN mart.ecoc_gap.seen_at IS 'When a lookup last found it.';
COMMENT ON COLUMN mart.ecoc_gap.cleared_at IS 'When a lookup no longer found it, or the document no longer counts; empty while it stands.';
