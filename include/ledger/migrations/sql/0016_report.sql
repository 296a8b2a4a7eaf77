-- Which monthly reports were handed out, so that each is written and mailed once however often the task runs.
CREATE TABLE ledger.report (
    party text NOT NULL REFERENCES ledger.party (id),
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    sha256 text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    mailed_at timestamptz,
    PRIMARY KEY (party, month)
);
COMMENT ON TABLE ledger.report IS 'Monthly reports that lie in receipts/ of a party''s drop.';
COMMENT ON COLUMN ledger.report.month IS 'First day of the month it is about.';
COMMENT ON COLUMN ledger.report.mailed_at IS 'When it was mailed; empty where the party wants no mail, or every channel was down.';
