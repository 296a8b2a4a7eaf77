"""Reading rows and numbers out of the group tree, the way every area of construction does it. Never raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from sys import intern

from include.ivi.finding import Family
from include.ivi.values import whole_number
from include.ivi.view import Group

HOME: dict[Family, str] = {"1.x": "Body/CocDataGroup", "2.0": "CocDataGroup"}
"""Where the data of the certificate stands, below the root."""


def group_at(tree: Group, path: str) -> Group:
    """The first group at a path, an empty one where there is none."""
    return tree.first(path)


def rows(group: Group, way: str, name: str) -> Sequence[tuple[str, Group]]:
    """Every row of table `name` in `group`, with its path: `way`/AxleTable/AxleGroup[2]. Rows count from 1."""
    table, inner = table_and_row(name)
    tables = group.groups.get(table)
    if tables is None:
        return ()
    place = f"{way}/{table}/{inner}"
    return [
        (f"{place}[{number}]", row) for one in tables for number, row in enumerate(one.groups.get(inner, ()), start=1)
    ]


@lru_cache(maxsize=256)
def table_and_row(name: str) -> tuple[str, str]:
    """The elements of a table, such as AxleTable and AxleGroup; the model asks for few."""
    return intern(f"{name}Table"), intern(f"{name}Group")


def number_in(row: Group, name: str) -> int | None:
    """The whole number under a name, None where it is absent or none."""
    return whole_number(row.values.get(name))


def text_in(row: Group, name: str) -> str | None:
    """The text under a name without blanks at its ends, None where it is absent."""
    value = row.values.get(name)
    return value.strip() if value is not None else None


def numbers_by(values: Mapping[str, str], names: Mapping[str, str]) -> dict[str, int | None]:
    """Whole numbers that are in `values`: `names` maps what the view calls them to what IVI calls them."""
    return {ours: whole_number(values[theirs]) for ours, theirs in names.items() if theirs in values}
