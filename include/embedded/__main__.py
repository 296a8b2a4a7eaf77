"""`python -m include.embedded demo | up | down | verify-ledger`: the house on one machine, for `make`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from include.embedded.beside import running_server
from include.embedded.demo import drop_files, run_demo, write_parties
from include.embedded.demo_customs import more_connections
from include.embedded.house import House
from include.errors import ConfigurationError, SamsvarError
from include.ledger.audit import audit
from include.ledger.warehouse import connect

HOME = Path(".samsvar")
UI_PORT = int(os.environ.get("PORT", "8080"))


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 when done, 1 with one sentence when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m include.embedded", description=__doc__)
    parser.add_argument("command", choices=("demo", "up", "down", "verify-ledger"))
    parser.add_argument("--anchor", action="append", default=[], help="for verify-ledger: a root written down earlier")
    options = parser.parse_args(arguments)
    try:
        if options.command == "verify-ledger":
            return 0 if verify_ledger(options.anchor) else 1
        {"demo": demo, "up": up, "down": down}[options.command]()
    except SamsvarError as error:
        say(f"stopped: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def say(line: str) -> None:
    """One line with the time before it."""
    print(f"{time.strftime('%H:%M:%S')}  {line}" if line else "", flush=True)


def demo() -> None:
    """The night end to end, then everything stops."""
    run_demo(HOME / "demo", say)


def up() -> None:
    """The same house left running until `make down` or Ctrl-C."""
    home = HOME / "up"
    home.mkdir(parents=True, exist_ok=True)
    stop = threading.Event()

    def asked_to_stop(*_: object) -> None:
        say("stopping (up to 20 s); what was recorded stays in .samsvar/up")
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, asked_to_stop)
    first_time = not (home / "parties.yaml").exists()
    parties = write_parties(home) if first_time else home / "parties.yaml"
    with House(home, parties_file=parties, port=UI_PORT, say=say, more_connections=more_connections) as house:
        (home / "pid").write_text(str(os.getpid()))
        user, password = house.airflow.login
        for party in house.party_ids():
            (house.sandbox.drop_root / party / "inbox").mkdir(parents=True, exist_ok=True)
            house.airflow.api.wait_for_dags([f"ecoc_submission__{party}"])
            house.airflow.api.set_paused(f"ecoc_submission__{party}", paused=False)
        if first_time:
            say(f"dropped the demo's {drop_files(house)} files; trigger the DAGs to send them")
        say(f"UI            {house.airflow.url}  user {user}  password {password}")
        say(f"drop          {house.sandbox.drop_root}/<party>/inbox  (over SFTP: {home}/sandbox/connections.json)")
        say(f"truth log     {home}/sandbox/truth.jsonl")
        say(f"parties       {parties}  (yours to edit; here without schedule, so runs start by hand)")
        say("connections   come from the environment, so Admin > Connections is empty")
        say("stop with `make down` or Ctrl-C; remove .samsvar/up to start afresh")
        stop.wait()
        (home / "pid").unlink(missing_ok=True)
    say("stopped")


def verify_ledger(anchors: Sequence[str]) -> bool:
    """The ledgers of `make up` and `make demo`, as far as they are there; True when nothing differs from its seals."""
    homes = [home for home in (HOME / "up", HOME / "demo") if (home / "postgres" / "password").exists()]
    if not homes:
        raise ConfigurationError(
            "There is no ledger here: set AIRFLOW_CONN_WAREHOUSE (or AIRFLOW_HOME) to verify yours, or run `make demo`."
        )
    good = True
    for home in homes:
        say(f"verifying {home}")
        with running_server(home / "postgres") as server, connect(server.dsn("warehouse")) as connection:
            good = audit(connection, say, anchors) and good
    return good


def down() -> None:
    """Stops what `up` left running."""
    path = HOME / "up" / "pid"
    try:
        pid = int(path.read_text())
        os.kill(pid, signal.SIGTERM)
    except (OSError, ValueError):
        say("nothing is running")
        path.unlink(missing_ok=True)
        return
    for _ in range(300):
        try:
            os.kill(pid, 0)
        except OSError:
            say("stopped")
            return
        time.sleep(0.1)
    say(f"process {pid} is still stopping")


if __name__ == "__main__":
    sys.exit(main())
