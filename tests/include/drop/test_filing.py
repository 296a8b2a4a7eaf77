"""Filing away: never over an existing file, twice the same as once, and an overwrite by the importer is noticed."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest

from include.drop.drop import Drop
from include.errors import ServiceUnavailable


async def test_a_move_makes_its_folders_and_a_second_one_changes_nothing(server: Any) -> None:
    server.put("inbox/a.xml", b"1")
    async with Drop(server.settings()) as drop:
        assert await drop.move(b"inbox/a.xml", b"archive/2026/11/21/0123_a.xml")
        assert not await drop.move(b"inbox/a.xml", b"archive/2026/11/21/0123_a.xml")
        assert await drop.inbox("inbox") == []
    assert (server.root / "archive/2026/11/21/0123_a.xml").read_bytes() == b"1"


async def test_moving_what_has_gone_is_false(server: Any) -> None:
    server.put("inbox/other.xml")
    async with Drop(server.settings()) as drop:
        assert not await drop.move(b"inbox/a.xml", b"archive/a.xml")


async def test_a_move_never_overwrites(server: Any) -> None:
    server.put("inbox/a.xml", b"new")
    server.put("archive/a.xml", b"old")
    async with Drop(server.settings()) as drop:
        with pytest.raises(FileExistsError):
            await drop.move(b"inbox/a.xml", b"archive/a.xml")
    assert (server.root / "inbox/a.xml").read_bytes() == b"new"
    assert (server.root / "archive/a.xml").read_bytes() == b"old"


async def test_a_move_never_overwrites_on_a_server_whose_plain_rename_would(moody: Any) -> None:
    moody.knobs.overwriting_rename = True
    moody.put("inbox/a.xml", b"new")
    moody.put("archive/a.xml", b"old")
    async with Drop(moody.settings()) as drop:
        with pytest.raises(FileExistsError):
            await drop.move(b"inbox/a.xml", b"archive/a.xml")
        assert await drop.put_away(b"inbox/a.xml", b"archive/a.xml") == b"archive/a~2.xml"
    assert (moody.root / "archive/a.xml").read_bytes() == b"old"


async def test_putting_away_takes_the_next_free_name(server: Any) -> None:
    for number in range(3):
        server.put("inbox/b.xml.gz", b"%d" % number)
        async with Drop(server.settings()) as drop:
            await drop.put_away(b"inbox/b.xml.gz", b"archive/x/b.xml.gz")
            assert await drop.put_away(b"inbox/b.xml.gz", b"archive/x/b.xml.gz") is None
    found = {path.name: path.read_bytes() for path in (server.root / "archive/x").iterdir()}
    assert found == {"b.xml.gz": b"0", "b~2.xml.gz": b"1", "b~3.xml.gz": b"2"}


async def test_many_moves_each_end_with_their_own_result(server: Any) -> None:
    names = [f"{number}.xml".encode() for number in range(200)]
    for name in names:
        server.put(b"inbox/" + name, name)
    server.put("archive/2026/7.xml", b"there before")
    pairs = [(b"inbox/" + name, b"archive/2026/" + name) for name in names] + [(b"inbox/gone.xml", b"archive/gone.xml")]
    async with Drop(server.settings()) as drop:
        results = {source: result async for source, result in drop.move_many(pairs)}
    assert isinstance(results.pop(b"inbox/7.xml"), FileExistsError)
    assert results.pop(b"inbox/gone.xml") is False
    assert set(results.values()) == {True}
    assert len(results) == 199
    assert (server.root / "archive/2026/7.xml").read_bytes() == b"there before"


async def test_two_moves_of_the_same_file_at_once_end_with_one_winner(server: Any) -> None:
    server.put("inbox/a.xml", b"1")
    pairs = [(b"inbox/a.xml", f"archive/{number}.xml".encode()) for number in range(20)]
    async with Drop(server.settings()) as drop:
        results = [result async for _, result in drop.move_many(pairs)]
    assert results.count(True) == 1
    assert len(list((server.root / "archive").iterdir())) == 1


async def test_hostile_names_can_be_moved_out_of_the_way(server: Any) -> None:
    hostile = [b"bil\xff.xml", b"a\nb.xml", b"\x1b[2J.xml", b"x" * 251 + b".xml"]
    for name in hostile:
        server.put(b"inbox/" + name)
    inbox = server.root / "inbox"
    (inbox / "link.xml").symlink_to("/etc/passwd")
    async with Drop(server.settings()) as drop:
        for number, one in enumerate(await drop.inbox("inbox")):
            assert await drop.move(b"inbox/" + one.name, f"rejected/{number}".encode())
        assert await drop.inbox("inbox") == []
        assert sorted(one.kind for one in await drop.inbox("rejected")) == ["file"] * 4 + ["link"]


async def test_an_overwrite_between_reading_and_moving_is_seen_by_reading_back(server: Any) -> None:
    path = server.put("inbox/a.xml", b"first")
    async with Drop(server.settings()) as drop:
        taken = hashlib.sha256(await drop.read(b"inbox/a.xml", max_bytes=99)).hexdigest()
        path.write_bytes(b"second")
        assert await drop.move(b"inbox/a.xml", b"archive/a.xml")
        back = {name: content async for name, content in drop.read_many([b"archive/a.xml"], max_bytes=99)}
    content = back[b"archive/a.xml"]
    assert content == b"second"
    assert hashlib.sha256(content).hexdigest() != taken


async def test_a_new_file_under_the_old_name_stays_in_the_inbox(server: Any) -> None:
    server.put("inbox/a.xml", b"first")
    async with Drop(server.settings()) as drop:
        assert await drop.move(b"inbox/a.xml", b"archive/a.xml")
        server.put("inbox/a.xml", b"second")
        assert [one.size for one in await drop.inbox("inbox")] == [6]
        with pytest.raises(FileExistsError):
            await drop.move(b"inbox/a.xml", b"archive/a.xml")
    assert (server.root / "archive/a.xml").read_bytes() == b"first"


async def test_a_drop_that_goes_away_while_moving_is_one_sentence(moody: Any) -> None:
    pairs = []
    for number in range(300):
        moody.put(f"inbox/{number}.xml")
        pairs.append((f"inbox/{number}.xml".encode(), f"archive/{number}.xml".encode()))
    moved = 0
    async with asyncio.timeout(5), Drop(moody.settings(extra={"in_flight": 4})) as drop:
        with pytest.raises(ServiceUnavailable, match="in the middle of the work"):
            async for _, result in drop.move_many(pairs):
                moved += result is True
                if moved == 50:
                    moody.cut()
    inbox, archive = (len(list((moody.root / folder).iterdir())) for folder in ("inbox", "archive"))
    assert inbox + archive == 300
    async with Drop(moody.settings()) as drop:
        results = [result async for _, result in drop.move_many(pairs)]
    assert results.count(False) == archive
    assert len(list((moody.root / "archive").iterdir())) == 300
