"""Accepted changes of leaseholders that the register has not shown yet. Keyed hashes only; no number is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from include.ledger.warehouse import Connection

Said = Literal["ours", "nobody", "another"]


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """An accepted change, the last one of its plate. `holder_mark` is the keyed hash of the leaseholder it is about."""

    id: int
    kjennemerke: str
    holder_mark: str


def due(connection: Connection, party: str, *, after: int, most: int) -> list[Unconfirmed]:
    """The next `most` in order of id: accepted a day to 30 days ago, not agreed on, and not asked about for 20 hours.

    Of several changes of one plate only the last can be compared with what the register shows now.
    """
    rows = connection.execute(_DUE, {"party": party, "after": after, "most": most})
    return [Unconfirmed(**row) for row in rows]


_DUE = """
SELECT c.id, c.kjennemerke, c.holder_mark FROM ledger.leasing_change c
WHERE c.party = %(party)s AND c.state = 'ACCEPTED' AND c.id > %(after)s AND c.holder_mark IS NOT NULL
  AND c.decided_at BETWEEN now() - interval '30 days' AND now() - interval '24 hours'
  AND (c.register_said IS NULL OR (c.register_said = 'ours') <> (c.handling = 'OPPRETTE'))
  AND coalesce(c.register_looked_at < now() - interval '20 hours', true)
  AND NOT EXISTS (SELECT FROM ledger.leasing_change n WHERE n.party = c.party AND n.kjennemerke = c.kjennemerke
      AND n.id > c.id AND n.state = 'ACCEPTED')
ORDER BY c.id LIMIT %(most)s
"""


def shows_none(connection: Connection, party: str) -> bool:
    """Whether the register's newest answer of these 20 hours showed no leaseholder: it is not asked again today."""
    row = connection.execute(
        "SELECT register_said IS NULL AS none FROM ledger.leasing_change WHERE party = %s AND state = 'ACCEPTED' "
        "AND register_looked_at > now() - interval '20 hours' AND decided_at > now() - interval '31 days' "
        "ORDER BY register_looked_at DESC, id DESC LIMIT 1",
        (party,),
    ).fetchone()
    return bool(row and row["none"])


def record(connection: Connection, looked: Sequence[int], said: Mapping[int, Said]) -> None:
    """What the register showed of each; the caller commits."""
    connection.execute(
        "UPDATE ledger.leasing_change c SET register_looked_at = now(), "
        "register_said = coalesce(x.said, c.register_said) "
        "FROM unnest(%s::bigint[], %s::text[]) AS x (id, said) WHERE c.id = x.id",
        (list(looked), [said.get(one) for one in looked]),
    )
