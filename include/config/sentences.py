"""What pydantic found wrong in a block, as one sentence a person can act on."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails


def sentence(error: ErrorDetails, known_keys: dict[str, list[str]]) -> str:
    """One error in plain words. `known_keys` maps the dotted place of a mapping to the keys it may have."""
    path = [str(part) for part in error["loc"]]
    key = ".".join(path)
    kind = error["type"]
    if kind == "missing":
        return f"`{key}` is missing"
    if kind == "extra_forbidden":
        near = get_close_matches(path[-1], known_keys.get(".".join(path[:-1]), []), n=1)
        return f"`{key}` is not a known key" + (f": did you mean `{near[0]}`?" if near else "")
    if kind == "literal_error":
        return f"`{key}` must be {error['ctx']['expected']}, not {_shown(error['input'])}"
    if kind == "string_pattern_mismatch" and key == "id":
        return f"`id` must be 2 to 40 of small letters, digits and '_', not {_shown(error['input'])}"
    if kind == "value_error":
        told = str(error["ctx"]["error"])
        return f"`{key}`: {told}" if key else told
    said = error["msg"][0].lower() + error["msg"][1:]
    return f"`{key}`: {said}, not {_shown(error['input'])}" if key else said


def _shown(value: Any) -> str:
    """Short, and never a whole mapping: a value may hold what nobody meant to print."""
    return repr(value)[:60] if isinstance(value, str | int | float | bool) or value is None else "what is there"
