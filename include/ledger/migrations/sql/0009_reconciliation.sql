-- What the reconciliation needs to know beside the journey itself: which runs ended, on which days a run was due, and
-- every difference between two systems (or between a system and its own evidence) with its owner and next step.

CREATE TABLE ledger.party_run (
    party text NOT NULL REFERENCES ledger.party (id),
    stream text NOT NULL,
    run_id text NOT NULL,
    day date NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT now(),
    summary text NOT NULL,
    problems text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (party, stream, run_id)
);
COMMENT ON TABLE ledger.party_run IS 'One row per run of a party that came to its end, with its summary in one line.';
COMMENT ON COLUMN ledger.party_run.stream IS 'Which journey: ecoc, leasing, customs, deletion, registration, lookup.';
COMMENT ON COLUMN ledger.party_run.day IS 'Calendar day on which the run began, in the party''s time zone.';
COMMENT ON COLUMN ledger.party_run.problems IS 'Sums and invariants of the party that did not hold at its end; a later clean end of the run replaces them.';
CREATE INDEX party_run_by_day ON ledger.party_run (party, day);

CREATE TABLE ledger.party_day (
    party text NOT NULL REFERENCES ledger.party (id),
    day date NOT NULL,
    due boolean NOT NULL,
    first_checked_at timestamptz NOT NULL DEFAULT now(),
    checked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (party, day)
);
COMMENT ON TABLE ledger.party_day IS 'One row per party and day that the reconciliation looked at, whether or not anything happened.';
COMMENT ON COLUMN ledger.party_day.due IS 'True when a run of the party was due that day by its schedule, and its time has passed.';

CREATE TABLE ledger.difference (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    party text NOT NULL REFERENCES ledger.party (id),
    day date NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    subject text NOT NULL,
    sentence text NOT NULL CHECK (sentence <> ''),
    owner text NOT NULL CHECK (owner IN ('importer', 'operator', 'engineer', 'authority')),
    next_step text NOT NULL CHECK (next_step <> ''),
    breaks_invariant boolean NOT NULL,
    document_id bigint REFERENCES ledger.document (id),
    since timestamptz NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz NOT NULL DEFAULT now(),
    cleared_at timestamptz
);
COMMENT ON TABLE ledger.difference IS
    'One row per difference, from the moment it was found until it is gone. Found anew by every reconciliation, never edited by hand.';
COMMENT ON COLUMN ledger.difference.subject IS 'What it is about, unique within party and kind: a file, a VIN, a run, a day.';
COMMENT ON COLUMN ledger.difference.since IS 'When the thing itself began; found_at is when the reconciliation saw it first.';
COMMENT ON COLUMN ledger.difference.breaks_invariant IS 'True where it contradicts what must always hold; such rows turn the reconciliation red.';
CREATE UNIQUE INDEX difference_one_open ON ledger.difference (party, kind, subject) WHERE cleared_at IS NULL;
CREATE INDEX difference_by_day ON ledger.difference (party, day);

-- What the reconciliation asks for, so that no question reads the history.
CREATE INDEX document_held ON ledger.document (party) WHERE hold_reason IS NOT NULL;
CREATE INDEX document_by_day ON ledger.document (party, first_seen_at);
CREATE INDEX submission_open_since ON ledger.submission (opened_at) WHERE state = 'PENDING';
CREATE INDEX submission_by_decision ON ledger.submission (decided_at);
CREATE INDEX submission_refused ON ledger.submission (party, decided_at) WHERE state = 'REFUSED';
CREATE INDEX lot_by_time ON ledger.lot (planned_at);
CREATE INDEX finding_by_time ON ledger.finding (found_at);
CREATE INDEX attempt_by_time ON ledger.attempt (ended_at);
