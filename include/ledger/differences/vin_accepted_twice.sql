-- owner: operator
-- scope: days
-- about: Two different documents of one VIN were accepted, so the authority holds two or one replaced the other.
-- next step: Look the VIN up with the DAG vehicle_lookup; if two vehicles exist, ask the importer which document is the right one.
SELECT s.party, s.day, d.vin AS subject,
       'Two documents of VIN ' || d.vin || ' were accepted; the later file is ' || s.name || '.' AS sentence,
       u.decided_at AS since, d.id AS document_id
FROM ledger.sighting s
JOIN ledger.submission u ON u.sighting_id = s.id AND u.operation = 'opprette' AND u.state = 'ACCEPTED'
JOIN ledger.document d ON d.id = u.document_id
WHERE s.day = ANY(%(days)s) AND s.party = ANY(%(parties)s)
  AND EXISTS (SELECT FROM ledger.document e JOIN ledger.submission v ON v.document_id = e.id
      WHERE e.vin = d.vin AND e.id <> d.id AND v.operation = 'opprette' AND v.state = 'ACCEPTED'
        AND (v.decided_at, v.id) < (u.decided_at, u.id)
        AND NOT EXISTS (SELECT FROM ledger.submission g WHERE g.document_id = e.id AND g.operation = 'slette'
            AND g.state = 'ACCEPTED' AND g.decided_at > v.decided_at))
