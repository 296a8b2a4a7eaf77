-- Accepted changes of leaseholders are looked up once more, so that the register and the ledger can be compared.
ALTER TABLE ledger.leasing_change
    ADD COLUMN register_said text CHECK (register_said IN ('ours', 'nobody', 'another')),
    ADD COLUMN register_looked_at timestamptz;
COMMENT ON COLUMN ledger.leasing_change.register_said IS
    'Of an accepted change: whom the register showed as leaseholder afterwards: ours (the one that was sent), nobody, another.';
COMMENT ON COLUMN ledger.leasing_change.register_looked_at IS 'When the register was last asked about it; it may have shown no leaseholder.';
CREATE INDEX leasing_accepted ON ledger.leasing_change (party, decided_at) WHERE state = 'ACCEPTED';
