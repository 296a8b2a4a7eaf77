"""Reading: to the end, within the limit, regular files only, and one bad file never hurts the others."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from include.drop import drop as drop_module
from include.drop import wire
from include.drop.channel import ChannelLostError
from include.drop.drop import Drop
from include.errors import ContentRefused, NameRefused, ServiceUnavailable

SIZES = (0, 1, 16_384, 32_767, 32_768, 32_769, 262_143, 262_144, 262_145, 600_000)


@pytest.mark.parametrize("size", SIZES)
async def test_a_file_of_any_size_comes_back_byte_for_byte(server: Any, size: int) -> None:
    content = os.urandom(size)
    server.put("inbox/a.xml", content)
    async with Drop(server.settings()) as drop:
        assert await drop.read(b"inbox/a.xml", max_bytes=1_000_000) == content


async def test_a_server_that_answers_in_small_pieces_is_read_to_the_end(moody: Any) -> None:
    content = os.urandom(10_000)
    moody.put("inbox/a.xml", content)
    for piece in (1_000, 9_999, 10_000):
        moody.knobs.short_reads = piece
        async with Drop(moody.settings()) as drop:
            assert await drop.read(b"inbox/a.xml", max_bytes=1_000_000) == content


async def test_many_files_are_read_each_under_its_own_name(server: Any) -> None:
    wanted = {f"inbox/{number}.xml".encode(): os.urandom(20_000 + number) for number in range(300)}
    for path, content in wanted.items():
        server.put(path, content)
    async with Drop(server.settings(extra={"connections": 2, "in_flight": 16})) as drop:
        read = {path: content async for path, content in drop.read_many(list(wanted), max_bytes=1_000_000)}
    assert read == wanted


async def test_a_file_one_byte_too_large_is_refused_and_one_at_the_limit_is_not(server: Any) -> None:
    server.put("inbox/fits.xml", b"x" * 50_000)
    server.put("inbox/larger.xml", b"x" * 50_001)
    async with Drop(server.settings()) as drop:
        assert len(await drop.read(b"inbox/fits.xml", max_bytes=50_000)) == 50_000
        with pytest.raises(ContentRefused, match=r"^larger\.xml is larger than 0\.05 MB, the most we take") as refused:
            await drop.read(b"inbox/larger.xml", max_bytes=50_000)
    assert refused.value.rule_id == "content.too_large"


async def test_a_file_known_to_be_too_large_is_not_even_opened(moody: Any) -> None:
    moody.put("inbox/larger.xml", b"x" * 50_001)
    async with Drop(moody.settings()) as drop:
        with pytest.raises(ContentRefused):
            await drop.read(b"inbox/larger.xml", max_bytes=50_000)
    assert moody.knobs.reads == 0


async def test_a_file_that_grows_while_it_is_read_is_stopped_at_the_limit(moody: Any) -> None:
    path = moody.put("inbox/growing.xml", b"x" * 1_500)
    moody.knobs.short_reads = 1_000

    def grow(_: int) -> None:
        with path.open("ab") as file:
            file.write(b"x" * 2_000)

    moody.knobs.before_read = grow
    async with Drop(moody.settings()) as drop:
        with pytest.raises(ContentRefused, match="larger than"):
            await drop.read(b"inbox/growing.xml", max_bytes=10_000)
    assert moody.knobs.reads <= 11


async def test_a_file_that_grew_since_the_look_is_read_to_its_new_end(moody: Any) -> None:
    path = moody.put("inbox/grown.xml", b"x" * 1_000)
    moody.knobs.before_read = lambda number: path.write_bytes(b"y" * 5_000) and None if number == 1 else None
    async with Drop(moody.settings()) as drop:
        assert await drop.read(b"inbox/grown.xml", max_bytes=10_000) == b"y" * 5_000


async def test_a_file_cut_short_while_it_is_read_gives_what_is_there(moody: Any) -> None:
    path = moody.put("inbox/cut.xml", b"x" * 9_000)
    moody.knobs.short_reads = 4_000
    moody.knobs.before_read = lambda number: os.truncate(path, 5_000) if number == 2 else None
    async with Drop(moody.settings()) as drop:
        assert await drop.read(b"inbox/cut.xml", max_bytes=10_000) == b"x" * 5_000


async def test_whatever_is_no_regular_file_is_refused_and_never_opened(server: Any) -> None:
    inbox = server.put("inbox/good.xml", b"good").parent
    secret = server.put("elsewhere/secret.xml", b"another importer's")
    (inbox / "link.xml").symlink_to(secret)
    os.mkfifo(inbox / "fifo.xml")
    (inbox / "folder.xml").mkdir()
    paths = [b"inbox/" + name for name in (b"link.xml", b"fifo.xml", b"folder.xml", b"good.xml", b"gone.xml")]
    async with asyncio.timeout(4), Drop(server.settings()) as drop:
        read = {path: found async for path, found in drop.read_many(paths, max_bytes=100)}
    for path in paths[:3]:
        refused = read[path]
        assert isinstance(refused, NameRefused)
        assert refused.rule_id == "name.not_a_file"
        assert "another importer" not in str(refused)
    assert read[b"inbox/good.xml"] == b"good"
    assert isinstance(read[b"inbox/gone.xml"], FileNotFoundError)


async def test_a_file_turned_into_a_link_after_the_listing_is_refused(server: Any) -> None:
    path = server.put("inbox/a.xml")
    server.put("secret")
    async with Drop(server.settings()) as drop:
        assert (await drop.inbox("inbox"))[0].kind == "file"
        path.unlink()
        path.symlink_to(server.root / "secret")
        with pytest.raises(NameRefused, match="symbolic link"):
            await drop.read(b"inbox/a.xml", max_bytes=100)


async def test_a_fifo_that_was_opened_all_the_same_cannot_hold_the_run(server: Any) -> None:
    if server.kind == "asyncssh":  # it serves from this very loop, which the open would block: stand in for it
        server.put("inbox/fifo.xml")
        server.knobs.silent_reads = True
    else:
        (server.root / "inbox").mkdir()
        os.mkfifo(server.root / "inbox" / "fifo.xml")
    async with asyncio.timeout(4), Drop(server.settings(extra={"timeout": 0.4})) as drop:
        channel = drop._open[0][1]
        request = wire.string(b"inbox/fifo.xml") + wire.uint32(wire.OPEN_READ) + wire.NO_ATTRIBUTES
        with pytest.raises(ChannelLostError, match="did not answer"):
            handle = wire.handle(await channel.ask(wire.OPEN, request))
            await channel.ask(wire.READ, wire.string(handle) + wire.uint64(0) + wire.uint32(10))


async def test_a_file_without_permission_is_refused_and_the_others_are_read(moody: Any) -> None:
    for name in ("a.xml", "b.xml"):
        moody.put(f"inbox/{name}")
    moody.knobs.refused = {b"a.xml"}
    async with Drop(moody.settings()) as drop:
        read = {path: found async for path, found in drop.read_many([b"inbox/a.xml", b"inbox/b.xml"], max_bytes=100)}
    assert isinstance(read[b"inbox/a.xml"], ContentRefused)
    assert read[b"inbox/b.xml"] == b"<a/>"


async def test_a_connection_cut_in_the_middle_is_one_sentence_after_what_was_read(moody: Any) -> None:
    for number in range(200):
        moody.put(f"inbox/{number}.xml", b"x" * 1_000)
    moody.knobs.before_read = lambda number: moody.cut() if number == 100 else None
    read = 0
    async with Drop(moody.settings(extra={"in_flight": 8})) as drop:
        with pytest.raises(ServiceUnavailable) as lost:
            async for _, content in drop.read_many([f"inbox/{n}.xml".encode() for n in range(200)], max_bytes=9_999):
                assert content == b"x" * 1_000
                read += 1
        with pytest.raises(ServiceUnavailable):
            await drop.inbox("inbox")
    assert 80 <= read < 100
    assert "ecoc_sftp" in str(lost.value)
    assert "\n" not in str(lost.value)
    assert lost.value.__cause__ is None


async def test_a_server_that_falls_silent_is_given_up(moody: Any) -> None:
    moody.put("inbox/a.xml")
    moody.knobs.silent_reads = True
    async with asyncio.timeout(4), Drop(moody.settings(extra={"timeout": 0.4})) as drop:
        with pytest.raises(ServiceUnavailable, match="did not answer for"):
            await drop.read(b"inbox/a.xml", max_bytes=100)


async def test_stopping_early_leaves_the_drop_usable(server: Any) -> None:
    paths = [
        server.put(f"inbox/{number}.xml", b"x" * 40_000) and f"inbox/{number}.xml".encode() for number in range(90)
    ]
    async with Drop(server.settings()) as drop:
        reading = drop.read_many(paths, max_bytes=99_999)
        async for _ in reading:
            break
        await reading.aclose()
        assert [task for task in asyncio.all_tasks() if "_work" in str(task.get_coro())] == []
        assert len(await drop.read(paths[0], max_bytes=99_999)) == 40_000


async def test_large_files_are_read_few_at_a_time(moody: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drop_module, "READ_AHEAD", 100_000)
    paths = [moody.put(f"inbox/{n}.xml", b"x" * 40_000) and f"inbox/{n}.xml".encode() for n in range(12)]
    moody.put("inbox/huge.xml", b"x" * 150_000)
    async with Drop(moody.settings()) as drop:
        read = drop.read_many([*paths, b"inbox/huge.xml"], max_bytes=200_000)
        assert len((await anext(read))[1]) == 40_000  # type: ignore[arg-type]
        await asyncio.sleep(0.3)
        assert moody.knobs.reads <= 3
        assert len([path async for path, _ in read]) == 12


async def test_the_limit_may_depend_on_the_name(server: Any, tmp_path: Path) -> None:
    server.put("inbox/a.xml", b"x" * 20)
    server.put("inbox/a.zip", b"x" * 20)
    async with Drop(server.settings()) as drop:
        limit = {b"inbox/a.xml": 10, b"inbox/a.zip": 30}
        read = {path: found async for path, found in drop.read_many(list(limit), max_bytes=limit.__getitem__)}
    assert isinstance(read[b"inbox/a.xml"], ContentRefused)
    assert read[b"inbox/a.zip"] == b"x" * 20
