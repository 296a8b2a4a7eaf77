"""A party's questions to the register, step by step as the DAG does them."""

from __future__ import annotations

import asyncio
from typing import Any

import openpyxl
import requests

from include.drop.drop import Drop
from include.fiks import settings as fiks_settings
from include.fiks.client import FiksRegister
from include.journey.lookup_answer import answer
from include.journey.lookup_ask import ask
from include.journey.lookup_take import owners_of, take_files
from include.ledger.warehouse import connect, now_of
from include.maskinporten.grant import Grant
from include.maskinporten.source import TokenSource
from include.register.asking import Patience
from include.register.session_transport import SessionTransport, TokenAuth
from tests.drivers.night import Night


class Desk:
    """One party's questions, step by step as the DAG does them."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self.folder = night.folder / "lookups"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.names: dict[int, str] = {}

    def put(self, name: str, text: str | bytes) -> None:
        (self.folder / name).write_bytes(text.encode() if isinstance(text, str) else text)

    async def take(self) -> Any:
        with connect(self.night.dsn) as connection:
            async with Drop(self.night.drop_settings) as drop:
                return await take_files(connection, drop, self.night.party)

    def fiks(self, **changed: str) -> FiksRegister:
        """KS Fiks, with another login where `changed` says so."""
        found = self.night.sandbox.connections["fiks"] | changed
        settings = fiks_settings.settings_from_connection(
            conn_id="fiks", host=found["host"], login=found["login"], password=found["password"], extra=found["extra"]
        )
        auth = TokenAuth(TokenSource(self.night.maskinporten), Grant(scope=settings.scope))
        transport = SessionTransport(requests.Session(), auth, settings)
        return FiksRegister(settings, transport, patience=Patience(sleep=lambda _: None))

    async def ask(self, register: Any = ...) -> Any:
        async def of_file(question: Any) -> Any:
            async with Drop(self.night.drop_settings) as drop:
                return await owners_of(drop, self.night.party, question)

        def owners(question: Any) -> Any:
            return self.names or asyncio.run(of_file(question))

        def blocking() -> Any:
            with connect(self.night.dsn) as connection:
                asked = self.night.register if register is ... else register
                return ask(connection, self.night.party.id, asked, owners)

        return await asyncio.to_thread(blocking)

    async def answer(self) -> Any:
        with connect(self.night.dsn) as connection:
            async with Drop(self.night.drop_settings) as drop:
                return await answer(connection, drop, self.night.party, now=now_of(connection))

    async def whole(self, register: Any = ...) -> Any:
        await self.take()
        result = await self.ask(register)
        await self.answer()
        return result

    def receipt(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The rows of the newest receipt's two sheets."""
        paths = list((self.night.folder / "receipts").glob("*.lookup.xlsx"))
        book = openpyxl.load_workbook(max(paths, key=lambda path: path.stat().st_mtime_ns))
        return _rows(book.worksheets[0]), _rows(book.worksheets[1])


def _rows(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]
