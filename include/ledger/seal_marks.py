"""Which rows a broken seal is about: today's rows beside the marks that were taken when the day was sealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from include.ledger.leaves import leaves_of
from include.ledger.sealing import MARK_BYTES
from include.ledger.warehouse import Connection

_NAMED = 5
"""Rows that are named for each kind of difference; the rest is counted."""
_WORDS = {
    "changed": ("was changed", "were changed"),
    "gone": ("is gone", "are gone"),
    "new": ("was put in after the day was sealed", "were put in after the day was sealed"),
}

_Mark = tuple[str, int, bytes]


def differences(connection: Connection, party: str, day: date, sources: frozenset[str]) -> Iterator[str]:
    """One clause for each source and kind of difference, such as `2 rows of attempt were changed (ids 7, 9)`."""
    found: dict[tuple[str, str], list[int]] = {}
    counted: dict[tuple[str, str], int] = {}
    for kind, source, number in _compare(
        _marked(connection, party, day, sources), _now(connection, party, day, sources)
    ):
        key = (source, kind)
        counted[key] = counted.get(key, 0) + 1
        if counted[key] <= _NAMED:
            found.setdefault(key, []).append(number)
    for (source, kind), ids in sorted(found.items()):
        number = counted[source, kind]
        named = ", ".join(map(str, ids)) + (" …" if number > len(ids) else "")
        word = f"row of {source}" if number == 1 else f"rows of {source}"
        yield f"{number} {word} {_WORDS[kind][number > 1]} ({'id' if number == 1 else 'ids'} {named})"


def _marked(connection: Connection, party: str, day: date, sources: frozenset[str]) -> Iterator[_Mark]:
    with connection.cursor(name="marks") as cursor:
        cursor.itersize = 20
        cursor.execute(
            "SELECT source, ids, marks FROM ledger.seal_mark WHERE party = %s AND day = %s "
            'AND source = ANY(%s) ORDER BY source COLLATE "C", part',
            (party, day, sorted(sources)),
        )
        for row in cursor:
            for number, mark in zip(row["ids"], row["marks"], strict=True):
                yield row["source"], number, bytes(mark)


def _now(connection: Connection, party: str, day: date, sources: frozenset[str]) -> Iterator[_Mark]:
    for leaf in leaves_of(connection, day):
        if leaf.party == party and leaf.source in sources:
            yield leaf.source, leaf.id, leaf.hash[:MARK_BYTES]


def _compare(marked: Iterator[_Mark], now: Iterator[_Mark]) -> Iterator[tuple[str, str, int]]:
    """Both in order of source and id: a merge."""
    then, here = next(marked, None), next(now, None)
    while then is not None or here is not None:
        if here is None or (then is not None and then[:2] < here[:2]):
            yield "gone", then[0], then[1]  # type: ignore[index]  # the loop's condition: one of the two is there
            then = next(marked, None)
        elif then is None or here[:2] < then[:2]:
            yield "new", here[0], here[1]
            here = next(now, None)
        else:
            if then[2] != here[2]:
                yield "changed", here[0], here[1]
            then, here = next(marked, None), next(now, None)
