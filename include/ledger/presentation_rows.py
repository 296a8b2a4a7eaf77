"""From the rows of a file to presentations: which of them are opened, and which are presented already.

The one rule: a consignment has one live presentation. It is live from its row being opened until it is refused, fails
validation or is corrected; identifiers that are used again (containers, and in time document numbers) count as a new
arrival after some days.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from include.ledger.warehouse import Connection, Row
from include.toll.presentation import Consignment, Level

Verdict = Literal["presented", "bad", "again", "expected"]
_DOCUMENT_LEVELS = frozenset({Level.HOUSE, Level.MASTER})
_DECIDED = ("ACCEPTED", "REFUSED", "NEEDS_PERSON")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """One row as it was read and checked. Without a consignment it is bad, and `remarks` say why.

    `remarks` are dictionaries with `level`, `rule_id`, `field`, `nb` and `en`. `corrects` is the requestId that it
    names as the one it replaces.
    """

    row_no: int
    given: Mapping[str, str]
    remarks: Sequence[Mapping[str, Any]] = ()
    consignment: Consignment | None = None
    expected: bool = False
    corrects: UUID | None = None


@dataclass(slots=True)
class _Opening:
    """What one row becomes."""

    row: NewRow
    verdict: Verdict
    request_id: UUID | None = None
    corrects: UUID | None = None
    remarks: list[Mapping[str, Any]] = field(default_factory=list)


def identity(consignment: Consignment) -> str:
    """What makes it the same consignment: its level with the identifiers of that level, the customs office left out."""
    if consignment.level in _DOCUMENT_LEVELS:
        document = f"{consignment.level} {consignment.document_type} {consignment.document_number}"
        return f"{document} @{consignment.mrn}" if consignment.mrn else document
    found = {
        Level.ENS: consignment.mrn,
        Level.RECEPTACLE: consignment.receptacle,
        Level.CONTAINER: consignment.container,
    }
    return f"{consignment.level} {found[consignment.level]}"


def open_rows(
    connection: Connection,
    *,
    party: str,
    sender: str,
    environment: str,
    file_id: int,
    office: str | None,
    rows: Sequence[NewRow],
    arrives_again: timedelta,
) -> Counter[Verdict]:
    """Writes every row of a file with its verdict, opens presentations, and marks the file CHECKED; the caller commits.

    Each presentation gets its requestId here, so it is committed long before its first POST. The caller holds the
    party's lock. Returns how many rows have each verdict.
    """
    known = _Known(connection, party, environment, rows, arrives_again)
    opened = [known.opening(row) for row in rows]
    _insert_presentations(connection, (party, sender, environment, file_id), opened)
    _insert_rows(connection, file_id, opened)
    connection.execute(
        "UPDATE ledger.presentation_file SET state = 'CHECKED', office = %s, rows = %s WHERE id = %s "
        "AND state = 'TAKEN'",
        (office, len(rows), file_id),
    )
    return Counter(one.verdict for one in opened)


class _Known:
    """The party's presentations that the rows of one file may meet; grows with the file's own rows."""

    def __init__(
        self, connection: Connection, party: str, environment: str, rows: Sequence[NewRow], arrives_again: timedelta
    ) -> None:
        self._connection = connection
        self._party, self._environment, self._arrives_again = party, environment, arrives_again
        wanted = [row.consignment for row in rows if row.consignment and not row.expected]
        self._by_base: defaultdict[str, list[Row]] = defaultdict(list)
        self._by_request: dict[UUID, Row] = {}
        for found in self._read(wanted, [row.corrects for row in rows if row.corrects]):
            self._by_base[_base(found["consignment"])].append(found)
            self._by_request[found["request_id"]] = found

    def _read(self, wanted: Iterable[Consignment], corrected: Sequence[UUID]) -> list[Row]:
        consignments = list(wanted)
        return self._connection.execute(
            "SELECT request_id, consignment, state, validation, live, opened_at, now() - opened_at AS age "
            "FROM ledger.presentation WHERE party = %s AND environment = %s "
            "AND (consignment = ANY(%s) OR document_number = ANY(%s) OR request_id = ANY(%s)) "
            "ORDER BY opened_at, request_id FOR UPDATE",
            (
                *(self._party, self._environment, [identity(one) for one in consignments]),
                [one.document_number for one in consignments if one.level in _DOCUMENT_LEVELS],
                list(corrected),
            ),
        ).fetchall()

    def opening(self, row: NewRow) -> _Opening:
        """What becomes of the row, seen against everything before it."""
        if row.consignment is None:
            return _Opening(row, "bad", remarks=list(row.remarks))
        if row.expected:
            return _Opening(row, "expected", remarks=list(row.remarks))
        if row.corrects and (why := self._cannot_correct(row.corrects)):
            return _Opening(row, "bad", remarks=[*row.remarks, why])
        key = identity(row.consignment)
        same = [one for one in self._by_base[_base(key)] if _same(str(one["consignment"]), key)]
        if row.corrects:
            self._retire(self._by_request[row.corrects])
        live = next((one for one in same if one["live"]), None)
        if live is not None and not self._is_new_arrival(live, row.consignment):
            return _Opening(row, "again", live["request_id"], remarks=list(row.remarks))
        if live is not None:
            self._retire(live)
        return self._open(row, key, row.corrects or _failed_before(same, self._arrives_again))

    def _open(self, row: NewRow, key: str, corrects: UUID | None) -> _Opening:
        mine = uuid4()
        now: Row = {"request_id": mine, "consignment": key, "state": "PENDING", "validation": None, "live": True}
        self._by_base[_base(key)].append(now | {"age": timedelta()})
        return _Opening(row, "presented", mine, corrects, list(row.remarks))

    def _cannot_correct(self, request_id: UUID) -> Mapping[str, Any] | None:
        found = self._by_request.get(request_id)
        if found is None:
            return _CORRECTS_UNKNOWN
        return None if found["state"] in _DECIDED else _CORRECTS_OPEN

    def _is_new_arrival(self, live: Row, consignment: Consignment) -> bool:
        """An MRN is given once; every other identifier may be on another shipment after a while."""
        decided = live["state"] == "ACCEPTED"
        return decided and consignment.level is not Level.ENS and live["age"] > self._arrives_again

    def _retire(self, row: Row) -> None:
        row["live"] = False
        self._connection.execute(
            "UPDATE ledger.presentation SET live = false WHERE request_id = %s", (row["request_id"],)
        )


def _base(key: str) -> str:
    return key.rpartition(" @")[0] or key


def _same(one: str, other: str) -> bool:
    """Of documents one may lack the MRN; two that both have one differ by it."""
    return one == other or one == _base(one) or other == _base(other)


def _failed_before(same: Sequence[Row], within: timedelta) -> UUID | None:
    """The newest one that was refused or failed validation: a new row for the same consignment corrects it."""
    failed = [
        one
        for one in same
        if not one["live"] and one["age"] <= within and (one["state"] == "REFUSED" or one["validation"] == "FAILURE")
    ]
    return failed[-1]["request_id"] if failed else None


_CORRECTS_UNKNOWN = {
    "level": "error",
    "rule_id": "presentation.corrects_unknown",
    "field": "corrects",
    "nb": "Kolonnen retter nevner en forespørsel som vi ikke har sendt for dere. Kopier requestId fra kvitteringen.",
    "en": "The column corrects names a request that we never made for you. Copy the requestId from the receipt.",
}
_CORRECTS_OPEN = {
    "level": "error",
    "rule_id": "presentation.corrects_open",
    "field": "corrects",
    "nb": "Fremleggingen som skal rettes, er ikke avgjort ennå. Vent på den neste kvitteringen.",
    "en": "The presentation to be corrected is not decided yet. Wait for the next receipt.",
}


def _insert_presentations(
    connection: Connection, common: tuple[str, str, str, int], opened: Sequence[_Opening]
) -> None:
    fields = ("mrn", "document_number", "document_type", "receptacle", "container")
    rows = [
        (
            *(one.request_id, *common, one.row.row_no, str(one.row.consignment.level), one.row.consignment.office),
            *(getattr(one.row.consignment, name) for name in fields),
            *(identity(one.row.consignment), one.corrects),
        )
        for one in opened
        if one.verdict == "presented" and one.row.consignment is not None
    ]
    columns = "request_id, party, sender, environment, file_id, row_no, level, office"
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO ledger.presentation ({columns}, {', '.join(fields)}, consignment, corrects) "  # noqa: S608 - constants
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            rows,
        )


def _insert_rows(connection: Connection, file_id: int, opened: Sequence[_Opening]) -> None:
    rows = [
        (one.row.row_no, Jsonb(dict(one.row.given)), one.verdict, Jsonb([dict(said) for said in one.remarks]))
        for one in opened
    ]
    houses = [(one.row.row_no, one.row.consignment) for one in opened if one.verdict == "expected"]
    fields = ("mrn", "receptacle", "document_number", "document_type", "container")
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ledger.presentation_row (file_id, row_no, given, verdict, remarks, request_id) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            [(file_id, *row, one.request_id) for row, one in zip(rows, opened, strict=True)],
        )
        cursor.executemany(
            f"INSERT INTO ledger.expected_house (presentation_file_id, row_no, {', '.join(fields)}) "  # noqa: S608 - constants
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [(file_id, number, *(getattr(house, name) for name in fields)) for number, house in houses],
        )
