"""Where exports go, and how a task or a command writes one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from include.errors import ConfigurationError, ServiceUnavailable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from include.exports.audience import Audience, Period
    from include.exports.files import Exported


def exports_folder() -> Path:
    """SAMSVAR_EXPORTS, or a folder below AIRFLOW_HOME."""
    home = os.environ.get("AIRFLOW_HOME") or str(Path("~/airflow").expanduser())
    return Path(os.environ.get("SAMSVAR_EXPORTS") or Path(home) / "samsvar-exports")


def month_of(text: str | None) -> Period:
    """The month a day (YYYY-MM-DD) or month (YYYY-MM) names; nothing: the current one in Oslo.

    Raises ConfigurationError when it is neither.
    """
    from include.exports.audience import Period
    from include.exports.cells import OSLO

    if text in (None, "", "None"):
        return Period.month(datetime.now(OSLO).date())
    try:
        return Period.month(date.fromisoformat(f"{str(text)[:7]}-01"))
    except ValueError:
        raise ConfigurationError(f"{text!r} is not a month: write it as 2026-11.") from None


def write_export(
    warehouse: str,
    audience: Audience,
    month: str | None,
    *,
    formats: Iterable[str] | None = None,
    to: Path | None = None,
) -> Exported:
    """Exports a month from one warehouse connection. Raises ServiceUnavailable when the folder cannot be written."""
    from include.exports.files import FORMATS, export
    from include.ledger.warehouse import connect
    from samsvar.hooks.warehouse import WarehouseHook

    root = to or exports_folder()
    with connect(WarehouseHook(warehouse).dsn()) as connection:
        try:
            return export(connection, root, audience, month_of(month), formats or FORMATS)
        except OSError as error:
            raise ServiceUnavailable(
                f"The export could not be written below {root} ({error.strerror}): see to the folder, then clear this."
            ) from None


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `export` and `reader`."""
    exporting = commands.add_parser("export", help="a month's marts as workbook, CSV and Parquet")
    exporting.add_argument("--party", help="one importer's own rows; left out: all of them")
    exporting.add_argument("--month", help="such as 2026-11; left out: the current one")
    exporting.add_argument("--format", action="append", choices=("xlsx", "csv", "parquet"), help="left out: all three")
    exporting.add_argument("--to", type=Path, help="folder; left out: SAMSVAR_EXPORTS")
    reader = commands.add_parser("reader", help="make a login that reads the marts")
    reader.add_argument("name", help="of the login")
    reader.add_argument("--party", help="an importer's own rows only; left out: an analyst, who reads every mart")


def run_export(options: argparse.Namespace, say: Callable[[str], None] = print) -> None:
    """Writes the export and says what is in it."""
    from include.exports.audience import Audience

    found = write_export("warehouse", Audience(options.party), options.month, formats=options.format, to=options.to)
    for name, rows in sorted(found.rows.items()):
        say(f"{rows:>8}  {name}")
    say(f"written: {found.folder}")


def run_reader(options: argparse.Namespace, say: Callable[[str], None] = print) -> None:
    """Makes the login; its password comes from SAMSVAR_READER_PASSWORD or is asked for, and is shown nowhere."""
    from getpass import getpass

    from include.ledger.roles import ANALYST, make_reader, party_role
    from include.ledger.warehouse import connect
    from samsvar.hooks.warehouse import WarehouseHook

    group = party_role(options.party) if options.party else ANALYST
    password = os.environ.get("SAMSVAR_READER_PASSWORD") or getpass(f"Password for {options.name}: ")
    if len(password) < 12:
        raise ConfigurationError("The password is shorter than 12 characters: choose a longer one.")
    with connect(WarehouseHook().dsn()) as connection:
        make_reader(connection, options.name, group=group, password=password)
    say(f"{options.name} reads as {group}: read only, statements end after 60 s.")
