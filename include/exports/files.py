"""An export's files: one workbook, and for each relation a CSV file for people and a Parquet file for notebooks."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from include.exports.audience import Audience, Period
from include.exports.cells import OSLO, for_csv
from include.exports.tables import Piece, Table, pieces, tables_of
from include.exports.workbook import write_workbook
from include.ledger.warehouse import Connection

FORMATS = ("xlsx", "csv", "parquet")


@dataclass(frozen=True, slots=True)
class Exported:
    """Where an export lies, and how many rows each of its relations has."""

    folder: Path
    rows: dict[str, int]


def export(
    connection: Connection, root: Path, audience: Audience, period: Period, formats: Iterable[str] = FORMATS
) -> Exported:
    """Writes `<root>/<audience>/<period>/` whole: an older one of that name is replaced in one stroke at the end.

    Raises ConfigurationError when the audience's role is not there, OSError when the folder cannot be written.
    """
    wanted = set(formats)
    place = root / audience.name / period.name
    place.parent.mkdir(parents=True, exist_ok=True)
    new = Path(mkdtemp(prefix=f".{period.name}-", dir=place.parent))
    new.chmod(0o750)
    try:
        with audience.reading(connection):
            rows: dict[str, int] = {}
            if "xlsx" in wanted:
                rows |= write_workbook(
                    connection, new / f"samsvar-{audience.name}-{period.name}.xlsx", audience, period
                )
            if wanted & {"csv", "parquet"}:
                for table in tables_of(connection, audience):
                    rows[table.name] = _table(connection, new, audience, table, period, wanted)
        _swap(new, place)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    return Exported(place, rows)


def _swap(new: Path, place: Path) -> None:
    """Readers see the old export or the new one; between two renames, for a moment, none."""
    old = new.with_name(new.name + ".old")
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _table(
    connection: Connection, folder: Path, audience: Audience, table: Table, period: Period, wanted: set[str]
) -> int:
    """Writes one relation piece by piece; returns its number of rows."""
    import pyarrow.parquet as pq  # type: ignore[import-untyped] # it brings no types

    rows, writer = 0, None
    try:
        for number, piece in enumerate(pieces(connection, audience, table, period)):
            rows += len(piece.rows)
            if "csv" in wanted:
                _csv(folder / f"{table.name}.csv", piece, first=number == 0)
            if "parquet" in wanted:
                arrow = _arrow(piece)
                writer = writer or pq.ParquetWriter(folder / f"{table.name}.parquet", arrow.schema)
                writer.write_table(arrow)
    finally:
        if writer is not None:
            writer.close()
    return rows


def _csv(path: Path, piece: Piece, *, first: bool) -> None:
    """Semicolons and a byte order mark: so a double click in a Norwegian Excel opens columns with æ, ø and å."""
    frame = piece.frame()
    for name, kind in zip(piece.columns, piece.types, strict=True):
        if kind == "timestamptz":
            frame[name] = frame[name].dt.tz_convert(OSLO).dt.strftime("%Y-%m-%d %H:%M:%S%z")
        elif frame[name].dtype == "string":
            frame[name] = frame[name].map(for_csv, na_action="ignore")
    frame.to_csv(
        path,
        sep=";",
        index=False,
        header=first,
        mode="w" if first else "a",
        encoding="utf-8-sig" if first else "utf-8",
        lineterminator="\r\n",
    )


def _arrow(piece: Piece) -> Any:
    """The piece with types that depend on the columns alone, so that every piece fits the first."""
    import pyarrow as pa

    kinds = {
        **dict.fromkeys(("int2", "int4", "int8"), pa.int64()),
        **dict.fromkeys(("numeric", "float4", "float8"), pa.float64()),
        "bool": pa.bool_(),
        "timestamptz": pa.timestamp("us", tz="UTC"),
        "date": pa.date32(),
    }
    schema = pa.schema(
        [(name, kinds.get(kind, pa.string())) for name, kind in zip(piece.columns, piece.types, strict=True)]
    )
    return pa.Table.from_pandas(piece.frame(), schema=schema, preserve_index=False)
