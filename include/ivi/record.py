"""The records of the typed view: never changed, and quick to make.

The type checker lets nobody set a field. At run time nothing watches over it, since a frozen dataclass takes four times
as long to make, and a check makes about forty of these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

Record = TypeVar("Record")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Record]) -> type[Record]:
    """Make a class a dataclass with slots that compares and hashes by its fields."""
    return dataclass(slots=True, unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def open_record(cls: type[Record]) -> type[Record]:
    """The same without slots: for records whose parts are read lazily."""
    return dataclass(unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def named_record(cls: type[Record]) -> type[Record]:
    """The same, made by names only: for records with many fields."""
    return dataclass(slots=True, unsafe_hash=True, kw_only=True)(cls)
