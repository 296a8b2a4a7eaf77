"""The party's lock: held by a database session, so it dies with its process."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from include.errors import Busy
from include.ledger.warehouse import Connection

_SPACE = 20_260  # first half of the lock's two-part key: Samsvar's own


@contextmanager
def party_lock(connection: Connection, party: str, *, shared: bool = False) -> Iterator[None]:
    """Holds the party for collecting and planning, or `shared` for lots that move files side by side.

    Never waits: raises Busy at once when somebody else holds it, so that no pool slot is held while waiting.
    The connection must be a direct one, not one of a pooler that shares sessions.
    """
    kind = "_shared" if shared else ""
    key = (_SPACE, zlib.crc32(party.encode()) - 2**31)
    row = connection.execute(f"SELECT pg_try_advisory_lock{kind}(%s, %s) AS got", key).fetchone()
    connection.commit()
    if row is None or not row["got"]:
        raise Busy(
            f"{party}: another run is collecting or filing for this party; this task tries again shortly.",
            retry_after=15,
        )
    try:
        yield
    finally:
        if not connection.closed:
            connection.rollback()
            connection.execute(f"SELECT pg_advisory_unlock{kind}(%s, %s)", key)
            connection.commit()
