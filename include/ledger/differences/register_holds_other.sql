-- owner: importer
-- scope: open
-- about: The register holds something else than was declared for an accepted document, or cannot say which vehicle it is.
-- next step: Compare declared and held in mart.ecoc_gap; correct it with a new document, or ask Statens vegvesen to correct the register.
SELECT x.party, s.day, x.submission_id || ' ' || x.kind AS subject, x.sentence, x.found_at AS since, x.document_id
FROM ledger.register_difference x
JOIN ledger.submission u ON u.id = x.submission_id
JOIN ledger.sighting s ON s.id = u.sighting_id
WHERE x.cleared_at IS NULL AND x.kind <> 'not_in_register'
