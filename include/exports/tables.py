"""What is exported: which relations, their rows of a period, and how they are read in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import sql

from include.exports.audience import Audience, Period
from include.ledger.warehouse import Connection

if TYPE_CHECKING:
    import pandas as pd

PIECE = 5_000
"""Rows in memory at once."""


@dataclass(frozen=True, slots=True)
class Table:
    """One relation of the mart. `moment` is its column that decides the period; empty: all rows, always."""

    name: str
    moment: str
    is_day: bool = False
    order: str = ""


TABLES = (
    Table("reconciliation", "day", is_day=True, order="importer, day"),
    Table("difference", "day", is_day=True, order="importer, is_open DESC, since"),
    Table("ecoc_pace", "day", is_day=True, order="importer, day"),
    Table("ecoc_document", "received_at", order="importer, received_at, sha256"),
    Table("ecoc_finding", "found_at", order="importer, found_at"),
    Table("ecoc_rule_breach", "day", is_day=True, order="importer, day, coc_entry, rule_id"),
    Table("ecoc_refusal_reason", "", order="importer, make, place"),
    Table("ecoc_refusal", "", order="importer, documents DESC"),
    Table("ecoc_gap", "found_at", order="importer, found_at"),
    Table("ecoc_deletion", "asked_at", order="importer, asked_at"),
    Table("vehicle", "", order="importer, vin"),
    Table("leasing_change", "day", is_day=True, order="importer, change"),
    Table("customs_presentation", "received_at", order="importer, received_at, row_no"),
    Table("customs_consignment", "", order="importer, consignment_id"),
    Table("customs_arrival", "", order="importer, what, identifier"),
)
NOT_EXPORTED = {
    "alert": "told when it happens; what is still wrong is in `difference`",
    "customs_signal": "the trail behind `customs_consignment`: asked for in SQL",
    "ecoc_attempt": "the trail behind `ecoc_document`: asked for in SQL",
    "ecoc_daily": "its numbers are in `reconciliation`",
    "ecoc_file": "the trail behind `ecoc_document`: asked for in SQL",
}
"""Relations with an importer that no export holds, each with the reason; a test knows that there are no others."""


def tables_of(connection: Connection, audience: Audience) -> list[Table]:
    """Those of the tables that exist and have an importer; streams come and go."""
    rows = connection.execute(
        "SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'importer' "
        "WHERE c.relnamespace = to_regnamespace(%s)",
        (audience.schema,),
    )
    there = {row["name"] for row in rows}
    return [table for table in TABLES if table.name in there]


def query(audience: Audience, table: Table, period: Period) -> sql.Composed:
    """The rows of a period. Moments are cut by the calendar of Oslo."""
    whole = sql.SQL("SELECT * FROM {}").format(sql.Identifier(audience.schema, table.name))
    order = sql.SQL(" ORDER BY {}").format(sql.SQL(table.order))
    if not table.moment:
        return whole + order
    bounds = sql.SQL(" WHERE {0} >= {1} AND {0} < {2} + 1" if table.is_day else _BETWEEN)
    return whole + bounds.format(sql.Identifier(table.moment), period.first, period.last) + order


_BETWEEN = (
    " WHERE {0} >= ({1})::timestamp AT TIME ZONE 'Europe/Oslo' "
    "AND {0} < ({2} + 1)::timestamp AT TIME ZONE 'Europe/Oslo'"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a table, with the names of its columns and PostgreSQL's names of their types."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def frame(self) -> pd.DataFrame:
        """The rows with a pandas type for each column, the same in every piece, whatever values it happens to hold."""
        import pandas as pd

        frame = pd.DataFrame(self.rows, columns=list(self.columns), dtype=object)
        for name, kind in zip(self.columns, self.types, strict=True):
            frame[name] = _typed(frame[name], kind)
        return frame


def _typed(values: pd.Series, kind: str) -> pd.Series:
    import pandas as pd

    if kind in ("int2", "int4", "int8"):
        return values.astype("Int64")
    if kind in ("numeric", "float4", "float8"):
        return pd.to_numeric(values).astype("Float64")
    if kind == "bool":
        return values.astype("boolean")
    if kind == "timestamptz":
        return pd.to_datetime(values, utc=True).astype("datetime64[us, UTC]")
    if kind == "date":
        return values
    return values.map(_word, na_action="ignore").astype("string")


def _word(value: Any) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def pieces(connection: Connection, audience: Audience, table: Table, period: Period) -> Iterator[Piece]:
    """A table's rows piece by piece, at least one piece; inside `audience.reading`."""
    with connection.cursor(name=f"export_{table.name}") as cursor:
        cursor.itersize = PIECE
        cursor.execute(query(audience, table, period))
        described = cursor.description or []
        columns = tuple(one.name for one in described)
        infos = [connection.adapters.types.get(one.type_code) for one in described]
        types = tuple(info.name if info is not None else "text" for info in infos)
        first = True
        while True:
            rows = [tuple(row.values()) for row in cursor.fetchmany(PIECE)]
            if rows or first:
                yield Piece(columns, types, rows)
            if len(rows) < PIECE:
                return
            first = False
