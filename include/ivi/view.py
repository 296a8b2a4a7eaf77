"""One pass over the element tree: every value by name, nothing lost, empty elements noted.

The parser has already dropped comments and processing instructions and joined CDATA, so a text is read whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern

from lxml import etree

from .finding import Family
from .reading import MAX_DEPTH, too_deep
from .schemas.tables import NAMESPACES, ROOT, SIGNATURE_NAMESPACE, known_names

_FRAME = frozenset({ROOT, "Header", "Body", "CocDataGroup"})
_SIGNATURE = f"{{{SIGNATURE_NAMESPACE}}}Signature"


@lru_cache(maxsize=2048)
def _steps(path: str) -> tuple[tuple[str, ...], str]:
    """The way and the name of a path; the paths asked for are those of the rules, so there are few."""
    *way, name = map(intern, path.split("/"))
    return tuple(way), name


@dataclass(slots=True)
class Group:
    """The values and the inner groups of one element. Names in a foreign namespace are kept as `{namespace}name`."""

    values: dict[str, str] = field(default_factory=dict)
    groups: dict[str, list[Group]] = field(default_factory=dict)

    def all(self, path: str) -> list[Group]:
        """Every group at a path such as `Body/CocDataGroup/AxleTable/AxleGroup`, in document order."""
        way, last = _steps(path)
        found: Sequence[Group] = (self,)
        for name in (*way, last):
            if len(found) == 1:  # most ways lead through single groups
                found = found[0].groups.get(name, ())
            else:
                found = [inner for group in found for inner in group.groups.get(name, ())]
        return list(found)

    def first(self, path: str) -> Group:
        """The first group at a path, an empty one where there is none."""
        way, last = _steps(path)
        group = self
        try:
            for step in way:
                [group] = group.groups[step]  # most ways lead through single groups
            return group.groups[last][0]
        except KeyError:
            return NOWHERE
        except ValueError:
            return next(iter(self.all(path)), NOWHERE)

    def value(self, path: str) -> str | None:
        """The first value at a path, None where it is absent or empty."""
        way, name = _steps(path)
        group = self
        try:
            for step in way:
                [group] = group.groups[step]
        except KeyError:
            return None
        except ValueError:
            places = self.all(path.rpartition("/")[0])
            return next((place.values[name] for place in places if place.values.get(name)), None)
        return group.values.get(name) or None

    def walk(self) -> Iterator[tuple[str, str]]:
        """Every value below this group, with its name."""
        yield from self.values.items()
        for groups in self.groups.values():
            for group in groups:
                yield from group.walk()


NOWHERE = Group()
"""What stands where there is no group; nobody writes into it."""


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
    view, has_empty = _read_at_once(root, family)
    if not (has_empty and family == "1.x"):
        return view
    reader = _Reader(family)
    group = Group()
    reader.read(root, group, (), 1)
    return View(group, reader.signed, reader.empty)


@lru_cache(maxsize=2)
def _names(family: Family) -> dict[str, str]:
    """Every tag of a family, as the parser writes it, with the name it has in a group.

    The names are the very objects that the code of the rules names, so that a look-up need not compare letters.
    """
    namespace = NAMESPACES[family]
    return {f"{{{namespace}}}{name}" if namespace else name: intern(name) for name in known_names(family)}


def _read_at_once(root: etree._Element, family: Family) -> tuple[View, bool]:
    """The groups in document order, without a call per element, and whether any element is empty.

    An element knows how many it holds, so the order alone tells where each group ends.
    """
    names = _names(family)
    values: dict[str, str] = {}
    groups: dict[str, list[Group]] = {}
    top, left, has_empty, signed = Group(values, groups), len(root), False, False
    above: list[tuple[dict[str, str], dict[str, list[Group]], int]] = []
    elements = root.iter()
    next(elements)
    for element in elements:
        while not left:
            values, groups, left = above.pop()
        left -= 1
        tag, inside = element.tag, len(element)
        name = names.get(tag) or _local(tag, family)
        if not inside:
            text = element.text
            if not text or text.isspace():
                has_empty = True
            elif name not in values:
                values[name] = text
        elif tag == _SIGNATURE:
            signed = True
            _pass_over(elements, inside)
        else:
            above.append((values, groups, left))
            if len(above) >= MAX_DEPTH:
                raise too_deep()
            rows, values, left = groups.get(name), {}, inside
            if rows is None:
                rows = groups[name] = []
            groups = {}
            rows.append(Group(values, groups))
    return View(top, signed, []), has_empty


def _pass_over(elements: Iterator[etree._Element], inside: int) -> None:
    """Step over the next `inside` elements and all in them."""
    while inside:
        inside += len(next(elements)) - 1


def _local(tag: str, family: Family) -> str:
    """The name of an element that IVI does not know: without the namespace of the family, with any other."""
    namespace = NAMESPACES[family]
    return tag.removeprefix(f"{{{namespace}}}") if namespace else tag


class _Reader:
    """Reads a document of 1.x with empty elements and takes these out."""

    def __init__(self, family: Family) -> None:
        self._droppable = known_names(family)
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

    @staticmethod
    def _hollow_out(element: etree._Element, hollow: list[etree._Element]) -> bool:
        for child in hollow:
            if child.tail is None or child.tail.isspace():
                element.remove(child)
        return not len(element) and (element.text is None or element.text.isspace())
