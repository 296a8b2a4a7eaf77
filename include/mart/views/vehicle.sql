CREATE VIEW mart.vehicle AS
SELECT v.party AS importer,
       v.kuid,
       v.vin,
       v.held ->> 'kjennemerke' AS plate,
       v.held ->> 'merke' AS make,
       v.held ->> 'merkekode' AS merkekode,
       v.held ->> 'typegodkjenningsnummer' AS type_approval,
       v.held ->> 'variant' AS variant,
       v.held ->> 'versjon' AS version,
       v.held ->> 'avgiftskode' AS avgiftskode,
       v.held ->> 'teknisk_kode' AS teknisk_kode,
       v.held ->> 'godkjenningsundertype' AS godkjenningsundertype,
       v.held ->> 'registreringsstatus' AS status,
       (v.held ->> 'registrering_fom')::timestamptz AS status_since,
       (v.held ->> 'registrert_forstegang_norge')::date AS first_registered_norway,
       (v.held ->> 'forstegang_registrert')::date AS first_registered,
       (v.held ->> 'kontrollfrist')::date AS inspection_due,
       v.as_of,
       v.looked_up_at,
       v.source
FROM ledger.vehicle v;

COMMENT ON VIEW mart.vehicle IS 'One row per vehicle and importer it was looked up for: what the register held at the last lookup. Nothing of an owner is kept.';
COMMENT ON COLUMN mart.vehicle.importer IS 'Party id, as in parties.yaml.';
COMMENT ON COLUMN mart.vehicle.kuid IS 'The register''s own id of the vehicle.';
COMMENT ON COLUMN mart.vehicle.vin IS 'Vehicle identification number (understellsnummer), without blanks. Not unique: makes may share one.';
COMMENT ON COLUMN mart.vehicle.plate IS 'Number plate (kjennemerke) as the register writes it, often with a blank.';
COMMENT ON COLUMN mart.vehicle.make IS 'Make (merke) in the register.';
COMMENT ON COLUMN mart.vehicle.merkekode IS 'Code of the make.';
COMMENT ON COLUMN mart.vehicle.type_approval IS 'Type-approval number (efTypegodkjenning).';
COMMENT ON COLUMN mart.vehicle.variant IS 'Variant of the type approval.';
COMMENT ON COLUMN mart.vehicle.version IS 'Version of the type approval (versjon).';
COMMENT ON COLUMN mart.vehicle.avgiftskode IS 'kjoretoyAvgiftsKode.';
COMMENT ON COLUMN mart.vehicle.teknisk_kode IS 'tekniskKode: the vehicle category in the register.';
COMMENT ON COLUMN mart.vehicle.godkjenningsundertype IS 'How the vehicle was first approved, as the register''s code.';
COMMENT ON COLUMN mart.vehicle.status IS 'registreringsstatus, verbatim; REGISTRERT is registered, and the register may add codes.';
COMMENT ON COLUMN mart.vehicle.status_since IS 'Since when that status holds.';
COMMENT ON COLUMN mart.vehicle.first_registered_norway IS 'First registration in Norway.';
COMMENT ON COLUMN mart.vehicle.first_registered IS 'First registration anywhere.';
COMMENT ON COLUMN mart.vehicle.inspection_due IS 'Next periodic inspection (kontrollfrist).';
COMMENT ON COLUMN mart.vehicle.as_of IS 'The moment that was asked about; empty: the moment of the lookup.';
COMMENT ON COLUMN mart.vehicle.looked_up_at IS 'When it was last looked up.';
COMMENT ON COLUMN mart.vehicle.source IS 'Id of the connection that was asked, such as fiks or vegvesen_register.';
