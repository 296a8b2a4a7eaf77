"""The routing receipt: what customs said of each consignment of a presentation file, as a table beside the drop.

`receipts/<file name>.<first 12 digits of its hash>.routing.csv` is written anew whenever something changed, and never
contradicts the mart: it is read from it. A task that is killed leaves the receipt stale, and the next one writes it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from include.drop.names import join, safe_name
from include.ledger import routing_receipts
from include.ledger.routing_receipts import StaleReceipt
from include.ledger.warehouse import Connection, Row

COLUMNS = (
    "mrn",
    "documentNumber",
    "type",
    "receptacle",
    "containers",
    "presentedAs",
    "requestId",
    "validation",
    "signals",
    "routing",
    "routingControlLocation",
    "issuedAt",
    "release",
    "controlPlace",
    "overdue",
    "why",
)
_OF_COLUMN = {
    "documentNumber": "document_number",
    "type": "document_type",
    "presentedAs": "presented_as",
    "requestId": "request_id",
    "routingControlLocation": "control_location",
    "issuedAt": "issued_at",
    "controlPlace": "control_place",
}
# A spreadsheet would run a cell that begins like this as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Writes(Protocol):
    """What is needed of the drop."""

    async def write(self, path: bytes, content: bytes) -> None: ...


async def refresh(
    connection: Connection,
    drop: Writes,
    folder: str,
    language: Literal["nb", "en"],
    wanted: Sequence[StaleReceipt],
) -> int:
    """Writes the receipts that are out of date and returns how many; commits each. Raises what the drop raises."""
    written = 0
    for one in wanted:
        content = table(routing_receipts.rows_of(connection, one.file_id), language)
        connection.commit()
        digest = hashlib.sha256(content).hexdigest()
        if digest != one.sha256:
            await drop.write(_path(folder, one), content)
            written += 1
        routing_receipts.hold(connection, one.file_id)
        again = hashlib.sha256(table(routing_receipts.rows_of(connection, one.file_id), language)).hexdigest()
        if again == digest:  # otherwise something came while it was written: it stays stale
            routing_receipts.mark_written(connection, one.file_id, digest)
        connection.commit()
    return written


def table(rows: Any, language: Literal["nb", "en"]) -> bytes:
    """The rows of mart.customs_consignment as CSV: UTF-8, commas, one line per consignment."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(column, row, language) for column in COLUMNS])
    return text.getvalue().encode()


def _cell(column: str, row: Row | Mapping[str, Any], language: str) -> str:
    name = _OF_COLUMN.get(column, column)
    value = row["why_nb" if name == "why" and language == "nb" else name]
    if value is None:
        return ""
    if isinstance(value, list):
        value = " ".join(sorted(value))
    said = value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "strftime") else str(value)
    return f"'{said}" if said.startswith(_FORMULA) else said


def _path(folder: str, one: StaleReceipt) -> bytes:
    return join(f"{folder}/receipts", f"{safe_name(one.name_bytes)}.{one.file_sha256[:12]}.routing.csv".encode())
