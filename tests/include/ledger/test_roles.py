"""The role matrix: over every relation, whoever wrote it. No party sees another's row, no analyst sees the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from include.errors import ConfigurationError
from include.ledger import roles, sightings
from include.ledger.roles import ANALYST, grant_new_parties, grant_readers, make_reader, party_role
from include.ledger.warehouse import connect

pytestmark = pytest.mark.postgres

MINE, OTHER = "nordbil", "fjordimport"


class Reader:
    """One person's login."""

    def __init__(self, dsn: str, name: str, group: str) -> None:
        self.password = "canary " + uuid.uuid4().hex
        with connect(dsn) as connection:
            make_reader(connection, name, group=group, password=self.password)
        self.connection = psycopg.connect(make_conninfo(dsn, user=name, password=self.password), autocommit=True)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode()).fetchall()

    def refused(self, query: str) -> bool:
        try:
            self.connection.execute(query.encode())
        except (
            psycopg.errors.InsufficientPrivilege,
            psycopg.errors.ReadOnlySqlTransaction,
            psycopg.errors.ObjectNotInPrerequisiteState,  # a view of several tables, which nobody can write to
        ):
            return True
        return False


def _reader(dsn: str, group: str) -> Iterator[Reader]:
    name = f"person_{uuid.uuid4().hex[:12]}"
    reader = Reader(dsn, name, group)
    yield reader
    reader.connection.close()
    with connect(dsn) as connection:
        connection.execute(f"DROP ROLE {name}".encode())
        connection.commit()


@pytest.fixture
def analyst(two_parties: str) -> Iterator[Reader]:
    yield from _reader(two_parties, ANALYST)


@pytest.fixture
def importer(two_parties: str) -> Iterator[Reader]:
    yield from _reader(two_parties, party_role(MINE))


def relations(dsn: str, schema: str) -> list[str]:
    with connect(dsn) as connection:
        rows = connection.execute(
            "SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = %s::regnamespace "
            "AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition ORDER BY 1",
            (schema,),
        ).fetchall()
    return [row["name"] for row in rows]


def test_an_analyst_reads_every_relation_of_the_mart_and_both_parties(two_parties: str, analyst: Reader) -> None:
    names = relations(two_parties, "mart")
    assert len(names) >= 9
    for name in names:
        analyst.rows(f"SELECT * FROM mart.{name}")
    seen = {row[0] for row in analyst.rows("SELECT DISTINCT importer FROM mart.ecoc_document")}
    assert seen == {MINE, OTHER}


def test_an_analyst_has_no_right_on_any_table_of_the_ledger_and_writes_nowhere(
    two_parties: str, analyst: Reader
) -> None:
    tables = relations(two_parties, "ledger")
    assert {"submission", "reply", "document"} <= set(tables)
    assert [name for name in tables if not analyst.refused(f"SELECT * FROM ledger.{name} LIMIT 1")] == []
    assert analyst.refused("CREATE TABLE mart.mine (x int)") and analyst.refused("CREATE SCHEMA mine")
    analyst.rows("SELECT set_config('default_transaction_read_only', 'off', false)")
    assert analyst.refused("UPDATE mart.alert SET kind = 'x'") and analyst.refused("DELETE FROM mart.difference")
    assert analyst.refused("TRUNCATE ledger.attempt")


def test_a_session_of_a_reader_is_read_only_and_has_a_time_limit(analyst: Reader, importer: Reader) -> None:
    for reader in (analyst, importer):
        assert reader.rows("SHOW default_transaction_read_only") == [("on",)]
        assert reader.rows("SHOW statement_timeout") == [("1min",)]
    assert importer.rows("SHOW search_path") == [("mart_party",)]


def test_no_party_sees_anothers_row_in_any_relation(two_parties: str, importer: Reader) -> None:
    names = relations(two_parties, "mart_party")
    with connect(two_parties) as connection:
        full = {
            name: {row["importer"] for row in connection.execute(f"SELECT importer FROM mart.{name}".encode())}
            for name in names
        }
    bare = {name for name, parties in full.items() if not {MINE, OTHER} <= parties}
    assert bare == set(), "a relation that has no rows of two parties proves nothing: give two_parties.sql some"
    for name in names:
        rows = importer.rows(f"SELECT importer, t::text FROM mart_party.{name} t")
        assert {row[0] for row in rows} == {MINE}, name
        assert [row for row in rows if OTHER in row[1]] == [], name


