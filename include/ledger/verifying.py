"""Shows tampering with the evidence: every seal is computed again from the rows, and the chain of seals is walked.

Changes nothing. Reads day by day, so memory grows with the number of parties and not with their documents; payloads
that were deleted after their time are not needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from include.ledger.leaf_sources import INSTALLATION, SOURCES
from include.ledger.leaves import FORMAT, day_bounds, leaves_of
from include.ledger.seal_marks import differences
from include.ledger.sealing import GENESIS, Chain, head_of
from include.ledger.warehouse import Connection

_KNOWN = frozenset(source.name for source in SOURCES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A row of `ledger.seal`."""

    party: str
    day: date
    format: int
    sources: list[str]
    leaves: int
    root: str
    previous_root: str
    sealed_at: datetime


@dataclass(slots=True)
class Verified:
    """What was looked at. `heads` is the newest root of each party: written down elsewhere, it anchors the chain."""

    seals: int = 0
    leaves: int = 0
    unsealed: int = 0
    through: date | None = None
    heads: dict[str, str] = field(default_factory=dict)

    def sentence(self) -> str:
        """What was proven, when nothing was found wrong."""
        waits = f" {self.unsealed} rows of later days are not sealed yet." if self.unsealed else ""
        if self.through is None:
            return f"Nothing is sealed yet: a day is sealed by the DAG housekeeping after it is over.{waits}"
        return f"The ledger is as it was sealed: {self.seals} seals, {self.leaves} rows, through {self.through}.{waits}"


def verify(connection: Connection, verified: Verified, anchors: Collection[str] = ()) -> Iterator[str]:
    """Yields one sentence for everything that is not as it was sealed, oldest day first, and counts in `verified`.

    `anchors` are roots that were written down earlier, outside of the warehouse: a chain that was made anew as a whole
    does not hold them any more.
    """
    connection.commit()
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    try:
        yield from _days(connection, verified, {anchor.lower() for anchor in anchors})
    finally:
        connection.rollback()


def _days(connection: Connection, verified: Verified, anchors: set[str]) -> Iterator[str]:
    row = connection.execute("SELECT min(day) AS first, max(day) AS last FROM ledger.seal").fetchone()
    first, verified.through = (row["first"], row["last"]) if row else (None, None)
    yield from _outside(connection, first, verified)
    chain: dict[str, str] = {}
    day = first
    while day is not None and verified.through is not None and day <= verified.through:
        seals = {seal.party: seal for seal in _seals(connection, day)}
        yield from _rows(connection, day, seals, verified)
        yield from _links(day, seals, chain)
        chain = {party: seals[party].root if party in seals else "" for party in {*chain, *seals}}
        anchors -= set(chain.values())
        day += timedelta(days=1)
    verified.heads = {party: root for party, root in chain.items() if root}
    for anchor in sorted(anchors):
        yield f"No seal has the root {anchor[:16]}… that was written down: the chain was made anew, or its end cut off."
    yield from _payloads(connection)


def _outside(connection: Connection, first: date | None, verified: Verified) -> Iterator[str]:
    """Rows of days before the first seal, and how many wait for theirs."""
    for source in SOURCES:
        counted = "SELECT count(*) AS n FROM {} x WHERE {} {} %s"
        if first is None or verified.through is None:
            row = connection.execute(f"SELECT count(*) AS n FROM {source.table}".encode()).fetchone()  # noqa: S608 - a constant
            verified.unsealed += int(row["n"]) if row else 0
            continue
        begin, end = day_bounds(first)[0], day_bounds(verified.through)[1]
        early = connection.execute(counted.format(source.table, source.recorded, "<").encode(), (begin,)).fetchone()
        late = connection.execute(counted.format(source.table, source.recorded, ">=").encode(), (end,)).fetchone()
        verified.unsealed += int(late["n"]) if late else 0
        if early and early["n"]:
            yield (
                f"{early['n']} rows of {source.table} are dated before {first}, the first sealed day of all: they were "
                "put in later, or the seals before were removed."
            )


def _seals(connection: Connection, day: date) -> list[Seal]:
    rows = connection.execute(
        "SELECT party, day, format, sources, leaves, root, previous_root, sealed_at FROM ledger.seal WHERE day = %s",
        (day,),
    )
    return [Seal(**row) for row in rows]


