-- longer because a migration is one whole and is never edited afterwards
-- What customs says: feeds with their markers, every signal and validation status, and where each consignment stands.

CREATE TABLE ledger.customs_organisation (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    environment text NOT NULL CHECK (environment IN ('test', 'prod')),
    organisation text NOT NULL,
    party text NOT NULL REFERENCES ledger.party (id),
    UNIQUE (environment, organisation)
);
COMMENT ON TABLE ledger.customs_organisation IS
    'Whose signals customs shows us: the organisation in the token decides it. `party` is the first of ours that has it.';
CREATE INDEX customs_organisation_by_party ON ledger.customs_organisation (party);

CREATE TABLE ledger.customs_party (
    party text PRIMARY KEY REFERENCES ledger.party (id),
    organisation_id integer NOT NULL REFERENCES ledger.customs_organisation (id),
    validation_minutes integer NOT NULL,
    signal_minutes integer NOT NULL,
    control_places jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.customs_party IS 'What the marts need of a party''s block in parties.yaml, as the last poll found it.';

CREATE TABLE ledger.marker (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id integer NOT NULL REFERENCES ledger.customs_organisation (id),
    endpoint text NOT NULL CHECK (endpoint IN ('house-consignment', 'transport', 'validation-status')),
    marker text,
    marker_position bigint NOT NULL DEFAULT 0,
    position bigint NOT NULL DEFAULT 0,
    first_asked_at timestamptz NOT NULL DEFAULT now(),
    moved_at timestamptz,
    read_at timestamptz,
    UNIQUE (organisation_id, endpoint),
    CHECK (marker_position <= position)
);
COMMENT ON TABLE ledger.marker IS
    'One row per feed: how far it is read. Its lock makes one writer; the marker moves in the transaction that stores the page.';
COMMENT ON COLUMN ledger.marker.marker IS 'Sent with the next question: the id of the last signal stored, empty at the start.';
COMMENT ON COLUMN ledger.marker.marker_position IS 'Place of the marker''s signal in the feed; below position after a rewind.';
COMMENT ON COLUMN ledger.marker.position IS 'The highest place given out in this feed.';
COMMENT ON COLUMN ledger.marker.read_at IS 'When the end of the feed was last reached.';

CREATE TABLE ledger.marker_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    feed integer NOT NULL REFERENCES ledger.marker (id),
    how text NOT NULL CHECK (how IN ('page', 'rewind')),
    from_marker text,
    to_marker text,
    to_position bigint NOT NULL,
    items integer NOT NULL,
    new_items integer NOT NULL,
    reason text,
    by_whom text,
    CHECK (how = 'page' OR (coalesce(reason, '') <> '' AND coalesce(by_whom, '') <> ''))
);
COMMENT ON TABLE ledger.marker_history IS 'Every move of a marker: a page that was stored, or a rewind by a named person with the reason. Append only.';
CREATE INDEX marker_history_by_feed ON ledger.marker_history (feed, at);
CREATE TRIGGER marker_history_append_only BEFORE UPDATE OR DELETE ON ledger.marker_history
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER marker_history_never_emptied BEFORE TRUNCATE ON ledger.marker_history
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TABLE ledger.customs_signal_id (
    feed integer NOT NULL REFERENCES ledger.marker (id),
    id text NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (feed, id)
);
COMMENT ON TABLE ledger.customs_signal_id IS 'Which signals are known, for ever; small, so that the signals themselves can be partitioned and detached.';

CREATE TABLE ledger.customs_signal (
    feed integer NOT NULL,
    position bigint NOT NULL,
    id text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    consignment_id bigint,
    mrn text,
    document_number text,
    document_type text,
    receptacle text,
    container text,
    transport_id text,
    transport_type text,
    eta timestamptz,
    sta timestamptz,
    routing text,
    control_location text,
    issued_at timestamptz,
    late boolean NOT NULL DEFAULT false,
    malformed text,
    announced_at timestamptz,
    raw bytea NOT NULL,
    CHECK (malformed IS NOT NULL OR routing IS NOT NULL)
) PARTITION BY RANGE (received_at);
COMMENT ON TABLE ledger.customs_signal IS 'Every signal once, in feed order by position. Only announced_at ever changes.';
COMMENT ON COLUMN ledger.customs_signal.position IS
    'Place in the feed. Steps are wide, so that a signal which customs puts in between later gets the place it has there.';
