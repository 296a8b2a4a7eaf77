-- longer because a migration is one whole and is never edited afterwards
-- The ledger: what was seen at the drop, what became of it, and the evidence.
-- Identity tables (document, submission) are never partitioned: their uniqueness must hold for ever.
-- Growing tables (sighting, finding, attempt) are partitioned by month, so that old months can be detached.

CREATE SCHEMA IF NOT EXISTS ledger;
COMMENT ON SCHEMA ledger IS 'Samsvar''s own book of record. Written only through include/ledger; analysts read schema mart.';

CREATE TABLE ledger.party (
    id text PRIMARY KEY,
    name text NOT NULL,
    organisation_number text NOT NULL,
    timezone text NOT NULL DEFAULT 'Europe/Oslo',
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.party IS 'Parties that have run at least once, as the configuration named them last.';

CREATE TABLE ledger.document (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    party text NOT NULL REFERENCES ledger.party (id),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size integer NOT NULL CHECK (size >= 0),
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    sighting_id bigint NOT NULL,
    state text NOT NULL DEFAULT 'RECEIVED' CHECK (state IN ('RECEIVED', 'VALID', 'INVALID')),
    hold_reason text,
    validated_at timestamptz,
    rules_version text,
    errors integer NOT NULL DEFAULT 0,
    warnings integer NOT NULL DEFAULT 0,
    infos integer NOT NULL DEFAULT 0,
    family text,
    ivi_version text,
    ivi_reference text,
    vin text,
    category text,
    make text,
    type_approval text,
    type_code text,
    variant text,
    version_code text,
    stage text,
    document_version integer,
    UNIQUE (party, sha256)
);
COMMENT ON TABLE ledger.document IS 'One row per content and party: identity is the SHA-256 of the original bytes.';
COMMENT ON COLUMN ledger.document.sighting_id IS 'The sighting that carries the document now; a re-drop of a refused document moves it.';
COMMENT ON COLUMN ledger.document.hold_reason IS 'Why a valid document is not submitted yet, in one sentence; asked again by every run.';
CREATE INDEX document_by_vin ON ledger.document (vin);
CREATE INDEX document_by_reference ON ledger.document (party, ivi_reference);
CREATE INDEX document_by_sighting ON ledger.document (sighting_id);

CREATE SEQUENCE ledger.sighting_id;
CREATE TABLE ledger.sighting (
    id bigint NOT NULL DEFAULT nextval('ledger.sighting_id'),
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    party text NOT NULL REFERENCES ledger.party (id),
    day date NOT NULL,
    name_bytes bytea NOT NULL,
    name text NOT NULL,
    member text NOT NULL DEFAULT '',
    size bigint NOT NULL,
    mtime bigint NOT NULL,
    stable_since timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'OPEN'
        CHECK (state IN ('OPEN', 'TAKEN', 'INVALID', 'DUPLICATE', 'INCOMPLETE', 'WITHDRAWN')),
    rule_id text,
    reason text,
    file_sha256 text,
    document_id bigint REFERENCES ledger.document (id),
    duplicate_of bigint,
    leave_in_place boolean NOT NULL DEFAULT false,
    companion jsonb,
    reopen boolean NOT NULL DEFAULT false,
    run_id text,
    lot_no integer,
    filed_as text,
    filed_at timestamptz,
    receipt_state text,
    receipt_at timestamptz,
    PRIMARY KEY (id, first_seen_at),
    CHECK (state NOT IN ('TAKEN', 'DUPLICATE') OR document_id IS NOT NULL),
    CHECK (state NOT IN ('INVALID', 'INCOMPLETE') OR reason IS NOT NULL)
) PARTITION BY RANGE (first_seen_at);
COMMENT ON TABLE ledger.sighting IS
    'One row per file (or archive member) seen at a drop. The reconciliation counts these.';
COMMENT ON COLUMN ledger.sighting.day IS 'Calendar day of first_seen_at in the party''s time zone.';
COMMENT ON COLUMN ledger.sighting.companion IS 'avgiftsklassifisering found beside the file: {"source": sidecar|manifest, …}.';
COMMENT ON COLUMN ledger.sighting.leave_in_place IS 'True where the file must not be moved: links, pipes, folders, and what never became whole.';
COMMENT ON COLUMN ledger.sighting.reopen IS 'True between the form "send refused again" and the submission it asks for.';
COMMENT ON COLUMN ledger.sighting.filed_as IS 'Where the file was (or is being) moved to, below the party''s drop.';
COMMENT ON COLUMN ledger.sighting.receipt_state IS 'The state the last receipt told; a receipt is replaced when the state moves on.';
CREATE INDEX sighting_unfiled ON ledger.sighting (party, name_bytes) WHERE filed_at IS NULL;
CREATE INDEX sighting_by_lot ON ledger.sighting (party, run_id, lot_no);
CREATE INDEX sighting_by_document ON ledger.sighting (document_id);
CREATE INDEX sighting_by_day ON ledger.sighting (party, day);

CREATE TABLE ledger.lot (
    party text NOT NULL REFERENCES ledger.party (id),
    run_id text NOT NULL,
    lot_no integer NOT NULL CHECK (lot_no > 0),
    size integer NOT NULL CHECK (size > 0),
    planned_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (party, run_id, lot_no)
);
COMMENT ON TABLE ledger.lot IS 'The frozen plan of a run: planning again returns these rows and may only append.';

CREATE TABLE ledger.submission (
    id uuid PRIMARY KEY,
    party text NOT NULL REFERENCES ledger.party (id),
    document_id bigint NOT NULL REFERENCES ledger.document (id),
    sighting_id bigint NOT NULL,
    n integer NOT NULL CHECK (n > 0),
    operation text NOT NULL DEFAULT 'opprette' CHECK (operation IN ('opprette', 'slette')),
    authority text NOT NULL DEFAULT 'vegvesen',
    sender text NOT NULL,
    ivi_reference text,
    avgiftskode text,
    seats text,
    camper_beds text,
    avgift_source text NOT NULL,
    state text NOT NULL DEFAULT 'PENDING',
    version integer NOT NULL DEFAULT 0,
    attempt_no integer NOT NULL DEFAULT 0,
    run_id text,
    lot_no integer,
    owner text,
    opened_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    send_by timestamptz,
    settle_until timestamptz,
    decided_at timestamptz,
    decided_by text,
    http_status integer,
    authority_time text,
    meldingstype text,
    meldingskode text,
    meldingstekst text,
    returned_reference text,
    kuid text,
    merkekode text,
    remarks jsonb NOT NULL DEFAULT '[]',
    reason text,
    UNIQUE (document_id, operation, n),
    CHECK (state IN ('PENDING', 'SENT', 'ACCEPTED', 'REFUSED', 'UNKNOWN', 'NEEDS_PERSON')),
    CHECK (state = 'PENDING' OR sent_at IS NOT NULL),
    CHECK (state NOT IN ('ACCEPTED', 'REFUSED') OR (decided_at IS NOT NULL AND decided_by IS NOT NULL))
);
COMMENT ON TABLE ledger.submission IS
    'A document with its avgiftsklassifisering on its way to the authority. SENT is the intent, committed before the socket is written.';
COMMENT ON COLUMN ledger.submission.version IS 'Fencing token: every move names the version it read and raises it by one.';
COMMENT ON COLUMN ledger.submission.send_by IS 'After this moment the owner of the intent must not write to the socket any more.';
COMMENT ON COLUMN ledger.submission.settle_until IS 'A SENT row past this moment is UNKNOWN.';
COMMENT ON COLUMN ledger.submission.decided_by IS 'answer (the authority''s reply), lookup, or the name of a person.';
-- The one line that makes a double send impossible: at most one live or accepted submission per document.
CREATE UNIQUE INDEX submission_one_live ON ledger.submission (document_id)
    WHERE operation = 'opprette' AND state IN ('PENDING', 'SENT', 'UNKNOWN', 'NEEDS_PERSON', 'ACCEPTED');
CREATE INDEX submission_pending ON ledger.submission (party, run_id, lot_no, id) WHERE state = 'PENDING';
CREATE INDEX submission_by_sighting ON ledger.submission (sighting_id);
CREATE INDEX submission_undecided ON ledger.submission (party, state) WHERE state IN ('SENT', 'UNKNOWN', 'NEEDS_PERSON');

CREATE FUNCTION ledger.refuse_illegal_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'PENDING' OR NEW.version <> 0 THEN
            RAISE EXCEPTION 'a submission begins as PENDING, not %', NEW.state USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'submission %: a move must raise version % by one', OLD.id, OLD.version USING ERRCODE = 'check_violation';
    END IF;
    IF NOT (OLD.state, NEW.state) IN (
        ('PENDING', 'SENT'),
        ('SENT', 'PENDING'), ('SENT', 'ACCEPTED'), ('SENT', 'REFUSED'), ('SENT', 'UNKNOWN'),
        ('UNKNOWN', 'ACCEPTED'), ('UNKNOWN', 'REFUSED'), ('UNKNOWN', 'PENDING'), ('UNKNOWN', 'NEEDS_PERSON'),
        ('NEEDS_PERSON', 'ACCEPTED'), ('NEEDS_PERSON', 'REFUSED'), ('NEEDS_PERSON', 'PENDING')
    ) THEN
        RAISE EXCEPTION 'submission %: % cannot become %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'SENT' AND NEW.state = 'PENDING' AND NEW.owner IS DISTINCT FROM OLD.owner THEN
        RAISE EXCEPTION 'submission %: only its owner can prove that it was not sent', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'NEEDS_PERSON' AND coalesce(NEW.decided_by, '') IN ('', 'answer', 'lookup') THEN
        RAISE EXCEPTION 'submission %: only a named person decides this one', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER submission_moves BEFORE INSERT OR UPDATE ON ledger.submission
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_illegal_move();

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

CREATE SEQUENCE ledger.attempt_id;
CREATE TABLE ledger.attempt (
    id bigint NOT NULL DEFAULT nextval('ledger.attempt_id'),
    ended_at timestamptz NOT NULL,
    submission_id uuid NOT NULL,
    attempt_no integer NOT NULL,
    owner text NOT NULL,
    started_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('accepted', 'refused', 'not_sent', 'unknown')),
    http_status integer,
    error_class text,
    sentence text,
    request_sha256 text,
    reply_sha256 text,
    token_fingerprint text,
    PRIMARY KEY (id, ended_at)
) PARTITION BY RANGE (ended_at);
COMMENT ON TABLE ledger.attempt IS 'Evidence of every finished send. Append only; the reply''s bytes lie in ledger.reply.';
CREATE INDEX attempt_by_submission ON ledger.attempt (submission_id);
CREATE TRIGGER attempt_append_only BEFORE UPDATE OR DELETE ON ledger.attempt
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();

