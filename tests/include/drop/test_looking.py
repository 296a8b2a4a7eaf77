"""Listing the inbox: hostile names hurt nobody."""

from __future__ import annotations

import os
import unicodedata
from typing import Any

import pytest

from include.drop.drop import Drop
from include.errors import ConfigurationError

HOSTILE = {
    "invalid UTF-8": b"bil\xff\xfe.xml",
    "newline": b"bil\n2026 ERROR forged.xml",
    "escape": b"\x1b[2Jbil.xml",
    "path in the name": b"..%2f..\\bil.xml",
    "leading dots": b"...xml",
    "formula": b"=cmd|calc!A0.xml",
    "255 bytes": b"x" * 251 + b".xml",
    "direction override": "bil\u202elmx.exe.xml".encode(),
}


async def test_every_name_is_listed_as_the_bytes_it_is(server: Any) -> None:
    for name in HOSTILE.values():
        server.put(b"inbox/" + name, b"12345")
    server.put("inbox/Ærlig bil (2).XML", b"123")
    async with Drop(server.settings()) as drop:
        seen = {one.name: one for one in await drop.inbox("inbox")}
    assert set(seen) == {*HOSTILE.values(), "Ærlig bil (2).XML".encode()}
    assert {one.kind for one in seen.values()} == {"file"}
    assert {one.size for one in seen.values()} == {5, 3}


async def test_twins_that_differ_only_in_unicode_form_stay_apart(server: Any) -> None:
    twins = [unicodedata.normalize(form, "blåbær.xml").encode() for form in ("NFC", "NFD")]
    for number, name in enumerate(twins):
        server.put(b"inbox/" + name, b"x" * (number + 1))
    async with Drop(server.settings()) as drop:
        seen = {one.name: one.size for one in await drop.inbox("inbox")}
        read = {path: content async for path, content in drop.read_many([b"inbox/" + n for n in twins], max_bytes=99)}
    assert seen == {twins[0]: 1, twins[1]: 2}
    assert read == {b"inbox/" + twins[0]: b"x", b"inbox/" + twins[1]: b"xx"}


async def test_links_fifos_and_folders_are_told_apart_without_following_them(server: Any) -> None:
    inbox = server.put("inbox/real.xml").parent
    (inbox / "link.xml").symlink_to("/etc/passwd")
    (inbox / "dangling.xml").symlink_to("nowhere")
    os.mkfifo(inbox / "fifo.xml")
    (inbox / "folder.xml").mkdir()
    async with Drop(server.settings()) as drop:
        kinds = {one.name: one.kind for one in await drop.inbox("inbox")}
        told = await drop.stat(b"inbox/link.xml")
    assert kinds == {
        b"real.xml": "file",
        b"link.xml": "link",
        b"dangling.xml": "link",
        b"fifo.xml": "other",
        b"folder.xml": "folder",
    }
    assert told is not None
    assert told.kind == "link"


async def test_times_are_whole_seconds_and_sizes_bytes(server: Any) -> None:
    path = server.put("inbox/a.xml", b"1234567")
    os.utime(path, (1_700_000_000.9, 1_700_000_000.9))
    async with Drop(server.settings()) as drop:
        (one,) = await drop.inbox("inbox")
        assert await drop.stat(b"inbox/a.xml") == one
        assert await drop.stat(b"inbox/b.xml") is None
        assert await drop.exists(b"inbox/a.xml")
        assert not await drop.exists(b"inbox/b.xml")
    assert (one.size, one.mtime) == (7, 1_700_000_000)


async def test_a_folder_of_thousands_is_listed_whole(server: Any) -> None:
    (server.root / "inbox").mkdir()
    for number in range(2_345):
        (server.root / "inbox" / f"{number}.xml").touch()
    async with Drop(server.settings()) as drop:
        assert len({one.name for one in await drop.inbox("inbox")}) == 2_345


async def test_a_missing_folder_is_one_sentence_naming_folder_and_connection(server: Any) -> None:
    async with Drop(server.settings()) as drop:
        with pytest.raises(ConfigurationError, match=r"The folder nordbil/inbox on .* \(connection ecoc_sftp\)"):
            await drop.inbox("nordbil/inbox")
