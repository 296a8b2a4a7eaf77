-- One party's rows in every stream, so that every relation of the mart has some of it; `--` alone on a line parts them.
-- %(party)s stands in every text, so that a row (or half of one) that shows up elsewhere gives itself away. %(n)s: 1, 2.
--
INSERT INTO ledger.sighting (id, party, day, name_bytes, name, size, mtime, state, document_id, filed_at)
SELECT %(n)s * 10 + k, %(party)s, (now() AT TIME ZONE 'Europe/Oslo')::date, 'x', %(party)s || k || '.xml', 1, 1, 'TAKEN',
    %(n)s * 10 + k, now() FROM generate_series(1, 2) k
--
INSERT INTO ledger.document (id, party, sha256, size, sighting_id, state, vin, make) OVERRIDING SYSTEM VALUE
SELECT id, party, lpad(id::text, 64, '0'), 1, id, 'VALID', party || id, party FROM ledger.sighting WHERE party = %(party)s
--
INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source, state, sent_at, decided_at,
    decided_by, meldingskode, meldingstekst, kuid)
SELECT md5(party || id)::uuid, party, id, id, 1, '310000019', 'none', CASE id %% 2 WHEN 0 THEN 'REFUSED' ELSE 'ACCEPTED' END,
    now(), now() + interval '3 minutes', 'answer', party, party, party FROM ledger.document WHERE party = %(party)s
--
INSERT INTO ledger.attempt (ended_at, submission_id, attempt_no, owner, started_at, outcome)
SELECT now(), id, 1, party, now(), lower(state) FROM ledger.submission WHERE party = %(party)s
--
INSERT INTO ledger.finding (sighting_id, document_id, source, rule_id, level, coc_entry, sentence)
SELECT id, id, 'own', 'masses.order', 'warning', '16.1', party FROM ledger.document WHERE party = %(party)s
--
INSERT INTO ledger.registration (submission_id, document_id, party, vin, accepted_at, look_at)
SELECT u.id, u.document_id, u.party, d.vin, now(), now() FROM ledger.submission u JOIN ledger.document d
ON d.id = u.document_id WHERE u.party = %(party)s AND u.state = 'ACCEPTED'
--
INSERT INTO ledger.register_difference (submission_id, document_id, party, kind, declared, held, sentence, next_step)
SELECT id, document_id, party, 'make', party, party, party, party FROM ledger.submission
WHERE party = %(party)s AND state = 'ACCEPTED'
--
INSERT INTO ledger.vehicle (party, key, kuid, vin, plate, held, digest, looked_up_at, source)
VALUES (%(party)s, 'k', %(party)s, %(party)s, %(party)s, jsonb_build_object('merke', %(party)s::text), 'x', now(), 'x')
--
INSERT INTO ledger.alert (party, kind, fact, sentence) VALUES (%(party)s, 'k', %(party)s, %(party)s)
--
INSERT INTO ledger.alert (party, kind, fact, sentence) VALUES (NULL, 'k', %(party)s || '-house', 'of the whole house')
--
INSERT INTO ledger.deletion_request (party, source, key, reason, asked_by)
VALUES (%(party)s, 'form', %(party)s, %(party)s, %(party)s)
--
INSERT INTO ledger.party_day (party, day, due) VALUES (%(party)s, (now() AT TIME ZONE 'Europe/Oslo')::date, true)
--
INSERT INTO ledger.difference (party, day, kind, subject, sentence, owner, next_step, breaks_invariant, since)
VALUES (%(party)s, (now() AT TIME ZONE 'Europe/Oslo')::date, 'not_sent', 'a', %(party)s, 'operator', 'c', false, now())
--
INSERT INTO ledger.leasing_file (id, party, source, name_bytes, name, day, state, mark) OVERRIDING SYSTEM VALUE
VALUES (%(n)s, %(party)s, 'file', 'x', %(party)s || '.csv', (now() AT TIME ZONE 'Europe/Oslo')::date, 'TAKEN', 'm')
--
INSERT INTO ledger.leasing_change (id, party, file_id, row_no, place, environment, sender, handling, kjennemerke,
    holder_kind, holder_mark, state, sent_at, decided_at, decided_by, merke) OVERRIDING SYSTEM VALUE
VALUES (%(n)s, %(party)s, %(n)s, 1, 'row 2', 'test', '310000019', 'OPPRETTE', %(party)s, 'person', 'abcdef0123', 'ACCEPTED',
    now(), now(), 'answer', %(party)s)
--
INSERT INTO ledger.leasing_person (change_id, sealed, key_id) VALUES (%(n)s, %(party)s::text::bytea, 'k')
--
INSERT INTO ledger.presentation_file (id, party, day, source, name_bytes, name, state, sha256) OVERRIDING SYSTEM VALUE
VALUES (%(n)s, %(party)s, (now() AT TIME ZONE 'Europe/Oslo')::date, 'file', 'x', %(party)s || '.csv', 'CHECKED',
    lpad(%(n)s::text, 64, '0'))
--
INSERT INTO ledger.presentation (request_id, party, file_id, row_no, level, office, document_number, consignment,
    environment, sender, state, first_sent_at, sent_at, decided_at, decided_by)
VALUES (md5(%(party)s)::uuid, %(party)s, %(n)s, 1, 'house-consignment', 'NO01', %(party)s, %(party)s, 'test', '310000019',
    'ACCEPTED', now(), now(), now(), 'answer')
--
INSERT INTO ledger.presentation_row (file_id, row_no, given, verdict, request_id)
VALUES (%(n)s, 1, '{}', 'presented', md5(%(party)s)::uuid)
--
INSERT INTO ledger.customs_organisation (id, environment, organisation, party) OVERRIDING SYSTEM VALUE
VALUES (%(n)s, 'test', %(party)s, %(party)s)
--
INSERT INTO ledger.customs_party (party, organisation_id, validation_minutes, signal_minutes, control_places)
VALUES (%(party)s, %(n)s, 60, 60, '{}')
--
INSERT INTO ledger.marker (id, organisation_id, endpoint) OVERRIDING SYSTEM VALUE VALUES (%(n)s, %(n)s, 'house-consignment')
--
INSERT INTO ledger.customs_consignment (organisation_id, mrn, document_number, request_id, signals, routing, position,
    signal_id) VALUES (%(n)s, %(party)s, %(party)s, md5(%(party)s)::uuid, 1, 'TO_ENTRY', 1, %(party)s)
--
INSERT INTO ledger.customs_signal (feed, position, id, routing, mrn, document_number, raw)
VALUES (%(n)s, 1, %(party)s, 'TO_ENTRY', %(party)s, %(party)s, '{}')
