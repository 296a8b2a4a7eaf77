-- Who gives both a reference and a VIN means one vehicle: a request whose two names lead to different ones is impossible.
ALTER TABLE ledger.deletion_request ADD COLUMN vin text;
COMMENT ON COLUMN ledger.deletion_request.vin IS 'The VIN given beside a reference, to be sure that both mean the same vehicle.';
