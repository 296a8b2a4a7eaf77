-- owner: operator
-- scope: days
-- about: A run was due by the party's schedule and none came to its end that day.
-- next step: Look at the party's DAG in Airflow (paused, failed, queued?), then trigger it: it takes what lies at the drop.
SELECT p.party, p.day, p.day::text AS subject,
       p.party || ' did not run on ' || p.day || ' although a run was due.' AS sentence,
       p.day::timestamp AT TIME ZONE q.timezone AS since, NULL::bigint AS document_id
FROM ledger.party_day p
JOIN ledger.party q ON q.id = p.party
WHERE p.due AND p.day = ANY(%(days)s)
  AND NOT EXISTS (SELECT FROM ledger.party_run r WHERE r.party = p.party AND r.day = p.day AND r.stream = 'ecoc')
