-- owner: operator
-- scope: open
-- about: The authority accepted the end of a lease, and a day later the register still shows that leaseholder.
-- next step: Wait a day; if it stays, ask Statens vegvesen with the kuid in mart.leasing_change.
SELECT c.party, f.day, c.id::text AS subject,
       'The lease of ' || c.kjennemerke || ' from ' || f.name || ' (' || c.place
           || ') was ended, and the register still shows the leaseholder.' AS sentence,
       c.decided_at AS since, NULL::bigint AS document_id
FROM ledger.leasing_change c
JOIN ledger.leasing_file f ON f.id = c.file_id
WHERE c.state = 'ACCEPTED' AND c.handling = 'AVSLUTTE' AND c.register_said = 'ours'
  AND c.decided_at > now() - interval '31 days'
  AND NOT EXISTS (SELECT FROM ledger.leasing_change n WHERE n.party = c.party AND n.kjennemerke = c.kjennemerke
      AND n.id > c.id AND n.state = 'ACCEPTED')
