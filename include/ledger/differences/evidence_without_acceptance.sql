-- owner: engineer
-- scope: days
-- breaks: yes
-- about: The authority's answer created the vehicle, and the document does not count as accepted.
-- next step: Do not send it again: the vehicle is there. Report it as a fault of Samsvar with the attempt's reply.
SELECT s.party, s.day, u.id::text AS subject,
       'The authority accepted the file ' || s.name || ', and its document is ' || u.state || '.' AS sentence,
       a.ended_at AS since, u.document_id
FROM ledger.sighting s
JOIN ledger.submission u ON u.sighting_id = s.id
CROSS JOIN LATERAL (SELECT min(ended_at) AS ended_at FROM ledger.attempt
    WHERE submission_id = u.id AND outcome = 'accepted') a
WHERE s.day = ANY(%(days)s) AND s.party = ANY(%(parties)s) AND u.operation = 'opprette'
  AND u.state NOT IN ('ACCEPTED', 'DELETED') AND a.ended_at IS NOT NULL
