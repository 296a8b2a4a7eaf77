from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from include.embedded.postgres import EmbeddedPostgres
from include.errors import ConfigurationError, ServiceUnavailable
from include.ledger import lots, views
from include.ledger.migrate import MONTHS_AHEAD, migrate
from include.ledger.warehouse import connect

pytestmark = pytest.mark.postgres

SHAPE = """
SELECT n.nspname || '.' || c.relname AS name, c.relkind::text AS kind, obj_description(c.oid) AS comment,
    (SELECT array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
     FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('ledger', 'mart') ORDER BY 1
"""


@pytest.fixture
def empty_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    postgres.drop_database("test_empty")
    postgres.create_database("test_empty")
    yield postgres.dsn("test_empty")
    postgres.drop_database("test_empty")


def test_migrating_again_changes_nothing(warehouse: str) -> None:
    migrate(warehouse)
    with connect(warehouse) as connection:
        before = connection.execute(SHAPE).fetchall()

    migrate(warehouse)

    with connect(warehouse) as connection:
        assert connection.execute(SHAPE).fetchall() == before


def test_views_that_did_not_change_keep_what_analysts_built_on_them(warehouse: str) -> None:
    with connect(warehouse) as connection:
        connection.execute("CREATE VIEW public.mine AS SELECT importer, accepted FROM mart.ecoc_daily")
        connection.commit()

    migrate(warehouse)

    with connect(warehouse) as connection:
        assert connection.execute("SELECT * FROM public.mine").fetchall() == []


async def test_several_at_once_migrate_an_empty_database_without_a_clash(empty_database: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(migrate, empty_database) for _ in range(3)))

    with connect(empty_database) as connection:
        made = [row["name"] for row in connection.execute(SHAPE)]
    assert {"ledger.submission", "mart.ecoc_document", "mart.ecoc_daily"} <= set(made)


def test_the_coming_months_have_partitions_of_their_own(warehouse: str) -> None:
    migrate(warehouse)
    with connect(warehouse) as connection:
        rows = connection.execute(
            "SELECT p.relname AS parent, count(*) AS months FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent "
            "JOIN pg_class c ON c.oid = i.inhrelid WHERE p.relkind = 'p' AND c.relname NOT LIKE '%default' GROUP BY 1"
        ).fetchall()

    assert {row["parent"]: row["months"] for row in rows} == dict.fromkeys(
        ("sighting", "attempt", "finding", "presentation_attempt", "customs_signal"), MONTHS_AHEAD
    )


def test_every_mart_relation_and_column_explains_itself(warehouse: str) -> None:
    with connect(warehouse) as connection:
        rows = connection.execute(
            "SELECT c.relname || coalesce('.' || a.attname, '') AS name FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'mart' "
            "LEFT JOIN LATERAL (SELECT NULL AS attname, 0 AS attnum UNION ALL SELECT attname, attnum FROM pg_attribute "
            "WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) a ON true "
            "WHERE coalesce(CASE WHEN a.attnum = 0 THEN obj_description(c.oid, 'pg_class') "
            "ELSE col_description(c.oid, a.attnum) END, '') = ''"
        ).fetchall()
        relations = {row["name"] for row in connection.execute(SHAPE) if row["name"].startswith("mart.")}

    assert [row["name"] for row in rows] == []
    assert {"mart.ecoc_document", "mart.ecoc_daily", "mart.ecoc_finding", "mart.ecoc_refusal"} <= relations


def test_every_table_of_the_ledger_explains_itself(warehouse: str) -> None:
    with connect(warehouse) as connection:
        silent = [
            row["name"]
            for row in connection.execute(SHAPE)
            if row["kind"] in ("r", "p", "v")
            and row["name"].startswith("ledger.")
            and not row["comment"]
            and not row["name"].endswith("_default")
            and "_20" not in row["name"]
            and row["name"] not in ("ledger.migration", "ledger.mart_view")
        ]

    assert silent == []


