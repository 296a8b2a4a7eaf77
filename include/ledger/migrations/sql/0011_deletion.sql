-- longer because a migration is one whole and is never edited afterwards
-- Deletions: what was asked for and by whom, who approved it, and the deletion itself as a submission of its own.
ALTER TABLE ledger.submission
    ADD COLUMN deletes uuid REFERENCES ledger.submission (id),
    ADD COLUMN ways text[] NOT NULL DEFAULT '{}',
    ADD COLUMN way_no integer NOT NULL DEFAULT 0,
    ADD COLUMN approved_by text,
    ADD CONSTRAINT submission_deletes_something CHECK (
        (operation = 'slette') = (deletes IS NOT NULL) AND (operation <> 'slette' OR coalesce(approved_by, '') <> ''));
COMMENT ON COLUMN ledger.submission.deletes IS 'Of a deletion (operation slette): the creation that it takes back.';
COMMENT ON COLUMN ledger.submission.ways IS
    'Of a deletion: how the vehicle can be named, in the order they are tried: returned_reference, own_reference, vin, vin_merkekode.';
COMMENT ON COLUMN ledger.submission.way_no IS 'Of a deletion: how many of its ways the authority did not know.';
COMMENT ON COLUMN ledger.submission.approved_by IS 'Of a deletion: who approved it before anything left.';

ALTER TABLE ledger.submission DROP CONSTRAINT submission_state_check;
ALTER TABLE ledger.submission ADD CONSTRAINT submission_state_check CHECK (
    state IN ('PENDING', 'SENT', 'ACCEPTED', 'REFUSED', 'UNKNOWN', 'NEEDS_PERSON', 'DELETED'));

-- A document is deleted by one deletion at a time; the creation is live until that one is accepted.
CREATE UNIQUE INDEX submission_one_deletion ON ledger.submission (document_id)
    WHERE operation = 'slette' AND state IN ('PENDING', 'SENT', 'UNKNOWN', 'NEEDS_PERSON');

CREATE TABLE ledger.deletion_list (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    party text NOT NULL REFERENCES ledger.party (id),
    name_bytes bytea NOT NULL,
    name text NOT NULL,
    size bigint NOT NULL,
    mtime bigint NOT NULL,
    stable_since timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'TAKEN', 'UNREADABLE', 'WITHDRAWN')),
    file_sha256 text,
    reason text,
    filed_as text,
    filed_at timestamptz,
    told text
);
COMMENT ON TABLE ledger.deletion_list IS 'A file from a party''s folder deletions/: a list of vehicles that are to be deleted.';
COMMENT ON COLUMN ledger.deletion_list.told IS 'Fingerprint of what the last receipt said; the receipt is replaced when that changes.';
CREATE UNIQUE INDEX deletion_list_waiting ON ledger.deletion_list (party, name_bytes)
    WHERE filed_at IS NULL AND state <> 'WITHDRAWN';

CREATE TABLE ledger.deletion_request (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    party text NOT NULL REFERENCES ledger.party (id),
    source text NOT NULL CHECK (source IN ('form', 'list', 'revision')),
    run_id text,
    list_id bigint REFERENCES ledger.deletion_list (id),
    row_no integer NOT NULL DEFAULT 0,
    key text NOT NULL,
    merkekode text,
    reason text NOT NULL CHECK (reason <> ''),
    asked_at timestamptz NOT NULL DEFAULT now(),
    asked_by text NOT NULL,
    state text NOT NULL DEFAULT 'ASKED' CHECK (state IN ('ASKED', 'WAITING', 'IMPOSSIBLE', 'DECLINED', 'APPROVED')),
    sentence text,
    document_id bigint REFERENCES ledger.document (id),
    replaced_by bigint REFERENCES ledger.document (id),
    offered_run text,
    offered_at timestamptz,
    decided_by text,
    decided_at timestamptz,
    submission_id uuid REFERENCES ledger.submission (id),
    CHECK (state NOT IN ('APPROVED', 'DECLINED') OR (decided_by IS NOT NULL AND decided_by <> '')),
    CHECK (state <> 'APPROVED' OR submission_id IS NOT NULL)
);
COMMENT ON TABLE ledger.deletion_request IS
    'One vehicle that somebody wants deleted. ASKED waits for an approval, WAITING for an earlier operation on the VIN; an approved one has a submission.';
COMMENT ON COLUMN ledger.deletion_request.source IS 'form, list (a file in deletions/), or revision (a corrected document replaces an accepted one).';
COMMENT ON COLUMN ledger.deletion_request.offered_run IS 'The run whose approval decides about it; a later run may take it over.';
COMMENT ON COLUMN ledger.deletion_request.replaced_by IS 'Of a revision: the document that is sent once this one is deleted.';
-- A step that runs again asks for nothing twice.
CREATE UNIQUE INDEX deletion_request_of_form ON ledger.deletion_request (party, run_id, row_no) WHERE source = 'form';
CREATE UNIQUE INDEX deletion_request_of_list ON ledger.deletion_request (list_id, row_no) WHERE source = 'list';
CREATE UNIQUE INDEX deletion_request_of_revision ON ledger.deletion_request (document_id, replaced_by) WHERE source = 'revision';
CREATE INDEX deletion_request_open ON ledger.deletion_request (party) WHERE state IN ('ASKED', 'WAITING');
CREATE INDEX deletion_request_by_list ON ledger.deletion_request (list_id);
CREATE INDEX deletion_request_by_submission ON ledger.deletion_request (submission_id);

