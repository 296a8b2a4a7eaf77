-- longer because a migration is one whole and is never edited afterwards
-- Presentations at customs: the files and forms they come from, every row of them, what was presented, and the evidence.

CREATE TABLE ledger.presentation_file (
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
    state text NOT NULL DEFAULT 'OPEN'
        CHECK (state IN ('OPEN', 'TAKEN', 'CHECKED', 'INVALID', 'DUPLICATE', 'WITHDRAWN')),
    refusal jsonb,
    sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    duplicate_of bigint REFERENCES ledger.presentation_file (id),
    office text,
    run_id text,
    form jsonb,
    rows integer NOT NULL DEFAULT 0,
    leave_in_place boolean NOT NULL DEFAULT false,
    filed_as text,
    filed_at timestamptz,
    told text,
    told_at timestamptz,
    CHECK (state NOT IN ('TAKEN', 'CHECKED', 'DUPLICATE') OR sha256 IS NOT NULL),
    CHECK (state <> 'INVALID' OR refusal IS NOT NULL),
    CHECK (source = 'file' OR (run_id IS NOT NULL AND form IS NOT NULL))
);
COMMENT ON TABLE ledger.presentation_file IS
    'One row per presentation file seen at a drop, and one per use of the trigger form.';
COMMENT ON COLUMN ledger.presentation_file.state IS
    'OPEN (seen), TAKEN (bytes stored), CHECKED (its rows are opened or refused), INVALID (nothing in it can be read), DUPLICATE, WITHDRAWN.';
COMMENT ON COLUMN ledger.presentation_file.refusal IS 'Why the whole file was refused: {"rule_id", "nb", "en"}.';
COMMENT ON COLUMN ledger.presentation_file.office IS 'Customs office that the file names for all of its rows; empty where each row names its own.';
COMMENT ON COLUMN ledger.presentation_file.told IS 'State of the file that the last receipt told; its rows have a told of their own.';
-- The same bytes present once. What could not be read at all may come again: a setting may have changed.
CREATE UNIQUE INDEX presentation_file_once ON ledger.presentation_file (party, sha256)
    WHERE source = 'file' AND state IN ('TAKEN', 'CHECKED');
CREATE UNIQUE INDEX presentation_form_once ON ledger.presentation_file (party, run_id) WHERE source = 'form';
CREATE INDEX presentation_file_unfiled ON ledger.presentation_file (party, id) WHERE filed_at IS NULL;

CREATE TABLE ledger.presentation (
    request_id uuid PRIMARY KEY,
    party text NOT NULL REFERENCES ledger.party (id),
    file_id bigint NOT NULL REFERENCES ledger.presentation_file (id),
    row_no integer NOT NULL,
    level text NOT NULL,
    office text NOT NULL,
    mrn text,
    document_number text,
    document_type text,
    receptacle text,
    container text,
    consignment text NOT NULL,
    environment text NOT NULL CHECK (environment IN ('test', 'prod')),
    sender text NOT NULL,
    authority text NOT NULL DEFAULT 'toll',
    live boolean NOT NULL DEFAULT true,
    state text NOT NULL DEFAULT 'PENDING'
        CHECK (state IN ('PENDING', 'SENT', 'ACCEPTED', 'REFUSED', 'UNKNOWN', 'NEEDS_PERSON')),
    attempt_no integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 0,
    owner text,
    opened_at timestamptz NOT NULL DEFAULT now(),
    first_sent_at timestamptz,
    sent_at timestamptz,
    send_by timestamptz,
    settle_until timestamptz,
    repeat_at timestamptz,
    maybe_arrived boolean NOT NULL DEFAULT false,
    arrived_at timestamptz,
    decided_at timestamptz,
    decided_by text,
    http_status integer,
    correlation_id text,
    reason text,
    faults jsonb NOT NULL DEFAULT '[]',
    validation text,
    validated_at timestamptz,
    validation_seen_at timestamptz,
    validation_faults jsonb NOT NULL DEFAULT '[]',
    validated_mrn text,
    corrects uuid REFERENCES ledger.presentation (request_id),
    told text,
    UNIQUE (file_id, row_no),
    CHECK (state = 'PENDING' OR sent_at IS NOT NULL),
    CHECK (state NOT IN ('ACCEPTED', 'REFUSED') OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)),
    CHECK (live OR state IN ('ACCEPTED', 'REFUSED', 'NEEDS_PERSON')),
    CHECK (NOT live OR state <> 'REFUSED')
);
COMMENT ON TABLE ledger.presentation IS
    'One presentation of one consignment at customs. Its key is the requestId, committed before the first POST and the same in every repetition.';
