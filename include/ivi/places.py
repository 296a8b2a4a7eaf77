"""IVI paths: from an element to its path, and from a path to its entry of the certificate of conformity."""

from __future__ import annotations

import re

from lxml import etree

from .finding import Family
from .schemas.tables import coc_entries

_NUMBER = re.compile(r"\[\d+\]")
_PREFIXED = re.compile(r"(?<=/)([^/:\[\]*\s]+:[^/:\[\]*\s]+)")


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def coc_entry(family: Family, path: str) -> str | None:
    """The CoC entry of an IVI path, None where it has none. Row numbers in the path do not matter."""
    return coc_entries()[family].get(_NUMBER.sub("", path))


def path_of(element: etree._Element, pointer: str | None = None) -> str:
    """The path of an element below the root. `pointer`, the validator's path, gives row numbers."""
    names: list[str] = []
    parent = element.getparent()
    while parent is not None:
        names.append(local_name(element))
        element, parent = parent, parent.getparent()
    names.reverse()
    numbers = [_NUMBER.search(step) for step in (pointer or "").split("/")[2:]]
    for place, (name, number) in enumerate(zip(names, numbers, strict=False)):
        if number is not None and place and names[place - 1].endswith("Table"):
            names[place] = name + number[0]
    return "/".join(names)


def element_at(root: etree._Element, pointer: str | None) -> etree._Element:
    """The element a validator's path (`/*/*[2]/AxleTable/AxleGroup[2]`) points at; the root where it leads nowhere."""
    way = _PREFIXED.sub(r"*[name()='\1']", pointer or "/*")
    try:
        found = root.getroottree().xpath(way)
    except etree.LxmlError:
        return root
    return found[0] if isinstance(found, list) and found and etree.iselement(found[0]) else root
