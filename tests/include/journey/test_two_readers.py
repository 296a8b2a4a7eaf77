"""A large inbox is read by a second process too: the same rows as with one, whatever becomes of it."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from include.drop.handing import handed
from include.drop.settings import DropSettings, Hidden
from include.ivi.samples import sample
from include.journey import apart, collect

Night = Any
Process = asyncio.subprocess.Process


class Readers:
    """The second readers that were started; `answers` counts their lines."""

    def __init__(self) -> None:
        self.started: list[Process] = []
        self.environments: list[bytes] = []
        self.answers = 0
        self.dies_after = 10**9


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Readers:
    """Small inboxes count as large, and four files are a group."""
    found = Readers()
    start, read = asyncio.create_subprocess_exec, apart.from_line

    async def started(*command: Any, **more: Any) -> Process:
        process = await start(*command, **more)
        found.started.append(process)
        for name in ("cmdline", "environ"):
            found.environments.append(Path(f"/proc/{process.pid}/{name}").read_bytes())
        return process

    def answered(line: bytes) -> Any:
        found.answers += 1
        if found.answers == found.dies_after:
            found.started[-1].kill()
        return read(line)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", started)
    monkeypatch.setattr(apart, "from_line", answered)
    monkeypatch.setattr(apart, "_cores", lambda: 2)
    monkeypatch.setattr(apart, "FROM", 8)
    monkeypatch.setattr(collect, "GROUP", 4)
    return found


def _packed(*numbers: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in numbers:
            archive.writestr(f"inside-{number}.xml", sample(number=number))
    return packed.getvalue()


def _inbox(night: Night) -> None:
    """Names in order of time and name: groups of four, the second and fourth for the second reader."""
    for number in range(14):
        night.put(f"{number:02d}.xml", number=number)
    night.put("05.xml.json", json.dumps({"avgiftsKode": "102"}).encode())
    (night.inbox / "06.xml").rename(night.inbox / "06.xml.gz")
    night.put("06.xml.gz", gzip.compress(b""))
    night.put("07.xml", sample(number=7)[:600])
    night.put("12.xml", number=1)
    night.put("13.zip", _packed(20, 21))
    night.put("14.xml", number=0)
    for file in night.inbox.iterdir():
        os.utime(file, (1_800_000_000, 1_800_000_000))


def _rows(night: Night) -> list[dict[str, Any]]:
    return list(
        night.sql(
            "SELECT s.name, s.member, s.state, s.rule_id, s.reason, s.file_sha256, s.companion, d.sha256, d.size, "
            "f.name AS first FROM ledger.sighting s LEFT JOIN ledger.document d ON d.id = s.document_id "
            "LEFT JOIN ledger.sighting f ON f.id = s.duplicate_of WHERE s.party = %s ORDER BY s.name, s.member",
            night.party.id,
        )
    )


async def _as_with_one(night: Night, readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes the inbox with two readers, and again with one for another party."""
    _inbox(night)
    took = await night.collect()
    two = _rows(night)
    started = len(readers.started)
    night.configure(id="other", drop=night.party.drop)
    monkeypatch.setattr(apart, "FROM", 10**6)
    assert await night.collect() == took
    assert _rows(night) == two
    assert len(readers.started) == started == 1
    assert (took.documents, took.duplicates, took.invalid, took.not_whole) == (13, 2, 1, 1)
    assert [row["first"] for row in two if row["state"] == "DUPLICATE"] == ["01.xml", "00.xml"]
    assert next(row["companion"] for row in two if row["name"] == "05.xml")["avgiftsKode"] == "102"


@pytest.mark.postgres
async def test_two_readers_leave_the_rows_that_one_leaves(
    night: Night, readers: Readers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await _as_with_one(night, readers, monkeypatch)

    assert readers.answers == 7, "the second and the fourth group, without the archive"
    assert readers.started[0].returncode is not None
    assert "second reader" not in caplog.text


@pytest.mark.postgres
async def test_one_that_dies_loses_nothing(
    night: Night, readers: Readers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    readers.dies_after = 1

    await _as_with_one(night, readers, monkeypatch)

    assert readers.started[0].returncode is not None


@pytest.mark.postgres
async def test_one_that_cannot_work_at_all_leaves_it_to_the_task(
    night: Night, readers: Readers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(apart, "_MODULE", "include.no_such_module")

    await _as_with_one(night, readers, monkeypatch)

    assert readers.answers == 0
    assert "The second reader ended before 7 of 7 files" in caplog.text


@pytest.mark.postgres
async def test_its_secrets_are_in_neither_arguments_nor_environment(night: Night, readers: Readers) -> None:
    _inbox(night)

    await night.collect()

    assert len(readers.environments) == 2
    assert not any(night.drop_settings.password.value.encode() in told for told in readers.environments)


@pytest.mark.postgres
async def test_a_small_inbox_is_read_by_the_task_alone(night: Night, readers: Readers) -> None:
    night.put_many(range(7))

    assert (await night.collect()).documents == 7
    assert readers.started == []


def test_it_ends_when_its_task_has_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = DropSettings(
            conn_id="ecoc_sftp",
            host="127.0.0.1",
            port=silent.getsockname()[1],
            username="samsvar",
            password=Hidden("no secret"),
            connect_timeout=300,
            timeout=300,
        )
        order = {"drop": handed(settings), "store": "/nowhere", "max_bytes": 1, "inbox": "inbox", "files": []}
        process = subprocess.Popen(
            [sys.executable, "-m", apart._MODULE], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        if process.stdin is None:
            raise RuntimeError("started without a pipe")
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
        silent.settimeout(60)
        connected, _ = silent.accept()
        assert process.poll() is None

        process.stdin.close()

        assert process.wait(60) == 1
        connected.close()
