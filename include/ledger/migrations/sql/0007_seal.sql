-- Evidence is closed day by day: a seal over everything that was recorded for a party on a day, chained to the day before.

-- When a row was written, by the warehouse's clock. `ended_at` is the sender's clock, and a sender that was asleep writes
-- late; a day can only be closed by a time that the warehouse gives out itself. clock_timestamp: not the start of a
-- transaction that may still be open when the day is over.
ALTER TABLE ledger.attempt ADD COLUMN recorded_at timestamptz;
ALTER TABLE ledger.attempt DISABLE TRIGGER attempt_append_only;
UPDATE ledger.attempt SET recorded_at = ended_at;
ALTER TABLE ledger.attempt ENABLE TRIGGER attempt_append_only;
ALTER TABLE ledger.attempt ALTER COLUMN recorded_at SET DEFAULT clock_timestamp(), ALTER COLUMN recorded_at SET NOT NULL;
COMMENT ON COLUMN ledger.attempt.recorded_at IS 'When the row was written, by the warehouse''s clock; its UTC day is the day it is sealed with.';
CREATE INDEX attempt_by_recorded ON ledger.attempt (recorded_at);
CREATE INDEX decision_by_time ON ledger.decision (decided_at);

CREATE TABLE ledger.payload_removal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    removed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL CHECK (kind IN ('reply')),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    stored_at timestamptz NOT NULL,
    keep_months integer NOT NULL CHECK (keep_months > 0)
);
COMMENT ON TABLE ledger.payload_removal IS
    'Proof that a payload was deleted because its time was over: which one (its hash stays with the attempt), when, and how long it had to be kept. Append only.';
COMMENT ON COLUMN ledger.payload_removal.keep_months IS 'The retention in months that was in force when it was deleted.';
CREATE INDEX payload_removal_by_time ON ledger.payload_removal (removed_at);
CREATE INDEX payload_removal_by_hash ON ledger.payload_removal (sha256);
CREATE INDEX reply_by_age ON ledger.reply (stored_at);

CREATE TABLE ledger.seal (
    party text NOT NULL,
    day date NOT NULL,
    format integer NOT NULL,
    sources text[] NOT NULL,
    leaves bigint NOT NULL CHECK (leaves >= 0),
    root text NOT NULL CHECK (root ~ '^[0-9a-f]{64}$'),
    previous_root text NOT NULL CHECK (previous_root ~ '^[0-9a-f]{64}$'),
    sealed_at timestamptz NOT NULL,
    PRIMARY KEY (party, day)
);
COMMENT ON TABLE ledger.seal IS
    'One row per party and UTC day: the Merkle root over the evidence recorded that day and the root of the day before. Append only.';
COMMENT ON COLUMN ledger.seal.party IS 'Party id; '''' is what belongs to the installation and to no party.';
COMMENT ON COLUMN ledger.seal.format IS 'How leaves are written (docs/ledger.md); a new format never changes an old seal.';
COMMENT ON COLUMN ledger.seal.sources IS 'Which kinds of evidence the root covers.';
COMMENT ON COLUMN ledger.seal.leaves IS 'How many rows of evidence the root covers.';
COMMENT ON COLUMN ledger.seal.previous_root IS 'Root of the day before; 64 zeros on a party''s first day.';
CREATE INDEX seal_by_day ON ledger.seal (day);

CREATE TABLE ledger.seal_mark (
    party text NOT NULL,
    day date NOT NULL,
    source text NOT NULL,
    part integer NOT NULL,
    ids bigint[] NOT NULL,
    marks bytea[] NOT NULL,
    PRIMARY KEY (party, day, source, part),
    CHECK (cardinality(ids) = cardinality(marks))
);
COMMENT ON TABLE ledger.seal_mark IS
    'The first eight bytes of every sealed row''s hash, in parts of a thousand. Proves nothing by itself: it tells which row a broken seal is about. Append only.';

CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE ON ledger.seal
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER seal_never_emptied BEFORE TRUNCATE ON ledger.seal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER seal_mark_append_only BEFORE UPDATE OR DELETE ON ledger.seal_mark
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER seal_mark_never_emptied BEFORE TRUNCATE ON ledger.seal_mark
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER payload_removal_append_only BEFORE UPDATE OR DELETE ON ledger.payload_removal
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER payload_removal_never_emptied BEFORE TRUNCATE ON ledger.payload_removal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
