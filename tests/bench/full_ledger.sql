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
