-- owner: operator
-- scope: open
-- about: A run planned lots and never reached its reconcile.
-- next step: Open that run in Airflow, read the sentence of the failed task, mend it, and clear the task with downstream.
SELECT l.party, (min(l.planned_at) AT TIME ZONE q.timezone)::date AS day, l.run_id AS subject,
       'The run ' || l.run_id || ' planned ' || sum(l.size) || ' documents and did not come to its end.' AS sentence,
       min(l.planned_at) AS since, NULL::bigint AS document_id
FROM ledger.lot l
JOIN ledger.party q ON q.id = l.party
WHERE l.planned_at BETWEEN now() - interval '30 days' AND now() - interval '20 hours'
  AND NOT EXISTS (SELECT FROM ledger.party_run r WHERE r.party = l.party AND r.run_id = l.run_id)
GROUP BY l.party, q.timezone, l.run_id
