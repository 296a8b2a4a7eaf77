"""One party's presentations in the ledger, moved by answers and statuses that a test makes up."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from include.ledger import presenting
from include.ledger.presentation_files import add_form
from include.ledger.presentation_rows import NewRow, open_rows
from include.ledger.sightings import name_party
from include.ledger.validating import record_validations
from include.ledger.warehouse import connect, connect_async
from include.outcomes import Outcome
from include.toll.answer import Answer, Fault
from include.toll.polling import Status
from include.toll.presentation import Consignment, Level

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONTH = timedelta(days=30)


def house(number: str, *, kind: str = "N740", mrn: str | None = None) -> Consignment:
    return Consignment(Level.HOUSE, "NO351001", mrn=mrn, document_number=number, document_type=kind)


def answer(outcome: str, *, used: bool = False, paths: tuple[str, ...] = (), reply: bytes | None = b"{}") -> Answer:
    return Answer(
        outcome=Outcome(outcome),
        sentence=f"It ended {outcome}.",
        request_sha256="0" * 64,
        started_at=MOMENT,
        ended_at=MOMENT,
        http_status=202 if outcome == "accepted" else 400,
        faults=tuple(Fault(path, "must not be null") for path in paths),
        reply=reply,
        correlation_id="c-1",
        already_used=used,
    )


def status(request_id: uuid.UUID | str, word: str = "SUCCESS", *, used: bool = False) -> Status:
    return Status(
        request_id=str(request_id),
        status=word,
        notified_at=MOMENT,
        faults=() if word == "SUCCESS" else (Fault("mrn", "unknown"),),
        mrn="23NO00000000000001",
        raw=b"{}",
        already_used=used,
    )


class Book:
    """One party's presentations in a warehouse."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._runs = 0
        with connect(dsn) as connection:
            name_party(connection, "nordbil", "Nordbil", "310000019", "Europe/Oslo")
            connection.commit()

    def sql(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        with connect(self.dsn) as connection:
            cursor = connection.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def open(self, *rows: NewRow | Consignment) -> list[dict[str, Any]]:
        """Opens the rows of one more file; what each became."""
        self._runs += 1
        new = [row if isinstance(row, NewRow) else NewRow(row_no=0, given={}, consignment=row) for row in rows]
        new = [
            NewRow(row_no=number, given={}, consignment=row.consignment, expected=row.expected, corrects=row.corrects)
            for number, row in enumerate(new, start=2)
        ]
        with connect(self.dsn) as connection:
            add_form(connection, "nordbil", f"run-{self._runs}", MOMENT.date(), "0" * 64, {})
            (found,) = connection.execute("SELECT max(id) AS id FROM ledger.presentation_file").fetchall()
            open_rows(
                connection,
                party="nordbil",
                sender="310000019",
                environment="test",
                file_id=found["id"],
                office=None,
                rows=new,
                arrives_again=MONTH,
            )
            connection.commit()
        return self.sql(
            "SELECT r.verdict, r.request_id, p.corrects FROM ledger.presentation_row r "
            "LEFT JOIN ledger.presentation p USING (request_id) WHERE r.file_id = %s ORDER BY r.row_no",
            found["id"],
        )

    async def claim(self, *, most: int = 100, owner: str = "me") -> list[presenting.Intent]:
        async with connect_async(self.dsn) as connection:
            return await presenting.claim(
                connection, party="nordbil", environment="test", owner=owner, most=most, settle=timedelta(seconds=60)
            )

    async def send(self, *answers: Answer, owner: str = "me") -> int:
        """Claims what may be sent and records these answers, one each."""
        intents = await self.claim(owner=owner)
        assert len(intents) == len(answers)
        async with connect_async(self.dsn) as connection:
            return await presenting.record(connection, owner, list(zip(intents, answers, strict=True)))

    async def overdue(self) -> None:
        self.sql("UPDATE ledger.presentation SET settle_until = now() WHERE state = 'SENT'")
        async with connect_async(self.dsn) as connection:
            await presenting.overdue_become_unknown(connection, "nordbil")

    def pause_is_over(self) -> None:
        self.sql("UPDATE ledger.presentation SET repeat_at = now()")

    def told(self, *statuses: Status) -> list[Any]:
        with connect(self.dsn) as connection:
            found = record_validations(connection, statuses)
            connection.commit()
            return found

    def one(self) -> dict[str, Any]:
        (row,) = self.sql("SELECT * FROM ledger.presentation")
        return row
