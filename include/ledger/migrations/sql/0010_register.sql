-- What the vehicle register holds, without owners: vehicles, their history, the watch over accepted ones, differences.

CREATE TABLE ledger.vehicle (
    party text NOT NULL REFERENCES ledger.party (id),
    key text NOT NULL CHECK (key <> ''),
    kuid text,
    vin text,
    plate text,
    held jsonb NOT NULL,
    digest text NOT NULL,
    as_of timestamptz,
    looked_up_at timestamptz NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (party, key)
);
COMMENT ON TABLE ledger.vehicle IS
    'A vehicle as the register held it when it was last looked up for a party; never anything of an owner.';
COMMENT ON COLUMN ledger.vehicle.key IS 'kuid; where the register gives none, VIN and merkekode, else the plate.';
COMMENT ON COLUMN ledger.vehicle.held IS 'Fields by the names of the register; what it does not give is left out.';
COMMENT ON COLUMN ledger.vehicle.as_of IS 'The moment that was asked about (dtg); NULL: the moment of the lookup.';
CREATE INDEX vehicle_by_vin ON ledger.vehicle (vin);
CREATE INDEX vehicle_by_plate ON ledger.vehicle (plate);
CREATE INDEX vehicle_by_look ON ledger.vehicle (party, looked_up_at);

CREATE TABLE ledger.vehicle_snapshot (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    party text NOT NULL,
    key text NOT NULL,
    taken_at timestamptz NOT NULL,
    as_of timestamptz,
    source text NOT NULL,
    held jsonb NOT NULL
);
COMMENT ON TABLE ledger.vehicle_snapshot IS
    'How a vehicle looked in the register each time it looked different from the time before. Never anything of an owner.';
CREATE INDEX vehicle_snapshot_by_vehicle ON ledger.vehicle_snapshot (party, key, taken_at);

CREATE TABLE ledger.registration (
    submission_id uuid PRIMARY KEY REFERENCES ledger.submission (id),
    document_id bigint NOT NULL REFERENCES ledger.document (id),
    party text NOT NULL REFERENCES ledger.party (id),
    vin text NOT NULL,
    accepted_at timestamptz NOT NULL,
    look_at timestamptz NOT NULL,
    looks integer NOT NULL DEFAULT 0,
    looked_at timestamptz,
    said text CHECK (said IN ('registered', 'not_registered', 'absent', 'ambiguous', 'unreadable')),
    vehicle_key text,
    registered_on date,
    ended_at timestamptz,
    ended_because text CHECK (ended_because IN ('registered', 'too_old', 'superseded', 'not_accepted')),
    CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);
COMMENT ON TABLE ledger.registration IS
    'The watch over an accepted vehicle: looked up again and again, ever more rarely, until the register says that it is registered.';
COMMENT ON COLUMN ledger.registration.look_at IS 'Before this moment the vehicle is not looked up again.';
COMMENT ON COLUMN ledger.registration.registered_on IS 'First registration in Norway, as the register says.';
CREATE INDEX registration_due ON ledger.registration (party, look_at, submission_id) WHERE ended_at IS NULL;
CREATE INDEX registration_by_document ON ledger.registration (document_id);
CREATE INDEX registration_by_vin ON ledger.registration (party, vin);

CREATE TABLE ledger.register_difference (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission_id uuid NOT NULL REFERENCES ledger.submission (id),
    document_id bigint NOT NULL REFERENCES ledger.document (id),
    party text NOT NULL REFERENCES ledger.party (id),
    kind text NOT NULL,
    declared text,
    held text,
    sentence text NOT NULL,
    next_step text NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    cleared_at timestamptz
);
COMMENT ON TABLE ledger.register_difference IS
    'Where the register holds something else than was declared for an accepted vehicle; cleared once a lookup no longer finds it.';
CREATE UNIQUE INDEX register_difference_open ON ledger.register_difference (submission_id, kind) WHERE cleared_at IS NULL;
CREATE INDEX register_difference_by_party ON ledger.register_difference (party, found_at);
CREATE INDEX register_difference_by_document ON ledger.register_difference (document_id);
