"""`python -m include.sandbox --home .samsvar/sandbox`: serves until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from include.errors import ConfigurationError

from .faults import Latency
from .knobs import Knobs
from .server import Ports, Sandbox


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 after a clean stop, 2 with one sentence when it cannot start."""
    options = _options(arguments)
    try:
        asyncio.run(_serve(options))
    except ConfigurationError as error:
        print(str(error), file=sys.stderr)
        return 2
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m include.sandbox", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder for keys, drop, truth log and connections")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; any other is refused")
    parser.add_argument("--ports", type=_ports, default=Ports(), metavar="NAME=PORT,…", help="default: free ports")
    parser.add_argument("--seed", type=int, default=0, help="of faults and latency")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="of Statens vegvesen")
    return parser.parse_args(arguments)


def _ports(text: str) -> Ports:
    """`maskinporten=8101,vegvesen=8102,sftp=8103,control=8104`; any may be left out."""
    try:
        return Ports(**{name: int(port) for name, _, port in (one.partition("=") for one in text.split(","))})
    except (TypeError, ValueError) as error:
        message = f"ports are given as {','.join(f'{name}=…' for name in Ports.__dataclass_fields__)}"
        raise argparse.ArgumentTypeError(message) from error


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    knobs = Knobs(latency={"vegvesen": Latency(options.latency)})
    sandbox = Sandbox(options.home, seed=options.seed, ports=options.ports, host=options.host, knobs=knobs)
    async with sandbox:
        print(_greeting(sandbox), flush=True)
        await stop.wait()


def _greeting(sandbox: Sandbox) -> str:
    """Where everything is. Keys and passwords stay in the file: terminals and logs of CI keep what they are shown."""
    lines = [f"{name:18} {place}" for name, place in sandbox.places().items()]
    file = sandbox.home / "connections.json"
    lines += ["", f"Connections {', '.join(sandbox.connections)} are in {file}. To let Airflow use them:", ""]
    lines += [
        "export AIRFLOW__SECRETS__BACKEND=airflow.secrets.local_filesystem.LocalFilesystemBackend",
        f"""export AIRFLOW__SECRETS__BACKEND_KWARGS='{{"connections_file_path": "{file}"}}'""",
        "",
        "Stop with Ctrl-C.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
