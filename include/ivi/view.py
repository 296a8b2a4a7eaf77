"""One pass over the element tree: every value by name, nothing lost, empty elements noted.

The parser has already dropped comments and processing instructions and joined CDATA, so a text is read whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from .finding import Family
from .reading import MAX_DEPTH, too_deep
from .schemas.tables import NAMESPACES, ROOT, SIGNATURE_NAMESPACE, known_names

_FRAME = frozenset({ROOT, "Header", "Body", "CocDataGroup"})
_SIGNATURE = f"{{{SIGNATURE_NAMESPACE}}}Signature"


@dataclass(slots=True)
class Group:
    """The values and the inner groups of one element. Names in a foreign namespace are kept as `{namespace}name`."""

    values: dict[str, str] = field(default_factory=dict)
    groups: dict[str, list[Group]] = field(default_factory=dict)

    def all(self, path: str) -> list[Group]:
        """Every group at a path such as `Body/CocDataGroup/AxleTable/AxleGroup`, in document order."""
        found = [self]
        for name in path.split("/"):
            found = [inner for group in found for inner in group.groups.get(name, ())]
        return found

    def value(self, path: str) -> str | None:
        """The first value at a path, None where it is absent or empty."""
        way, _, name = path.rpartition("/")
        for group in self.all(way) if way else (self,):
            if group.values.get(name):
                return group.values[name]
        return None

    def walk(self) -> Iterator[tuple[str, str]]:
        """Every value below this group, with its name."""
        yield from self.values.items()
        for groups in self.groups.values():
            for group in groups:
                yield from group.walk()


@dataclass(slots=True)
class View:
    """The whole document as groups, and the empty elements that were left out (1.x only)."""

    root: Group
    signed: bool
    empty: list[str]


def read_view(root: etree._Element, family: Family) -> View:
    """Read the tree once.

    In 1.x an empty element of IVI says the same as none: real files hold dozens, and the schema would refuse each
    empty number. They are taken out of `root`, as are groups with nothing else in them, and their paths are
    returned. In 2.0 an empty element is an error, which the schema reports.
    Raises ContentRefused (`xml.depth`) where elements are nested deeper than any IVI document.
    """
    namespace = NAMESPACES[family]
    reader = _Reader(f"{{{namespace}}}" if namespace else "", drop_empty=family == "1.x")
    group = Group()
    reader.read(root, group, (), 1)
    return View(group, reader.signed, reader.empty)


class _Reader:
    def __init__(self, prefix: str, *, drop_empty: bool) -> None:
        self._prefix = prefix
        self._cut = len(prefix)
        self._droppable = known_names("1.x") if drop_empty else frozenset()
        self.empty: list[str] = []
        self.signed = False

    def read(self, element: etree._Element, group: Group, way: tuple[str, ...], depth: int) -> bool:
        """Fill `group` from `element`; True where nothing at all was in it."""
        if depth > MAX_DEPTH:
            raise too_deep()
        values = group.values
        hollow: list[etree._Element] = []
        for child in element:
            name = child.tag
            if name.startswith(self._prefix):
                name = name[self._cut :]
            if not len(child):
                text = child.text
                if text and not text.isspace():
                    values.setdefault(name, text)
                elif name in self._droppable:
                    hollow.append(child)
                    self.empty.append("/".join((*way, name)))
            elif child.tag == _SIGNATURE:
                self.signed = True
            else:
                inner = Group()
                if self.read(child, inner, (*way, name), depth + 1) and name not in _FRAME and name in self._droppable:
                    hollow.append(child)
                else:
                    group.groups.setdefault(name, []).append(inner)
        return self._hollow_out(element, hollow)

    def _hollow_out(self, element: etree._Element, hollow: list[etree._Element]) -> bool:
        if not self._droppable:
            return False
        for child in hollow:
            if child.tail is None or child.tail.isspace():
                element.remove(child)
        return not len(element) and (element.text is None or element.text.isspace())
