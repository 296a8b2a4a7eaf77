CREATE VIEW mart.customs_arrival AS
WITH named AS (
    SELECT c.organisation_id, 'mrn' AS what, c.mrn AS identifier, c.expected, c.signals, c.release, c.request_id
    FROM ledger.customs_consignment c WHERE c.kind = 'house' AND c.mrn <> ''
    UNION ALL
    SELECT c.organisation_id, 'receptacle', c.receptacle, c.expected, c.signals, c.release, c.request_id
    FROM ledger.customs_consignment c WHERE c.kind = 'house' AND c.receptacle IS NOT NULL)
SELECT o.party AS importer,
       o.organisation,
       o.environment,
       n.what,
       n.identifier,
       count(*) AS houses,
       count(*) FILTER (WHERE n.expected) AS expected,
       count(*) FILTER (WHERE n.request_id IS NOT NULL) AS presented,
       count(*) FILTER (WHERE n.signals > 0) AS signalled,
       count(*) FILTER (WHERE n.release = 'RELEASE') AS releasable,
       count(*) FILTER (WHERE n.release = 'DELIVER_TO_CONTROL') AS for_control,
       count(*) FILTER (WHERE n.release = 'HOLD') AS held,
       count(*) FILTER (WHERE n.release = 'NEVER') AS seized
FROM named n
JOIN ledger.customs_organisation o ON o.id = n.organisation_id
GROUP BY o.party, o.organisation, o.environment, n.what, n.identifier;

COMMENT ON VIEW mart.customs_arrival IS 'One row per MRN and one per receptacle: how many of its house consignments are known, expected, signalled and releasable. A house can be in both kinds of rows.';
COMMENT ON COLUMN mart.customs_arrival.importer IS 'Party id, as in parties.yaml, of the organisation whose token shows the signals.';
COMMENT ON COLUMN mart.customs_arrival.organisation IS 'Organisation number that the signals were read for.';
COMMENT ON COLUMN mart.customs_arrival.environment IS 'test or prod.';
COMMENT ON COLUMN mart.customs_arrival.what IS 'mrn or receptacle: what identifier is.';
COMMENT ON COLUMN mart.customs_arrival.identifier IS 'The MRN of an entry summary declaration, or the identification number of a receptacle.';
COMMENT ON COLUMN mart.customs_arrival.houses IS 'House consignments known under it: signalled, presented by themselves, or expected.';
COMMENT ON COLUMN mart.customs_arrival.expected IS 'Of these: listed in a presentation file as to be expected.';
COMMENT ON COLUMN mart.customs_arrival.presented IS 'Of these: covered by a presentation of ours.';
COMMENT ON COLUMN mart.customs_arrival.signalled IS 'Of these: with at least one control signal.';
COMMENT ON COLUMN mart.customs_arrival.releasable IS 'Of these: RELEASE.';
COMMENT ON COLUMN mart.customs_arrival.for_control IS 'Of these: DELIVER_TO_CONTROL.';
COMMENT ON COLUMN mart.customs_arrival.held IS 'Of these: HOLD, with or without a signal.';
COMMENT ON COLUMN mart.customs_arrival.seized IS 'Of these: NEVER.';
