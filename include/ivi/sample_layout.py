"""A small way to write XML by hand: a tree of names, texts and lists, which becomes indented text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

Node = tuple[str, "str | Sequence[Node]"]
"""Element name with its text or its children."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """Texts that differ from one document to the next, and how many rows of padding there are."""

    reference: str
    vin: str
    type_approval: str
    variant: str
    version: str
    document_version: str = "1"
    moment: str = ""
    remarks: str | None = None
    rows: int = 0


def leaf(name: str, value: object) -> Iterator[Node]:
    """The element, or nothing where the value is None."""
    if value is not None:
        yield (name, str(value))


def leaves(**values: object) -> list[Node]:
    """Elements by keyword, those with value None left out."""
    return [(name, str(value)) for name, value in values.items() if value is not None]


def table(name: str, rows: Iterable[Sequence[Node]]) -> Iterator[Node]:
    """`<NameTable>` with one `<NameGroup>` per row, or nothing where there is no row."""
    groups: list[Node] = [(f"{name}Group", row) for row in rows]
    if groups:
        yield (f"{name}Table", groups)


def yes_no(value: bool) -> str:
    """Y or N."""
    return "Y" if value else "N"


def render(node: Node, *, attributes: str = "", depth: int = 0) -> str:
    """The node as text, two blanks per level, one line per value."""
    name, content = node
    pad = "  " * depth
    if isinstance(content, str):
        return f"{pad}<{name}{attributes}>{escape(content)}</{name}>\n"
    inside = "".join(render(child, depth=depth + 1) for child in content)
    return f"{pad}<{name}{attributes}>\n{inside}{pad}</{name}>\n"
