"""`python -m include.config` checks the parties file; `python -m include.config schema` writes its schema anew."""

from __future__ import annotations

import sys
from pathlib import Path

from include.config.parties import load_parties, parties_file
from include.config.schema import SCHEMA_FILE, schema_text
from include.errors import ConfigurationError


def main(arguments: list[str]) -> int:
    """Exit code 0 when every block can be used, 1 when one is broken or the file cannot be read."""
    if arguments == ["schema"]:
        SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
        return 0
    file = Path(arguments[0]) if arguments else parties_file()
    try:
        parties = load_parties(file)
    except ConfigurationError as error:
        print(error)
        return 1
    for broken in parties.broken.values():
        print(f"{file}:{broken.line}: {broken.id}: {broken.reason}")
    print(f"{len(parties.good)} parties good, {len(parties.broken)} broken")
    return 1 if parties.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
