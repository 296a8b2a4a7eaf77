CREATE VIEW mart.ecoc_daily AS
SELECT party AS importer,
       day,
       count(*) AS received,
       count(*) FILTER (WHERE status = 'accepted') AS accepted,
       count(*) FILTER (WHERE status = 'refused') AS refused,
       count(*) FILTER (WHERE status = 'invalid') AS invalid,
       count(*) FILTER (WHERE status = 'duplicate') AS duplicate,
       count(*) FILTER (WHERE status = 'unknown') AS unknown,
       count(*) FILTER (WHERE status = 'open') AS open
FROM ledger.sighting_status
WHERE status <> 'withdrawn'
GROUP BY party, day;

COMMENT ON VIEW mart.ecoc_daily IS 'One row per importer and day: files seen at the drop and where they stand now, later decisions included. The six states add up to received.';
COMMENT ON COLUMN mart.ecoc_daily.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.ecoc_daily.day IS 'Calendar day of the first sighting, in the party''s time zone (Europe/Oslo by default).';
COMMENT ON COLUMN mart.ecoc_daily.received IS 'Files (and archive members) first seen that day; files taken away again by the importer before they were read do not count.';
COMMENT ON COLUMN mart.ecoc_daily.accepted IS 'Of these: created by the authority.';
COMMENT ON COLUMN mart.ecoc_daily.refused IS 'Of these: refused by the authority.';
COMMENT ON COLUMN mart.ecoc_daily.invalid IS 'Of these: stopped by our own checks, never sent.';
COMMENT ON COLUMN mart.ecoc_daily.duplicate IS 'Of these: content that is already open, unknown or accepted.';
COMMENT ON COLUMN mart.ecoc_daily.unknown IS 'Of these: sent, but the answer is not known.';
COMMENT ON COLUMN mart.ecoc_daily.open IS 'Of these: not whole yet, held, in conflict, waiting to be sent, or waiting for a person.';
