"""The sandbox as a whole: loopback only, private files, one command, a clean stop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from include.errors import ConfigurationError
from include.sandbox import Ports, Sandbox, SandboxThread

PROJECT = Path(__file__).parents[3]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "localhost.example", ""])
async def test_it_refuses_to_listen_anywhere_but_on_loopback(home: Path, host: str) -> None:
    with pytest.raises(ConfigurationError, match="loopback only"):
        await Sandbox(home, host=host).start()


def test_a_taken_port_is_told_in_one_sentence_and_nothing_stays_open(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"port {port}"), SandboxThread(home, ports=Ports(vegvesen=port)):
            pass
        with pytest.raises(ConfigurationError, match=f"port {port}"), SandboxThread(home, ports=Ports(sftp=port)):
            pass


async def test_keys_and_connections_are_readable_by_their_owner_only(sandbox: Sandbox) -> None:
    for path in (sandbox.home / "connections.json", sandbox.home / "sandbox.json", sandbox.home / "truth.jsonl"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE((sandbox.home / "keys").stat().st_mode) == 0o700
    for path in (sandbox.home / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


async def test_the_connections_file_is_what_airflow_reads(sandbox: Sandbox) -> None:
    from airflow.secrets.local_filesystem import LocalFilesystemBackend

    backend = LocalFilesystemBackend(connections_file_path=str(sandbox.home / "connections.json"))
    for conn_id, expected in sandbox.connections.items():
        connection: Any = backend.get_connection(conn_id)
        assert connection.conn_type == expected["conn_type"]
        assert connection.extra_dejson == expected["extra"]
    assert {"maskinporten", "vegvesen", "ecoc_sftp"} <= sandbox.connections.keys()
    assert json.loads((sandbox.home / "connections.json").read_text()) == sandbox.connections


def _line(process: subprocess.Popen[str]) -> str:
    lines = []
    while "Stop with" not in (lines[-1] if lines else ""):
        line = process.stdout.readline() if process.stdout else ""
        assert line, "the sandbox ended before it was ready"
        lines.append(line)
    return "".join(lines)


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_one_command_serves_until_it_is_told_to_stop(home: Path, name: signal.Signals) -> None:
    command = [sys.executable, "-m", "include.sandbox", "--home", str(home), "--seed", "3"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        said = _line(process)
        places = json.loads((home / "sandbox.json").read_text())
        with urllib.request.urlopen(f"{places['control']}/state", timeout=5) as answer:
            assert json.load(answer)["seed"] == 3
        connections = json.loads((home / "connections.json").read_text())
        assert places["control"] in said
        assert connections["ecoc_sftp"]["password"] not in said
        assert "PRIVATE KEY" not in said
        process.send_signal(name)
        _, complaints = process.communicate(timeout=10)
        assert (process.returncode, complaints) == (0, "")


def test_the_command_tells_a_wrong_address_in_one_sentence(home: Path) -> None:
    command = [sys.executable, "-m", "include.sandbox", "--home", str(home), "--host", "0.0.0.0"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert done.stderr.strip().count("\n") == 0
    assert "loopback" in done.stderr


def test_a_killed_sandbox_leaves_whole_lines_and_a_torn_one_is_survived(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "truth.jsonl").write_bytes(b'{"t":"x","service":"other","op":"x","result":"y"}\n{"t":"cut of')
    with SandboxThread(home) as sandbox:
        assert [line["result"] for line in sandbox.truth()] == ["y"]
        sandbox.sandbox._truth.add("other", "x", "z")
        assert [line["result"] for line in sandbox.truth()] == ["y", "z"]


async def test_it_stops_at_once_while_answers_are_still_held_back(home: Path) -> None:
    from include.sandbox.faults import Latency

    sandbox = await Sandbox(home).start()
    sandbox.knobs.latency["maskinporten"] = Latency(30)
    port = sandbox.services["maskinporten"].port
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    await asyncio.sleep(0.1)
    await asyncio.wait_for(sandbox.stop(), timeout=3)
    await sandbox.stop()
    writer.close()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port)


def test_the_sandbox_needs_no_other_part_of_the_house_but_the_errors() -> None:
    script = (
        "import sys, include.sandbox; print(*sorted(m for m in sys.modules if m.startswith(('include.', 'airflow'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": ""},
    )
    loaded = [name for name in done.stdout.split() if not name.startswith("include.sandbox")]
    assert loaded == ["include.errors"]
