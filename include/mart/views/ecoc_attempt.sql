CREATE VIEW mart.ecoc_attempt AS
SELECT u.party AS importer,
       d.sha256,
       d.vin,
       u.operation,
       u.n AS submission_no,
       a.attempt_no,
       a.outcome,
       a.http_status,
       a.error_class,
       a.sentence,
       a.started_at,
       a.ended_at,
       extract(epoch FROM a.ended_at - a.started_at) * 1000 AS milliseconds,
       a.request_sha256,
       a.reply_sha256,
       a.token_fingerprint
FROM ledger.attempt a
JOIN ledger.submission u ON u.id = a.submission_id
JOIN ledger.document d ON d.id = u.document_id;

COMMENT ON VIEW mart.ecoc_attempt IS 'One row per finished send: the evidence.';
COMMENT ON COLUMN mart.ecoc_attempt.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.ecoc_attempt.sha256 IS 'The document.';
COMMENT ON COLUMN mart.ecoc_attempt.vin IS 'Vehicle identification number as the document states it.';
COMMENT ON COLUMN mart.ecoc_attempt.operation IS 'opprette (a creation) or slette (a deletion).';
COMMENT ON COLUMN mart.ecoc_attempt.submission_no IS 'Which submission of the document, counted for each operation.';
COMMENT ON COLUMN mart.ecoc_attempt.attempt_no IS 'Which send of that submission.';
COMMENT ON COLUMN mart.ecoc_attempt.outcome IS 'accepted, refused, not_sent or unknown.';
COMMENT ON COLUMN mart.ecoc_attempt.http_status IS 'Status of the answer; empty when there was none.';
COMMENT ON COLUMN mart.ecoc_attempt.error_class IS 'What happened on the wire, when there was no proper answer.';
COMMENT ON COLUMN mart.ecoc_attempt.sentence IS 'The same in plain words.';
COMMENT ON COLUMN mart.ecoc_attempt.started_at IS 'When the request was begun.';
COMMENT ON COLUMN mart.ecoc_attempt.ended_at IS 'When its end was known.';
COMMENT ON COLUMN mart.ecoc_attempt.milliseconds IS 'Time between the two, in milliseconds.';
COMMENT ON COLUMN mart.ecoc_attempt.request_sha256 IS 'SHA-256 of the request body.';
COMMENT ON COLUMN mart.ecoc_attempt.reply_sha256 IS 'SHA-256 of the answer''s body; the bytes lie in ledger.reply.';
COMMENT ON COLUMN mart.ecoc_attempt.token_fingerprint IS 'First digits of the SHA-256 of the access token; the token itself is never stored.';
