-- What was found out about the XML signature of a document when it was checked.
ALTER TABLE ledger.document
    ADD COLUMN signature text CHECK (signature IN ('valid', 'unknown_issuer', 'invalid', 'absent')),
    ADD COLUMN signer text,
    ADD COLUMN signer_expires date;
COMMENT ON COLUMN ledger.document.signature IS 'XML signature: valid, unknown_issuer (whole, but nobody trusted stands behind it), invalid, absent; empty when not looked at.';
COMMENT ON COLUMN ledger.document.signer IS 'Subject of the certificate the document was signed with (RFC 4514).';
COMMENT ON COLUMN ledger.document.signer_expires IS 'Last day (UTC) of the certificate the document was signed with.';
