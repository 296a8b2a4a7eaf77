"""The SFTP drop serves real folders over real SSH, with bytes as names, and nothing outside its root."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncssh
import paramiko
import pytest

from include.sandbox import Sandbox, SandboxThread


@asynccontextmanager
async def session(sandbox: Sandbox, **changes: Any) -> AsyncIterator[asyncssh.SFTPClient]:
    drop = sandbox.connections["ecoc_sftp"]
    known = asyncssh.import_known_hosts(f"[{drop['host']}]:{drop['port']} {drop['extra']['host_key']}\n")
    options = {"username": drop["login"], "password": drop["password"], "known_hosts": known, "config": None}
    async with (
        asyncssh.connect(drop["host"], drop["port"], client_keys=None, **(options | changes)) as connection,
        connection.start_sftp_client(path_encoding=None) as client,
    ):
        yield client


async def test_files_written_over_sftp_lie_in_the_real_folder_and_come_back(sandbox: Sandbox) -> None:
    name = "bæst (1) æøå.xml".encode()
    async with session(sandbox) as client:
        await client.makedirs(b"/nordbil/inbox")
        async with client.open(b"/nordbil/inbox/" + name + b".part", "wb") as file:
            await file.write(b"<a/>" * 10_000)
        await client.rename(b"/nordbil/inbox/" + name + b".part", b"/nordbil/inbox/" + name)
        assert (await client.stat(b"/nordbil/inbox/" + name)).size == 40_000
        async with client.open(b"/nordbil/inbox/" + name, "rb") as file:
            assert await file.read() == b"<a/>" * 10_000
    assert (sandbox.drop_root / "nordbil/inbox" / name.decode()).read_bytes() == b"<a/>" * 10_000


async def test_names_that_are_no_utf8_are_listed_as_the_bytes_they_are(sandbox: Sandbox) -> None:
    hostile = [b"\xff\xfe.xml", b"line\nbreak.xml", b"\xe5 latin.xml"]
    for name in hostile:
        Path(os.fsdecode(os.fsencode(sandbox.drop_root) + b"/" + name)).write_bytes(b"x")
    async with session(sandbox) as client:
        listed = {bytes(entry.filename) async for entry in client.scandir(b"/")}
        assert set(hostile) <= listed
        async with client.open(b"/" + hostile[0], "rb") as file:
            assert await file.read() == b"x"


async def test_a_rename_never_goes_over_an_existing_file(sandbox: Sandbox) -> None:
    for name in ("a.xml", "b.xml"):
        (sandbox.drop_root / name).write_text(name)
    async with session(sandbox) as client:
        with pytest.raises(asyncssh.SFTPError):
            await client.rename(b"/a.xml", b"/b.xml")
    assert (sandbox.drop_root / "b.xml").read_text() == "b.xml"


async def test_neither_paths_nor_links_lead_out_of_the_drop(sandbox: Sandbox) -> None:
    secret = sandbox.home / "connections.json"
    (sandbox.drop_root / "link.xml").symlink_to(secret)
    async with session(sandbox) as client:
        for path in (b"/../connections.json", b"/link.xml", os.fsencode(secret)):
            with pytest.raises(asyncssh.SFTPError):
                await client.open(path, "rb")
        assert (await client.lstat(b"/link.xml")).type == asyncssh.FILEXFER_TYPE_SYMLINK


async def test_opening_a_fifo_fails_at_once_instead_of_stopping_the_sandbox(sandbox: Sandbox) -> None:
    os.mkfifo(sandbox.drop_root / "pipe.xml")
    async with session(sandbox) as client:
        with pytest.raises(asyncssh.SFTPError):
            await client.open(b"/pipe.xml", "rb")


async def test_a_wrong_password_user_or_host_key_is_refused(sandbox: Sandbox) -> None:
    for wrong in ({"password": "wrong"}, {"username": "other"}):
        with pytest.raises(asyncssh.PermissionDenied):
            async with session(sandbox, **wrong):
                pass
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    port = sandbox.connections["ecoc_sftp"]["port"]
    with pytest.raises(asyncssh.HostKeyNotVerifiable):
        async with session(sandbox, known_hosts=asyncssh.import_known_hosts(f"[127.0.0.1]:{port} {other}\n")):
            pass


async def test_a_fault_drops_the_connection_at_the_file_it_names(sandbox: Sandbox) -> None:
    from include.sandbox.faults import fault_plan

    sandbox.knobs.faults["sftp"] = fault_plan({"at": {2: "lost_request"}})
    (sandbox.drop_root / "a.xml").write_bytes(b"x")
    with pytest.raises((asyncssh.SFTPConnectionLost, asyncssh.ConnectionLost)):
        async with session(sandbox) as client:
            async with client.open(b"/a.xml", "rb") as file:
                assert await file.read() == b"x"
            await client.open(b"/a.xml", "rb")
    async with session(sandbox) as client:
        await client.open(b"/a.xml", "rb")


def test_another_ssh_client_reaches_it_from_a_program_without_an_event_loop(home: Path) -> None:
    with SandboxThread(home) as sandbox:
        drop = sandbox.connections["ecoc_sftp"]
        kind, key = drop["extra"]["host_key"].split()
        client = paramiko.SSHClient()
        host_key = paramiko.Ed25519Key(data=base64.b64decode(key))
        client.get_host_keys().add(f"[{drop['host']}]:{drop['port']}", kind, host_key)
        options = {"look_for_keys": False, "allow_agent": False}
        client.connect(drop["host"], drop["port"], drop["login"], drop["password"], **options)
        with client, client.open_sftp() as files:
            files.mkdir("/inbox")
            with files.open("/inbox/a.xml", "wb") as file:
                file.write(b"<a/>")
            assert files.listdir("/inbox") == ["a.xml"]
        assert (sandbox.drop_root / "inbox/a.xml").read_bytes() == b"<a/>"
