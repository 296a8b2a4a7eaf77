-- What corrects a presentation is found by an index: mart.customs_presentation asks for every row.
CREATE INDEX presentation_by_correction ON ledger.presentation (corrects) WHERE corrects IS NOT NULL;
