-- Changes of leaseholders: the files and forms they come from, every row, the sealed persons, evidence, proof of erasure.

CREATE TABLE ledger.leasing_file (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    party text NOT NULL REFERENCES ledger.party (id),
    source text NOT NULL CHECK (source IN ('file', 'form')),
    name_bytes bytea NOT NULL,
    name text NOT NULL,
    size bigint NOT NULL DEFAULT 0,
    mtime bigint NOT NULL DEFAULT 0,
    seen_at timestamptz NOT NULL DEFAULT now(),
    day date NOT NULL,
    stable_since timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'TAKEN', 'INVALID', 'WITHDRAWN')),
    rule_id text,
    reason text,
    mark text,
    run_id text,
    rows integer NOT NULL DEFAULT 0,
    leave_in_place boolean NOT NULL DEFAULT false,
    filed_as text,
    filed_at timestamptz,
    told text,
    told_at timestamptz,
    erased_at timestamptz,
    CHECK (state <> 'TAKEN' OR mark IS NOT NULL),
    CHECK (state <> 'INVALID' OR reason IS NOT NULL),
    CHECK (source = 'file' OR run_id IS NOT NULL)
);
COMMENT ON TABLE ledger.leasing_file IS 'One row per leasing file seen at a drop, and one per use of the trigger form. Its content is not kept.';
COMMENT ON COLUMN ledger.leasing_file.mark IS 'Keyed hash of the content: a plain one of a file with one national number could be guessed.';
COMMENT ON COLUMN ledger.leasing_file.told IS 'Which states the last receipt told.';
COMMENT ON COLUMN ledger.leasing_file.erased_at IS 'When the file was removed from the archive at the drop, which ledger.leasing_erasure proves.';
CREATE UNIQUE INDEX leasing_file_open ON ledger.leasing_file (party, name_bytes) WHERE state = 'OPEN';
CREATE UNIQUE INDEX leasing_form_once ON ledger.leasing_file (party, run_id) WHERE source = 'form';
CREATE INDEX leasing_file_unfiled ON ledger.leasing_file (party, id) WHERE filed_at IS NULL;
CREATE INDEX leasing_file_unerased ON ledger.leasing_file (party, filed_at) WHERE erased_at IS NULL;

CREATE TABLE ledger.leasing_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    party text NOT NULL REFERENCES ledger.party (id),
    file_id bigint NOT NULL REFERENCES ledger.leasing_file (id),
    row_no integer NOT NULL,
    place text NOT NULL,
    environment text NOT NULL CHECK (environment IN ('test', 'prod')),
    sender text NOT NULL,
    handling text CHECK (handling IN ('OPPRETTE', 'AVSLUTTE')),
    kjennemerke text,
    holder_kind text CHECK (holder_kind IN ('person', 'organisation')),
    holder_mark text,
    organisation_number text CHECK (organisation_number ~ '^[0-9]{9}$'),
    state text NOT NULL,
    rule_id text,
    reason text,
    duplicate_of bigint REFERENCES ledger.leasing_change (id),
    version integer NOT NULL DEFAULT 0,
    attempt_no integer NOT NULL DEFAULT 0,
    resends integer NOT NULL DEFAULT 0 CHECK (resends BETWEEN 0 AND 1),
    looks integer NOT NULL DEFAULT 0,
    look_again_at timestamptz,
    owner text,
    run_id text,
    opened_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    send_by timestamptz,
    settle_until timestamptz,
    decided_at timestamptz,
    decided_by text,
    http_status integer,
    merknader jsonb NOT NULL DEFAULT '[]',
    kuid text,
    understellsnummer text,
    merke text,
    merkekode text,
    handelsebetegnelse text,
    forstegang_registrert text,
    UNIQUE (file_id, row_no),
    CHECK (state IN ('INVALID', 'DUPLICATE', 'PENDING', 'SENT', 'ACCEPTED', 'REFUSED', 'UNKNOWN', 'NEEDS_PERSON')),
    CHECK (state IN ('INVALID', 'DUPLICATE', 'PENDING') OR sent_at IS NOT NULL),
    CHECK (state NOT IN ('ACCEPTED', 'REFUSED') OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)),
    CHECK (state <> 'INVALID' OR reason IS NOT NULL),
    CHECK (state <> 'DUPLICATE' OR duplicate_of IS NOT NULL),
    CHECK (state = 'INVALID' OR (handling IS NOT NULL AND kjennemerke IS NOT NULL AND holder_kind IS NOT NULL))
);
COMMENT ON TABLE ledger.leasing_change IS
    'One row per row of a leasing file: a change of leaseholder on its way to the authority, or why it is none. Holds no national number and no name.';
COMMENT ON COLUMN ledger.leasing_change.holder_mark IS 'Keyed hash of the leaseholder''s number; empty once the person is erased.';
COMMENT ON COLUMN ledger.leasing_change.merknader IS 'The authority''s remarks: code, and text without numbers and names.';
COMMENT ON COLUMN ledger.leasing_change.version IS 'Fencing token: every move names the version it read and raises it by one.';
COMMENT ON COLUMN ledger.leasing_change.decided_by IS 'answer (the authority''s reply), lookup, or the name of a person.';
-- The one line that makes a double send impossible: at most one live change of the same content.
CREATE UNIQUE INDEX leasing_one_live ON ledger.leasing_change (party, environment, kjennemerke, handling, holder_mark)
    WHERE state IN ('PENDING', 'SENT', 'UNKNOWN', 'NEEDS_PERSON');
