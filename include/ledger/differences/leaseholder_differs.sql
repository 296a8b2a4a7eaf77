-- owner: operator
-- scope: open
-- about: The authority accepted a leaseholder, and a day later the register shows another one, or nobody.
-- next step: Ask the leasing company who leases the vehicle, then Statens vegvesen; a corrected row in a new file sends it again.
SELECT c.party, f.day, c.id::text AS subject,
       'The leaseholder of ' || c.kjennemerke || ' from ' || f.name || ' (' || c.place || ') was accepted, and the register shows '
           || CASE c.register_said WHEN 'nobody' THEN 'nobody' ELSE 'another one' END || '.' AS sentence,
       c.decided_at AS since, NULL::bigint AS document_id
FROM ledger.leasing_change c
JOIN ledger.leasing_file f ON f.id = c.file_id
WHERE c.state = 'ACCEPTED' AND c.handling = 'OPPRETTE' AND c.register_said IN ('nobody', 'another')
  AND c.decided_at > now() - interval '31 days'
  AND NOT EXISTS (SELECT FROM ledger.leasing_change n WHERE n.party = c.party AND n.kjennemerke = c.kjennemerke
      AND n.id > c.id AND n.state = 'ACCEPTED')
