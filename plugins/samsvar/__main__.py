"""`python -m samsvar`: migrate (after every update), open (what waits), stop, go, presentation, verify-ledger, export,
reader."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# Lets connections be found in Airflow's own database too, not only in the environment or a secrets backend.
os.environ.setdefault("_AIRFLOW_PROCESS_CONTEXT", "server")

from include.errors import SamsvarError, ServiceUnavailable
from include.ledger import pools
from include.ledger.migrate import migrate
from include.ledger.warehouse import connect
from samsvar import by_hand, exporting


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 when done, 1 with one sentence when something is wrong, or with one for each thing that differs."""
    parser = argparse.ArgumentParser(prog="python -m samsvar", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    migration = commands.add_parser("migrate", help="bring the warehouse and Airflow's pools up to date")
    migration.add_argument("--no-pools", action="store_true", help="leave Airflow's pools alone")
    by_hand.add_commands(commands)
    exporting.add_commands(commands)
    options = parser.parse_args(arguments)
    try:
        return 0 if _run(options) else 1
    except SamsvarError as error:
        print(str(error), file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> bool:
    from samsvar.hooks.warehouse import WarehouseHook

    if options.command == "migrate":
        bring_up_to_date(make_pools=not options.no_pools)
    elif options.command == "open":
        by_hand.show_open(WarehouseHook().dsn(), options)
    elif options.command == "export":
        exporting.run_export(options)
    elif options.command == "reader":
        exporting.run_reader(options)
    elif options.command == "presentation":
        by_hand.settle_presentation(WarehouseHook().dsn(), options)
    elif options.command == "verify-ledger":
        return by_hand.verify_ledger(WarehouseHook().dsn(), options)
    else:
        by_hand.switch(WarehouseHook().dsn(), options)
    return True


def bring_up_to_date(*, make_pools: bool) -> None:
    """The warehouse to the latest ledger and mart, and the pools that tasks name."""
    from samsvar.hooks.warehouse import WarehouseHook
    from samsvar.house import POOLS

    dsn = WarehouseHook().dsn()
    migrate(dsn)
    print("warehouse: ledger and mart are up to date")
    if make_pools:
        import_pools(POOLS)
        with connect(dsn) as connection:
            pools.record(connection, POOLS)
            connection.commit()
        print(f"pools: {', '.join(POOLS)}")


def import_pools(wanted: dict[str, tuple[int, str]]) -> None:
    """Creates the pools through Airflow's own command. Raises ServiceUnavailable with its last words."""
    definition = {name: {"slots": slots, "description": text} for name, (slots, text) in wanted.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pools.json"
        path.write_text(json.dumps(definition), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - Airflow's own program
            [sys.executable, "-m", "airflow", "pools", "import", str(path)], capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise ServiceUnavailable(f"Airflow's pools were not created ({' '.join(words)}): is its database migrated?")


if __name__ == "__main__":
    sys.exit(main())
