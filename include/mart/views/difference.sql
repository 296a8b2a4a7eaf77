CREATE VIEW mart.difference AS
SELECT x.party AS importer,
       x.day,
       x.kind,
       x.subject,
       x.sentence,
       x.owner,
       x.next_step,
       x.breaks_invariant,
       d.sha256,
       d.vin,
       x.since,
       x.found_at,
       x.confirmed_at,
       x.cleared_at,
       x.cleared_at IS NULL AS is_open,
       round((extract(epoch FROM coalesce(x.cleared_at, now()) - x.since) / 3600)::numeric, 1) AS age_hours
FROM ledger.difference x
LEFT JOIN ledger.document d ON d.id = x.document_id;

COMMENT ON VIEW mart.difference IS 'One row per difference between systems, or between a system and its own evidence: what, how old, who acts, and what they do. Rows stay when the difference is gone.';
COMMENT ON COLUMN mart.difference.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.difference.day IS 'The day it belongs to: that of the file''s first sighting, or of the missing run.';
COMMENT ON COLUMN mart.difference.kind IS 'Kind of difference; docs/analysts.md lists them.';
COMMENT ON COLUMN mart.difference.subject IS 'What it is about, unique within importer and kind: a submission, a file, a VIN, a run, a day.';
COMMENT ON COLUMN mart.difference.sentence IS 'What differs, in plain words.';
COMMENT ON COLUMN mart.difference.owner IS 'Who acts: importer, operator, engineer or authority.';
COMMENT ON COLUMN mart.difference.next_step IS 'What that one does.';
COMMENT ON COLUMN mart.difference.breaks_invariant IS 'True where it contradicts what must always hold; such rows turn the DAG reconciliation red.';
COMMENT ON COLUMN mart.difference.sha256 IS 'The document, where it is about one.';
COMMENT ON COLUMN mart.difference.vin IS 'Vehicle identification number of that document.';
COMMENT ON COLUMN mart.difference.since IS 'When the thing itself began.';
COMMENT ON COLUMN mart.difference.found_at IS 'When the reconciliation saw it first.';
COMMENT ON COLUMN mart.difference.confirmed_at IS 'When the reconciliation saw it last.';
COMMENT ON COLUMN mart.difference.cleared_at IS 'When it was seen to be gone; empty while it is there.';
COMMENT ON COLUMN mart.difference.is_open IS 'True while it is there.';
COMMENT ON COLUMN mart.difference.age_hours IS 'Hours from since until it was gone, or until now.';
