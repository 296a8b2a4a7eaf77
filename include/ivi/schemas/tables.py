"""Reads the element tables: the one place that knows their columns.

Columns of `<name>_elements.tsv`: group, element, need (`required` or `optional`), value. The value words are

    group                the element holds the group of its own name
    rows N               the element is a table: at least N of the group named like it (XTable holds XGroup)
    text, text A-B       text of A to B characters
    number N             whole number of 0 or more with at most N digits
    number A-B           whole number from A to B
    decimal T.F          0 or more, at most T digits, F of them after the point
    signed T.F           the same with negative values
    date, moment         a day (2026-03-02), a day with a time (2026-03-02T10:00:00)
    codes NAME           one value of the closed list NAME in `<name>_codes.tsv`
    vin                  exactly 17 of A-Z and 0-9 (IVI 2.0)
    uuid4                a UUID of version 4 (IVI 2.0)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from include.ivi.finding import Family

ROOT = "InitialVehicleInformation"
NAMESPACES: dict[Family, str] = {"1.x": "", "2.0": "http://eu.ereg.initialvehicleinformation.v2"}
FILE_STEMS: dict[Family, str] = {"1.x": "ivi1", "2.0": "ivi2"}
SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"


@dataclass(frozen=True, slots=True)
class Member:
    """One element of a group: its name, whether it must be there, and its value word."""

    name: str
    required: bool
    value: str

    @property
    def kind(self) -> str:
        """First word of the value: group, rows, text, number, decimal, signed, date, moment, codes, vin or uuid4."""
        return self.value.partition(" ")[0]

    @property
    def limit(self) -> str:
        """Rest of the value: `17-17`, `6`, `6.2` or the name of a code list."""
        return self.value.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class FamilyTables:
    """All groups and code lists of one IVI family. `groups[group][element]` is a member."""

    family: Family
    groups: dict[str, dict[str, Member]] = field(default_factory=dict)
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def member(self, group: str, element: str) -> Member | None:
        """The member `element` of `group`, or None where IVI knows no such element."""
        return self.groups.get(group, {}).get(element)


def _rows(file_name: str) -> Iterator[list[str]]:
    text = files(__package__).joinpath(file_name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


@lru_cache(maxsize=2)
def load_tables(family: Family) -> FamilyTables:
    """The tables of a family, read once per process from the files of this package."""
    stem = FILE_STEMS[family]
    tables = FamilyTables(family, root_groups(family))
    for group, element, need, value in _rows(f"{stem}_elements.tsv"):
        tables.groups.setdefault(group, {})[element] = Member(element, need == "required", value)
        if value.startswith("rows "):
            row = f"{element.removesuffix('Table')}Group"
            tables.groups[element] = {row: Member(row, not value.endswith(" 0"), "group")}
    for name, codes in _rows(f"{stem}_codes.tsv"):
        tables.codes[name] = tuple(codes.split("|"))
    return tables


def root_groups(family: Family) -> dict[str, dict[str, Member]]:
    """The root element's own members: 1.x has a Body between root and CocDataGroup, 2.0 has not and must be signed."""
    header = Member("Header", True, "group")
    if family == "1.x":
        members = (header, Member("Body", False, "group"), Member("Signature", False, "group"))
    else:
        members = (header, Member("CocDataGroup", True, "group"), Member("Signature", True, "group"))
    return {ROOT: {member.name: member for member in members}}


@lru_cache(maxsize=2)
def known_names(family: Family) -> frozenset[str]:
    """Every element name of a family."""
    return frozenset(name for members in load_tables(family).groups.values() for name in members)


@lru_cache(maxsize=1)
def coc_entries() -> dict[Family, dict[str, str]]:
    """CoC entry number by IVI path (below the root), per family; paths without an entry are left out."""
    entries: dict[Family, dict[str, str]] = {"1.x": {}, "2.0": {}}
    for entry, _name, path1, path2, _seen in _rows("coc_entries.tsv"):
        if entry != "-":
            entries["1.x"][path1] = entry
            entries["2.0"][path2] = entry
    return entries
