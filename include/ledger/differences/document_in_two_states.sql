-- owner: engineer
-- scope: days
-- breaks: yes
-- about: A document is in two states at once: found invalid yet sent, set aside yet sent, or sent anew while an earlier submission still counts.
-- next step: Do not send anything for this document; look at its rows in ledger.submission and ledger.attempt and report it.
SELECT s.party, s.day, s.name || CASE WHEN s.member <> '' THEN ' › ' || s.member ELSE '' END || ' #' || s.id AS subject,
       'The file ' || s.name || ' is ' || x.one || ' and ' || x.other || ' at once.' AS sentence,
       s.first_seen_at AS since, s.document_id
FROM ledger.sighting s
CROSS JOIN LATERAL (
    SELECT CASE WHEN s.state <> 'TAKEN' THEN s.state ELSE d.state END AS one, u.state AS other
    FROM ledger.submission u JOIN ledger.document d ON d.id = u.document_id
    WHERE u.sighting_id = s.id AND u.operation = 'opprette' AND u.state <> 'DELETED' AND (s.state <> 'TAKEN' OR d.state <> 'VALID')
    UNION ALL
    SELECT u.state || ' (submission ' || u.n || ')', v.state || ' (submission ' || v.n || ')'
    FROM ledger.submission u JOIN ledger.submission v
        ON v.document_id = u.document_id AND v.operation = u.operation AND v.n > u.n
    WHERE u.sighting_id = s.id AND u.operation = 'opprette' AND u.state NOT IN ('REFUSED', 'DELETED')
    LIMIT 1) x
WHERE s.day = ANY(%(days)s) AND s.party = ANY(%(parties)s)
