CREATE VIEW mart.ecoc_deletion AS
SELECT r.party AS importer,
       t.state,
       t.sentence AS reason,
       CASE t.state
           WHEN 'ASKED' THEN 'Approve or reject it under Required Actions of ecoc_deletion'
               || coalesce(' (run ' || r.offered_run || ').', '; its next run asks.')
           WHEN 'WAITING' THEN 'Nothing: the next run of ecoc_deletion looks again.'
           WHEN 'PENDING' THEN 'The next run of ecoc_deletion sends it' || CASE WHEN u.resends > 0 THEN ' once more.' ELSE '.' END
           WHEN 'SENT' THEN 'Wait until ' || to_char(u.settle_until AT TIME ZONE 'Europe/Oslo', 'YYYY-MM-DD HH24:MI') || '.'
           WHEN 'UNKNOWN' THEN 'Do not send it again; the DAG ecoc_resolution looks it up.'
           WHEN 'NEEDS_PERSON' THEN 'Decide by hand, with the DAG ecoc_decision.'
       END AS next_step,
       r.key AS asked_for,
       r.reason AS why_asked,
       r.source,
       l.name AS list_file,
       nullif(r.row_no, 0) AS row_no,
       r.asked_by,
       r.asked_at,
       r.decided_by AS approved_by,
       r.decided_at AS approved_at,
       d.vin,
       d.ivi_reference,
       d.sha256,
       s.name || CASE WHEN s.member <> '' THEN ' › ' || s.member ELSE '' END AS file_name,
       c.kuid,
       c.merkekode,
       u.n AS deletion_no,
       coalesce(u.attempt_no, 0) AS attempts,
       u.ways[least(u.way_no + 1, cardinality(u.ways))] AS named_by,
       u.meldingskode,
       u.meldingstype,
       u.meldingstekst,
       u.baseline ->> 'said' AS baseline,
       u.resends,
       u.sent_at,
       u.settle_until,
       u.decided_at,
       u.decided_by
FROM ledger.deletion_request r
JOIN ledger.deletion_status t ON t.id = r.id
LEFT JOIN ledger.deletion_list l ON l.id = r.list_id
LEFT JOIN ledger.submission u ON u.id = r.submission_id
LEFT JOIN ledger.submission c ON c.id = u.deletes
LEFT JOIN ledger.document d ON d.id = r.document_id
LEFT JOIN ledger.sighting s ON s.id = d.sighting_id;

COMMENT ON VIEW mart.ecoc_deletion IS 'One row per vehicle that somebody wanted deleted: who asked, who approved, and what the authority said.';
COMMENT ON COLUMN mart.ecoc_deletion.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.ecoc_deletion.state IS 'ASKED (waits for an approval), WAITING (for an earlier operation on the VIN), IMPOSSIBLE, DECLINED; approved: PENDING, SENT, DELETED, REFUSED, UNKNOWN, NEEDS_PERSON.';
COMMENT ON COLUMN mart.ecoc_deletion.reason IS 'One plain sentence why it is in that state, when there is something to say.';
COMMENT ON COLUMN mart.ecoc_deletion.next_step IS 'What to do about it, in words; empty when nothing is to be done.';
COMMENT ON COLUMN mart.ecoc_deletion.asked_for IS 'The reference or VIN as it was asked for.';
COMMENT ON COLUMN mart.ecoc_deletion.why_asked IS 'The reason that was given.';
COMMENT ON COLUMN mart.ecoc_deletion.source IS 'form, list (a file in deletions/) or revision (a corrected document replaces it).';
COMMENT ON COLUMN mart.ecoc_deletion.list_file IS 'Name of the list at the drop.';
COMMENT ON COLUMN mart.ecoc_deletion.row_no IS 'Row of the form or list, the first is 1.';
COMMENT ON COLUMN mart.ecoc_deletion.asked_by IS 'Who asked: a user of Airflow, the importer, or a setting.';
COMMENT ON COLUMN mart.ecoc_deletion.asked_at IS 'When it was asked for.';
COMMENT ON COLUMN mart.ecoc_deletion.approved_by IS 'Who approved or declined it, by name.';
COMMENT ON COLUMN mart.ecoc_deletion.approved_at IS 'When it was approved or declined.';
COMMENT ON COLUMN mart.ecoc_deletion.vin IS 'Vehicle identification number of the document that is meant.';
COMMENT ON COLUMN mart.ecoc_deletion.ivi_reference IS 'IVI reference id of that document.';
COMMENT ON COLUMN mart.ecoc_deletion.sha256 IS 'SHA-256 of that document: joins with mart.ecoc_document.';
COMMENT ON COLUMN mart.ecoc_deletion.file_name IS 'The file that carries that document now.';
COMMENT ON COLUMN mart.ecoc_deletion.kuid IS 'Vehicle id in the register, from the answer to its creation.';
COMMENT ON COLUMN mart.ecoc_deletion.merkekode IS 'Code of the make in the register, from the answer to its creation.';
COMMENT ON COLUMN mart.ecoc_deletion.deletion_no IS 'Which deletion of that document: 2 after a refused one, or after it was created anew.';
COMMENT ON COLUMN mart.ecoc_deletion.attempts IS 'Sends of the deletion, the ones that never left included.';
COMMENT ON COLUMN mart.ecoc_deletion.named_by IS 'How the vehicle was named last: returned_reference, own_reference, vin or vin_merkekode.';
COMMENT ON COLUMN mart.ecoc_deletion.meldingskode IS 'Message code of the authority''s last answer, verbatim.';
COMMENT ON COLUMN mart.ecoc_deletion.meldingstype IS 'INFO or FEIL, verbatim.';
COMMENT ON COLUMN mart.ecoc_deletion.meldingstekst IS 'Message text of the authority''s last answer, verbatim.';
COMMENT ON COLUMN mart.ecoc_deletion.baseline IS 'What the register said about the VIN before the deletion was first sent: absent, present, unreadable, not_asked; empty when it was not asked.';
COMMENT ON COLUMN mart.ecoc_deletion.resends IS 'Times it was sent once more after its outcome had been unknown: 0 or 1.';
COMMENT ON COLUMN mart.ecoc_deletion.sent_at IS 'When the intent of the last send was committed.';
COMMENT ON COLUMN mart.ecoc_deletion.settle_until IS 'Until then an answer may still come, and a lookup would be too early.';
COMMENT ON COLUMN mart.ecoc_deletion.decided_at IS 'When the outcome was recorded.';
COMMENT ON COLUMN mart.ecoc_deletion.decided_by IS 'answer, lookup, or the name of the person who decided.';
