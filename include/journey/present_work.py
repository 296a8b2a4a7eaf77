"""Which parties have something to present: a look into the ledger, and at the names in their folders."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence

from include.config.party import Party
from include.drop.drop import Drop
from include.drop.names import is_unfinished
from include.drop.settings import DropSettings
from include.errors import SamsvarError
from include.journey.present_take import FOLDER
from include.ledger import presentation_files
from include.ledger.warehouse import connect

log = logging.getLogger(__name__)


async def with_work(
    parties: Sequence[Party], dsn_of: Callable[[Party], str], drop_of: Callable[[Party], DropSettings]
) -> list[str]:
    """Ids of the parties with something to do, in the order given.

    A party that cannot be looked at counts as one with work: its own task then says why. Connections are shared: each
    warehouse and each drop is opened once.
    """
    found = _known_work(parties, dsn_of)
    by_drop: dict[str, list[Party]] = defaultdict(list)
    for party in parties:
        if party.id not in found:
            by_drop[party.connections.ecoc_sftp].append(party)
    for same in by_drop.values():
        found |= await _with_files(same, drop_of)
    return [party.id for party in parties if party.id in found]


def _known_work(parties: Sequence[Party], dsn_of: Callable[[Party], str]) -> set[str]:
    by_warehouse: dict[str, list[Party]] = defaultdict(list)
    for party in parties:
        by_warehouse[party.connections.warehouse].append(party)
    found: set[str] = set()
    for same in by_warehouse.values():
        try:
            with connect(dsn_of(same[0])) as connection:
                found |= {party.id for party in same if presentation_files.has_work(connection, party.id)}
        except SamsvarError as error:
            log.warning("%s", error)
            found |= {party.id for party in same}
    return found


async def _with_files(parties: Sequence[Party], drop_of: Callable[[Party], DropSettings]) -> set[str]:
    found: set[str] = set()
    try:
        async with Drop(drop_of(parties[0])) as drop:
            for party in parties:
                folder = f"{party.drop}/{FOLDER}"
                if await drop.stat(folder.encode()) is None:
                    continue
                if any(not is_unfinished(entry.name) and entry.kind == "file" for entry in await drop.inbox(folder)):
                    found.add(party.id)
    except SamsvarError as error:
        log.warning("%s", error)
        return {party.id for party in parties}
    return found
