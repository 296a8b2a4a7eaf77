CREATE VIEW mart.ecoc_file AS
SELECT s.party AS importer,
       s.day,
       s.name AS file_name,
       s.member,
       t.status,
       t.state,
       coalesce(s.reason, u.reason, d.hold_reason) AS reason,
       d.sha256,
       d.vin,
       f.name AS duplicate_of,
       s.size,
       s.first_seen_at,
       s.filed_as,
       s.filed_at,
       s.receipt_at
FROM ledger.sighting s
JOIN ledger.sighting_status t ON t.id = s.id AND t.first_seen_at = s.first_seen_at
LEFT JOIN ledger.document d ON d.id = s.document_id
LEFT JOIN ledger.submission u ON u.id = t.submission_id
LEFT JOIN ledger.sighting f ON f.id = s.duplicate_of;

COMMENT ON VIEW mart.ecoc_file IS 'One row per file (or archive member) seen at a drop, whatever became of it. mart.ecoc_daily counts these rows.';
COMMENT ON COLUMN mart.ecoc_file.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.ecoc_file.day IS 'Calendar day of the first sighting, in the party''s time zone.';
COMMENT ON COLUMN mart.ecoc_file.file_name IS 'Name at the drop; control characters and bad bytes are shown as escapes.';
COMMENT ON COLUMN mart.ecoc_file.member IS 'Name inside the archive; empty for an ordinary file.';
COMMENT ON COLUMN mart.ecoc_file.status IS 'accepted, refused, invalid, duplicate, unknown or open: the reconciliation''s column. withdrawn (taken away before it was read) is not counted there.';
COMMENT ON COLUMN mart.ecoc_file.state IS 'The exact state behind the status.';
COMMENT ON COLUMN mart.ecoc_file.reason IS 'One plain sentence why, when there is something to say.';
COMMENT ON COLUMN mart.ecoc_file.sha256 IS 'The document in the file; empty when it never became one.';
COMMENT ON COLUMN mart.ecoc_file.vin IS 'Vehicle identification number as the document states it.';
COMMENT ON COLUMN mart.ecoc_file.duplicate_of IS 'For a duplicate: the file that carried the same content first.';
COMMENT ON COLUMN mart.ecoc_file.size IS 'Size of the file at the drop, in bytes.';
COMMENT ON COLUMN mart.ecoc_file.first_seen_at IS 'When it was first listed.';
COMMENT ON COLUMN mart.ecoc_file.filed_as IS 'Where it lies now, below the login folder; empty while it is in the inbox.';
COMMENT ON COLUMN mart.ecoc_file.filed_at IS 'When it was moved there.';
COMMENT ON COLUMN mart.ecoc_file.receipt_at IS 'When the importer''s receipt was last written.';
