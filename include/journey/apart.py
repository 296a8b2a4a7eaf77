"""A large inbox is read by two processes: Python's lock leaves a second core idle while one reads, hashes and stores.

The second one knows no ledger. What it found comes back through a pipe and is committed here, in the order of the
listing. Where it ends early, for whatever reason, this process reads what is missing.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from include.drop.drop import Drop
from include.drop.handing import handed
from include.drop.unpack import Limits
from include.journey.companions import Companions
from include.journey.sorting import Ripe, Sorted, Took
from include.ledger.content import ContentStore
from include.ledger.intake import ReadFile, ReadMember

log = logging.getLogger(__name__)

FROM = 2_000
"""Files from which on a second process pays for its start, which costs as much as reading a thousand."""

_MODULE = "include.journey.second_reader"
_ROOT = Path(__file__).resolve().parents[2]
_LONGEST_LINE = 1_000_000


def shared_out(files: Sequence[Ripe], group: int) -> tuple[list[Ripe], list[Ripe]]:
    """What this process reads and what a second one does: every other group, so that groups become full in order.

    Archives stay here, for what lies beside their members may lie inside them.
    """
    if len(files) < FROM or _cores() < 2:
        return list(files), []
    there = [file for at, file in enumerate(files) if at // group % 2 and not file.name_bytes.lower().endswith(b".zip")]
    apart = {file.sighting_id for file in there}
    return [file for file in files if file.sighting_id not in apart], there


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


async def sort_apart(
    drop: Drop,
    store: ContentStore,
    limits: Limits,
    inbox: str,
    files: Sequence[Ripe],
    companions: Companions,
    took: Took,
) -> list[Ripe]:
    """Has these read by a second process; returns those that it did not come to. `took` as in `sort_all`."""
    missing = {file.sighting_id: file for file in files}
    if not missing:
        return []
    order = {
        "drop": handed(drop.settings),
        "store": store.url,
        "max_bytes": limits.max_bytes,
        "inbox": inbox,
        "files": [(file.sighting_id, file.name_bytes.hex(), file.size) for file in files],
    }
    loop = asyncio.get_running_loop()
    async with aclosing(_answers(order)) as answers:
        async for sighting, found in answers:
            sorting: asyncio.Future[Sorted] = loop.create_future()
            sorting.set_result((sighting, _with_companion(found, missing.pop(sighting), companions)))
            await took(sighting, sorting)
    if missing:
        log.warning("The second reader ended before %d of %d files; they are read here.", len(missing), len(files))
    return list(missing.values())


def _with_companion(found: Any, file: Ripe, companions: Companions) -> Any:
    if not isinstance(found, ReadFile):
        return found
    beside = companions.of(file.name_bytes)
    return replace(found, members=[replace(one, companion=beside if one.sha256 else None) for one in found.members])


async def _answers(order: dict[str, Any]) -> AsyncGenerator[Sorted]:
    """Starts the second reader and hands out its lines. Secrets go through the pipe only."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _MODULE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=_ROOT,
        limit=_LONGEST_LINE,
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process that was started with pipes has none")
    try:
        with suppress(ConnectionError):  # it died early: its lines end here
            process.stdin.write(json.dumps(order).encode() + b"\n")
            await process.stdin.drain()
        async for line in process.stdout:
            if line.endswith(b"\n"):
                yield from_line(line)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def to_line(found: Sorted) -> bytes:
    """What one file turned out to be, as a line for the pipe."""
    sighting, what = found
    told = what if isinstance(what, str) else (what.file_sha256, [asdict(member) for member in what.members])
    return json.dumps((sighting, told)).encode() + b"\n"


def from_line(line: bytes) -> Sorted:
    """The same again."""
    sighting, told = json.loads(line)
    if isinstance(told, str):
        return sighting, "gone" if told == "gone" else "growing"
    file_sha256, members = told
    return sighting, ReadFile(
        sighting_id=sighting, file_sha256=file_sha256, members=[ReadMember(**member) for member in members]
    )
