"""Seals: each party's evidence of a day under one Merkle root, chained to the day before.

A seal is written once the day can gain nothing any more: its rows carry the warehouse's clock, and before a day is read
every transaction that could still be writing has ended. Every party with a chain gets a seal for every day, so a
missing one is seen. Days are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import psycopg

from include.errors import Busy, ServiceUnavailable
from include.ledger.leaf_sources import SOURCES
from include.ledger.leaves import FORMAT, Leaf, canonical, first_day, leaves_of
from include.ledger.merkle import Merkle, leaf_hash
from include.ledger.warehouse import Connection, Row

GENESIS = "0" * 64
"""The previous root of a party's first seal."""
GRACE = timedelta(hours=1)
"""A day is sealed so long after its end: the warehouse's clock may be set back a little."""
MARK_BYTES, PART = 8, 1_000
LOCK_TIMEOUT = "10s"
_LOCK = 7_267_828  # any constant: one process seals at a time


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a round did: how many days, seals and rows of evidence, and each party's newest root."""

    days: int
    seals: int
    leaves: int
    through: date
    heads: dict[str, str] = field(default_factory=dict)

    def sentence(self) -> str:
        """The line an operator reads first."""
        done = (
            f"{self.days} days, {self.seals} seals over {self.leaves} rows of evidence" if self.days else "nothing new"
        )
        return f"Evidence is sealed through {self.through} (UTC): {done}."


class Chain:
    """The root of one party-day while its leaves go by."""

    def __init__(self, seal: dict[str, Any]) -> None:
        """`seal` holds party, day, format, sources, previous_root and sealed_at, which the first leaf fixes."""
        self._tree, self.leaves = Merkle(), 0
        self._tree.add(leaf_hash(canonical(seal)))

    def add(self, leaf: Leaf) -> None:
        """The next leaf, in the order of `leaves_of`."""
        self._tree.add(leaf.hash)
        self.leaves += 1

    @property
    def root(self) -> str:
        """Hexadecimal."""
        return self._tree.root.hex()


def head_of(party: str, day: date, sources: list[str], previous_root: str, sealed_at: datetime) -> dict[str, Any]:
    """The first leaf of a party-day: what the seal says about itself, the root of the day before included."""
    return {
        "format": FORMAT,
        "party": party,
        "day": day.isoformat(),
        "sources": sources,
        "previous_root": previous_root,
        "sealed_at": int(sealed_at.timestamp() * 1_000_000),
    }


def seal(connection: Connection, *, now: datetime) -> Sealed:
    """Seals every day that is over and not sealed yet; a day is one transaction.

    `now` is the warehouse's clock. Raises Busy when another process seals, ServiceUnavailable when a transaction that
    may still write evidence does not end.
    """
    last = (now - GRACE).date() - timedelta(days=1)
    _take_turn(connection)
    try:
        _let_writers_finish(connection)
        days, seals, leaves = 0, 0, 0
        for day in _days_to_seal(connection, last):
            written, covered = _seal_day(connection, day)
            connection.commit()
            days, seals, leaves = days + 1, seals + written, leaves + covered
        return Sealed(days, seals, leaves, last, _heads(connection, last))
    finally:
        if not connection.closed:
            connection.rollback()
            connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
            connection.commit()


def _take_turn(connection: Connection) -> None:
    row = connection.execute("SELECT pg_try_advisory_lock(%s) AS got", (_LOCK,)).fetchone()
    connection.commit()
    if row is None or not row["got"]:
        raise Busy("Another process is sealing the evidence; this task tries again shortly.", retry_after=60)