COMMENT ON COLUMN ledger.presentation.consignment IS 'Level and identifiers in one: what is presented once.';
COMMENT ON COLUMN ledger.presentation.live IS
    'True while this is the presentation of its consignment; false once it was refused, failed validation, was corrected, or the same identifiers arrived anew.';
COMMENT ON COLUMN ledger.presentation.version IS 'Fencing token: every move names the version it read and raises it by one.';
COMMENT ON COLUMN ledger.presentation.maybe_arrived IS
    'True once a send of this requestId may have reached customs: only then does "already used" prove that it did.';
COMMENT ON COLUMN ledger.presentation.arrived_at IS 'When customs said that the requestId is used; it is not sent again, and validation status confirms it.';
COMMENT ON COLUMN ledger.presentation.repeat_at IS 'Before this moment an unknown one is not repeated.';
COMMENT ON COLUMN ledger.presentation.decided_by IS 'answer (customs'' reply), validation (its status feed), or the name of a person.';
COMMENT ON COLUMN ledger.presentation.validation IS 'SUCCESS, FAILURE or another word of customs, verbatim; empty until the status feed tells it.';
COMMENT ON COLUMN ledger.presentation.corrects IS 'The requestId that this one replaces.';
COMMENT ON COLUMN ledger.presentation.told IS 'State and validation that the last receipt told.';
-- The one line that makes a double presentation impossible: at most one live presentation per consignment.
CREATE UNIQUE INDEX presentation_one_live ON ledger.presentation (party, environment, consignment) WHERE live;
CREATE INDEX presentation_undecided ON ledger.presentation (party, opened_at)
    WHERE state IN ('PENDING', 'SENT', 'UNKNOWN', 'NEEDS_PERSON');
CREATE INDEX presentation_untold ON ledger.presentation (party, file_id)
    WHERE told IS DISTINCT FROM (state || '/' || coalesce(validation, ''));
CREATE INDEX presentation_by_consignment ON ledger.presentation (party, consignment, opened_at);
CREATE INDEX presentation_by_mrn ON ledger.presentation (mrn);
CREATE INDEX presentation_by_opening ON ledger.presentation (opened_at);

CREATE TABLE ledger.presentation_row (
    file_id bigint NOT NULL REFERENCES ledger.presentation_file (id),
    row_no integer NOT NULL,
    given jsonb NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('presented', 'bad', 'again', 'expected')),
    remarks jsonb NOT NULL DEFAULT '[]',
    request_id uuid REFERENCES ledger.presentation (request_id),
    PRIMARY KEY (file_id, row_no),
    CHECK (verdict NOT IN ('presented', 'again') OR request_id IS NOT NULL)
);
COMMENT ON TABLE ledger.presentation_row IS 'Every row of a presentation file: as it was given, what became of it, and every remark in both languages.';
COMMENT ON COLUMN ledger.presentation_row.verdict IS
    'presented (opened the presentation request_id), bad (not presented, see remarks), again (request_id presents it already), expected (a house to wait for).';

CREATE TABLE ledger.expected_house (
    presentation_file_id bigint NOT NULL REFERENCES ledger.presentation_file (id),
    row_no integer NOT NULL,
    mrn text,
    receptacle text,
    document_number text NOT NULL,
    document_type text NOT NULL,
    container text,
    PRIMARY KEY (presentation_file_id, row_no)
);
COMMENT ON TABLE ledger.expected_house IS 'House consignments that a presentation file says are to come: routing is awaited for each.';
CREATE INDEX expected_house_by_document ON ledger.expected_house (document_number, document_type);

CREATE SEQUENCE ledger.presentation_attempt_id;
CREATE TABLE ledger.presentation_attempt (
    id bigint NOT NULL DEFAULT nextval('ledger.presentation_attempt_id'),
    ended_at timestamptz NOT NULL,
    request_id uuid NOT NULL,
    attempt_no integer NOT NULL,
    owner text NOT NULL,
    started_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('accepted', 'refused', 'not_sent', 'unknown')),
    already_used boolean NOT NULL,
    http_status integer,
    error_class text,
    sentence text,
    correlation_id text,
    request_sha256 text,
    reply_sha256 text,
    token_fingerprint text,
    PRIMARY KEY (id, ended_at)
) PARTITION BY RANGE (ended_at);
COMMENT ON TABLE ledger.presentation_attempt IS
    'Evidence of every finished POST of a presentation. Append only; the reply''s bytes lie in ledger.reply.';
