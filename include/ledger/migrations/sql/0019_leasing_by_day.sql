-- A day's changes of leaseholders are found without reading the others.
CREATE INDEX leasing_file_by_day ON ledger.leasing_file (party, day);
