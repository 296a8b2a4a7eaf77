CREATE VIEW mart.leasing_change AS
SELECT c.party AS importer,
       c.id AS change,
       f.day,
       f.name AS file_name,
       c.place,
       c.handling,
       c.kjennemerke,
       c.holder_kind AS leaseholder_kind,
       coalesce(c.organisation_number, CASE
           WHEN c.holder_kind IS NULL THEN NULL
           WHEN c.holder_mark IS NULL THEN 'erased'
           ELSE c.holder_kind || ' ' || left(c.holder_mark, 8)
       END) AS leaseholder,
       CASE WHEN c.state = 'SENT' AND c.settle_until < now() THEN 'UNKNOWN' ELSE c.state END AS state,
       ARRAY(SELECT r ->> 'kode' FROM jsonb_array_elements(c.merknader) AS r) AS koder,
       c.merknader,
       c.rule_id,
       c.reason,
       c.duplicate_of,
       c.kuid,
       c.understellsnummer,
       c.merke,
       c.merkekode,
       c.handelsebetegnelse,
       c.forstegang_registrert,
       c.environment,
       c.opened_at,
       c.sent_at,
       c.settle_until,
       c.decided_at,
       c.decided_by,
       c.http_status,
       c.attempt_no AS attempts,
       e.erased_at,
       c.register_said,
       c.register_looked_at
FROM ledger.leasing_change c
JOIN ledger.leasing_file f ON f.id = c.file_id
LEFT JOIN ledger.leasing_erasure e ON e.change_id = c.id;

COMMENT ON VIEW mart.leasing_change IS 'Changes of leaseholders, one row per row of a leasing file or use of the form. Holds no national number and no name.';
COMMENT ON COLUMN mart.leasing_change.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.leasing_change.change IS 'Number of the change, as receipts and the form for decisions name it.';
COMMENT ON COLUMN mart.leasing_change.day IS 'Day the file was first seen, in the party''s time zone.';
COMMENT ON COLUMN mart.leasing_change.file_name IS 'Name of the file as it was dropped, or "trigger form".';
COMMENT ON COLUMN mart.leasing_change.place IS 'Where in the file: line, row or element.';
COMMENT ON COLUMN mart.leasing_change.handling IS 'OPPRETTE (add the leaseholder) or AVSLUTTE (end it); empty where the row could not be read.';
COMMENT ON COLUMN mart.leasing_change.kjennemerke IS 'Plate in capitals, without blanks.';
COMMENT ON COLUMN mart.leasing_change.leaseholder_kind IS 'person or organisation.';
COMMENT ON COLUMN mart.leasing_change.leaseholder IS 'Organisation number; for a person a pseudonym that is equal for equal numbers, and "erased" once the person was erased.';
COMMENT ON COLUMN mart.leasing_change.state IS 'INVALID, DUPLICATE, PENDING, SENT, ACCEPTED, REFUSED, UNKNOWN (nobody knows the outcome) or NEEDS_PERSON.';
COMMENT ON COLUMN mart.leasing_change.koder IS 'Codes of the authority''s remarks (merknader), verbatim; not empty means refused.';
COMMENT ON COLUMN mart.leasing_change.merknader IS 'The remarks: kode verbatim, beskrivelse without numbers and names.';
COMMENT ON COLUMN mart.leasing_change.rule_id IS 'Which of our rules an INVALID row broke.';
COMMENT ON COLUMN mart.leasing_change.reason IS 'Why it is in this state, in one sentence.';
COMMENT ON COLUMN mart.leasing_change.duplicate_of IS 'Number of the same change that was taken before.';
COMMENT ON COLUMN mart.leasing_change.kuid IS 'The register''s id of the vehicle, from the answer.';
COMMENT ON COLUMN mart.leasing_change.understellsnummer IS 'VIN of the vehicle, from the answer.';
COMMENT ON COLUMN mart.leasing_change.merke IS 'Make of the vehicle, from the answer.';
COMMENT ON COLUMN mart.leasing_change.merkekode IS 'Make code of the vehicle, from the answer.';
COMMENT ON COLUMN mart.leasing_change.handelsebetegnelse IS 'Model name, from the answer (spelled as the interface spells it).';
COMMENT ON COLUMN mart.leasing_change.forstegang_registrert IS 'First registration as the answer writes it, dd.mm.yyyy.';
COMMENT ON COLUMN mart.leasing_change.environment IS 'test or prod: for which environment the row was checked and may be sent.';
COMMENT ON COLUMN mart.leasing_change.opened_at IS 'When the row was taken.';
COMMENT ON COLUMN mart.leasing_change.sent_at IS 'When the last send began.';
COMMENT ON COLUMN mart.leasing_change.settle_until IS 'Until then an unanswered send is not looked up.';
COMMENT ON COLUMN mart.leasing_change.decided_at IS 'When it was accepted or refused.';
COMMENT ON COLUMN mart.leasing_change.decided_by IS 'answer, lookup, or the name of a person.';
COMMENT ON COLUMN mart.leasing_change.http_status IS 'HTTP status of the last answer.';
COMMENT ON COLUMN mart.leasing_change.attempts IS 'How often its intent was committed.';
COMMENT ON COLUMN mart.leasing_change.erased_at IS 'When number and surname were erased, which ledger.leasing_erasure proves.';
COMMENT ON COLUMN mart.leasing_change.register_said IS 'Whom the register showed a day or more after the acceptance: ours (the leaseholder that was sent), nobody, another; empty where it shows none.';
COMMENT ON COLUMN mart.leasing_change.register_looked_at IS 'When the register was last asked about the accepted change.';
