"""Who reads what: analysts the marts, an importer's people their own rows of them, and nobody a table of the ledger.

Two kinds of roles without login carry the rights: `samsvar_analyst`, and `samsvar_party_<id>` for each party. A party's
role has no right on schema mart at all; it reads schema `mart_party`, where every relation of mart with a column
`importer` stands again as a security-barrier view that lets through the rows of `ledger.seen_parties()` only. So a
relation is either cut down by construction or out of reach, whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import psycopg
from psycopg import sql

from include.errors import ConfigurationError
from include.ledger.warehouse import Connection

ANALYST = "samsvar_analyst"
_PARTY = "samsvar_party_"
_ACCESS = Path(__file__).parents[1] / "mart" / "access.sql"
#: What a person's session begins with. People may change these; what they may read, they cannot.
_SESSION = {
    "default_transaction_read_only": "on",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "300s",
}
_LOGINS = 10


def party_role(party: str) -> str:
    """The role whose members see this party's rows."""
    return _PARTY + party


def grant_readers(connection: Connection) -> bool:
    """Gives every relation of the mart to those who may read it, and makes the roles for it; commits.

    False when the loader may not make roles: then nobody but it reads anything, and nothing else is wrong.
    """
    connection.execute(_ACCESS.read_bytes())
    relations = _mart(connection)
    for name, columns in relations.items():
        _cut_down(connection, name, columns)
    connection.commit()
    try:
        _make_roles(connection, [party_role(row["id"]) for row in connection.execute("SELECT id FROM ledger.party")])
        connection.commit()
    except psycopg.errors.InsufficientPrivilege:
        connection.rollback()
        return False
    return True


def grant_new_parties(connection: Connection) -> None:
    """The same when a party has come since the last migration; commits. Nothing happens where the roles are there."""
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM ledger.party p WHERE NOT EXISTS (SELECT FROM pg_roles r "
        "WHERE r.rolname::text = %s || p.id AND has_schema_privilege(r.oid, 'mart_party', 'USAGE'))) AS lacking",
        (_PARTY,),
    ).fetchone()
    connection.commit()
    if row and row["lacking"]:
        grant_readers(connection)


def _mart(connection: Connection) -> dict[str, list[str]]:
    rows = connection.execute(
        "SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns FROM pg_class c "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "WHERE c.relnamespace = 'mart'::regnamespace AND c.relkind IN ('v', 'm', 'r') GROUP BY 1 ORDER BY 1"
    )
    return {row["name"]: row["columns"] for row in rows}


def _cut_down(connection: Connection, name: str, columns: list[str]) -> None:
    """Makes mart_party.<name>, when it is not there with these columns; nobody but its owner has a right on it."""
    if "importer" not in columns:
        connection.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(sql.Identifier("mart_party", name)))
        return
    there = connection.execute(
        "SELECT array_agg(a.attname::text ORDER BY a.attnum) AS columns FROM pg_attribute a "
        "WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped",
        (f'mart_party."{name}"',),
    ).fetchone()
    if there and there["columns"] == columns:
        return
    view, whole = sql.Identifier("mart_party", name), sql.Identifier("mart", name)
    connection.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(view))
    connection.execute(
        sql.SQL(
            "CREATE VIEW {} WITH (security_barrier) AS SELECT {} FROM {} "
            "WHERE importer = ANY ((SELECT ledger.seen_parties())::text[])"
        ).format(view, sql.SQL(", ").join(map(sql.Identifier, columns)), whole)
    )
    connection.execute(
        sql.SQL("COMMENT ON VIEW {} IS {}").format(view, sql.Literal(f"The rows of mart.{name} of your own importer."))
    )


def _make_roles(connection: Connection, parties: Iterable[str]) -> None:
    for role, schema in ((ANALYST, "mart"), *((party, "mart_party") for party in parties)):
        connection.execute("CALL ledger.make_reader_role(%s)", (role,))
        who = sql.Identifier(role)
        # USAGE on ledger lets functions inside the views find each other; it opens no table.
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {}, ledger TO {}").format(sql.Identifier(schema), who))
        connection.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(sql.Identifier(schema), who))


def make_reader(connection: Connection, name: str, *, group: str, password: str) -> None:
    """Makes (or changes) a login for one person: read only, with a time limit, in one group; commits.

    The server is given a SCRAM verifier, never the password. Raises ConfigurationError when the name is taken by
    another kind of role, or the loader may not make roles.
    """
    there = connection.execute(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls AS mighty, rolcanlogin FROM pg_roles "
        "WHERE rolname = %s",
        (name,),
    ).fetchone()
    if there is not None and (there["mighty"] or not there["rolcanlogin"]):
        raise ConfigurationError(f"The role {name} is there already and is no reader: choose another name.")
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (group,)).fetchone() is None:
        raise ConfigurationError(f"There is no role {group}: run `make migrate` as a user who may make roles.")
    verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    who = sql.Identifier(name)
    try:
        if there is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(who))
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {} CONNECTION LIMIT {}").format(
                who, sql.Literal(verifier), sql.Literal(_LOGINS)
            )
        )
        for setting, value in _SESSION.items():
            connection.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(who, sql.SQL(setting), sql.Literal(value)))
        schema = "mart" if group == ANALYST else "mart_party"
        connection.execute(sql.SQL("ALTER ROLE {} SET search_path = {}").format(who, sql.Identifier(schema)))
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), who))
    except psycopg.errors.InsufficientPrivilege:
        raise ConfigurationError(
            "The user of the connection `warehouse` may not make roles: give it CREATEROLE."
        ) from None
    connection.commit()
