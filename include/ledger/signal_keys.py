"""Which consignment a signal is about, and where a page of signals leaves each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from include.ledger.signal_rows import SignalRow
from include.ledger.warehouse import Connection


class Standing(NamedTuple):
    """What the last signal of a consignment carries: how many the page has, and by container (empty: named none) the
    last routing with the id of its signal (None while no signal of the page names any)."""

    counted: int
    lasts: Mapping[str, tuple[str | None, str]] | None


def standings(rows: Sequence[SignalRow]) -> dict[str, Standing]:
    """What signals, given in the order of their places, say of each consignment, by the id of its last one."""
    groups: dict[tuple[str, ...], list[SignalRow]] = {}
    for row in rows:
        if row.malformed is None and row.names_something:
            groups.setdefault(row.key, []).append(row)
    return {group[-1].id: _standing(group) for group in groups.values()}


def _standing(group: Sequence[SignalRow]) -> Standing:
    if len(group) == 1 and not group[0].container:
        return _ALONE
    named = any(row.container for row in group)
    return Standing(len(group), {row.container or "": (row.routing, row.id) for row in group} if named else None)


_ALONE = Standing(1, None)


def with_mrn(connection: Connection, organisation: int, rows: Sequence[SignalRow]) -> list[SignalRow]:
    """The rows, those without MRN with that of the one house of their document (the others are the same objects).

    The other way round too: a house that was presented or expected without MRN gets that of its first signal.
    """
    unnamed = connection.execute(
        "SELECT 1 FROM ledger.customs_consignment WHERE organisation_id = %s AND mrn = '' AND signals = 0 LIMIT 1",
        (organisation,),
    ).fetchone()
    if unnamed is not None:
        named = {row[3:5]: row for row in reversed(rows) if row.kind == "house" and row.mrn and row.document_number}
        connection.execute(
            _NAME,
            {
                "organisation": organisation,
                "numbers": [row.document_number for row in named.values()],
                "types": [row.document_type for row in named.values()],
                "mrns": [row.mrn for row in named.values()],
            },
        )
    without = {row[3:5] for row in rows if row.kind == "house" and not row.mrn and row.document_number}
    if not without:
        return list(rows)
    numbers, types = map(list, zip(*without, strict=True))
    found = connection.execute(_ONLY, {"organisation": organisation, "numbers": numbers, "types": types})
    known = {(row["document_number"], row["document_type"]): str(row["mrn"]) for row in found}
    return [
        row if row.mrn or row.kind != "house" or row[3:5] not in known else row._replace(mrn=known[row[3:5]])
        for row in rows
    ]


_NAME = """
UPDATE ledger.customs_consignment c SET mrn = n.mrn
FROM unnest(%(numbers)s::text[], %(types)s::text[], %(mrns)s::text[]) AS n (document_number, document_type, mrn)
WHERE c.organisation_id = %(organisation)s AND c.kind = 'house' AND c.mrn = '' AND c.signals = 0
    AND c.document_number = n.document_number AND c.document_type = n.document_type
    AND NOT EXISTS (
        SELECT 1 FROM ledger.customs_consignment o WHERE o.organisation_id = %(organisation)s AND o.kind = 'house'
        AND o.mrn = n.mrn AND o.document_number = n.document_number AND o.document_type = n.document_type)
"""
_ONLY = """
SELECT c.document_number, c.document_type, min(c.mrn) AS mrn FROM ledger.customs_consignment c
JOIN unnest(%(numbers)s::text[], %(types)s::text[]) AS n (document_number, document_type)
    USING (document_number, document_type)
WHERE c.organisation_id = %(organisation)s AND c.kind = 'house'
GROUP BY c.document_number, c.document_type HAVING count(*) = 1
"""
