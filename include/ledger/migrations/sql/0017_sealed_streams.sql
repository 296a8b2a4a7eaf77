-- What customs and leasing leave behind is sealed too: rows get the warehouse's own time of writing, which closes a day.
ALTER TABLE ledger.presentation_attempt ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT clock_timestamp();
COMMENT ON COLUMN ledger.presentation_attempt.recorded_at IS 'When the row was written, by the warehouse''s clock; its UTC day is the day it is sealed with.';
CREATE INDEX presentation_attempt_by_recorded ON ledger.presentation_attempt (recorded_at);

ALTER TABLE ledger.customs_signal ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT clock_timestamp();
COMMENT ON COLUMN ledger.customs_signal.recorded_at IS 'When the row was written, by the warehouse''s clock; its UTC day is the day it is sealed with.';
CREATE INDEX customs_signal_by_recorded ON ledger.customs_signal (recorded_at);

ALTER TABLE ledger.leasing_attempt ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT clock_timestamp();
COMMENT ON COLUMN ledger.leasing_attempt.recorded_at IS 'When the row was written, by the warehouse''s clock; its UTC day is the day it is sealed with.';
CREATE INDEX leasing_attempt_by_recorded ON ledger.leasing_attempt (recorded_at);
CREATE INDEX leasing_decision_by_time ON ledger.leasing_decision (decided_at);
CREATE INDEX leasing_erasure_by_time ON ledger.leasing_erasure (erased_at);
