"""The mart's views: replaced where their text changed, and nobody who could read one loses it by that."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import psycopg
from psycopg import sql

from include.errors import ConfigurationError
from include.ledger.warehouse import Connection, Row

VIEWS = Path(__file__).parents[1] / "mart" / "views"
_CREATE = re.compile(r"^CREATE VIEW ", re.MULTILINE)
#: Views of these schemas are ours to drop and make again.
_OURS = ("mart", "mart_party")


def replace_views(connection: Connection, folder: Path = VIEWS) -> list[str]:
    """Makes the views whose text changed, and returns their names. Views that did not change are left alone.

    A view whose columns stay is replaced in place; one that must be dropped gets its grants back, and so do ours that
    are built upon it. Commits. Raises ConfigurationError when something of others is built upon a view that must go.
    """
    connection.execute("CREATE SCHEMA IF NOT EXISTS mart")
    connection.execute("COMMENT ON SCHEMA mart IS 'What analysts read. Every relation and column is commented.'")
    connection.execute("CREATE TABLE IF NOT EXISTS ledger.mart_view (name text PRIMARY KEY, sha256 text NOT NULL)")
    known = {row["name"]: row["sha256"] for row in connection.execute("SELECT name, sha256 FROM ledger.mart_view")}
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql"))}
    changed = [name for name, text in texts.items() if known.get(name) != _digest(text)]
    held: list[Row] = []
    dropped = [name for name in changed if not _replaced(connection, texts[name])]
    for name in list(dropped):
        dropped += [other for other in _drop(connection, name, held) if other not in dropped]
    _make(connection, {name: texts[name] for name in dropped if name in texts})
    _grant_again(connection, held)
    for name in {*changed, *dropped} & set(texts):
        connection.execute(
            "INSERT INTO ledger.mart_view VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256",
            (name, _digest(texts[name])),
        )
    connection.commit()
    return changed


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _replaced(connection: Connection, text: str) -> bool:
    """True when the view could be made in place: it is new, or it kept its columns and at most got more."""
    try:
        with connection.transaction():
            connection.execute(_CREATE.sub("CREATE OR REPLACE VIEW ", text).encode())
    except (psycopg.errors.InvalidTableDefinition, psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        return False
    return True


def _drop(connection: Connection, name: str, held: list[Row]) -> list[str]:
    """Drops a view with ours that are built upon it, after writing down who may read them; returns their names."""
    gone = []
    for schema, view in _built_upon(connection, name):
        held += _grants(connection, schema, view)
        connection.execute(sql.SQL("DROP VIEW IF EXISTS {} CASCADE").format(sql.Identifier(schema, view)))
        if schema == "mart":
            gone.append(view)
    return gone


def _built_upon(connection: Connection, name: str) -> list[tuple[str, str]]:
    """A view and all that is built upon it, the topmost first. Raises ConfigurationError for what is not ours."""
    rows = connection.execute(
        """
        WITH RECURSIVE up (oid, depth) AS (
            SELECT c.oid, 0 FROM pg_class c WHERE c.oid = to_regclass(%s)
            UNION ALL
            SELECT r.ev_class, up.depth + 1 FROM up
            JOIN pg_depend d ON d.refobjid = up.oid AND d.refclassid = 'pg_class'::regclass
                AND d.classid = 'pg_rewrite'::regclass
            JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> up.oid)
        SELECT n.nspname AS schema, c.relname AS name, max(depth) AS depth FROM up JOIN pg_class c ON c.oid = up.oid
        JOIN pg_namespace n ON n.oid = c.relnamespace GROUP BY 1, 2 ORDER BY 3 DESC
        """,
        (f'mart."{name}"',),
    ).fetchall()
    found = [(str(row["schema"]), str(row["name"])) for row in rows]
    if others := sorted(f"{schema}.{view}" for schema, view in found if schema not in _OURS):
        raise ConfigurationError(
            f"The view mart.{name} gets other columns, and these are built upon it: {', '.join(others)}. "
            "Drop them, run `make migrate`, and make them again."
        )
    return found


def _make(connection: Connection, texts: dict[str, str]) -> None:
    """Makes dropped views; one may need another of them first, so they are tried until none is left."""
    while texts:
        made = [name for name, text in texts.items() if _replaced(connection, text)]
        if not made:
            connection.execute(next(iter(texts.values())).encode())  # says why
        texts = {name: text for name, text in texts.items() if name not in made}


def _grants(connection: Connection, schema: str, view: str) -> Iterable[Row]:
    """Who else may do what with a view, as a whole or by column."""
    return connection.execute(
        """
        SELECT n.nspname AS schema, c.relname AS view, a.attname AS name, x.privilege_type AS privilege,
            x.is_grantable, g.rolname AS grantee
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL (
            SELECT NULL::name AS attname, c.relacl AS acl
            UNION ALL SELECT attname, attacl FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL) a
        CROSS JOIN LATERAL aclexplode(a.acl) x LEFT JOIN pg_roles g ON g.oid = x.grantee
        WHERE n.nspname = %s AND c.relname = %s AND x.grantee <> c.relowner
        """,
        (schema, view),
    ).fetchall()


def _grant_again(connection: Connection, held: Iterable[Row]) -> None:
    for row in held:
        try:
            with connection.transaction():
                connection.execute(_grant(row))
        except (psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable):
            continue  # the column, or a view of mart_party that is made later, is no more


def _grant(row: Row) -> sql.Composed:
    column = sql.SQL(" ({})").format(sql.Identifier(row["name"])) if row["name"] else sql.SQL("")
    return sql.SQL("GRANT {}{} ON {} TO {}{}").format(
        sql.SQL(row["privilege"]),
        column,
        sql.Identifier(row["schema"], row["view"]),
        sql.Identifier(row["grantee"]) if row["grantee"] else sql.SQL("PUBLIC"),
        sql.SQL(" WITH GRANT OPTION" if row["is_grantable"] else ""),
    )
