-- The reconciliation asks for presentations that customs has not validated, however old: few, whatever the history.
CREATE INDEX presentation_unvalidated ON ledger.presentation (first_sent_at)
    WHERE live AND state = 'ACCEPTED' AND validation IS NULL;
