-- owner: authority
-- scope: open
-- about: Goods were presented, and no control signal has come for them by the party's deadline. Signals for goods that others presented are no difference.
-- next step: Hold the goods; see that the DAG customs_routing reads its feed, then ask Tolletaten about the request id.
SELECT p.party, f.day, p.request_id::text AS subject,
       'No control signal has come for ' || CASE WHEN c.known > 1
           THEN c.waiting || ' of ' || c.known || ' house consignments of ' ELSE '' END || p.consignment
           || ', presented at ' || to_char(p.first_sent_at AT TIME ZONE q.timezone, 'YYYY-MM-DD HH24:MI') || '.' AS sentence,
       p.first_sent_at + make_interval(mins => coalesce(w.signal_minutes, 60)) AS since, NULL::bigint AS document_id
FROM ledger.presentation p
JOIN ledger.presentation_file f ON f.id = p.file_id
JOIN ledger.party q ON q.id = p.party
LEFT JOIN ledger.customs_party w ON w.party = p.party
CROSS JOIN LATERAL (SELECT count(*) AS known, count(*) FILTER (WHERE x.signals = 0) AS waiting
    FROM ledger.customs_consignment x WHERE x.request_id = p.request_id) c
WHERE p.live AND p.state = 'ACCEPTED' AND p.validation IS DISTINCT FROM 'FAILURE'
  AND p.first_sent_at + make_interval(mins => coalesce(w.signal_minutes, 60)) <= now()
  AND p.opened_at > now() - interval '30 days'
  AND (c.known = 0 OR c.waiting > 0)