CREATE TABLE ledger.reply (
    sha256 text PRIMARY KEY,
    body bytea NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.reply IS 'Answers as they came, apart from the attempts so that retention can delete them.';

CREATE SEQUENCE ledger.finding_id;
CREATE TABLE ledger.finding (
    id bigint NOT NULL DEFAULT nextval('ledger.finding_id'),
    found_at timestamptz NOT NULL DEFAULT now(),
    sighting_id bigint,
    document_id bigint,
    submission_id uuid,
    source text NOT NULL CHECK (source IN ('own', 'vegvesen')),
    rule_id text NOT NULL,
    level text NOT NULL CHECK (level IN ('error', 'warning', 'info')),
    path text NOT NULL DEFAULT '',
    coc_entry text,
    sentence text NOT NULL,
    PRIMARY KEY (id, found_at)
) PARTITION BY RANGE (found_at);
COMMENT ON TABLE ledger.finding IS 'What our rules (own) or the authority (vegvesen) said about a document.';
CREATE INDEX finding_by_document ON ledger.finding (document_id);
CREATE INDEX finding_by_sighting ON ledger.finding (sighting_id);

CREATE TABLE ledger.classification (
    party text NOT NULL REFERENCES ledger.party (id),
    vin text NOT NULL,
    fields jsonb NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (party, vin)
);
COMMENT ON TABLE ledger.classification IS 'avgiftsklassifisering by VIN, from the rows of manifest.csv that name a VIN; the latest row counts.';

CREATE TABLE ledger.run_gate (
    party text NOT NULL REFERENCES ledger.party (id),
    run_id text NOT NULL,
    state text NOT NULL CHECK (state IN ('probing', 'open', 'stopped')),
    owner text NOT NULL,
    until timestamptz NOT NULL,
    final boolean NOT NULL DEFAULT false,
    reason text,
    PRIMARY KEY (party, run_id)
);
COMMENT ON COLUMN ledger.run_gate.final IS 'True when a retry cannot help and a person has to change something first.';
COMMENT ON TABLE ledger.run_gate IS 'Each run sends one document first; the other lots wait here for its answer.';

CREATE TABLE ledger.lease (
    authority text NOT NULL,
    owner text NOT NULL,
    slots integer NOT NULL CHECK (slots > 0),
    until timestamptz NOT NULL,
    PRIMARY KEY (authority, owner)
);
COMMENT ON TABLE ledger.lease IS 'Shares of an authority''s max_parallel, held by the tasks that send right now.';

CREATE TABLE ledger.stop_switch (
    authority text NOT NULL,
    party text NOT NULL DEFAULT '',
    reason text NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (authority, party)
);
COMMENT ON TABLE ledger.stop_switch IS 'While a row is here nothing is claimed for that authority (and party; '''' means every party).';

CREATE TABLE ledger.alert (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    raised_at timestamptz NOT NULL DEFAULT now(),
    party text,
    kind text NOT NULL,
    fact text NOT NULL,
    sentence text NOT NULL,
    notified_at timestamptz,
    UNIQUE (kind, fact)
);
COMMENT ON TABLE ledger.alert IS 'One row per fact that somebody was (or is to be) told; the same fact is told once.';

CREATE TABLE ledger.pool (
    name text PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.pool IS 'Airflow pools that were created; a task naming a missing one would wait for ever in silence.';

CREATE FUNCTION ledger.make_partitions(first_month date, months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    month date;
    parent text;
BEGIN
    FOR i IN 0 .. months - 1 LOOP
        month := (date_trunc('month', first_month) + make_interval(months => i))::date;
        FOREACH parent IN ARRAY ARRAY['sighting', 'attempt', 'finding'] LOOP
            EXECUTE format(
                'CREATE TABLE IF NOT EXISTS ledger.%I PARTITION OF ledger.%I FOR VALUES FROM (%L) TO (%L)',
                parent || '_' || to_char(month, 'YYYY_MM'), parent,
                month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month')::timestamp AT TIME ZONE 'UTC');
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION ledger.make_partitions IS 'Makes the monthly partitions from first_month on; months that exist are left alone.';

CREATE TABLE ledger.sighting_default PARTITION OF ledger.sighting DEFAULT;
CREATE TABLE ledger.attempt_default PARTITION OF ledger.attempt DEFAULT;
CREATE TABLE ledger.finding_default PARTITION OF ledger.finding DEFAULT;

-- One definition of "in which state is this sighting", used by planning, receipts, marts and reconciliation alike.
CREATE VIEW ledger.sighting_status AS
SELECT s.id, s.first_seen_at, s.party, s.day, s.name, s.member, s.document_id, s.run_id, s.lot_no, s.filed_at, s.receipt_state,
       u.id AS submission_id,
       CASE
           WHEN s.state = 'WITHDRAWN' THEN 'withdrawn'
           WHEN s.state = 'INVALID' THEN 'invalid'
           WHEN s.state = 'DUPLICATE' THEN 'duplicate'
           WHEN s.state IN ('OPEN', 'INCOMPLETE') THEN 'open'
           WHEN u.state = 'ACCEPTED' THEN 'accepted'
           WHEN u.state = 'REFUSED' THEN 'refused'
           WHEN u.state IN ('SENT', 'UNKNOWN') THEN 'unknown'
           ELSE 'open'
       END AS status,
       CASE
           WHEN s.state <> 'TAKEN' THEN s.state
           WHEN u.state = 'SENT' AND u.settle_until < now() THEN 'UNKNOWN'
           WHEN u.state IS NOT NULL THEN u.state
           WHEN d.hold_reason IS NOT NULL THEN 'HELD'
           ELSE d.state
       END AS state
FROM ledger.sighting s
LEFT JOIN ledger.document d ON d.id = s.document_id
LEFT JOIN LATERAL (
    SELECT x.id, x.state, x.settle_until
    FROM ledger.submission x
    WHERE x.sighting_id = s.id
    ORDER BY x.n DESC
    LIMIT 1
) u ON true;
COMMENT ON VIEW ledger.sighting_status IS
    'status: the reconciliation''s column (accepted, refused, invalid, duplicate, unknown, open; withdrawn is not counted). state: the exact state.';
