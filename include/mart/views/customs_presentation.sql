-- Names of CL754, the transport documents; a test compares them with include/toll/data/cl754.csv.
CREATE OR REPLACE FUNCTION ledger.document_type_name(code text, language text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE WHEN language = 'nb' THEN nb ELSE en END FROM (VALUES
    ('C624', 'Form 302 - Forflytning av forsvarsmateriell',
     'Form 302 - Movement of military goods'),
    ('C625', 'Rhine manifest',
     'Rhine Manifest'),
    ('C664', 'CN22 deklarasjon i henhold til Article 237 of the Regulation (ECC) No 2454/93',
     'CN22 declaration according to Article 237 of the Regulation (ECC) No 2454/93'),
    ('C665', 'CN23 deklarasjon i henhold til Article 237 of the Regulation (ECC) No 2454/93',
     'CN23 declaration according to Article 237 of the Regulation (ECC) No 2454/93'),
    ('N703', 'Underfraktbrev (samlesending)',
     'House waybill'),
    ('N704', 'Hovedkonossement',
     'Master bill of lading'),
    ('N705', 'Konossoment',
     'Bill of lading'),
    ('N714', 'Underkonnossement (samlesending)',
     'House bill of lading'),
    ('N720', 'Fraktbrev CIM',
     'Consignment note CIM'),
    ('N722', 'SMGS-vegfraktbrev',
     'Road list - SMGS'),
    ('N730', 'Vegfraktbrev',
     'Road consignment note'),
    ('N740', 'Flyfraktbrev',
     'Air waybill'),
    ('N741', 'Hovedflyfraktbrev',
     'Master airwaybill'),
    ('N750', 'Forflytning med post inkludert pakkepost',
     'Movement by post including parcel post'),
    ('N760', 'Dokument for kombinert transport',
     'Multimodal / combined transport document')) AS cl754 (known, nb, en) WHERE known = code
$$;

CREATE VIEW mart.customs_presentation AS
SELECT f.party AS importer,
       f.source,
       f.name AS file_name,
       r.row_no,
       coalesce(p.level, r.given ->> 'level') AS level,
       coalesce(p.office, r.given ->> 'office') AS customs_office,
       coalesce(p.mrn, r.given ->> 'mrn') AS mrn,
       coalesce(p.document_number, r.given ->> 'document_number') AS document_number,
       coalesce(p.document_type, r.given ->> 'document_type') AS document_type,
       ledger.document_type_name(coalesce(p.document_type, r.given ->> 'document_type'), 'nb') AS document_type_nb,
       ledger.document_type_name(coalesce(p.document_type, r.given ->> 'document_type'), 'en') AS document_type_en,
       coalesce(p.receptacle, r.given ->> 'receptacle') AS receptacle,
       coalesce(p.container, r.given ->> 'container') AS container,
       p.environment,
       r.request_id,
       p.corrects,
       n.request_id AS corrected_by,
       CASE r.verdict WHEN 'bad' THEN 'BAD' WHEN 'again' THEN 'AGAIN'
            ELSE CASE WHEN p.state = 'SENT' AND p.settle_until < now() THEN 'UNKNOWN' ELSE p.state END END AS state,
       coalesce(p.reason,
           CASE r.verdict WHEN 'again' THEN 'The consignment is presented already, under this requestId.'
                WHEN 'bad' THEN (SELECT string_agg(x.said ->> 'en', ' ') FROM jsonb_array_elements(r.remarks) AS x (said)
                                 WHERE x.said ->> 'level' = 'error') END,
           CASE WHEN p.validation = 'FAILURE' THEN 'Customs'' validation rejected it.'
                WHEN p.state = 'SENT' THEN 'Sent; the answer is awaited.' END) AS reason,
       CASE WHEN r.verdict = 'bad' THEN 'The importer corrects the row and drops it in a new file.'
            WHEN r.verdict = 'again' THEN NULL
            WHEN p.state = 'PENDING' THEN 'The next run sends it.'
            WHEN p.state = 'UNKNOWN' AND p.arrived_at IS NOT NULL THEN 'Nothing; the validation status confirms it.'
            WHEN p.state IN ('SENT', 'UNKNOWN') THEN 'Nothing; the same request is sent again until it is certain.'
            WHEN p.state = 'NEEDS_PERSON' THEN
                'Look it up at customs, then `python -m samsvar presentation <requestId> accepted|refused`.'
            WHEN (p.state = 'REFUSED' OR p.validation = 'FAILURE') AND n.request_id IS NULL THEN
                'The importer corrects the row and drops it in a new file; that gets a requestId of its own.'
       END AS next_step,
       (SELECT string_agg(concat_ws(' ', nullif(x.fault ->> 'path', ''), x.fault ->> 'text'), '; ')
        FROM jsonb_array_elements(coalesce(p.faults, '[]') || coalesce(p.validation_faults, '[]')) AS x (fault)) AS faults,
       (SELECT count(*) FROM jsonb_array_elements(r.remarks) AS x (said) WHERE x.said ->> 'level' = 'warning') AS warnings,
       f.seen_at AS received_at,
       p.first_sent_at,
       p.sent_at,
       coalesce(p.attempt_no, 0) AS attempts,
       p.http_status,
       p.correlation_id,
       CASE WHEN p.state = 'ACCEPTED' THEN p.first_sent_at END AS presented_at,
       p.decided_at,
       p.decided_by,
       p.validation,
       p.validated_at,
       p.validation_seen_at,
       CASE WHEN p.state IN ('PENDING', 'SENT', 'UNKNOWN') AND p.arrived_at IS NULL THEN 'answer'
            WHEN p.state = 'NEEDS_PERSON' THEN 'person'
            WHEN p.state IN ('ACCEPTED', 'UNKNOWN') AND p.validation IS NULL THEN 'validation' END AS awaits,
       CASE WHEN p.state IN ('PENDING', 'SENT', 'UNKNOWN', 'NEEDS_PERSON')
              OR (p.state = 'ACCEPTED' AND p.validation IS NULL)
            THEN now() - coalesce(p.first_sent_at, p.opened_at) END AS age,
       f.filed_as
FROM ledger.presentation_row r
JOIN ledger.presentation_file f ON f.id = r.file_id
LEFT JOIN ledger.presentation p ON p.request_id = r.request_id AND r.verdict = 'presented'
LEFT JOIN LATERAL (SELECT x.request_id FROM ledger.presentation x WHERE x.corrects = p.request_id
                   ORDER BY x.opened_at DESC LIMIT 1) n ON true
WHERE r.verdict <> 'expected';

COMMENT ON VIEW mart.customs_presentation IS 'One row per row of a presentation file or form: what was presented at customs, under which requestId, when, and what became of it. Count presentations by state: BAD and AGAIN rows presented nothing.';
COMMENT ON COLUMN mart.customs_presentation.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.customs_presentation.source IS 'file (from the drop) or form (the trigger form of the DAG).';
COMMENT ON COLUMN mart.customs_presentation.file_name IS 'Name of the file at the drop; of a form, its run.';
COMMENT ON COLUMN mart.customs_presentation.row_no IS 'Row of the file as a spreadsheet numbers it; in JSON, which element.';
COMMENT ON COLUMN mart.customs_presentation.level IS 'What is presented: house-consignment, receptacle, entry-summary-declaration, master-consignment or container; of a bad row, what it says.';
COMMENT ON COLUMN mart.customs_presentation.customs_office IS 'Customs office of presentation, code of CL141.';
COMMENT ON COLUMN mart.customs_presentation.mrn IS 'MRN of the entry summary declaration, where the row names it.';
COMMENT ON COLUMN mart.customs_presentation.document_number IS 'Number of the transport document.';
COMMENT ON COLUMN mart.customs_presentation.document_type IS 'Type of the transport document, code of CL754.';
COMMENT ON COLUMN mart.customs_presentation.document_type_nb IS 'Name of that type in Norwegian.';
COMMENT ON COLUMN mart.customs_presentation.document_type_en IS 'Name of that type in English.';
COMMENT ON COLUMN mart.customs_presentation.receptacle IS 'Receptacle identification number.';
COMMENT ON COLUMN mart.customs_presentation.container IS 'Container identification number.';
COMMENT ON COLUMN mart.customs_presentation.environment IS 'test or prod: where it was presented.';
COMMENT ON COLUMN mart.customs_presentation.request_id IS 'The requestId that customs knows it by; of an AGAIN row, the one that presents the consignment already.';
COMMENT ON COLUMN mart.customs_presentation.corrects IS 'requestId of the presentation that this one replaces.';
COMMENT ON COLUMN mart.customs_presentation.corrected_by IS 'requestId of the newest presentation that replaces this one.';
COMMENT ON COLUMN mart.customs_presentation.state IS 'BAD (not presented), AGAIN (presented already), PENDING, SENT, ACCEPTED, REFUSED, UNKNOWN or NEEDS_PERSON.';
COMMENT ON COLUMN mart.customs_presentation.reason IS 'One plain sentence why it is in that state, when there is something to say.';
COMMENT ON COLUMN mart.customs_presentation.next_step IS 'What to do about it, in words; empty when nothing is to be done.';
COMMENT ON COLUMN mart.customs_presentation.faults IS 'What customs found wrong, verbatim: path and text of each, the answer''s and the validation''s.';
COMMENT ON COLUMN mart.customs_presentation.warnings IS 'Number of own warnings, such as a wrong check digit.';
COMMENT ON COLUMN mart.customs_presentation.received_at IS 'When the file was first seen at the drop, or the form was used.';
COMMENT ON COLUMN mart.customs_presentation.first_sent_at IS 'When the intent of the first send was committed.';
COMMENT ON COLUMN mart.customs_presentation.sent_at IS 'When the intent of the last send was committed.';
COMMENT ON COLUMN mart.customs_presentation.attempts IS 'Sends under this requestId, the ones that never left included.';
COMMENT ON COLUMN mart.customs_presentation.http_status IS 'HTTP status of the last answer.';
COMMENT ON COLUMN mart.customs_presentation.correlation_id IS 'Correlation id of the last answer that had one; customs'' support asks for it.';
COMMENT ON COLUMN mart.customs_presentation.presented_at IS 'When it was presented: the first send, once customs is known to have taken it.';
COMMENT ON COLUMN mart.customs_presentation.decided_at IS 'When the outcome was recorded.';
COMMENT ON COLUMN mart.customs_presentation.decided_by IS 'answer, validation, or the name of the person who decided.';
COMMENT ON COLUMN mart.customs_presentation.validation IS 'Validation status of customs, verbatim: SUCCESS, FAILURE or another word; empty until it is known.';
COMMENT ON COLUMN mart.customs_presentation.validated_at IS 'notificationDate of that status.';
COMMENT ON COLUMN mart.customs_presentation.validation_seen_at IS 'When Samsvar read that status.';
COMMENT ON COLUMN mart.customs_presentation.awaits IS 'What is awaited: answer, validation or person; empty when nothing is.';
COMMENT ON COLUMN mart.customs_presentation.age IS 'How long that has been awaited, counted from the first send, or from the file before it.';
COMMENT ON COLUMN mart.customs_presentation.filed_as IS 'Where the file lies now, below the importer''s drop.';
