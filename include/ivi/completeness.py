"""Which values a category of vehicle needs and which it must not have: rules read the table, nobody writes paths twice.

The table is `rules/completeness.tsv`; every row there names its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from sys import intern
from typing import get_args

from .document import IviDocument
from .finding import Family, quoted
from .rule import Breach
from .view import Group

_COC: dict[Family, str] = {"1.x": "Body/CocDataGroup", "2.0": "CocDataGroup"}
_LONGEST_CODE = 2


@dataclass(frozen=True, slots=True)
class Demand:
    """One value: its name in words, and where it may stand below CocDataGroup: way and name of each place."""

    what: str
    places: tuple[tuple[tuple[str, ...], str], ...]


def _place(path: str) -> tuple[tuple[str, ...], str]:
    *way, name = map(intern, path.split("/"))
    return tuple(way), name


def _path(document: IviDocument, place: tuple[tuple[str, ...], str]) -> str:
    return "/".join((_COC[document.family], *place[0], place[1]))


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, Family], list[tuple[tuple[str, ...], Demand]]]:
    """Demands with the categories they are for, by rule and family. Raises ValueError where a line is malformed."""
    table: dict[tuple[str, Family], list[tuple[tuple[str, ...], Demand]]] = {}
    text = files(__package__).joinpath("rules", "completeness.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            rule_id, categories, what, *by_family, _source = line.split("\t")
            for family, paths in zip(get_args(Family), by_family, strict=True):
                if paths != "-":
                    row = (
                        tuple(categories.replace("*", "").split() or ("",)),
                        Demand(what, tuple(map(_place, paths.split("|")))),
                    )
                    table.setdefault((rule_id, family), []).append(row)
    return table


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a rule asks of a category: all demands; of those with one place, the names directly in the certificate
    (`own`) or in a group of it (`inner`); and the `others`. Names in sets are looked for at once."""

    demands: tuple[Demand, ...]
    own: frozenset[str]
    inner: tuple[tuple[str, frozenset[str]], ...]
    others: tuple[Demand, ...]


@lru_cache(maxsize=512)
def _asked(rule_id: str, family: Family, code: str) -> _Asked:
    rows = _table().get((rule_id, family), ())
    found = tuple(demand for beginnings, demand in rows if code.startswith(beginnings))
    inner: dict[str, set[str]] = {}
    others = []
    for demand in found:
        way, name = demand.places[0]
        if len(demand.places) == 1 and len(way) <= 1:
            inner.setdefault(way[0] if way else "", set()).add(name)
        else:
            others.append(demand)
    own = frozenset(inner.pop("", ()))
    return _Asked(found, own, tuple((group, frozenset(names)) for group, names in inner.items()), tuple(others))


def _asked_of(rule_id: str, document: IviDocument) -> _Asked:
    return _asked(rule_id, document.family, (document.category or "?")[:_LONGEST_CODE])


def demands(rule_id: str, document: IviDocument) -> tuple[Demand, ...]:
    """What a rule asks of a document, by its family and category; nothing where the category is unknown."""
    return _asked_of(rule_id, document).demands


def missing(rule_id: str, document: IviDocument) -> list[Breach]:
    """A breach for every value that is demanded and absent. Vehicles of several stages are left alone."""
    coc = document.coc
    if coc is None or document.stage in ("I", "V"):
        return []
    asked = _asked_of(rule_id, document)
    if _has_all(coc, asked):
        return []
    return [
        Breach(_path(document, demand.places[0]), _missing_sentence(document, demand))
        for demand in asked.demands
        if not _present(coc, demand)
    ]


def superfluous(rule_id: str, document: IviDocument) -> list[Breach]:
    """A breach for every value that a category must not have and the document has."""
    coc = document.coc
    if coc is None:
        return []
    return [
        Breach(_path(document, demand.places[0]), _superfluous_sentence(document, demand))
        for demand in demands(rule_id, document)
        if _present(coc, demand)
    ]


def _superfluous_sentence(document: IviDocument, demand: Demand) -> str:
    return (
        f"{demand.places[0][1]} is given, and the certificate of category {quoted(document.category or '')} does not "
        f"hold {demand.what}: leave it out."
    )


def _missing_sentence(document: IviDocument, demand: Demand) -> str:
    name = demand.places[0][1]
    reason = f", and a vehicle of category {quoted(document.category)} has one" if document.category else ""
    what = demand.what if demand.what.startswith("whether") else demand.what.removeprefix("the ")
    return f"{name} is missing ({what}){reason}: fill it in."


def _has_all(coc: Group, asked: _Asked) -> bool:
    """True where nothing can be missing, as in nearly every document; False: each demand is to be looked at."""
    if not asked.own <= coc.values.keys():
        return False
    for group, names in asked.inner:
        rows = coc.groups.get(group)
        if rows is None or not names <= rows[0].values.keys():
            return False
    return all([_present(coc, demand) for demand in asked.others])


def _present(coc: Group, demand: Demand) -> bool:
    """True where there is a value or a group at one of the places."""
    for way, name in demand.places:
        if not way:
            if name in coc.values or name in coc.groups:
                return True
            continue
        groups: Sequence[Group] = coc.groups.get(way[0], ())
        for step in way[1:]:
            groups = [inner for group in groups for inner in group.groups.get(step, ())]
        for group in groups:
            if name in group.values or name in group.groups:
                return True
    return False
