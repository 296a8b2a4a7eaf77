CREATE VIEW mart.ecoc_pace AS
SELECT s.party AS importer,
       s.day,
       count(*) AS received,
       count(*) FILTER (WHERE u.state = 'ACCEPTED') AS accepted,
       count(*) FILTER (WHERE u.state = 'REFUSED') AS refused,
       round(count(*) FILTER (WHERE u.state = 'ACCEPTED')::numeric
           / nullif(count(*) FILTER (WHERE u.state IN ('ACCEPTED', 'REFUSED')), 0), 4) AS acceptance_rate,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM u.decided_at - s.first_seen_at)::float8)
           FILTER (WHERE u.state = 'ACCEPTED') / 60)::numeric, 1) AS minutes_to_acceptance_median,
       round((percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM u.decided_at - s.first_seen_at)::float8)
           FILTER (WHERE u.state = 'ACCEPTED') / 60)::numeric, 1) AS minutes_to_acceptance_p95,
       count(g.registered_on) AS registered,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY (g.registered_on - s.day)::float8)
           FILTER (WHERE g.registered_on IS NOT NULL))::numeric, 1) AS days_to_registration_median,
       round((percentile_cont(0.95) WITHIN GROUP (ORDER BY (g.registered_on - s.day)::float8)
           FILTER (WHERE g.registered_on IS NOT NULL))::numeric, 1) AS days_to_registration_p95
FROM ledger.sighting s
LEFT JOIN LATERAL (
    SELECT x.id, x.state, x.decided_at FROM ledger.submission x
    WHERE x.sighting_id = s.id AND x.operation = 'opprette' ORDER BY x.n DESC LIMIT 1) u ON true
LEFT JOIN ledger.registration g ON g.submission_id = u.id
WHERE s.state <> 'WITHDRAWN'
GROUP BY s.party, s.day;

COMMENT ON VIEW mart.ecoc_pace IS 'Time series: one row per importer and day on which files came, with how many were accepted and how long it took, by the day of the drop.';
COMMENT ON COLUMN mart.ecoc_pace.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.ecoc_pace.day IS 'Calendar day of the first sighting, in the party''s time zone.';
COMMENT ON COLUMN mart.ecoc_pace.received IS 'Files (and archive members) first seen that day, as in mart.ecoc_daily.';
COMMENT ON COLUMN mart.ecoc_pace.accepted IS 'Of these: created by the authority.';
COMMENT ON COLUMN mart.ecoc_pace.refused IS 'Of these: refused by the authority.';
COMMENT ON COLUMN mart.ecoc_pace.acceptance_rate IS 'Accepted of those accepted or refused, 0 to 1; empty when none is decided.';
COMMENT ON COLUMN mart.ecoc_pace.minutes_to_acceptance_median IS 'Minutes from the first sighting at the drop to the recorded acceptance: half were quicker.';
COMMENT ON COLUMN mart.ecoc_pace.minutes_to_acceptance_p95 IS 'The same: 95 in 100 were quicker.';
COMMENT ON COLUMN mart.ecoc_pace.registered IS 'Of the accepted: vehicles that the register shows as registered for the first time by now.';
COMMENT ON COLUMN mart.ecoc_pace.days_to_registration_median IS 'Days from the drop to the first registration in Norway: half were quicker. Negative where a vehicle was registered before.';
COMMENT ON COLUMN mart.ecoc_pace.days_to_registration_p95 IS 'The same: 95 in 100 were quicker.';