def _let_writers_finish(connection: Connection) -> None:
    """Whoever writes evidence after this gets a later time: the lock waits for every open writer, for a moment only."""
    for source in SOURCES:
        try:
            connection.execute("SELECT set_config('lock_timeout', %s, true)", (LOCK_TIMEOUT,))
            connection.execute(f"LOCK TABLE {source.table} IN SHARE MODE".encode())
        except psycopg.errors.LockNotAvailable:
            connection.rollback()
            raise ServiceUnavailable(
                f"A transaction that writes to {source.table} does not end: no day is sealed before. Look for it in "
                "pg_stat_activity; the next run seals what is left."
            ) from None
        connection.commit()


def _days_to_seal(connection: Connection, last: date) -> Iterator[date]:
    row = connection.execute("SELECT max(day) AS day FROM ledger.seal").fetchone()
    newest = row["day"] if row else None
    day = newest + timedelta(days=1) if newest else first_day(connection)
    connection.commit()
    while day is not None and day <= last:
        yield day
        day += timedelta(days=1)


def _heads(connection: Connection, day: date) -> dict[str, str]:
    rows = connection.execute('SELECT party, root FROM ledger.seal WHERE day = %s ORDER BY party COLLATE "C"', (day,))
    return {str(row["party"]): str(row["root"]) for row in rows}


def _seal_day(connection: Connection, day: date) -> tuple[int, int]:
    """How many seals were written, and over how many rows; the caller commits."""
    before = _heads(connection, day - timedelta(days=1))
    row = connection.execute("SELECT clock_timestamp() AS moment").fetchone()
    if row is None:
        raise ServiceUnavailable("The warehouse (connection `warehouse`) does not tell the time.")
    seals = _Seals(connection, day, before, row["moment"])
    for leaf in leaves_of(connection, day):
        seals.take(leaf)
    seals.finish()
    return seals.written, seals.covered


class _Seals:
    """Writes the seals of a day while its leaves go by, party after party."""

    def __init__(self, connection: Connection, day: date, before: dict[str, str], sealed_at: datetime) -> None:
        self.written, self.covered = 0, 0
        self._connection, self._day, self._sealed_at = connection, day, sealed_at
        self._before = dict(before)
        self._sources = [source.name for source in SOURCES]
        self._party: str | None = None
        self._chain: Chain | None = None
        self._previous = GENESIS
        self._marks: list[Leaf] = []
        self._parts = 0

    def take(self, leaf: Leaf) -> None:
        if leaf.party != self._party:
            self._close()
            self._open(leaf.party)
        if self._marks and (self._marks[0].source != leaf.source or len(self._marks) == PART):
            self._write_marks()
        self._marks.append(leaf)
        if self._chain is not None:
            self._chain.add(leaf)

    def finish(self) -> None:
        """Closes the last party, and seals those for which nothing was recorded."""
        self._close()
        for party in sorted(self._before):
            self._open(party)
            self._close()

    def _open(self, party: str) -> None:
        self._party, self._parts = party, 0
        self._previous = self._before.pop(party, GENESIS)
        self._chain = Chain(head_of(party, self._day, self._sources, self._previous, self._sealed_at))

    def _close(self) -> None:
        if self._chain is None:
            return
        self._write_marks()
        self._connection.execute(
            "INSERT INTO ledger.seal (party, day, format, sources, leaves, root, previous_root, sealed_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                *(self._party, self._day, FORMAT, self._sources, self._chain.leaves, self._chain.root),
                *(self._previous, self._sealed_at),
            ),
        )
        self.written, self.covered = self.written + 1, self.covered + self._chain.leaves
        self._party, self._chain = None, None

    def _write_marks(self) -> None:
        if not self._marks:
            return
        self._parts += 1
        row: Row = {
            "party": self._party,
            "day": self._day,
            "source": self._marks[0].source,
            "part": self._parts,
            "ids": [leaf.id for leaf in self._marks],
            "marks": [leaf.hash[:MARK_BYTES] for leaf in self._marks],
        }
        self._connection.execute(
            "INSERT INTO ledger.seal_mark VALUES (%(party)s, %(day)s, %(source)s, %(part)s, %(ids)s, %(marks)s)", row
        )
        self._marks = []
