-- What the register said before a send, and how an outcome that nobody knew was settled.
ALTER TABLE ledger.submission
    ADD COLUMN baseline jsonb,
    ADD COLUMN resends integer NOT NULL DEFAULT 0,
    ADD COLUMN looks integer NOT NULL DEFAULT 0,
    ADD COLUMN look_again_at timestamptz;
-- At most one automatic re-send of a document, whatever the code does.
ALTER TABLE ledger.submission ADD CONSTRAINT submission_one_resend CHECK (resends BETWEEN 0 AND 1);
COMMENT ON COLUMN ledger.submission.baseline IS
    'What the register said about the VIN before the first send: {"said": absent|present|unreadable|not_asked, "asked_at", …}; NULL: not asked.';
COMMENT ON COLUMN ledger.submission.resends IS
    'Times an unknown outcome was sent once more by itself, after the register had said that the vehicle is not there.';
COMMENT ON COLUMN ledger.submission.looks IS 'Times the register was asked, in vain or not, how the last sends ended.';
COMMENT ON COLUMN ledger.submission.look_again_at IS 'Before this moment an UNKNOWN is not looked up again.';

ALTER TABLE ledger.document ADD COLUMN released_by text;
COMMENT ON COLUMN ledger.document.released_by IS 'Who said that the document is to be sent although something speaks for holding it.';

CREATE TABLE ledger.decision (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id bigint NOT NULL REFERENCES ledger.document (id),
    submission_id uuid,
    attempt_no integer NOT NULL DEFAULT 0,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_by text NOT NULL CHECK (decided_by <> ''),
    from_state text NOT NULL,
    to_state text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    evidence jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE ledger.decision IS
    'How an outcome that no answer told was settled, or a held document released: by lookup, by an answer that came too late, or by a named person. Append only.';
CREATE INDEX decision_by_submission ON ledger.decision (submission_id);
CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON ledger.decision
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER decision_never_emptied BEFORE TRUNCATE ON ledger.decision
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

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
        ('SENT', 'PENDING'), ('SENT', 'ACCEPTED'), ('SENT', 'REFUSED'), ('SENT', 'UNKNOWN'),
        ('UNKNOWN', 'ACCEPTED'), ('UNKNOWN', 'REFUSED'), ('UNKNOWN', 'PENDING'), ('UNKNOWN', 'NEEDS_PERSON'),
        ('NEEDS_PERSON', 'ACCEPTED'), ('NEEDS_PERSON', 'REFUSED'), ('NEEDS_PERSON', 'PENDING')
    ) THEN
        RAISE EXCEPTION 'submission %: % cannot become %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
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

CREATE TABLE ledger.stop_switch_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    authority text NOT NULL,
    party text NOT NULL,
    action text NOT NULL CHECK (action IN ('stop', 'go')),
    reason text NOT NULL,
    by_whom text NOT NULL
);
COMMENT ON TABLE ledger.stop_switch_log IS 'Every time a stop switch was set or taken out, by whom and why. Append only.';
CREATE TRIGGER stop_switch_log_append_only BEFORE UPDATE OR DELETE ON ledger.stop_switch_log
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER stop_switch_log_never_emptied BEFORE TRUNCATE ON ledger.stop_switch_log
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