def test_a_party_has_no_way_around_its_own_rows(two_parties: str, importer: Reader) -> None:
    for schema in ("mart", "ledger"):
        names = relations(two_parties, schema)
        assert [name for name in names if not importer.refused(f"SELECT * FROM {schema}.{name} LIMIT 1")] == []
    assert importer.refused(f"SET ROLE {party_role(OTHER)}") and importer.refused(f"SET ROLE {ANALYST}")
    assert importer.refused(f"GRANT {party_role(OTHER)} TO CURRENT_USER")
    # A setting is no key, and a condition that tells what it is shown is shown nothing of others.
    importer.rows(f"SELECT set_config('app.party', '{OTHER}', false)")
    assert importer.rows("SELECT ledger.seen_parties()") == [([MINE],)]
    leak = "SELECT count(*) FROM mart_party.alert WHERE 1 / (CASE importer WHEN 'fjordimport' THEN 0 ELSE 1 END) = 1"
    assert importer.rows(leak) == [(1,)]


def test_no_mart_reads_a_sealed_person_or_an_answers_bytes(two_parties: str) -> None:
    with connect(two_parties) as connection:
        rows = connection.execute(
            "SELECT DISTINCT c.relname AS name FROM pg_rewrite r JOIN pg_class v ON v.oid = r.ev_class "
            "AND v.relnamespace IN ('mart'::regnamespace, 'mart_party'::regnamespace) "
            "JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid "
            "JOIN pg_class c ON d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid"
        ).fetchall()
    read = {row["name"] for row in rows}
    assert {"document", "submission", "leasing_change"} <= read
    assert read & {"leasing_person", "reply"} == set()


def test_every_relation_a_party_reads_is_a_barrier_over_the_mart_by_importer(two_parties: str) -> None:
    with connect(two_parties) as connection:
        rows = connection.execute(
            "SELECT c.relname AS name, c.reloptions AS options, pg_get_viewdef(c.oid) AS text FROM pg_class c "
            "WHERE c.relnamespace = 'mart_party'::regnamespace AND c.relkind = 'v'"
        ).fetchall()
        with_importer = connection.execute(
            "SELECT table_name AS name FROM information_schema.columns "
            "WHERE table_schema = 'mart' AND column_name = 'importer'"
        ).fetchall()
    assert {row["name"] for row in rows} == {row["name"] for row in with_importer}
    for row in rows:
        assert row["options"] == ["security_barrier=true"], row["name"]
        assert " ".join(row["text"].split()).endswith(
            f"FROM mart.{row['name']} WHERE (importer = ANY (( SELECT ledger.seen_parties() AS seen_parties)::text[]));"
        )


def test_a_new_party_and_a_new_relation_are_covered_by_the_next_migration(two_parties: str, importer: Reader) -> None:
    with connect(two_parties) as connection:
        sightings.name_party(connection, "sorbil", "Sørbil AS", "310000019", "Europe/Oslo")
        connection.execute("CREATE VIEW mart.new AS SELECT 'fjordimport'::text AS importer UNION ALL SELECT 'nordbil'")
        connection.execute("CREATE VIEW mart.secret AS SELECT 'of nobody' AS text")
        connection.commit()
        grant_new_parties(connection)
        made = connection.execute("SELECT FROM pg_roles WHERE rolname = 'samsvar_party_sorbil'").fetchall()

    assert len(made) == 1
    assert importer.rows("SELECT importer FROM mart_party.new") == [(MINE,)]
    assert importer.refused("SELECT * FROM mart.secret") and "secret" not in relations(two_parties, "mart_party")


def test_the_password_never_reaches_the_server_and_a_mighty_role_is_no_reader(
    two_parties: str, analyst: Reader
) -> None:
    with connect(two_parties) as connection:
        stored = connection.execute("SELECT string_agg(rolpassword, ' ') AS all FROM pg_authid").fetchone()
        assert stored is not None and analyst.password not in stored["all"] and "SCRAM-SHA-256$" in stored["all"]
        with pytest.raises(ConfigurationError, match="is no reader"):
            make_reader(connection, "samsvar", group=ANALYST, password="x")
        with pytest.raises(ConfigurationError, match="There is no role"):
            make_reader(connection, "someone", group="samsvar_party_nobody", password="x")


def test_a_loader_that_may_not_make_roles_still_migrates(two_parties: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise psycopg.errors.InsufficientPrivilege("permission denied to create role")

    monkeypatch.setattr(roles, "_make_roles", refused)
    with connect(two_parties) as connection:
        assert grant_readers(connection) is False
