"""The second process that reads a large inbox; see `apart`. Run as `python -m include.journey.second_reader`.

It is told everything in one line on its standard input and writes a line for each file as it is stored. Whatever it
does may be done again, so it may die at any line. It ends itself as soon as who started it has gone.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections.abc import Mapping
from typing import Any, BinaryIO

from include.drop.drop import Drop
from include.drop.handing import received
from include.drop.unpack import Limits
from include.errors import SamsvarError
from include.journey.apart import to_line
from include.journey.companions import Companions
from include.journey.sorting import Ripe, Sorted, sort_all
from include.ledger.content import ContentStore


async def read(order: Mapping[str, Any], out: BinaryIO) -> None:
    """Reads and stores the files of the order. Raises ServiceUnavailable when the drop or the store goes away."""
    under_way: set[asyncio.Future[Sorted]] = set()

    def tell(sorting: asyncio.Future[Sorted]) -> None:
        if not sorting.cancelled() and sorting.exception() is None:
            under_way.discard(sorting)
            out.write(to_line(sorting.result()))

    async def took(_: int, sorting: asyncio.Future[Sorted]) -> None:
        under_way.add(sorting)
        sorting.add_done_callback(tell)

    files = [Ripe(sighting, bytes.fromhex(name), size) for sighting, name, size in order["files"]]
    limits = Limits(max_bytes=order["max_bytes"])
    async with Drop(received(order["drop"])) as drop:
        await sort_all(drop, ContentStore(order["store"]), limits, order["inbox"], files, Companions(), took)
    await asyncio.gather(*under_way)


def _end_with_the_other() -> None:
    """Nothing more comes through the pipe: it is closed when the task ends, however it does."""
    while os.read(0, 1):
        continue
    os._exit(1)


def main() -> int:
    """Exit status 0 when every file was told, 1 otherwise."""
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints is no line for the task
    try:
        asyncio.run(read(order, out))
    except SamsvarError as error:
        sys.stderr.write(f"The second reader of the inbox stops: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
