-- A ledger as full as after years, step by step; `--` alone on a line parts them. The days are evenly full.
--
SELECT ledger.make_partitions((current_date - 400)::date, 15)
--
INSERT INTO ledger.party (id, name, organisation_number) SELECT 'party_' || p, 'Party ' || p, '310000019' FROM
generate_series(0, 7) p
--
INSERT INTO ledger.sighting (id, first_seen_at, party, day, name_bytes, name, size, mtime, state, document_id, run_id,
lot_no, filed_as, filed_at, receipt_state, receipt_at) SELECT n, at, 'party_' || n %% 8, (at AT TIME ZONE
'Europe/Oslo')::date, (n || '.xml')::bytea, n || '.xml', 31000, 1, 'TAKEN', n, 'run-' || at::date, 1, 'archive/' || n,
at + interval '5 minutes', CASE n %% 20 WHEN 7 THEN 'REFUSED' WHEN 9 THEN 'INVALID' ELSE 'ACCEPTED' END, at FROM
generate_series(1::bigint, %(documents)s) n CROSS JOIN LATERAL (SELECT date_trunc('hour', now()) - interval '1 hour' -
make_interval(secs => (%(documents)s - n)::float8 * 86400 * 365 / %(documents)s) AS at) t
--
INSERT INTO ledger.document (id, party, sha256, size, first_seen_at, sighting_id, state, validated_at, errors,
warnings, family, ivi_version, ivi_reference, vin, category, make, type_approval, variant, version_code) OVERRIDING
SYSTEM VALUE SELECT id, party, lpad(to_hex(id), 64, '0'), 31000, first_seen_at, id, CASE id %% 20 WHEN 9 THEN
'INVALID' ELSE 'VALID' END, first_seen_at, 0, 8, 'IVI2', '2.0', 'ref-' || id, 'YV1' || lpad(id::text, 14, '0'), 'M1',
(ARRAY['VOLVO', 'TESLA', 'TOYOTA', 'BMW', 'SKODA'])[1 + id %% 5], 'e6*2018/858*' || lpad((id %% 300)::text, 5, '0'),
'V' || id %% 40, 'W' || id %% 12 FROM ledger.sighting
--
INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgiftskode, avgift_source, state,
version, attempt_no, opened_at, sent_at, decided_at, decided_by, meldingskode, meldingstekst, kuid, merkekode) SELECT
md5(id::text)::uuid, party, id, id, 1, '310000019', '101', 'party_default', CASE id %% 20 WHEN 7 THEN 'REFUSED' ELSE
'ACCEPTED' END, 2, 2, first_seen_at, first_seen_at + interval '1 minute', first_seen_at + make_interval(secs => 60 +
id %% 600), 'answer', CASE id %% 20 WHEN 7 THEN 'kjoretoy.coc.CODE_' || id %% 7 END, CASE id %% 20 WHEN 7 THEN
'Refused' END, 'K' || id, '1234' FROM ledger.document WHERE state = 'VALID'
--
INSERT INTO ledger.attempt (ended_at, submission_id, attempt_no, owner, started_at, outcome, http_status,
request_sha256) SELECT sent_at + a * interval '1 second', id, a, 'worker/1', sent_at, CASE WHEN a < 2 THEN 'not_sent'
WHEN state = 'ACCEPTED' THEN 'accepted' ELSE 'refused' END, 200, md5(document_id::text) FROM ledger.submission CROSS
JOIN generate_series(1, 2) a
--
INSERT INTO ledger.finding (found_at, sighting_id, document_id, source, rule_id, level, path, coc_entry, sentence)
SELECT first_seen_at + interval '1 second', id, id, CASE f WHEN 8 THEN 'vegvesen' ELSE 'own' END, 'rule.' || (id + f)
%% 89, 'warning', '/a/b/' || f, ((id + f) %% 50)::text, 'Something is not as it should be.' FROM ledger.document CROSS
JOIN generate_series(1, 8) f
--
INSERT INTO ledger.registration (submission_id, document_id, party, vin, accepted_at, look_at, looks, looked_at, said,
registered_on, ended_at, ended_because) SELECT u.id, u.document_id, u.party, 'YV1' || lpad(u.document_id::text, 14,
'0'), u.decided_at, u.decided_at, 3, u.decided_at, 'registered', (u.decided_at + interval '9 days')::date,
u.decided_at, 'registered' FROM ledger.submission u WHERE u.state = 'ACCEPTED'
--
INSERT INTO ledger.party_day (party, day, due) SELECT DISTINCT party, day, true FROM ledger.sighting
--
INSERT INTO ledger.party_run (party, stream, run_id, day, ended_at, summary) SELECT party, 'ecoc', 'run-' || day, day,
day::timestamptz + interval '3 hours', 'x' FROM ledger.party_day
--
INSERT INTO ledger.difference (party, day, kind, subject, sentence, owner, next_step, breaks_invariant, document_id,
since, cleared_at) SELECT party, first_seen_at::date, 'unknown_overdue', id::text, 'x.', 'operator', 'y.', false, id,
first_seen_at, now() FROM ledger.document WHERE id %% 50 = 0
--
INSERT INTO ledger.alert (party, kind, fact, sentence) SELECT party, 'unknown_too_long', id::text, 'x.' FROM
ledger.document WHERE id %% 200 = 0
--
INSERT INTO ledger.register_difference (submission_id, document_id, party, kind, sentence, next_step, found_at,
cleared_at) SELECT id, document_id, party, 'make', 'x.', 'y.', decided_at, now() FROM ledger.submission WHERE state =
'ACCEPTED' AND document_id %% 100 = 0
--
INSERT INTO ledger.vehicle (party, key, kuid, vin, plate, held, digest, looked_up_at, source) SELECT party, 'K' || id,
'K' || id, vin, 'AB' || id, '{"merke": "VOLVO", "registreringsstatus": "REGISTRERT", "registrert_forstegang_norge":
"2026-01-02"}', 'x', first_seen_at + interval '1 day', 'vegvesen_register' FROM ledger.document WHERE id %% 4 = 0
--
INSERT INTO ledger.deletion_request (id, party, source, row_no, key, reason, asked_at, asked_by, state, sentence,
document_id) OVERRIDING SYSTEM VALUE SELECT id, party, 'form', 1, vin, 'x', first_seen_at, 'x', 'IMPOSSIBLE', 'x.', id
FROM ledger.document WHERE id %% 20 = 3
--
INSERT INTO ledger.leasing_file (id, party, source, name_bytes, name, seen_at, day, state, mark, rows, filed_at)
OVERRIDING SYSTEM VALUE SELECT id, party, 'file', name_bytes, name, first_seen_at, day, 'TAKEN', 'm', 10, first_seen_at
FROM ledger.sighting WHERE id %% 100 = 0
--
INSERT INTO ledger.leasing_change (party, file_id, row_no, place, environment, sender, handling, kjennemerke,
holder_kind, holder_mark, state, opened_at, sent_at, decided_at, decided_by, attempt_no) SELECT f.party, f.id, r, 'row '
|| r, 'prod', '310000019', 'OPPRETTE', 'AB' || f.id + r, 'person', md5(f.id || '.' || r), 'ACCEPTED', f.seen_at,
f.seen_at, f.seen_at, 'answer', 1 FROM ledger.leasing_file f CROSS JOIN generate_series(1, 10) r
--
INSERT INTO ledger.customs_organisation (id, environment, organisation, party) OVERRIDING SYSTEM VALUE SELECT p, 'prod',
'31000001' || p, 'party_' || p %% 8 FROM generate_series(1, 8) p
--
INSERT INTO ledger.customs_party (party, organisation_id, validation_minutes, signal_minutes, control_places) SELECT
party, id, 15, 60, '{}' FROM ledger.customs_organisation
--
INSERT INTO ledger.marker (id, organisation_id, endpoint) OVERRIDING SYSTEM VALUE SELECT id, id, 'house-consignment'
FROM ledger.customs_organisation
--
INSERT INTO ledger.presentation_file (id, party, source, name_bytes, name, seen_at, day, state, sha256, rows, filed_at)
OVERRIDING SYSTEM VALUE SELECT n * 100, 'party_' || (n + 1) %% 8, 'file', 'x', n || '.csv', at, at::date,
'CHECKED', lpad(n::text, 64, '0'), 10, at FROM generate_series(1::bigint, %(documents)s / 100 - 1) n CROSS JOIN LATERAL (SELECT now() -
interval '3 hours' - make_interval(secs => (%(documents)s / 100 - n)::float8 * 8640000 * 365 / %(documents)s) AS at) t
--
INSERT INTO ledger.presentation (request_id, party, file_id, row_no, level, office, mrn, document_number, document_type,
consignment, environment, sender, state, attempt_no, opened_at, first_sent_at, sent_at, decided_at, decided_by,
validation, validated_at) SELECT md5(f.id || '.' || r)::uuid, f.party, f.id, r, 'house-consignment', 'NO351001', 'M' ||
f.id, 'D' || f.id + r, 'N703', 'house ' || f.id + r, 'prod', '310000019', 'ACCEPTED', 1, f.seen_at, f.seen_at,
f.seen_at, f.seen_at, 'answer', 'SUCCESS', f.seen_at FROM ledger.presentation_file f CROSS JOIN generate_series(1, 10) r
--
INSERT INTO ledger.presentation_row (file_id, row_no, given, verdict, request_id) SELECT file_id, row_no, '{}',
'presented', request_id FROM ledger.presentation
--
INSERT INTO ledger.customs_signal (feed, position, id, received_at, consignment_id, routing, mrn, document_number,
document_type, issued_at, raw) SELECT 1 + (n / 100) %% 8, n * 1000, 'S' || n, at, n, (ARRAY['TO_ENTRY', 'TO_CONTROL',
'ENTRY_PENDING'])[1 + n %% 3], 'M' || n - n %% 100, 'D' || n, 'N703', at, '{}' FROM generate_series(1::bigint,
%(documents)s) n CROSS JOIN LATERAL (SELECT now() - interval '1 hour' - make_interval(secs => (%(documents)s -
n)::float8 * 86400 * 365 / %(documents)s) AS at) t
--
INSERT INTO ledger.customs_consignment (id, organisation_id, mrn, document_number, document_type, request_id, signals,
routing, position, signal_id, issued_at, first_signal_at, last_signal_at, known_since) OVERRIDING SYSTEM VALUE SELECT
s.consignment_id, s.feed, s.mrn, s.document_number, s.document_type, p.request_id, 1, s.routing, s.position, s.id,
s.issued_at, s.received_at, s.received_at, s.received_at FROM ledger.customs_signal s LEFT JOIN ledger.presentation p ON
p.document_number = s.document_number