def test_a_warehouse_without_a_ledger_says_which_command_makes_one(empty_database: str) -> None:
    with pytest.raises(ConfigurationError, match="make migrate"), connect(empty_database) as connection:
        lots.plan(connection, "nordbil", "run", 500)


def test_a_warehouse_that_is_not_there_is_one_plain_sentence_without_the_password() -> None:
    dsn = "postgresql://samsvar:canary-secret@127.0.0.1:9/warehouse?connect_timeout=2"

    with pytest.raises(ServiceUnavailable) as raised, connect(dsn):
        pass

    assert "connection `warehouse`" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "canary" not in str(raised.value)


@pytest.fixture
def changed_views(tmp_path: Path) -> Callable[[str, str], Path]:
    """The mart's view files, with a piece of one of them put otherwise."""

    def change(before: str, after: str) -> Path:
        for path in views.VIEWS.glob("*.sql"):
            text = path.read_text("utf-8")
            assert path.stem != "alert" or before in text
            (tmp_path / path.name).write_text(text.replace(before, after) if path.stem == "alert" else text, "utf-8")
        return tmp_path

    return change


GRANTS = """
SELECT c.relname || coalesce('.' || a.attname, '') AS name, x.privilege_type AS privilege,
    coalesce(g.rolname, 'PUBLIC') AS who
FROM pg_class c CROSS JOIN LATERAL (SELECT NULL::name AS attname, c.relacl AS acl UNION ALL
    SELECT attname, attacl FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL) a
CROSS JOIN LATERAL aclexplode(a.acl) x LEFT JOIN pg_roles g ON g.oid = x.grantee
WHERE c.relnamespace = 'mart'::regnamespace AND c.relname IN ('alert', 'alerts_of_today') AND x.grantee <> c.relowner
ORDER BY 1, 2, 3
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("notified_at FROM", "notified_at, 1 AS more FROM"),  # in place
        ("kind, fact, sentence", "fact, kind, sentence"),  # dropped and made again
    ],
)
def test_a_view_that_changes_keeps_its_grants_and_what_of_ours_is_built_upon_it(
    warehouse: str, changed_views: Callable[[str, str], Path], before: str, after: str
) -> None:
    with connect(warehouse) as connection:
        connection.execute("GRANT SELECT ON mart.alert TO PUBLIC")
        connection.execute("GRANT SELECT (importer) ON mart.alert TO pg_monitor WITH GRANT OPTION")
        connection.execute("GRANT SELECT ON mart.alert TO pg_read_all_stats")
        connection.commit()
        held = connection.execute(GRANTS).fetchall()

        assert views.replace_views(connection, changed_views(before, after)) == ["alert"]

        assert len(held) >= 3 and connection.execute(GRANTS).fetchall() == held
        shown = connection.execute("SELECT * FROM mart.alert").description
        assert shown is not None and [one.name for one in shown][1:3] in (["kind", "fact"], ["fact", "kind"])
        comment = connection.execute("SELECT col_description('mart.alert'::regclass, 2) AS said").fetchone()
        assert comment is not None and comment["said"]


def test_what_others_built_upon_a_view_that_must_go_is_named_and_nothing_is_lost(
    warehouse: str, changed_views: Callable[[str, str], Path]
) -> None:
    with connect(warehouse) as connection:
        connection.execute("CREATE VIEW public.mine AS SELECT importer, kind FROM mart.alert")
        connection.commit()
        with pytest.raises(ConfigurationError, match=r"public\.mine"):
            views.replace_views(connection, changed_views("kind, fact, sentence", "fact, kind, sentence"))
        connection.rollback()
        assert connection.execute("SELECT * FROM public.mine").fetchall() == []
        assert views.replace_views(connection, changed_views("notified_at FROM", "notified_at, 1 AS more FROM")) == [
            "alert"
        ]
        assert connection.execute("SELECT * FROM public.mine").fetchall() == []