COMMENT ON COLUMN ledger.customs_signal.late IS 'True where the marker had passed it by: found by reading again.';
COMMENT ON COLUMN ledger.customs_signal.malformed IS 'Why it could not be read; raw holds it.';
COMMENT ON COLUMN ledger.customs_signal.announced_at IS 'When the asset event of a signal for control was given to Airflow.';
CREATE INDEX customs_signal_in_order ON ledger.customs_signal (feed, position);
CREATE INDEX customs_signal_by_consignment ON ledger.customs_signal (consignment_id);
CREATE INDEX customs_signal_unannounced ON ledger.customs_signal (feed, position)
    WHERE routing = 'TO_CONTROL' AND announced_at IS NULL;
CREATE TABLE ledger.customs_signal_default PARTITION OF ledger.customs_signal DEFAULT;
INSERT INTO ledger.monthly_table VALUES ('customs_signal');

-- The release decision. include/journey/release.py is the same in Python, and its docstring names the sources.
CREATE FUNCTION ledger.release_of_routing(routing text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE routing
        WHEN 'TO_ENTRY' THEN 'RELEASE'
        WHEN 'TO_CONTROL' THEN 'DELIVER_TO_CONTROL'
        WHEN 'ENTRY_DENIED' THEN 'NEVER'
        ELSE 'HOLD' END
$$;

CREATE FUNCTION ledger.routing_about(lasts jsonb, container text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN lasts -> '' IS NULL THEN lasts -> container ->> 0
        WHEN (lasts -> container ->> 1)::bigint > (lasts -> '' ->> 1)::bigint THEN lasts -> container ->> 0
        WHEN lasts -> '' ->> 0 <> 'TO_ENTRY' THEN lasts -> '' ->> 0
        WHEN lasts -> container ->> 0 = 'TO_ENTRY' THEN 'TO_ENTRY'
    END
$$;
COMMENT ON FUNCTION ledger.routing_about IS
    'The last word about one container of several. A TO_ENTRY that names no container may be about another one: it neither releases nor revokes.';

CREATE FUNCTION ledger.release_of(routing text, lasts jsonb, containers text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN routing IS NULL THEN 'HOLD'
        WHEN cardinality(containers) < 2 THEN ledger.release_of_routing(routing)
        ELSE (
            SELECT CASE WHEN count(DISTINCT said) = 1 THEN min(said) ELSE 'HOLD' END
            FROM (
                SELECT ledger.release_of_routing(ledger.routing_about(
                    coalesce(lasts, jsonb_build_object('', jsonb_build_array(routing, 0))), container)) AS said
                FROM unnest(containers) AS container) AS each)
    END
$$;

CREATE FUNCTION ledger.merge_lasts(
    old_lasts jsonb, old_routing text, old_position bigint, new_lasts jsonb, new_routing text, new_position bigint
) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN old_lasts IS NULL AND new_lasts IS NULL THEN NULL ELSE (
        SELECT jsonb_object_agg(key, value) FROM (
            SELECT DISTINCT ON (key) key, value
            FROM (
                SELECT * FROM jsonb_each(coalesce(old_lasts, CASE WHEN old_position IS NULL THEN '{}' ELSE
                    jsonb_build_object('', jsonb_build_array(old_routing, old_position)) END))
                UNION ALL
                SELECT * FROM jsonb_each(coalesce(new_lasts,
                    jsonb_build_object('', jsonb_build_array(new_routing, new_position))))) AS both_sides
            ORDER BY key, (value ->> 1)::bigint DESC) AS newest) END
$$;
COMMENT ON FUNCTION ledger.merge_lasts IS 'The last routing and its place in the feed per container (empty: named none); NULL while no signal named any.';

CREATE TABLE ledger.customs_consignment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id integer NOT NULL REFERENCES ledger.customs_organisation (id),
    kind text NOT NULL DEFAULT 'house' CHECK (kind IN ('house', 'transport')),
    mrn text NOT NULL DEFAULT '',
    document_number text NOT NULL DEFAULT '',
    document_type text NOT NULL DEFAULT '',
    other_id text NOT NULL DEFAULT '',
    receptacle text,
    containers text[] NOT NULL DEFAULT '{}',
    request_id uuid REFERENCES ledger.presentation (request_id),
    expected boolean NOT NULL DEFAULT false,
    signals integer NOT NULL DEFAULT 0,
    routing text,
    control_location text,
    position bigint,
    signal_id text,
    issued_at timestamptz,
    first_signal_at timestamptz,
    last_signal_at timestamptz,
    lasts jsonb,
    known_since timestamptz NOT NULL DEFAULT now(),
    release text GENERATED ALWAYS AS (ledger.release_of(routing, lasts, containers)) STORED,
    UNIQUE (organisation_id, mrn, document_number, document_type, kind, other_id),
    CHECK ((signals = 0) = (position IS NULL))
) WITH (fillfactor = 80);
COMMENT ON TABLE ledger.customs_consignment IS
    'Where each consignment stands: one row per house (or means of transport) that a signal names, we presented, or a file expects. Written with the signals.';
COMMENT ON COLUMN ledger.customs_consignment.other_id IS 'What tells it apart where there is no transport document: the receptacle or the means of transport.';
COMMENT ON COLUMN ledger.customs_consignment.lasts IS 'Per container the last routing and its place in the feed; empty key: signals that named none. NULL while none named any.';
COMMENT ON COLUMN ledger.customs_consignment.release IS 'Made by the database from the columns beside it, so it cannot be stale.';
CREATE INDEX customs_consignment_by_document ON ledger.customs_consignment (organisation_id, document_number, document_type);
CREATE INDEX customs_consignment_by_receptacle ON ledger.customs_consignment (organisation_id, receptacle)
    WHERE receptacle IS NOT NULL;
CREATE INDEX customs_consignment_by_container ON ledger.customs_consignment USING gin (containers) WHERE containers <> '{}';
CREATE INDEX customs_consignment_by_request ON ledger.customs_consignment (request_id) WHERE request_id IS NOT NULL;

CREATE TABLE ledger.routing_receipt (
    file_id bigint PRIMARY KEY REFERENCES ledger.presentation_file (id),
    party text NOT NULL REFERENCES ledger.party (id),
    stale boolean NOT NULL DEFAULT true,
    look_again_at timestamptz,
    sha256 text,
    written_at timestamptz
);
COMMENT ON TABLE ledger.routing_receipt IS 'receipts/<name>.routing.csv of each presentation file: whether it is stale, and what was written last.';
CREATE INDEX routing_receipt_stale ON ledger.routing_receipt (party) WHERE stale;
CREATE INDEX routing_receipt_later ON ledger.routing_receipt (party, look_again_at) WHERE look_again_at IS NOT NULL;

CREATE TABLE ledger.validation_status (
    feed integer NOT NULL REFERENCES ledger.marker (id),
    request_id text NOT NULL,
    status text,
    notified_at timestamptz,
    faults jsonb NOT NULL DEFAULT '[]',
    mrn text,
    already_used boolean NOT NULL DEFAULT false,
    malformed text,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    raw bytea NOT NULL,
    PRIMARY KEY (feed, request_id)
);
COMMENT ON TABLE ledger.validation_status IS
    'The validation status of every request that customs tells of, ours or not; ours are in ledger.presentation too.';

-- A consignment finds its presentation, and a presentation its consignments, whichever comes first. Both sides hold the
-- organisation's lock until they commit, so neither can miss the other.
CREATE INDEX presentation_of_house ON ledger.presentation (sender, document_number, document_type)
    WHERE live AND level = 'house-consignment';
CREATE INDEX presentation_of_receptacle ON ledger.presentation (sender, receptacle) WHERE live AND level = 'receptacle';
CREATE INDEX presentation_of_ens ON ledger.presentation (sender, mrn) WHERE live AND level = 'entry-summary-declaration';
CREATE INDEX presentation_of_container ON ledger.presentation (sender, container) WHERE live AND level = 'container';

CREATE FUNCTION ledger.customs_organisation_of(wanted_environment text, wanted_organisation text, of_party text)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    found integer;
BEGIN
    SELECT id INTO found FROM ledger.customs_organisation
    WHERE environment = wanted_environment AND organisation = wanted_organisation;
    IF found IS NULL THEN
        INSERT INTO ledger.customs_organisation (environment, organisation, party)
        VALUES (wanted_environment, wanted_organisation, of_party)
        ON CONFLICT (environment, organisation) DO UPDATE SET organisation = excluded.organisation
        RETURNING id INTO found;
    END IF;
    RETURN found;
END $$;

CREATE FUNCTION ledger.link_consignments(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH wanted AS (
        SELECT c.*, o.organisation, o.environment FROM ledger.customs_consignment c
        JOIN ledger.customs_organisation o ON o.id = c.organisation_id
        WHERE c.id = ANY (ids) AND c.kind = 'house'),
    found AS (
        SELECT w.id, p.request_id, 1 AS nearness, p.opened_at FROM wanted w JOIN ledger.presentation p
            ON p.live AND p.level = 'house-consignment' AND p.sender = w.organisation AND p.environment = w.environment
            AND p.document_number = w.document_number AND p.document_type = w.document_type
            AND (p.mrn IS NULL OR w.mrn IN ('', p.mrn))
        UNION ALL
        SELECT w.id, p.request_id, 2, p.opened_at FROM wanted w JOIN ledger.presentation p
            ON p.live AND p.level = 'receptacle' AND p.sender = w.organisation AND p.environment = w.environment
            AND p.receptacle = w.receptacle
        UNION ALL
        SELECT w.id, p.request_id, 3, p.opened_at FROM wanted w JOIN ledger.presentation p
            ON p.live AND p.level = 'entry-summary-declaration' AND p.sender = w.organisation
            AND p.environment = w.environment AND p.mrn = w.mrn
        UNION ALL
        SELECT w.id, p.request_id, 4, p.opened_at FROM wanted w JOIN ledger.presentation p
            ON p.live AND p.level = 'container' AND p.sender = w.organisation AND p.environment = w.environment
            AND p.container = ANY (w.containers))
    UPDATE ledger.customs_consignment c SET request_id = best.request_id
    FROM (SELECT DISTINCT ON (id) id, request_id FROM found ORDER BY id, nearness, opened_at) AS best
    WHERE c.id = best.id AND (c.request_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM ledger.presentation old WHERE old.request_id = c.request_id AND old.live));
    INSERT INTO ledger.routing_receipt (file_id, party)
    SELECT f.id, f.party FROM ledger.presentation_file f WHERE f.source = 'file' AND f.id IN (
        SELECT p.file_id FROM ledger.customs_consignment c JOIN ledger.presentation p ON p.request_id = c.request_id
        WHERE c.id = ANY (ids)
        UNION
        SELECT e.presentation_file_id FROM ledger.customs_consignment c JOIN ledger.expected_house e
            ON e.document_number = c.document_number AND e.document_type = c.document_type
            AND (e.mrn IS NULL OR c.mrn IN ('', e.mrn))
        WHERE c.id = ANY (ids) AND c.expected)
    ON CONFLICT (file_id) DO UPDATE SET stale = true WHERE NOT ledger.routing_receipt.stale;
END $$;
COMMENT ON FUNCTION ledger.link_consignments IS
    'Finds the presentation of each of these consignments and marks the receipts of the files that have to do with them as stale.';

CREATE FUNCTION ledger.presentation_reaches_consignments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    organisation integer := ledger.customs_organisation_of(NEW.environment, NEW.sender, NEW.party);
    reached bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(20261, organisation);
    reached := ARRAY(
        SELECT c.id FROM ledger.customs_consignment c WHERE c.organisation_id = organisation AND c.kind = 'house'
        AND CASE NEW.level
            WHEN 'house-consignment' THEN c.document_number = NEW.document_number
                AND c.document_type = NEW.document_type AND (NEW.mrn IS NULL OR c.mrn IN ('', NEW.mrn))
            WHEN 'receptacle' THEN c.receptacle = NEW.receptacle
            WHEN 'entry-summary-declaration' THEN c.mrn = NEW.mrn
            WHEN 'container' THEN c.containers @> ARRAY[NEW.container]
            ELSE false END);
    IF NEW.level = 'house-consignment' AND cardinality(reached) = 0 THEN
        INSERT INTO ledger.customs_consignment (organisation_id, mrn, document_number, document_type, receptacle, containers)
        VALUES (organisation, coalesce(NEW.mrn, ''), NEW.document_number, NEW.document_type, NEW.receptacle,
                CASE WHEN NEW.container IS NULL THEN '{}' ELSE ARRAY[NEW.container] END)
        RETURNING ARRAY[id] INTO reached;
    ELSIF NEW.level = 'house-consignment' AND NEW.container IS NOT NULL THEN
        UPDATE ledger.customs_consignment SET containers = containers || NEW.container
        WHERE id = ANY (reached) AND NOT containers @> ARRAY[NEW.container];
    END IF;
    PERFORM ledger.link_consignments(reached);
    INSERT INTO ledger.routing_receipt (file_id, party)
    SELECT id, party FROM ledger.presentation_file WHERE id = NEW.file_id AND source = 'file'
    ON CONFLICT (file_id) DO UPDATE SET stale = true WHERE NOT ledger.routing_receipt.stale;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER presentation_reaches_consignments AFTER INSERT ON ledger.presentation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.presentation_reaches_consignments();

CREATE FUNCTION ledger.expect_house(wanted ledger.expected_house) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    organisation integer;
    found bigint;
BEGIN
    SELECT ledger.customs_organisation_of(p.environment, p.sender, p.party) INTO organisation
    FROM ledger.presentation p WHERE p.file_id = wanted.presentation_file_id LIMIT 1;
    IF organisation IS NULL THEN
        SELECT cp.organisation_id INTO organisation FROM ledger.presentation_file f
        JOIN ledger.customs_party cp ON cp.party = f.party WHERE f.id = wanted.presentation_file_id;
    END IF;
    IF organisation IS NULL THEN
        RETURN;  -- a file that presents nothing, of a party never polled: the first poll takes it in
    END IF;
    PERFORM pg_advisory_xact_lock(20261, organisation);
    SELECT c.id INTO found FROM ledger.customs_consignment c
    WHERE c.organisation_id = organisation AND c.kind = 'house' AND c.document_number = wanted.document_number
        AND c.document_type = wanted.document_type AND (wanted.mrn IS NULL OR c.mrn IN ('', wanted.mrn))
    ORDER BY c.mrn = '', c.id LIMIT 1;
    IF found IS NULL THEN
        INSERT INTO ledger.customs_consignment (organisation_id, mrn, document_number, document_type)
        VALUES (organisation, coalesce(wanted.mrn, ''), wanted.document_number, wanted.document_type)
        RETURNING id INTO found;
    END IF;
    UPDATE ledger.customs_consignment SET
        mrn = CASE WHEN mrn = '' AND signals = 0 THEN coalesce(wanted.mrn, '') ELSE mrn END,
        receptacle = coalesce(receptacle, wanted.receptacle),
        containers = CASE WHEN wanted.container IS NULL OR containers @> ARRAY[wanted.container] THEN containers
                     ELSE containers || wanted.container END,
        expected = true
    WHERE id = found;
    PERFORM ledger.link_consignments(ARRAY[found]);
END $$;

CREATE FUNCTION ledger.expected_house_is_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger.expect_house(NEW);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER expected_house_is_known AFTER INSERT ON ledger.expected_house
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.expected_house_is_known();

CREATE INDEX alert_untold ON ledger.alert (party, raised_at) WHERE notified_at IS NULL;
