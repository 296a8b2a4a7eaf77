CREATE VIEW mart.reconciliation AS
WITH each AS (
    SELECT party, day FROM ledger.party_day
    UNION
    SELECT party, day FROM ledger.sighting WHERE state <> 'WITHDRAWN'
)
SELECT e.party AS importer,
       e.day,
       coalesce(p.due, false) AS run_due,
       r.runs,
       r.last_run_at,
       r.last_summary,
       coalesce(c.files, 0) AS files,
       coalesce(c.documents, 0) AS documents,
       coalesce(c.accepted, 0) AS accepted,
       coalesce(c.refused, 0) AS refused,
       coalesce(c.invalid, 0) AS invalid,
       coalesce(c.duplicate, 0) AS duplicate,
       coalesce(c.unknown, 0) AS unknown,
       coalesce(c.open, 0) AS open,
       coalesce(c.sent, 0) AS sent,
       coalesce(c.created, 0) AS created,
       coalesce(c.registered, 0) AS registered,
       coalesce(x.differences, 0) AS differences,
       CASE WHEN x.breaking > 0 THEN 'broken'
            WHEN x.differences > 0 THEN 'differs'
            WHEN p.due AND r.runs = 0 THEN 'did not run'
            WHEN p.checked_at IS NULL THEN 'not checked yet'
            ELSE 'agrees' END AS verdict,
       p.checked_at
FROM each e
LEFT JOIN ledger.party_day p ON p.party = e.party AND p.day = e.day
CROSS JOIN LATERAL (
    SELECT count(*) AS runs, max(ended_at) AS last_run_at, (array_agg(summary ORDER BY ended_at DESC))[1] AS last_summary
    FROM ledger.party_run WHERE party = e.party AND day = e.day AND stream = 'ecoc') r
CROSS JOIN LATERAL (
    SELECT count(*) AS files, count(DISTINCT s.document_id) AS documents,
           count(*) FILTER (WHERE s.status = 'accepted') AS accepted,
           count(*) FILTER (WHERE s.status = 'refused') AS refused,
           count(*) FILTER (WHERE s.status = 'invalid') AS invalid,
           count(*) FILTER (WHERE s.status = 'duplicate') AS duplicate,
           count(*) FILTER (WHERE s.status = 'unknown') AS unknown,
           count(*) FILTER (WHERE s.status = 'open') AS open,
           count(*) FILTER (WHERE s.state IN ('SENT', 'ACCEPTED', 'DELETED', 'REFUSED', 'UNKNOWN', 'NEEDS_PERSON')) AS sent,
           count(*) FILTER (WHERE s.status = 'accepted' AND g.said IN ('registered', 'not_registered')) AS created,
           count(*) FILTER (WHERE s.status = 'accepted' AND g.registered_on IS NOT NULL) AS registered
    FROM ledger.sighting_status s LEFT JOIN ledger.registration g ON g.submission_id = s.submission_id
    WHERE s.party = e.party AND s.day = e.day AND s.status <> 'withdrawn') c
CROSS JOIN LATERAL (
    SELECT count(*) AS differences, count(*) FILTER (WHERE breaks_invariant) AS breaking
    FROM ledger.difference WHERE party = e.party AND day = e.day AND cleared_at IS NULL) x;

COMMENT ON VIEW mart.reconciliation IS 'One row per importer and day, also for days on which nothing came or nobody ran: what was seen, where it stands now, and whether all systems agree.';
COMMENT ON COLUMN mart.reconciliation.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.reconciliation.day IS 'Calendar day of the files'' first sighting, in the party''s time zone.';
COMMENT ON COLUMN mart.reconciliation.run_due IS 'True when a run was due that day by the party''s schedule.';
COMMENT ON COLUMN mart.reconciliation.runs IS 'Runs of the party that began that day and came to their end.';
COMMENT ON COLUMN mart.reconciliation.last_run_at IS 'When the last of these runs ended.';
COMMENT ON COLUMN mart.reconciliation.last_summary IS 'What the last of these runs said of itself.';
COMMENT ON COLUMN mart.reconciliation.files IS 'Files (and archive members) first seen that day; the six states add up to this. Equal to received in mart.ecoc_daily.';
COMMENT ON COLUMN mart.reconciliation.documents IS 'Different documents in these files; a duplicate is the same document.';
COMMENT ON COLUMN mart.reconciliation.accepted IS 'Of the files: created by the authority.';
COMMENT ON COLUMN mart.reconciliation.refused IS 'Of the files: refused by the authority.';
COMMENT ON COLUMN mart.reconciliation.invalid IS 'Of the files: stopped by our own checks, never sent.';
COMMENT ON COLUMN mart.reconciliation.duplicate IS 'Of the files: content that is already open, unknown or accepted.';
COMMENT ON COLUMN mart.reconciliation.unknown IS 'Of the files: sent, and the answer is not known.';
COMMENT ON COLUMN mart.reconciliation.open IS 'Of the files: not whole yet, held, waiting to be sent, or waiting for a person.';
COMMENT ON COLUMN mart.reconciliation.sent IS 'Of the files: sent to the authority, whatever the outcome.';
COMMENT ON COLUMN mart.reconciliation.created IS 'Of the accepted: vehicles that the register shows, registered or not; 0 until the DAG ecoc_registration has looked.';
COMMENT ON COLUMN mart.reconciliation.registered IS 'Of the accepted: vehicles that the register shows as registered for the first time.';
COMMENT ON COLUMN mart.reconciliation.differences IS 'Differences of that day that are not gone; mart.difference names them.';
COMMENT ON COLUMN mart.reconciliation.verdict IS 'agrees; differs (see mart.difference); broken (a sum or an invariant does not hold); did not run; not checked yet.';
COMMENT ON COLUMN mart.reconciliation.checked_at IS 'When the DAG reconciliation last looked at this day.';