CREATE INDEX leasing_live ON ledger.leasing_change (party, state, id) WHERE state IN ('PENDING', 'SENT', 'UNKNOWN', 'NEEDS_PERSON');
CREATE INDEX leasing_by_plate ON ledger.leasing_change (party, kjennemerke, id);
CREATE INDEX leasing_by_opening ON ledger.leasing_change (opened_at);

CREATE TABLE ledger.leasing_person (
    change_id bigint PRIMARY KEY REFERENCES ledger.leasing_change (id),
    sealed bytea NOT NULL,
    key_id text NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.leasing_person IS
    'Number and surname of a leaseholder, encrypted (connection leasing_keys). Deleted on schedule; ledger.leasing_erasure proves it.';
CREATE INDEX leasing_person_by_key ON ledger.leasing_person (key_id);
REVOKE ALL ON ledger.leasing_person FROM PUBLIC;

CREATE TABLE ledger.leasing_erasure (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    party text NOT NULL,
    change_id bigint REFERENCES ledger.leasing_change (id),
    file_id bigint REFERENCES ledger.leasing_file (id),
    erased_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    what text NOT NULL,
    why text NOT NULL,
    ciphertext_sha256 text,
    CHECK ((change_id IS NULL) <> (file_id IS NULL))
);
COMMENT ON TABLE ledger.leasing_erasure IS
    'Proof of erasure without what was erased: which change or file, when, why, and the hash of the ciphertext. Append only.';
CREATE UNIQUE INDEX leasing_erasure_of_change ON ledger.leasing_erasure (change_id) WHERE change_id IS NOT NULL;
CREATE TRIGGER leasing_erasure_append_only BEFORE UPDATE OR DELETE ON ledger.leasing_erasure
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER leasing_erasure_never_emptied BEFORE TRUNCATE ON ledger.leasing_erasure
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE FUNCTION ledger.refuse_silent_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger.leasing_erasure e WHERE e.change_id = OLD.change_id) THEN
        RAISE EXCEPTION 'change %: a person is erased only with proof', OLD.change_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER leasing_person_proof BEFORE DELETE ON ledger.leasing_person
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_silent_erasure();

CREATE TABLE ledger.leasing_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_id bigint NOT NULL REFERENCES ledger.leasing_change (id),
    attempt_no integer NOT NULL,
    owner text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('accepted', 'refused', 'not_sent', 'unknown')),
    http_status integer,
    error_class text,
    sentence text NOT NULL,
    request_mark text NOT NULL,
    token_fingerprint text,
    told jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE ledger.leasing_attempt IS 'Evidence of every finished send of a change. Append only; the reply''s bytes are not kept, they name a person.';
COMMENT ON COLUMN ledger.leasing_attempt.told IS 'What the reply said of the vehicle, and its remarks without numbers and names.';
CREATE INDEX leasing_attempt_by_change ON ledger.leasing_attempt (change_id);
CREATE TRIGGER leasing_attempt_append_only BEFORE UPDATE OR DELETE ON ledger.leasing_attempt
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();

CREATE TABLE ledger.leasing_decision (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_id bigint NOT NULL REFERENCES ledger.leasing_change (id),
    attempt_no integer NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_by text NOT NULL CHECK (decided_by <> ''),
    from_state text NOT NULL,
    to_state text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    evidence jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE ledger.leasing_decision IS 'How a change whose outcome no answer told was settled: by lookup, by a late answer, or by a named person. Append only.';
CREATE INDEX leasing_decision_by_change ON ledger.leasing_decision (change_id);
CREATE TRIGGER leasing_decision_append_only BEFORE UPDATE OR DELETE ON ledger.leasing_decision
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();

CREATE FUNCTION ledger.refuse_illegal_leasing_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('PENDING', 'INVALID', 'DUPLICATE') OR NEW.version <> 0 THEN
            RAISE EXCEPTION 'a change cannot begin as %', NEW.state USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'change %: a move must raise version % by one', OLD.id, OLD.version USING ERRCODE = 'check_violation';
    END IF;
    IF NOT (OLD.state, NEW.state) IN (
        ('PENDING', 'SENT'),
        ('SENT', 'PENDING'), ('SENT', 'ACCEPTED'), ('SENT', 'REFUSED'), ('SENT', 'UNKNOWN'),
        ('UNKNOWN', 'ACCEPTED'), ('UNKNOWN', 'REFUSED'), ('UNKNOWN', 'PENDING'), ('UNKNOWN', 'NEEDS_PERSON'),
        ('NEEDS_PERSON', 'ACCEPTED'), ('NEEDS_PERSON', 'REFUSED'), ('NEEDS_PERSON', 'PENDING')
    ) THEN
        RAISE EXCEPTION 'change %: % cannot become %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'UNKNOWN' AND NEW.state = 'PENDING' AND NEW.resends <> OLD.resends + 1 THEN
        RAISE EXCEPTION 'change %: a re-send must be counted', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'SENT' AND NEW.state = 'PENDING' AND NEW.owner IS DISTINCT FROM OLD.owner THEN
        RAISE EXCEPTION 'change %: only its owner can prove that it was not sent', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'NEEDS_PERSON' AND coalesce(NEW.decided_by, '') IN ('', 'answer', 'lookup') THEN
        RAISE EXCEPTION 'change %: only a named person decides this one', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER leasing_moves BEFORE INSERT OR UPDATE ON ledger.leasing_change
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_illegal_leasing_move();
