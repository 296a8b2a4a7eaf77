CREATE VIEW mart.alert AS
SELECT party AS importer, kind, fact, sentence, raised_at, notified_at FROM ledger.alert;

COMMENT ON VIEW mart.alert IS 'What somebody was told, one row per fact.';
COMMENT ON COLUMN mart.alert.importer IS 'Party id, as in parties.yaml; empty for facts about the whole installation.';
COMMENT ON COLUMN mart.alert.kind IS 'Kind of alert, for instance refused_over_threshold.';
COMMENT ON COLUMN mart.alert.fact IS 'What makes it one fact (party, day, file): the same fact is told once.';
COMMENT ON COLUMN mart.alert.sentence IS 'What happened and what to do.';
COMMENT ON COLUMN mart.alert.raised_at IS 'When it was noticed.';
COMMENT ON COLUMN mart.alert.notified_at IS 'When the configured channels had been told; empty when none is configured.';
