-- Questions to the register that somebody asked: by a file in lookups/ or by the form. Never an owner's name.

CREATE TABLE ledger.lookup (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    party text NOT NULL REFERENCES ledger.party (id),
    source text NOT NULL CHECK (source IN ('file', 'form')),
    state text NOT NULL CHECK (state IN ('SEEN', 'OPEN', 'DONE', 'REFUSED', 'GONE')),
    name text NOT NULL,
    name_bytes bytea,
    size bigint NOT NULL DEFAULT 0,
    mtime bigint NOT NULL DEFAULT 0,
    stable_since timestamptz NOT NULL DEFAULT now(),
    run_id text,
    sha256 text,
    owner_variable text,
    reason text,
    seen_at timestamptz NOT NULL DEFAULT now(),
    ask_again_at timestamptz,
    waits_because text,
    done_at timestamptz,
    receipt text,
    told text,
    filed_as text,
    filed_at timestamptz,
    CHECK (state <> 'REFUSED' OR reason IS NOT NULL),
    CHECK (source <> 'form' OR run_id IS NOT NULL),
    CHECK (source <> 'file' OR name_bytes IS NOT NULL)
);
COMMENT ON TABLE ledger.lookup IS
    'One question to the register, with its receipt: a file in lookups/ or a form. SEEN is a file that may still be uploading.';
COMMENT ON COLUMN ledger.lookup.owner_variable IS 'Name (never the value) of the Airflow Variable that holds an owner''s name for this form.';
COMMENT ON COLUMN ledger.lookup.told IS 'What the last receipt told; a receipt is replaced when more is known.';
CREATE UNIQUE INDEX lookup_form_once ON ledger.lookup (party, run_id) WHERE source = 'form';
-- While a file lies there it is one question, whoever lists it; once filed, the same name may ask again.
CREATE UNIQUE INDEX lookup_file_once ON ledger.lookup (party, name_bytes)
    WHERE source = 'file' AND filed_at IS NULL AND state <> 'GONE';
CREATE INDEX lookup_unfinished ON ledger.lookup (party, id) WHERE filed_at IS NULL AND state <> 'GONE';

CREATE TABLE ledger.lookup_item (
    lookup_id bigint NOT NULL REFERENCES ledger.lookup (id),
    item_no integer NOT NULL,
    place text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('understellsnummer', 'kuid', 'kjennemerke', 'eier', 'row')),
    asked text,
    as_of timestamptz,
    state text NOT NULL DEFAULT 'OPEN'
        CHECK (state IN ('OPEN', 'FOUND', 'SEVERAL', 'ABSENT', 'UNREADABLE', 'REFUSED')),
    why text,
    sentence text,
    vehicles jsonb NOT NULL DEFAULT '[]',
    looked_up_at timestamptz,
    PRIMARY KEY (lookup_id, item_no),
    CHECK (kind <> 'eier' OR asked IS NULL)
);
COMMENT ON TABLE ledger.lookup_item IS
    'One vehicle that was asked for, and the answer. A search by owner keeps its place in the file only, never the name.';
COMMENT ON COLUMN ledger.lookup_item.why IS 'The kind of the sentence, by which receipts say it in the importer''s language.';
CREATE INDEX lookup_item_open ON ledger.lookup_item (lookup_id, item_no) WHERE state = 'OPEN';
