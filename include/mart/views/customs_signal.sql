CREATE VIEW mart.customs_signal AS
SELECT o.party AS importer,
       o.organisation,
       o.environment,
       m.endpoint,
       s.position,
       s.id AS signal_id,
       s.consignment_id,
       s.routing,
       s.control_location,
       s.mrn,
       s.document_number,
       s.document_type,
       s.receptacle,
       s.container,
       s.transport_id,
       s.transport_type,
       s.eta,
       s.sta,
       s.issued_at,
       s.received_at,
       s.late,
       s.malformed
FROM ledger.customs_signal s
JOIN ledger.marker m ON m.id = s.feed
JOIN ledger.customs_organisation o ON o.id = m.organisation_id;

COMMENT ON VIEW mart.customs_signal IS 'Every control signal that customs sent, once each, with everything it says. Order by endpoint and position: that is the feed''s own order, in which the last one about a consignment counts.';
COMMENT ON COLUMN mart.customs_signal.importer IS 'Party id, as in parties.yaml, of the organisation whose token shows the signal.';
COMMENT ON COLUMN mart.customs_signal.organisation IS 'Organisation number the signal was read for.';
COMMENT ON COLUMN mart.customs_signal.environment IS 'test or prod.';
COMMENT ON COLUMN mart.customs_signal.endpoint IS 'Feed it came from: house-consignment or transport.';
COMMENT ON COLUMN mart.customs_signal.position IS 'Place in the feed; only its order means something.';
COMMENT ON COLUMN mart.customs_signal.signal_id IS 'Id that customs gave the signal (routingResult.id).';
COMMENT ON COLUMN mart.customs_signal.consignment_id IS 'The row of mart.customs_consignment it is about; empty where it names no goods.';
COMMENT ON COLUMN mart.customs_signal.routing IS 'TO_ENTRY, TO_CONTROL, ENTRY_PENDING, ENTRY_DENIED or what customs may send one day, verbatim; empty for one that cannot be read.';
COMMENT ON COLUMN mart.customs_signal.control_location IS 'routingControlLocation, verbatim: ON_ENTRY or AFTER_ENTRY.';
COMMENT ON COLUMN mart.customs_signal.mrn IS 'entrySummaryDeclarationMRN; empty for goods that were not notified through ICS2.';
COMMENT ON COLUMN mart.customs_signal.document_number IS 'Number of the transport document at house level.';
COMMENT ON COLUMN mart.customs_signal.document_type IS 'Its type, code list CL754.';
COMMENT ON COLUMN mart.customs_signal.receptacle IS 'Receptacle (S9), where the signal names one.';
COMMENT ON COLUMN mart.customs_signal.container IS 'Container, where the signal names one.';
COMMENT ON COLUMN mart.customs_signal.transport_id IS 'Number of the active means of transport at the border.';
COMMENT ON COLUMN mart.customs_signal.transport_type IS 'Kind of that number, code list CL750 (30: road vehicle).';
COMMENT ON COLUMN mart.customs_signal.eta IS 'Estimated time of arrival.';
COMMENT ON COLUMN mart.customs_signal.sta IS 'Scheduled time of arrival.';
COMMENT ON COLUMN mart.customs_signal.issued_at IS 'When customs issued the signal (documentIssueDate).';
COMMENT ON COLUMN mart.customs_signal.received_at IS 'When we stored it.';
COMMENT ON COLUMN mart.customs_signal.late IS 'True where the marker had passed it by and the nightly reading found it.';
COMMENT ON COLUMN mart.customs_signal.malformed IS 'Why it could not be read; then the other columns are empty and the raw bytes are in the ledger.';
