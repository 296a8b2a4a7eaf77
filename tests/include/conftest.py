"""The authorities in the sandbox, over real sockets, and those who work with them: a party's nights, and Tolletaten."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from include.exports.audience import Audience, Period
from include.exports.files import export
from include.exports.report import monthly_report
from include.journey import sharing, submit
from include.ledger.roles import grant_readers
from include.ledger.sightings import name_party
from include.ledger.warehouse import connect
from include.maskinporten.source import TokenSource
from include.sandbox import Sandbox
from include.sandbox.keys import KeyRing
from tests.drivers.night import Night
from tests.drivers.party import Hurried
from tests.drivers.tolletaten import Tolletaten


@pytest.fixture(scope="session")
def authority_keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The authorities' keys, made once; reading one costs more than the rest of a sandbox's start."""
    folder = tmp_path_factory.mktemp("authority") / "keys"
    return folder, {name: KeyRing(folder).pair(name) for name in ("server", "client", "business")}


@pytest.fixture
def authorities(
    authority_keys: tuple[Path, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AbstractAsyncContextManager[Sandbox]:
    """Fresh authorities that work and answer at once, to be used with `async with`."""
    folder, pairs = authority_keys
    shutil.copytree(folder, tmp_path / "sandbox" / "keys")
    monkeypatch.setattr(KeyRing, "pair", lambda _, name: pairs[name])
    return Sandbox(tmp_path / "sandbox", seed=7)


@pytest.fixture
async def customs(authorities: AbstractAsyncContextManager[Sandbox]) -> AsyncIterator[Tolletaten]:
    """Tolletaten with the current matrix."""
    async with authorities as sandbox:
        yield Tolletaten(sandbox)


@pytest.fixture
async def night(
    warehouse: str, authorities: AbstractAsyncContextManager[Sandbox], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Night]:
    """A party with an empty inbox, a fresh warehouse and authorities that work; nobody waits longer than needed."""
    for module in (submit, sharing):
        monkeypatch.setattr(module, "asyncio", Hurried())
    async with authorities as sandbox:
        yield Night(warehouse, sandbox, tmp_path)


@pytest.fixture
def two_parties(warehouse: str) -> str:
    """A warehouse in which every relation of the mart has rows of two parties: nordbil and fjordimport."""
    steps = Path(__file__).with_name("two_parties.sql").read_text(encoding="utf-8").split("\n--\n")[1:]
    with connect(warehouse) as connection:
        for number, party in enumerate(("nordbil", "fjordimport"), start=1):
            name_party(connection, party, party.title(), "310000019", "Europe/Oslo")
            connection.execute("SET LOCAL session_replication_role = replica")
            for step in steps:
                connection.execute(step.encode(), {"party": party, "n": number})
        connection.commit()
        grant_readers(connection)
    return warehouse


@pytest.fixture
def minted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every assertion and access token that is made from now on, also in parts."""
    secrets: list[str] = []
    monkeypatch.setitem(TokenSource.__init__.__kwdefaults__, "on_secret", secrets.append)
    return secrets


@pytest.fixture
def hand_out(tmp_path: Path) -> Callable[[str], Path]:
    """Writes all that anybody is ever handed of a warehouse: exports in every format, and reports in both languages."""

    def written(dsn: str) -> Path:
        folder, month = tmp_path / "handed out", Period.month(date.today())
        with connect(dsn) as connection:
            grant_readers(connection)
            parties = [row["id"] for row in connection.execute("SELECT id FROM ledger.party")]
            for audience in (Audience(), *map(Audience, parties)):
                export(connection, folder, audience, month)
            for party in parties:
                for language in ("nb", "en"):
                    report = monthly_report(connection, party, party, month, language, datetime.now(UTC))
                    (folder / f"{party}.{language}.html").write_text(report.html + report.sentence, "utf-8")
        return folder

    return written
