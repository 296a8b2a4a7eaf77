CREATE VIEW mart.ecoc_document AS
SELECT d.party AS importer,
       s.name || CASE WHEN s.member <> '' THEN ' › ' || s.member ELSE '' END AS file_name,
       d.sha256,
       d.vin,
       d.ivi_reference,
       d.ivi_version,
       d.category,
       d.make,
       d.type_approval,
       d.variant,
       d.version_code AS version,
       u.avgiftskode,
       u.avgift_source,
       coalesce(t.state, d.state) AS state,
       coalesce(u.reason, d.hold_reason, s.reason,
           CASE WHEN t.state = 'SENT' THEN 'Sent; the answer is awaited.'
                WHEN t.state = 'UNKNOWN' THEN 'Sent, and no answer was recorded.' END) AS reason,
       CASE coalesce(t.state, d.state)
           WHEN 'SENT' THEN 'Wait until ' || to_char(u.settle_until AT TIME ZONE 'Europe/Oslo', 'YYYY-MM-DD HH24:MI')
               || '; do not send it again.'
           WHEN 'UNKNOWN' THEN 'Do not send it again; the DAG ecoc_resolution looks it up'
               || coalesce(' after ' || to_char(greatest(u.settle_until, u.look_again_at) AT TIME ZONE 'Europe/Oslo',
                                                'YYYY-MM-DD HH24:MI'), '') || '.'
           WHEN 'NEEDS_PERSON' THEN 'Decide by hand, with the DAG ecoc_decision; until then do not send it again.'
           WHEN 'HELD' THEN 'Mend what the reason names; the next run asks again.'
           WHEN 'PENDING' THEN 'The importer''s next run sends it'
               || CASE WHEN u.resends > 0 THEN ' once more.' ELSE '.' END
           WHEN 'DELETED' THEN 'Nothing: it is taken back. The same content may be dropped again.'
           WHEN 'REFUSED' THEN 'Cure the cause, then use the form "send refused again" or drop it anew.'
           WHEN 'INVALID' THEN 'The importer corrects the document and drops it anew.'
       END AS next_step,
       u.meldingskode,
       u.meldingstype,
       u.meldingstekst,
       u.ivi_reference AS own_reference,
       u.returned_reference,
       d.errors,
       d.warnings,
       d.infos,
       d.signature,
       d.signer,
       d.signer_expires,
       jsonb_array_length(coalesce(u.remarks, '[]')) AS remarks,
       u.kuid,
       u.merkekode,
       coalesce(u.n, 0) AS submission_no,
       coalesce(u.attempt_no, 0) AS attempts,
       d.first_seen_at AS received_at,
       u.sent_at,
       u.settle_until,
       u.look_again_at,
       u.resends,
       u.baseline ->> 'said' AS baseline,
       u.authority_time,
       u.decided_at,
       u.decided_by,
       y.decided_at AS deleted_at,
       r.registered_on::timestamp AT TIME ZONE 'Europe/Oslo' AS registered_at,
       (SELECT string_agg(x.sentence, ' ' ORDER BY x.kind) FROM ledger.register_difference x
           WHERE x.submission_id = u.id AND x.cleared_at IS NULL) AS gap,
       s.filed_as
FROM ledger.document d
LEFT JOIN ledger.sighting s ON s.id = d.sighting_id
LEFT JOIN ledger.sighting_status t ON t.id = d.sighting_id
LEFT JOIN ledger.submission u ON u.id = t.submission_id
LEFT JOIN ledger.registration r ON r.submission_id = u.id
LEFT JOIN LATERAL (SELECT z.decided_at FROM ledger.submission z
    WHERE u.state = 'DELETED' AND z.document_id = u.document_id AND z.operation = 'slette' AND z.deletes = u.id
      AND z.state = 'ACCEPTED' LIMIT 1) y ON true;

