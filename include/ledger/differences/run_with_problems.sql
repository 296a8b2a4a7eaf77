-- owner: engineer
-- scope: days
-- about: The sums or invariants of a party did not hold when its run ended.
-- next step: Read the run's sentence; when the cause is mended, clear its task reconcile.
SELECT r.party, r.day, r.run_id AS subject, array_to_string(r.problems, '; ') || '.' AS sentence,
       r.ended_at AS since, NULL::bigint AS document_id
FROM ledger.party_run r
WHERE r.day = ANY(%(days)s) AND r.problems <> '{}'
