"""Says what a schema error means, in the words of somebody who fills in vehicle data, not of a validator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from lxml import etree

from .finding import Family, quoted
from .places import local_name, path_of
from .schemas.tables import SIGNATURE_NAMESPACE, FamilyTables, Member, load_tables

_ATTRIBUTE = re.compile(r"attribute '([^']{1,80})'")
_MOST_CODES = 12
_SIGNATURE = f"{{{SIGNATURE_NAMESPACE}}}"


@dataclass(frozen=True, slots=True)
class SchemaError:
    """One entry of the validator's log, with the element it points at."""

    kind: str
    message: str
    line: int
    element: etree._Element
    pointer: str | None

    @property
    def element_is_wrong(self) -> bool:
        """True where the element itself may not stand here, rather than something in it."""
        return self.kind == "SCHEMAV_ELEMENT_CONTENT" and "not expected" in self.message


@dataclass(frozen=True, slots=True)
class Trouble:
    """A schema error in plain words."""

    rule_id: str
    path: str
    sentence: str


def explain(error: SchemaError, family: Family) -> Iterator[Trouble]:
    """The trouble or troubles behind one schema error."""
    tables = load_tables(family)
    path = path_of(error.element, error.pointer)
    if error.element.tag.startswith(_SIGNATURE):
        yield _signature(error, path)
    elif error.element_is_wrong:
        yield _unexpected(error, tables, path)
    elif error.kind == "SCHEMAV_ELEMENT_CONTENT":
        yield from _missing(error, tables, path)
    elif error.kind in ("SCHEMAV_CVC_COMPLEX_TYPE_3_2_1", "SCHEMAV_CVC_TYPE_3_1_1"):
        yield _attribute(error, path)
    elif error.kind == "SCHEMAV_CVC_COMPLEX_TYPE_2_3":
        sentence = f"{_where(error)} has text between its elements: take the stray text out."
        yield Trouble("schema.text", path, sentence)
    else:
        yield _value(error, tables, path)


def _signature(error: SchemaError, path: str) -> Trouble:
    reason = quoted(error.message.partition(": ")[2].replace(_SIGNATURE, "")[:150])
    sentence = (
        f"{_where(error)} does not follow the W3C's schema of signatures ({reason[1:-1]}): sign the document anew."
    )
    return Trouble("schema.signature", path, sentence)


def _where(error: SchemaError) -> str:
    return f"{quoted(local_name(error.element))[1:-1]} (line {error.line})"


def _member(element: etree._Element, tables: FamilyTables) -> Member | None:
    parent = element.getparent()
    return None if parent is None else tables.member(local_name(parent), local_name(element))


def _unexpected(error: SchemaError, tables: FamilyTables, path: str) -> Trouble:
    parent = error.element.getparent()
    group = "the document" if parent is None else local_name(parent)
    name = local_name(error.element)
    if _member(error.element, tables) is not None:
        sentence = f"{_where(error)} stands in {group} more than once: leave one."
        return Trouble("schema.repeated", path, sentence)
    homes = [home for home, members in tables.groups.items() if name in members]
    if homes:
        advice = f"move it to {homes[0]}" if len(homes) == 1 else f"it belongs in {', '.join(homes[:3])}"
        return Trouble("schema.misplaced", path, f"{_where(error)} may not stand in {group}: {advice}.")
    sentence = f"{_where(error)} is no element of IVI {tables.family}: correct its name or take it out of {group}."
    return Trouble("schema.unknown_element", path, sentence)


def _missing(error: SchemaError, tables: FamilyTables, path: str) -> Iterator[Trouble]:
    group = local_name(error.element)
    present = {local_name(child) for child in error.element}
    absent = [
        member.name
        for member in tables.groups.get(group, {}).values()
        if member.name not in present and (member.required or group.endswith("Table"))
    ]
    for name in absent:
        sentence = f"{name} is missing in {_where(error)}, and IVI {tables.family} demands it: fill it in."
        yield Trouble("schema.missing", f"{path}/{name}" if path else name, sentence)
    if not absent:
        yield Trouble("schema.missing", path, f"{_where(error)} has too few elements in it: fill in what is missing.")


def _attribute(error: SchemaError, path: str) -> Trouble:
    found = _ATTRIBUTE.search(error.message)
    name = f"the attribute {quoted(found[1])}" if found else "an attribute"
    return Trouble("schema.attribute", path, f"{_where(error)} has {name}, and IVI knows none there: take it out.")


def _value(error: SchemaError, tables: FamilyTables, path: str) -> Trouble:
    member = _member(error.element, tables)
    if member is None or member.kind in ("group", "rows"):
        reason = quoted(error.message.partition(": ")[2][:150])
        sentence = f"{_where(error)} does not follow the schema of IVI {tables.family} ({reason[1:-1]}): correct it."
        return Trouble("schema.other", path, sentence)
    wanted = wanted_words(member, tables, error.element.text or "")
    if len(error.element):
        return Trouble("schema.value", path, f"{_where(error)} holds other elements: write {wanted} in it instead.")
    value = error.element.text or ""
    if not value:
        sentence = f"{_where(error)} is empty, which IVI {tables.family} does not allow: fill it in or leave it out."
        return Trouble("schema.value", path, sentence)
    hint = " without the blanks around it" if value != value.strip() and member.kind == "codes" else ""
    length = f" ({len(value)} characters)" if member.kind in ("text", "vin") else ""
    return Trouble("schema.value", path, f"{_where(error)} holds {quoted(value)}{length}: write {wanted}{hint}.")


def _one_of(codes: tuple[str, ...], value: str) -> str:
    """All codes of a short list; of a long one those most like what was written."""
    if len(codes) <= _MOST_CODES:
        return f"one of {', '.join(codes)}"
    near = get_close_matches(value.strip()[:40], codes, n=5, cutoff=0.4) or codes[:5]
    return f"one of the {len(codes)} codes of IVI, such as {', '.join(near)}"


def wanted_words(member: Member, tables: FamilyTables, value: str = "") -> str:
    """What an element may hold, as the object of "write"; `value` is what it holds now."""
    low, _, high = member.limit.partition("-")
    match member.kind:
        case "codes":
            return _one_of(tables.codes[member.limit], value)
        case "number" if high:
            return f"a whole number from {low} to {high}"
        case "number":
            return f"a whole number of at most {low} digits"
        case "decimal" | "signed":
            total, _, fraction = member.limit.partition(".")
            digits = f"at most {int(total) - int(fraction)} digits before and {fraction} after the point"
            return f"a number with {digits} (a point, no comma)"
        case "date":
            return "a date such as 2026-03-02"
        case "moment":
            return "a date and time such as 2026-03-02T10:00:00"
        case "vin":
            return "exactly 17 of the characters A-Z and 0-9"
        case "uuid4":
            return "a UUID of version 4, such as 3f0c2a52-7d1e-4b8a-9c55-0f6d1b7c8e21"
        case _:
            return f"at most {high} characters" if high else "text"