COMMENT ON VIEW mart.ecoc_document IS 'One row per eCoC document (content) and importer: what it is, what was sent, what the authority said.';
COMMENT ON COLUMN mart.ecoc_document.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.ecoc_document.file_name IS 'Name of the file at the drop that carries the document now; an archive member follows after ›.';
COMMENT ON COLUMN mart.ecoc_document.sha256 IS 'SHA-256 of the original bytes, hexadecimal: the identity of the document.';
COMMENT ON COLUMN mart.ecoc_document.vin IS 'Vehicle identification number as the document states it.';
COMMENT ON COLUMN mart.ecoc_document.ivi_reference IS 'IVI reference id of the document.';
COMMENT ON COLUMN mart.ecoc_document.ivi_version IS 'IVI schema version the document claims, such as 1.6 or 2.0.';
COMMENT ON COLUMN mart.ecoc_document.category IS 'Vehicle category (M1, N1, O4, L3e …), CoC entry 0.4.';
COMMENT ON COLUMN mart.ecoc_document.make IS 'Make, CoC entry 0.1.';
COMMENT ON COLUMN mart.ecoc_document.type_approval IS 'Type-approval number with its extension.';
COMMENT ON COLUMN mart.ecoc_document.variant IS 'Variant, CoC entry 0.2.';
COMMENT ON COLUMN mart.ecoc_document.version IS 'Version, CoC entry 0.2.';
COMMENT ON COLUMN mart.ecoc_document.avgiftskode IS 'avgiftsKode sent with the document; empty when sent without.';
COMMENT ON COLUMN mart.ecoc_document.avgift_source IS 'Where the avgiftsKode came from: sidecar, manifest, party_rule, party_default or none.';
COMMENT ON COLUMN mart.ecoc_document.state IS 'RECEIVED, VALID, INVALID, HELD, PENDING, SENT, ACCEPTED, REFUSED, UNKNOWN, NEEDS_PERSON, or DELETED (it was accepted before).';
COMMENT ON COLUMN mart.ecoc_document.reason IS 'One plain sentence why the document is in that state, when there is something to say.';
COMMENT ON COLUMN mart.ecoc_document.next_step IS 'What to do about it, in words; empty when nothing is to be done. Times are in Europe/Oslo.';
COMMENT ON COLUMN mart.ecoc_document.meldingskode IS 'Message code of the authority''s last answer, verbatim.';
COMMENT ON COLUMN mart.ecoc_document.meldingstype IS 'INFO or FEIL, verbatim.';
COMMENT ON COLUMN mart.ecoc_document.meldingstekst IS 'Message text of the authority''s last answer, verbatim.';
COMMENT ON COLUMN mart.ecoc_document.own_reference IS 'iviReferanse sent beside the document.';
COMMENT ON COLUMN mart.ecoc_document.returned_reference IS 'iviReferanse in the authority''s answer.';
COMMENT ON COLUMN mart.ecoc_document.errors IS 'Number of own findings of level error.';
COMMENT ON COLUMN mart.ecoc_document.warnings IS 'Number of own findings of level warning.';
COMMENT ON COLUMN mart.ecoc_document.infos IS 'Number of own findings of level info.';
COMMENT ON COLUMN mart.ecoc_document.signature IS 'XML signature: valid, unknown_issuer (whole, but nobody trusted stands behind it), invalid, absent; empty when not looked at.';
COMMENT ON COLUMN mart.ecoc_document.signer IS 'Subject of the certificate the document was signed with.';
COMMENT ON COLUMN mart.ecoc_document.signer_expires IS 'Last day (UTC) of that certificate.';
COMMENT ON COLUMN mart.ecoc_document.remarks IS 'Number of remarks in the authority''s last answer.';
COMMENT ON COLUMN mart.ecoc_document.kuid IS 'Vehicle id in the register, from the answer.';
COMMENT ON COLUMN mart.ecoc_document.merkekode IS 'Code of the make in the register, from the answer.';
COMMENT ON COLUMN mart.ecoc_document.submission_no IS 'How many times the document was opened for submission: 2 after a refusal and a new try; 0 never.';
COMMENT ON COLUMN mart.ecoc_document.attempts IS 'Sends of the current submission, the ones that never left included.';
COMMENT ON COLUMN mart.ecoc_document.received_at IS 'When the content was first taken from the drop.';
COMMENT ON COLUMN mart.ecoc_document.sent_at IS 'When the intent of the last send was committed.';
COMMENT ON COLUMN mart.ecoc_document.settle_until IS 'Until then an answer may still come, and a lookup would be too early.';
COMMENT ON COLUMN mart.ecoc_document.look_again_at IS 'When an unknown outcome is looked up again; empty when a lookup was not needed, or settled it.';
COMMENT ON COLUMN mart.ecoc_document.resends IS 'Times it was sent once more by itself, after the register had said that the vehicle is not there: 0 or 1.';
COMMENT ON COLUMN mart.ecoc_document.baseline IS 'What the register said about the VIN before the document was first sent: absent, present, unreadable, not_asked; empty when it was not asked.';
COMMENT ON COLUMN mart.ecoc_document.authority_time IS 'datoTid of the answer, verbatim: local time without offset.';
COMMENT ON COLUMN mart.ecoc_document.decided_at IS 'When the outcome was recorded.';
COMMENT ON COLUMN mart.ecoc_document.decided_by IS 'answer, lookup, or the name of the person who decided.';
COMMENT ON COLUMN mart.ecoc_document.deleted_at IS 'When its deletion was recorded; mart.ecoc_deletion says who asked and approved.';
COMMENT ON COLUMN mart.ecoc_document.registered_at IS 'First registration in Norway, as the register says: the beginning of that day in Europe/Oslo; empty until it is registered.';
COMMENT ON COLUMN mart.ecoc_document.gap IS 'Where the register holds something else than was declared, in sentences; empty when nothing differs. mart.ecoc_gap has them one by one.';
COMMENT ON COLUMN mart.ecoc_document.filed_as IS 'Where the file lies now, below the importer''s drop.';