CREATE INDEX presentation_attempt_by_request ON ledger.presentation_attempt (request_id);
CREATE TABLE ledger.presentation_attempt_default PARTITION OF ledger.presentation_attempt DEFAULT;
CREATE TRIGGER presentation_attempt_append_only BEFORE UPDATE OR DELETE ON ledger.presentation_attempt
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER presentation_attempt_never_emptied BEFORE TRUNCATE ON ledger.presentation_attempt
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE FUNCTION ledger.refuse_illegal_presentation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'PENDING' OR NEW.version <> 0 THEN
            RAISE EXCEPTION 'a presentation begins as PENDING, not %', NEW.state USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.party, NEW.level, NEW.office, NEW.mrn, NEW.document_number, NEW.document_type, NEW.receptacle, NEW.container,
        NEW.consignment, NEW.environment) IS DISTINCT FROM
       (OLD.party, OLD.level, OLD.office, OLD.mrn, OLD.document_number, OLD.document_type, OLD.receptacle, OLD.container,
        OLD.consignment, OLD.environment) THEN
        RAISE EXCEPTION 'presentation %: what a requestId presents never changes', OLD.request_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.maybe_arrived AND NOT NEW.maybe_arrived THEN
        RAISE EXCEPTION 'presentation %: what may have arrived stays so', OLD.request_id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'presentation %: a move must raise version % by one', OLD.request_id, OLD.version
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT (OLD.state, NEW.state) IN (
        ('PENDING', 'SENT'),
        ('SENT', 'PENDING'), ('SENT', 'ACCEPTED'), ('SENT', 'REFUSED'), ('SENT', 'UNKNOWN'), ('SENT', 'NEEDS_PERSON'),
        ('UNKNOWN', 'SENT'), ('UNKNOWN', 'ACCEPTED'), ('UNKNOWN', 'NEEDS_PERSON'),
        ('REFUSED', 'ACCEPTED'),
        ('NEEDS_PERSON', 'ACCEPTED'), ('NEEDS_PERSON', 'REFUSED')
    ) THEN
        RAISE EXCEPTION 'presentation %: % cannot become %', OLD.request_id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'SENT' AND NEW.state = 'PENDING' AND (NEW.owner IS DISTINCT FROM OLD.owner OR OLD.maybe_arrived) THEN
        RAISE EXCEPTION 'presentation %: only its owner can prove that it was not sent, and only of the first send',
            OLD.request_id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'UNKNOWN' AND NEW.state = 'SENT' AND OLD.arrived_at IS NOT NULL THEN
        RAISE EXCEPTION 'presentation %: it has arrived and is not sent again', OLD.request_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'REFUSED' AND coalesce(NEW.decided_by, '') <> 'validation' THEN
        RAISE EXCEPTION 'presentation %: only the validation status overrules a refusal', OLD.request_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'NEEDS_PERSON' AND coalesce(NEW.decided_by, '') IN ('', 'answer', 'validation') THEN
        RAISE EXCEPTION 'presentation %: only a named person decides this one', OLD.request_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER presentation_moves BEFORE INSERT OR UPDATE ON ledger.presentation
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_illegal_presentation();

-- Which tables have a partition for every month: a new one is a row here.
CREATE TABLE ledger.monthly_table (name text PRIMARY KEY);
COMMENT ON TABLE ledger.monthly_table IS 'Tables that are partitioned by month; ledger.make_partitions makes theirs.';
INSERT INTO ledger.monthly_table VALUES ('sighting'), ('attempt'), ('finding'), ('presentation_attempt');
CREATE OR REPLACE FUNCTION ledger.make_partitions(first_month date, months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    month date;
    parent text;
BEGIN
    FOR i IN 0 .. months - 1 LOOP
        month := (date_trunc('month', first_month) + make_interval(months => i))::date;
        FOR parent IN SELECT name FROM ledger.monthly_table ORDER BY name LOOP
            EXECUTE format(
                'CREATE TABLE IF NOT EXISTS ledger.%I PARTITION OF ledger.%I FOR VALUES FROM (%L) TO (%L)',
                parent || '_' || to_char(month, 'YYYY_MM'), parent,
                month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month')::timestamp AT TIME ZONE 'UTC');
        END LOOP;
    END LOOP;
END $$;