CREATE OR REPLACE FUNCTION ledger.refuse_illegal_move() RETURNS trigger LANGUAGE plpgsql AS $$
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
        ('PENDING', 'SENT'), ('PENDING', 'UNKNOWN'),
        ('SENT', 'PENDING'), ('SENT', 'ACCEPTED'), ('SENT', 'REFUSED'), ('SENT', 'UNKNOWN'), ('SENT', 'NEEDS_PERSON'),
        ('UNKNOWN', 'ACCEPTED'), ('UNKNOWN', 'REFUSED'), ('UNKNOWN', 'PENDING'), ('UNKNOWN', 'NEEDS_PERSON'),
        ('NEEDS_PERSON', 'ACCEPTED'), ('NEEDS_PERSON', 'REFUSED'), ('NEEDS_PERSON', 'PENDING'),
        ('ACCEPTED', 'DELETED')
    ) THEN
        RAISE EXCEPTION 'submission %: % cannot become %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'DELETED' AND NOT EXISTS (
        SELECT FROM ledger.submission x WHERE x.deletes = OLD.id AND x.state = 'ACCEPTED') THEN
        RAISE EXCEPTION 'submission %: only an accepted deletion makes it DELETED', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'SENT' AND NEW.state = 'NEEDS_PERSON' AND OLD.operation <> 'slette' THEN
        RAISE EXCEPTION 'submission %: SENT cannot become NEEDS_PERSON', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'PENDING' AND NEW.state = 'UNKNOWN' AND OLD.resends = 0 THEN
        RAISE EXCEPTION 'submission %: only a re-send can be called off', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'UNKNOWN' AND NEW.state = 'PENDING' AND NEW.resends <> OLD.resends + 1 THEN
        RAISE EXCEPTION 'submission %: a re-send must be counted', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'SENT' AND NEW.state = 'PENDING' AND NEW.owner IS DISTINCT FROM OLD.owner THEN
        RAISE EXCEPTION 'submission %: only its owner can prove that it was not sent', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'NEEDS_PERSON' AND coalesce(NEW.decided_by, '') IN ('', 'answer', 'lookup') THEN
        RAISE EXCEPTION 'submission %: only a named person decides this one', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- Whoever decides a deletion (an answer, a lookup, a person), the creation it takes back goes with it, in one commit.
CREATE FUNCTION ledger.deletion_takes_effect() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ledger.submission SET state = 'DELETED', version = version + 1 WHERE id = NEW.deletes AND state = 'ACCEPTED';
    RETURN NULL;
END $$;
CREATE TRIGGER deletion_takes_effect AFTER UPDATE OF state ON ledger.submission FOR EACH ROW
    WHEN (NEW.operation = 'slette' AND NEW.state = 'ACCEPTED' AND OLD.state <> 'ACCEPTED')
    EXECUTE FUNCTION ledger.deletion_takes_effect();

CREATE OR REPLACE VIEW ledger.sighting_status AS
SELECT s.id, s.first_seen_at, s.party, s.day, s.name, s.member, s.document_id, s.run_id, s.lot_no, s.filed_at, s.receipt_state,
       u.id AS submission_id,
       CASE
           WHEN s.state = 'WITHDRAWN' THEN 'withdrawn'
           WHEN s.state = 'INVALID' THEN 'invalid'
           WHEN s.state = 'DUPLICATE' THEN 'duplicate'
           WHEN s.state IN ('OPEN', 'INCOMPLETE') THEN 'open'
           WHEN u.state IN ('ACCEPTED', 'DELETED') THEN 'accepted'
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
    WHERE x.sighting_id = s.id AND x.operation = 'opprette'
    ORDER BY x.n DESC
    LIMIT 1
) u ON true;
COMMENT ON VIEW ledger.sighting_status IS
    'status: the reconciliation''s column (accepted, also when deleted later; refused, invalid, duplicate, unknown, open; withdrawn is not counted). state: the exact state.';
CREATE INDEX submission_by_returned_reference ON ledger.submission (party, returned_reference)
    WHERE operation = 'opprette' AND returned_reference IS NOT NULL;
CREATE INDEX submission_deleted ON ledger.submission (party) WHERE state = 'DELETED';

-- One definition of "how far is this deletion", used by receipts, marts and the command line alike.
CREATE VIEW ledger.deletion_status AS
SELECT r.id, r.party, r.list_id, r.row_no, r.document_id, u.id AS submission_id,
       CASE
           WHEN r.state <> 'APPROVED' THEN r.state
           WHEN u.state = 'ACCEPTED' THEN 'DELETED'
           WHEN u.state = 'SENT' AND u.settle_until < now() THEN 'UNKNOWN'
           ELSE u.state
       END AS state,
       CASE
           WHEN r.state <> 'APPROVED' THEN r.sentence
           WHEN u.state = 'SENT' THEN 'Sent; the answer is awaited.'
           WHEN u.state = 'PENDING' AND u.attempt_no = 0 THEN 'Approved; it is sent next.'
           ELSE u.reason
       END AS sentence
FROM ledger.deletion_request r
LEFT JOIN ledger.submission u ON u.id = r.submission_id;
COMMENT ON VIEW ledger.deletion_status IS
    'One row is a request for deletion with its state: ASKED, WAITING, IMPOSSIBLE, DECLINED, then PENDING, SENT, UNKNOWN, NEEDS_PERSON, REFUSED or DELETED.';
