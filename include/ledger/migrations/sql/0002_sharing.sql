-- A task that waits for a share holds a lease of no slots: only so do the others learn that they must make room.
ALTER TABLE ledger.lease DROP CONSTRAINT lease_slots_check;
ALTER TABLE ledger.lease ADD CONSTRAINT lease_slots_check CHECK (slots >= 0);
COMMENT ON COLUMN ledger.lease.slots IS 'Requests this task may have in flight, or still has; 0 while it waits for a share.';

-- The members of one archive find each other, filed or not.
CREATE INDEX sighting_by_archive ON ledger.sighting (party, file_sha256) WHERE member <> '';

CREATE TRIGGER attempt_never_emptied BEFORE TRUNCATE ON ledger.attempt
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
