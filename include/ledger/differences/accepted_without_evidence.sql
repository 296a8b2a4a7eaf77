-- owner: engineer
-- scope: days
-- breaks: yes
-- about: A document counts as accepted, and neither an answer nor a decision says so.
-- next step: Look the vehicle up at the authority before anything else is done; then report it as a fault of Samsvar.
SELECT s.party, s.day, u.id::text AS subject,
       'The file ' || s.name || ' counts as accepted (' || u.decided_by || ') without any evidence.' AS sentence,
       coalesce(u.decided_at, u.opened_at) AS since, u.document_id
FROM ledger.sighting s
JOIN ledger.submission u ON u.sighting_id = s.id
WHERE s.day = ANY(%(days)s) AND s.party = ANY(%(parties)s) AND u.state = 'ACCEPTED'
  AND CASE WHEN u.decided_by = 'answer'
      THEN NOT EXISTS (SELECT FROM ledger.attempt a WHERE a.submission_id = u.id AND a.outcome = 'accepted')
          AND (u.operation = 'opprette' OR NOT EXISTS (SELECT FROM ledger.decision c
              WHERE c.submission_id = u.id AND c.to_state = 'ACCEPTED'))  -- a deletion that had worked before
      ELSE NOT EXISTS (SELECT FROM ledger.decision c WHERE c.submission_id = u.id AND c.to_state = 'ACCEPTED') END
