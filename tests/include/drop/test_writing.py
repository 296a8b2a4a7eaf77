"""Receipts: whole or not at all, replaced in one stroke, never through a planted link."""

from __future__ import annotations

import os
from typing import Any

import pytest

from include.drop.drop import Drop
from include.errors import AccessDenied, ServiceUnavailable


@pytest.mark.parametrize("size", [0, 1_500, 32_768, 300_000])
async def test_what_was_written_is_there_whole_and_nothing_else(server: Any, size: int) -> None:
    content = os.urandom(size)
    async with Drop(server.settings()) as drop:
        await drop.write(b"receipts/new/a.json", content)
    assert [path.name for path in (server.root / "receipts/new").iterdir()] == ["a.json"]
    assert (server.root / "receipts/new/a.json").read_bytes() == content


async def test_writing_again_replaces(server: Any) -> None:
    async with Drop(server.settings()) as drop:
        await drop.write(b"receipts/a.json", b"a longer first receipt")
        await drop.write(b"receipts/a.json", b"second")
    assert (server.root / "receipts/a.json").read_bytes() == b"second"


async def test_writing_replaces_on_a_server_without_posix_rename(server: Any) -> None:
    async with Drop(server.settings()) as drop:
        drop._open[0][1].extensions.clear()
        await drop.write(b"receipts/a.json", b"first")
        await drop.write(b"receipts/a.json", b"second")
    assert (server.root / "receipts/a.json").read_bytes() == b"second"
    assert len(list((server.root / "receipts").iterdir())) == 1


async def test_a_half_receipt_left_by_a_crash_is_no_obstacle(server: Any) -> None:
    server.put("receipts/a.json.part", b"half of a much longer receipt")
    async with Drop(server.settings()) as drop:
        await drop.write(b"receipts/a.json", b"whole")
    assert [path.name for path in (server.root / "receipts").iterdir()] == ["a.json"]
    assert (server.root / "receipts/a.json").read_bytes() == b"whole"


async def test_a_planted_link_is_replaced_and_never_written_through(server: Any) -> None:
    victim = server.put("victim", b"untouched")
    (server.root / "receipts").mkdir()
    for name in ("a.json", "a.json.part"):
        (server.root / "receipts" / name).symlink_to(victim)
    async with Drop(server.settings()) as drop:
        await drop.write(b"receipts/a.json", b"receipt")
    assert victim.read_bytes() == b"untouched"
    assert not (server.root / "receipts/a.json").is_symlink()
    assert (server.root / "receipts/a.json").read_bytes() == b"receipt"


async def test_many_receipts_are_written_at_once(server: Any) -> None:
    files = [(f"receipts/{number}.json".encode(), b"%d" % number * 100) for number in range(150)]
    async with Drop(server.settings()) as drop:
        results = [result async for _, result in drop.write_many(files)]
    assert results == [None] * 150
    assert {path.name: path.read_bytes() for path in (server.root / "receipts").iterdir()} == {
        path.decode().split("/")[1]: content for path, content in files
    }


async def test_no_right_to_write_is_one_sentence_and_hurts_one_receipt_only(moody: Any) -> None:
    moody.knobs.refused = {b"a.json.part"}
    async with Drop(moody.settings()) as drop:
        results = dict(
            [pair async for pair in drop.write_many([(b"receipts/a.json", b"1"), (b"receipts/b.json", b"2")])]
        )
        with pytest.raises(AccessDenied, match=r"receipts/a\.json .* could not be written"):
            await drop.write(b"receipts/a.json", b"1")
    assert isinstance(results[b"receipts/a.json"], AccessDenied)
    assert results[b"receipts/b.json"] is None


async def test_folders_are_made_once_and_asking_again_is_free(server: Any) -> None:
    (server.root / "on-another-disk").mkdir()
    (server.root / "archive").symlink_to(server.root / "on-another-disk")
    async with Drop(server.settings()) as drop:
        await drop.make_folders("archive/2026/11/21")
        await drop.make_folders("archive/2026/11/22")
        asked = drop._open[0][1]._next_id
        await drop.make_folders(b"archive/2026/11/21")
        assert drop._open[0][1]._next_id == asked
    assert (server.root / "on-another-disk/2026/11/22").is_dir()


async def test_a_file_where_a_folder_should_be_is_an_error(server: Any) -> None:
    server.put("archive", b"a file")
    async with Drop(server.settings()) as drop:
        with pytest.raises(ServiceUnavailable, match=r"archive.* could not be made"):
            await drop.make_folders("archive/2026")
