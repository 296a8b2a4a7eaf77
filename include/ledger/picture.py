"""The picture of the warehouse: tables with their keys and what they refer to, and marts with what they read.

`python -m include.ledger.picture DSN` draws docs/warehouse.svg from a migrated database; a test compares it.
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from include.ledger.warehouse import Connection, connect

PAGE = Path(__file__).parents[2] / "docs" / "warehouse.svg"
_TABLES = """
SELECT c.relname AS name,
    ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
        WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY a.attnum) AS keys,
    ARRAY(SELECT DISTINCT a.attname::text || ' → ' || t.relname FROM pg_constraint k
        JOIN pg_class t ON t.oid = k.confrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
        WHERE k.conrelid = c.oid AND k.contype = 'f' ORDER BY 1) AS refers
FROM pg_class c WHERE c.relnamespace = 'ledger'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relname NOT IN ('migration', 'mart_view') ORDER BY 1
"""
_MARTS = """
SELECT v.relname AS name, array_agg(DISTINCT c.relname::text ORDER BY c.relname::text) AS reads
FROM pg_class v JOIN pg_rewrite r ON r.ev_class = v.oid
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
JOIN pg_class c ON c.oid = d.refobjid AND c.oid <> v.oid
WHERE v.relnamespace = 'mart'::regnamespace GROUP BY 1 ORDER BY 1
"""
_WIDE, _LINE, _GAP, _HEAD = 250, 14, 14, 24


def draw(connection: Connection) -> str:
    """The whole picture as SVG; the same database gives the same text."""
    boxes = [
        (row["name"], [f"key: {', '.join(row['keys'])}"] if row["keys"] else [], row["refers"], "table")
        for row in connection.execute(_TABLES)
    ]
    marts: list[Box] = [(f"mart.{row['name']}", [], [f"reads {one}" for one in row["reads"]], "mart")
             for row in connection.execute(_MARTS)]  # fmt: skip
    columns = _columns(boxes, 3) + _columns(marts, 2)
    parts, tall = [], 0
    for place, column in enumerate(columns):
        x, y = 20 + place * (_WIDE + 24), 60
        for name, keys, lines, kind in column:
            parts.append(_box(x, y, name, [*keys, *lines], kind))
            y += _height([*keys, *lines]) + _GAP
        tall = max(tall, y)
    wide = 20 + len(columns) * (_WIDE + 24)
    return _page(wide, tall + 10, parts)


Box = tuple[str, list[str], list[str], str]


def _columns(boxes: list[Box], number: int) -> list[list[Box]]:
    """The boxes in order of their names, cut into columns of about the same height."""
    whole = sum(_height([*keys, *lines]) + _GAP for _, keys, lines, _ in boxes)
    columns: list[list[Box]] = [[] for _ in range(number)]
    passed = 0
    for box in boxes:
        columns[min(number - 1, passed * number // max(whole, 1))].append(box)
        passed += _height([*box[1], *box[2]]) + _GAP
    return columns


def _height(lines: list[str]) -> int:
    return _HEAD + _LINE * len(lines) + (6 if lines else 0)


def _box(x: int, y: int, name: str, lines: list[str], kind: str) -> str:
    text = "".join(
        f'<text x="{x + 10}" y="{y + _HEAD + 10 + number * _LINE}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<g class="{kind}"><rect x="{x}" y="{y}" width="{_WIDE}" height="{_height(lines)}" rx="4"/>'
        f'<text class="name" x="{x + 10}" y="{y + 16}">{escape(name)}</text>{text}</g>'
    )


def _page(wide: int, tall: int, parts: list[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" role="img" aria-labelledby="title" '
        'font-family="Helvetica, Arial, \'DejaVu Sans\', sans-serif" font-size="10.5" fill="#343a40">\n'
        '<title id="title">Tables of the ledger with their keys, and the marts with what they read</title>\n'
        "<style>.table rect{fill:#f1f3f5;stroke:#868e96}.mart rect{fill:#e6fcf5;stroke:#099268}"
        ".name{font-weight:bold;font-size:12px}</style>\n"
        f'<rect width="{wide}" height="{tall}" fill="#fff"/>\n'
        '<text x="20" y="34" font-size="17" font-weight="bold">Schema ledger: key, and what a column refers to</text>\n'
        f'<text x="{20 + 3 * (_WIDE + 24)}" y="34" font-size="17" font-weight="bold">Schema mart: what it reads'
        "</text>\n"
    )
    return head + "\n".join(parts) + "\n</svg>\n"


def main(arguments: list[str]) -> int:
    """Draws the picture of the database that is named by its libpq address."""
    with connect(arguments[0]) as connection:
        PAGE.write_text(draw(connection), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
