-- longer because the sentences of include/journey/release_texts.py are said here too, for analysts
-- Bodies with RETURN are resolved when they are made: who reads the view needs no right on the schema ledger.
CREATE OR REPLACE FUNCTION ledger.control_place(language text, office text, place text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
        WHEN place <> '' THEN place
        WHEN office <> '' AND language = 'nb' THEN
            'kontrollstedet som er avtalt for ' || office || ' (ingen er satt i control_places)'
        WHEN office <> '' THEN 'the place of control agreed for ' || office || ' (none is set in control_places)'
        WHEN language = 'nb' THEN 'det avtalte kontrollstedet'
        ELSE 'the agreed place of control' END;

CREATE OR REPLACE FUNCTION ledger.release_of_many_sentence(
    language text, release text, routing text, lasts jsonb, containers text[], place text
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN replace(replace(replace(
        CASE language || ' ' || release
            WHEN 'nb RELEASE' THEN 'Kjent i {number} containere, og hver har sitt eget TO_ENTRY ({each}).'
            WHEN 'en RELEASE' THEN 'Known in {number} containers, and each has a TO_ENTRY of its own ({each}).'
            WHEN 'nb DELIVER_TO_CONTROL' THEN
                'Kjent i {number} containere, og alle skal kontrolleres ({each}); lever dem snarest til {place}.'
            WHEN 'en DELIVER_TO_CONTROL' THEN
                'Known in {number} containers, all to be controlled ({each}); deliver them at once to {place}.'
            WHEN 'nb NEVER' THEN 'Kjent i {number} containere, og alle er beslaglagt ({each}): de frigis aldri.'
            WHEN 'en NEVER' THEN 'Known in {number} containers, all of them seized ({each}): they are never released.'
            WHEN 'nb HOLD' THEN 'Kjent i {number} containere uten samme frigivende svar ({each}): en person må avgjøre.'
            ELSE 'Known in {number} containers without one releasing answer for all ({each}): a person decides.'
        END,
        '{place}', place),
        '{number}', cardinality(containers)::text),
        '{each}', (
            SELECT string_agg(container || ': ' || coalesce(ledger.routing_about(
                coalesce(lasts, jsonb_build_object('', jsonb_build_array(routing, 0))), container), '-'), ', '
                ORDER BY container COLLATE "C")
            FROM unnest(containers) AS container));

CREATE OR REPLACE FUNCTION ledger.release_sentence(
    language text, release text, routing text, lasts jsonb, containers text[], control_location text, presented text,
    office text, place text
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
        WHEN routing IS NULL THEN CASE language || ' ' || presented
            WHEN 'nb not' THEN 'Det er ikke kommet noe signal, og Samsvar har ikke fremlagt varene: hold dem tilbake.'
            WHEN 'en not' THEN 'No signal has come, and Samsvar has not presented the goods: hold them.'
            WHEN 'nb under way' THEN 'Fremleggingen er underveis: hold varene tilbake til Tolletaten gir et signal.'
            WHEN 'en under way' THEN 'The presentation is under way: hold the goods until customs gives a signal.'
            WHEN 'nb done' THEN 'Fremlagt, men det er ikke kommet noe signal: hold varene tilbake til Tolletaten gir et.'
            WHEN 'en done' THEN 'Presented, but no signal has come: hold the goods until customs gives one.'
            WHEN 'nb failed' THEN 'Fremleggingen ble avvist: hold varene tilbake, rett den og fremlegg på nytt.'
            ELSE 'The presentation failed: hold the goods, correct it and present again.' END
        WHEN cardinality(containers) > 1 THEN ledger.release_of_many_sentence(
            language, release, routing, lasts, containers, ledger.control_place(language, office, place))
        WHEN routing = 'TO_ENTRY' THEN CASE language
            WHEN 'nb' THEN 'TO_ENTRY: varene kan gå videre til neste tollprosedyre.'
            ELSE 'TO_ENTRY: the goods may go on to the next customs procedure.' END
        WHEN routing = 'TO_CONTROL' THEN CASE language
            WHEN 'nb' THEN 'TO_CONTROL: varene skal kontrolleres' || CASE control_location
                WHEN 'ON_ENTRY' THEN ' ved innførselen' WHEN 'AFTER_ENTRY' THEN ' etter innførselen' ELSE '' END
                || '; lever dem snarest til '
            ELSE 'TO_CONTROL: the goods are ' || CASE control_location
                WHEN 'ON_ENTRY' THEN 'controlled on entry' WHEN 'AFTER_ENTRY' THEN 'controlled after entry'
                ELSE 'to be controlled' END || '; deliver them as soon as possible to ' END
            || ledger.control_place(language, office, place) || '.'
        WHEN routing = 'ENTRY_PENDING' THEN CASE language
            WHEN 'nb' THEN 'ENTRY_PENDING: Tolletaten fant mangler; rett dem straks, så følger et nytt signal.'
            ELSE 'ENTRY_PENDING: customs found deficiencies; correct them at once, a new signal follows.' END
        WHEN routing = 'ENTRY_DENIED' THEN CASE language
            WHEN 'nb' THEN 'ENTRY_DENIED: varene er beslaglagt og frigis aldri.'
            ELSE 'ENTRY_DENIED: the goods are seized and are never released.' END
        ELSE CASE language
            WHEN 'nb' THEN 'Tolletaten sendte ' || routing
                || ', som Samsvar ikke kjenner: hold varene tilbake og spør Tolletaten.'
            ELSE 'Customs sent ' || routing || ', which Samsvar does not know: hold the goods and ask customs.' END
    END;

CREATE VIEW mart.customs_consignment AS
SELECT o.party AS importer,
       o.organisation,
       o.environment,
       c.id AS consignment_id,
       c.kind,
       nullif(c.mrn, '') AS mrn,
       nullif(c.document_number, '') AS document_number,
       nullif(c.document_type, '') AS document_type,
       c.receptacle,
       nullif(CASE WHEN c.kind = 'transport' THEN c.other_id END, '') AS transport_id,
       c.containers,
       c.expected,
       p.request_id,
       p.party AS presented_by,
       p.level AS presented_as,
       p.office AS customs_office,
       p.first_sent_at AS presented_at,
       p.state AS presentation_state,
       p.validation,
       p.validated_at,
       c.signals,
       c.routing,
       c.control_location,
       c.signal_id,
       c.issued_at,
       c.first_signal_at,
       c.last_signal_at,
       c.release,
       ledger.release_sentence('en', c.release, c.routing, c.lasts, c.containers, c.control_location,
           CASE WHEN p.request_id IS NULL THEN 'not' WHEN p.state = 'REFUSED' OR p.validation = 'FAILURE' THEN 'failed'
                WHEN p.state = 'ACCEPTED' THEN 'done' ELSE 'under way' END,
           p.office, w.control_places ->> p.office) AS why,
       ledger.release_sentence('nb', c.release, c.routing, c.lasts, c.containers, c.control_location,
           CASE WHEN p.request_id IS NULL THEN 'not' WHEN p.state = 'REFUSED' OR p.validation = 'FAILURE' THEN 'failed'
                WHEN p.state = 'ACCEPTED' THEN 'done' ELSE 'under way' END,
           p.office, w.control_places ->> p.office) AS why_nb,
       CASE WHEN c.release = 'DELIVER_TO_CONTROL' THEN w.control_places ->> p.office END AS control_place,
       date_trunc('second', now() - coalesce(c.last_signal_at, p.first_sent_at, c.known_since)) AS age,
       CASE WHEN c.signals = 0 AND p.state = 'ACCEPTED' AND coalesce(p.validation, '') <> 'FAILURE'
                 AND p.first_sent_at + make_interval(mins => w.signal_minutes) <= now() THEN 'signal'
            WHEN p.state = 'ACCEPTED' AND p.validation IS NULL
                 AND p.first_sent_at + make_interval(mins => w.validation_minutes) <= now() THEN 'validation'
       END AS overdue
FROM ledger.customs_consignment c
JOIN ledger.customs_organisation o ON o.id = c.organisation_id
LEFT JOIN ledger.presentation p ON p.request_id = c.request_id
LEFT JOIN ledger.customs_party w ON w.party = coalesce(p.party, o.party);

COMMENT ON VIEW mart.customs_consignment IS 'Where each consignment stands: one row per house consignment (or means of transport) that customs sent a signal for, that we presented, or that a presentation file says to expect. Goods that others presented are rows too.';
COMMENT ON COLUMN mart.customs_consignment.importer IS 'Party id, as in parties.yaml, of the organisation whose token shows the signals.';
COMMENT ON COLUMN mart.customs_consignment.organisation IS 'Organisation number that the signals were read for.';
COMMENT ON COLUMN mart.customs_consignment.environment IS 'test or prod.';
COMMENT ON COLUMN mart.customs_consignment.consignment_id IS 'Number of the consignment in the ledger; its signals have it too.';
COMMENT ON COLUMN mart.customs_consignment.kind IS 'house, or transport for signals about a whole means of transport.';
COMMENT ON COLUMN mart.customs_consignment.mrn IS 'MRN of the entry summary declaration; empty for goods that were not notified through ICS2.';
COMMENT ON COLUMN mart.customs_consignment.document_number IS 'Number of the transport document at house level. Unique only together with document_type and mrn.';
COMMENT ON COLUMN mart.customs_consignment.document_type IS 'Type of the transport document, code list CL754.';
COMMENT ON COLUMN mart.customs_consignment.receptacle IS 'Receptacle (S9) of postal items, where a signal or a file names it.';
COMMENT ON COLUMN mart.customs_consignment.transport_id IS 'Number of the means of transport, for kind transport.';
COMMENT ON COLUMN mart.customs_consignment.containers IS 'Every container that a signal, presentation or expectation names for it.';
COMMENT ON COLUMN mart.customs_consignment.expected IS 'True where a presentation file listed it as a house to expect.';
COMMENT ON COLUMN mart.customs_consignment.request_id IS 'requestId of our presentation that covers it; empty: others presented it, or nobody yet.';
COMMENT ON COLUMN mart.customs_consignment.presented_by IS 'Party id of that presentation.';
COMMENT ON COLUMN mart.customs_consignment.presented_as IS 'Level of that presentation: house-consignment, receptacle, entry-summary-declaration, master-consignment or container.';
COMMENT ON COLUMN mart.customs_consignment.customs_office IS 'Customs office it was presented at, code list CL141.';
COMMENT ON COLUMN mart.customs_consignment.presented_at IS 'When it was first sent to customs.';
COMMENT ON COLUMN mart.customs_consignment.presentation_state IS 'State of the presentation, as in mart.customs_presentation.';
COMMENT ON COLUMN mart.customs_consignment.validation IS 'Validation status of the presentation, verbatim; empty until customs tells it.';
COMMENT ON COLUMN mart.customs_consignment.validated_at IS 'When customs validated the presentation.';
COMMENT ON COLUMN mart.customs_consignment.signals IS 'How many different signals came; 0 means hold.';
COMMENT ON COLUMN mart.customs_consignment.routing IS 'The last signal''s routing in feed order, verbatim; empty: none has come.';
COMMENT ON COLUMN mart.customs_consignment.control_location IS 'The last signal''s routingControlLocation, verbatim: ON_ENTRY or AFTER_ENTRY.';
COMMENT ON COLUMN mart.customs_consignment.signal_id IS 'Id of the last signal; mart.customs_signal has them all.';
COMMENT ON COLUMN mart.customs_consignment.issued_at IS 'When customs issued the last signal (documentIssueDate).';
COMMENT ON COLUMN mart.customs_consignment.first_signal_at IS 'When the first signal was read.';
COMMENT ON COLUMN mart.customs_consignment.last_signal_at IS 'When the last signal was read.';
COMMENT ON COLUMN mart.customs_consignment.release IS 'RELEASE, DELIVER_TO_CONTROL, HOLD or NEVER. Kept by the database from the signals and the known containers.';
COMMENT ON COLUMN mart.customs_consignment.why IS 'Why, in one sentence.';
COMMENT ON COLUMN mart.customs_consignment.why_nb IS 'The same in Norwegian.';
COMMENT ON COLUMN mart.customs_consignment.control_place IS 'Where to deliver it for control: control_places of the party for the customs office; empty where none is set, or nothing is to be controlled.';
COMMENT ON COLUMN mart.customs_consignment.age IS 'Time since the last signal, without one since the presentation, else since it was first heard of.';
COMMENT ON COLUMN mart.customs_consignment.overdue IS 'What should have come by the party''s thresholds and has not: signal or validation; empty: nothing.';
