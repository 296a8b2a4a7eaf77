-- owner: operator
-- scope: open
-- about: The authority accepted a document, and the register does not show its vehicle.
-- next step: Wait a day, then look the VIN up with the DAG vehicle_lookup; if it stays away, ask Statens vegvesen with the kuid of the answer.
SELECT x.party, s.day, x.submission_id::text AS subject, x.sentence, x.found_at AS since, x.document_id
FROM ledger.register_difference x
JOIN ledger.submission u ON u.id = x.submission_id
JOIN ledger.sighting s ON s.id = u.sighting_id
WHERE x.cleared_at IS NULL AND x.kind = 'not_in_register'