def _links(day: date, seals: dict[str, Seal], chain: dict[str, str]) -> Iterator[str]:
    """The chain: every party that had a seal yesterday has one today, and it names yesterday's root."""
    for party in sorted(chain.keys() - seals.keys()):
        if chain[party]:
            yield f"{_named(party)}, {day}: the seal of this day is missing; it was removed."
    for party, seal in sorted(seals.items()):
        before = chain.get(party, GENESIS)
        if before and seal.previous_root != before:
            yield (
                f"{_named(party)}, {day}: the chain is broken: this seal names another root for the day before than "
                "the one that is there; one of the two was changed or put in later."
            )


def _rows(connection: Connection, day: date, seals: dict[str, Seal], verified: Verified) -> Iterator[str]:
    """Every seal of the day against the rows of the day."""
    left = dict(seals)
    with_rows = []
    for party, leaves in groupby(leaves_of(connection, day), key=lambda leaf: leaf.party):
        seal = left.pop(party, None)
        if seal is None:
            number = sum(1 for _ in leaves)
            yield (
                f"{_named(party)}, {day}: {number} rows of evidence and no seal: the seal was removed, or the rows "
                "were put in later."
            )
            continue
        chain = _chain(seal)
        for leaf in leaves:
            if leaf.source in seal.sources:
                chain.add(leaf)
        with_rows.append((seal, chain))
    for seal, chain in [*with_rows, *((seal, _chain(seal)) for seal in left.values())]:
        verified.seals, verified.leaves = verified.seals + 1, verified.leaves + chain.leaves
        if chain.root != seal.root or chain.leaves != seal.leaves:
            yield from _what_differs(connection, seal, chain)


def _chain(seal: Seal) -> Chain:
    head = head_of(seal.party, seal.day, seal.sources, seal.previous_root, seal.sealed_at)
    return Chain({**head, "format": seal.format})


def _what_differs(connection: Connection, seal: Seal, chain: Chain) -> Iterator[str]:
    """Names the rows, as far as the marks tell; with all rows as they were, it is the seal that was changed."""
    where = f"{_named(seal.party)}, {seal.day}"
    strange = sorted(set(seal.sources) - _KNOWN) + ([f"format {seal.format}"] if seal.format != FORMAT else [])
    if strange:
        yield (
            f"{where}: the seal speaks of {', '.join(strange)}, which this version does not know: it was changed, or "
            "written by a newer one."
        )
        return
    found = list(differences(connection, seal.party, seal.day, frozenset(seal.sources)))
    for said in found:
        yield f"{where}: {said}."
    if not found and chain.root != seal.root:
        yield f"{where}: its {chain.leaves} rows are as they were marked, not as the seal says: the seal was changed."
    elif not found:
        yield f"{where}: the seal says {seal.leaves} rows where {chain.leaves} were sealed: the seal was changed."


def _payloads(connection: Connection) -> Iterator[str]:
    """Answers whose bytes are not what their hash says, and attempts whose answer is gone without proof."""
    altered = connection.execute(
        "SELECT sha256 FROM ledger.reply WHERE encode(sha256(body), 'hex') <> sha256 ORDER BY sha256 LIMIT 20"
    ).fetchall()
    for row in altered:
        yield f"The answer {row['sha256'][:16]}… in ledger.reply was changed: its bytes do not have this hash."
    gone = connection.execute(
        "SELECT x.party, (x.recorded_at AT TIME ZONE 'UTC')::date AS day, count(*) AS n FROM ("
        "SELECT u.party, a.recorded_at, a.reply_sha256 "
        "FROM ledger.attempt a LEFT JOIN ledger.submission u ON u.id = a.submission_id UNION ALL "
        "SELECT p.party, a.recorded_at, a.reply_sha256 "
        "FROM ledger.presentation_attempt a LEFT JOIN ledger.presentation p ON p.request_id = a.request_id) x "
        "WHERE x.reply_sha256 IS NOT NULL AND NOT EXISTS (SELECT FROM ledger.reply r WHERE r.sha256 = x.reply_sha256) "
        "AND NOT EXISTS (SELECT FROM ledger.payload_removal p WHERE p.sha256 = x.reply_sha256 AND p.kind = 'reply') "
        "GROUP BY 1, 2 ORDER BY 2, 1"
    )
    for row in gone:
        yield (
            f"{_named(row['party'] or INSTALLATION)}, {row['day']}: {row['n']} answers are gone from ledger.reply, and "
            "ledger.payload_removal does not say that their time was over."
        )


def _named(party: str) -> str:
    return party or "the installation"
