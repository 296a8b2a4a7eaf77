-- Signals and new rows meet presentations by their transport document.
CREATE INDEX presentation_by_document ON ledger.presentation (document_number, document_type);
CREATE INDEX presentation_row_by_request ON ledger.presentation_row (request_id);
