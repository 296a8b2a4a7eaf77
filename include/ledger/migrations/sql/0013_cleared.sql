-- A document goes out once more by itself only right after a lookup that said that its vehicle is still not there.
ALTER TABLE ledger.submission ADD COLUMN cleared_at timestamptz;
COMMENT ON COLUMN ledger.submission.cleared_at IS
    'When the register last said that the vehicle of an automatic re-send is still not there; without a fresh one it is not claimed.';
