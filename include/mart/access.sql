-- Who reads what. Run by every migration, so that new relations and parties are covered; changes nothing twice.
-- Roles belong to the whole server, rights to this database. Nobody but the loader has any right on a table of the ledger.

CREATE SCHEMA IF NOT EXISTS mart_party;
COMMENT ON SCHEMA mart_party IS
    'What an importer''s own people read: every relation of mart that has a column importer, cut down to their own rows.';

-- The parties whose rows the one who asks may see: those whose role samsvar_party_<id> he is a member of, by inheritance.
-- It reads the catalogue, never a setting: a person with SQL can change settings, and cannot change his roles.
CREATE OR REPLACE FUNCTION ledger.seen_parties() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(array_agg(substr(r.rolname::text, length('samsvar_party_') + 1)), '{}')
    FROM pg_catalog.pg_roles r
    WHERE r.rolname::text ^@ 'samsvar_party_' AND pg_catalog.pg_has_role(current_user, r.oid, 'USAGE');
END;
COMMENT ON FUNCTION ledger.seen_parties IS 'Parties whose rows the current user may see in schema mart_party.';

CREATE OR REPLACE PROCEDURE ledger.make_reader_role(name text) LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of this server is migrated at the same moment
        END;
    END IF;
    -- The loader takes a party's role on to write its exports. A superuser may do so anyway.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        AND NOT pg_has_role(current_user, name, 'SET') THEN
        EXECUTE format('GRANT %I TO CURRENT_USER WITH INHERIT FALSE, SET TRUE', name);
    END IF;
END $$;
COMMENT ON PROCEDURE ledger.make_reader_role IS 'Makes a role without login that the loader can take on.';
