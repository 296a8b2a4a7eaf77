"""A register for the bench: answers bulk questions about any VIN of the bench with a vehicle of ordinary size.

The same for both contestants, so prebuilt as far as can be: what is measured is who asks. `python -m
tests.bench.register READY SECONDS` serves on loopback, each answer after so many seconds, and writes its address to
READY.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import orjson
from aiohttp import web

from include.ivi.samples import sample
from include.sandbox.ivi_reading import read_ivi
from include.sandbox.register_view import kjoretoy
from include.sandbox.vehicles import Vehicle

VIN, KUID = "ZZ9SV0000BENCH000", "9999999999"


def vin_of(number: int) -> str:
    """The VIN of the bench's vehicle of that number."""
    return f"ZZ9SV{number:012d}"


def kuid_of(vin: str) -> str:
    """The kuid that goes with it."""
    return f"1{vin[-9:]}"


def _pattern() -> bytes:
    ivi = read_ivi(sample(number=1))
    if isinstance(ivi, str):
        raise TypeError(ivi)
    vehicle = Vehicle(VIN, 4350, KUID, "r", "s", "310000019", ivi=ivi, avgiftskode="101")
    return orjson.dumps(kjoretoy(vehicle))


async def serve(ready: Path, seconds: float) -> None:
    """Until it is ended."""
    pattern = _pattern()

    async def answer(request: web.Request) -> web.Response:
        asked = orjson.loads(await request.read())
        await asyncio.sleep(seconds)
        rows = []
        for one in asked:
            vin = one["understellsnummer"]
            held = pattern.replace(VIN.encode(), vin.encode()).replace(KUID.encode(), kuid_of(vin).encode())
            rows.append(b'{"request":{"understellsnummer":"%s"},"kjoretoydata":%s}' % (vin.encode(), held))
        body = b'{"gjenstaendeKvote":1000000,"responser":[' + b",".join(rows) + b"]}"
        return web.Response(body=body, content_type="application/json")

    app = web.Application(client_max_size=10_000_000)
    app.router.add_post("/kjoretoyoppslag/bulk/understellsnummer", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    part = ready.with_suffix(".part")
    part.write_text(f"http://{host}:{port}", encoding="utf-8")
    part.rename(ready)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), float(sys.argv[2])))
