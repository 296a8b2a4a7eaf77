"""What an operator does on the command line: list what waits, set the stop switch, take it out, verify the ledger."""

from __future__ import annotations

import argparse
import getpass
from typing import TYPE_CHECKING
from uuid import UUID

from include.errors import ConfigurationError
from include.ledger import stop_switch
from include.ledger.audit import audit
from include.ledger.presentation_deciding import CHOICES, decide
from include.ledger.waiting import waiting
from include.ledger.warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Callable


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `open`, `stop`, `go`, `presentation` and `verify-ledger`."""
    listing = commands.add_parser("open", help="list every document that waits: why, and what to do")
    listing.add_argument("--party", help="one importer only")
    for name, about in (("stop", "nothing more is sent"), ("go", "sending goes on")):
        switch = commands.add_parser(name, help=f"the stop switch: {about}")
        switch.add_argument("--authority", default="vegvesen", choices=("vegvesen", "toll"))
        switch.add_argument("--party", default="", help="one importer only; left out: every one")
        switch.add_argument("--reason", required=True, help="in words, for whoever sees it later")
        switch.add_argument("--by", default=None, help="who does it; left out: the user of this machine")
    settling = commands.add_parser("presentation", help="settle a presentation that waits for a person")
    settling.add_argument("request_id", type=UUID, help="the requestId, from `open` or the receipt")
    settling.add_argument("decision", choices=CHOICES, help="accepted: customs has it; refused: it has not")
    settling.add_argument("--reason", required=True, help="how you know; it is kept")
    settling.add_argument("--by", default=None, help="who decides; left out: the user of this machine")
    audits = commands.add_parser(
        "verify-ledger", help="show whether anything in the evidence was changed after its day"
    )
    audits.add_argument("--anchor", action="append", default=[], help="a root written down earlier; may be repeated")


def show_open(dsn: str, options: argparse.Namespace, say: Callable[[str], None] = print) -> None:
    """One line per document that waits, the oldest first."""
    with connect(dsn) as connection:
        found = waiting(connection, options.party)
    for one in found:
        say(one.line())
    say(f"{len(found)} document{'s wait' if len(found) > 1 else ' waits'}." if found else "Nothing waits.")


def settle_presentation(dsn: str, options: argparse.Namespace, say: Callable[[str], None] = print) -> None:
    """Writes a person's decision about one presentation."""
    by = options.by or getpass.getuser()
    with connect(dsn) as connection:
        say(decide(connection, options.request_id, options.decision, by=by, words=options.reason))


def verify_ledger(dsn: str, options: argparse.Namespace, say: Callable[[str], None] = print) -> bool:
    """Prints what differs from the seals; True when nothing does."""
    with connect(dsn) as connection:
        return audit(connection, say, options.anchor)


def switch(dsn: str, options: argparse.Namespace, say: Callable[[str], None] = print) -> None:
    """Sets the stop switch or takes it out. Raises ConfigurationError when there is none to take out."""
    by = options.by or getpass.getuser()
    who = options.party or "every party"
    with connect(dsn) as connection:
        if options.command == "stop":
            stop_switch.stop(connection, options.authority, options.party, reason=options.reason, by=by)
            say(f"stopped: {options.authority}, {who}. What is on the wire ends; nothing more is claimed.")
        elif stop_switch.go(connection, options.authority, options.party, reason=options.reason, by=by):
            say(f"going on: {options.authority}, {who}. Clear the tasks that stopped, or let the next run send.")
        else:
            raise ConfigurationError(f"No stop switch is set for {options.authority}, {who}; nothing was changed.")
        for line in stop_switch.still_set(connection, options.authority):
            say(f"set: {line}")
