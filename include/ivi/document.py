"""One typed view of both IVI families, so that a rule is written once.

Texts are as they stand in the document, trimmed of blanks at the ends; what is absent, empty or not of its type is
None, since the schema check already says so. `tree` holds everything else, unknown elements too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .fields import PATHS, Field
from .finding import Family
from .view import Group


@dataclass(frozen=True, slots=True)
class Masses:
    """Masses in kg: in running order, actual, highest laden (technically permissible)."""

    running_order: int | None = None
    actual: int | None = None
    max_laden: int | None = None


@dataclass(frozen=True, slots=True)
class Axle:
    """One axle row: its number, whether it is powered, its highest mass in kg."""

    number: int | None
    powered: bool | None
    max_mass: int | None


@dataclass(frozen=True, slots=True)
class Dates:
    """Days of approval, manufacture and signature, and the day of the document itself."""

    approval: date | None = None
    manufacture: date | None = None
    signature: date | None = None
    document: date | None = None


@dataclass(frozen=True, slots=True)
class Towing:
    """What may be towed, in kg: braked towable mass, and the combination of vehicle and trailer."""

    path: str
    towable: int | None
    combination: int | None


@dataclass(frozen=True, slots=True)
class Doors:
    """Number of doors, and the doors counted side by side (None: sides not given)."""

    number: int | None = None
    without_back: int | None = None
    with_back: int | None = None


@dataclass(frozen=True, slots=True)
class IviDocument:
    """What Samsvar knows of one vehicle document. `family` is 1.x or 2.0, `version` what the document itself says."""

    family: Family
    version: str | None = None
    reference: str | None = None
    vin: str | None = None
    category: str | None = None
    make: str | None = None
    type_approval: str | None = None
    type_approval_kind: str | None = None
    type: str | None = None
    variant: str | None = None
    version_code: str | None = None
    stage: str | None = None
    document_version: int | None = None
    pure_electric: bool | None = None
    energy_sources: tuple[str, ...] = ()
    number_of_axles: int | None = None
    powered_axles: int | None = None
    axles: tuple[Axle, ...] = ()
    masses: Masses = Masses()
    dates: Dates = Dates()
    doors: Doors = Doors()
    towing: tuple[Towing, ...] = ()
    signed: bool = False
    tree: Group = field(default_factory=Group, repr=False, compare=False)

    def path(self, name: Field) -> str:
        """Where a field stands in this family, below the root."""
        return PATHS[self.family][name]

    def raw(self, name: Field) -> str | None:
        """The text of a field with its blanks, None where it is absent."""
        return self.tree.value(self.path(name))


def whole_number(text: str | None) -> int | None:
    """A whole number as XML Schema writes it, or None. Never raises."""
    if text is None:
        return None
    digits = text.strip().removeprefix("+")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 12 else None


def day(text: str | None) -> date | None:
    """The day of a date or date-time as XML Schema writes it, or None. Never raises."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def truth(text: str | None) -> bool | None:
    """Y is True, N is False, all else None."""
    return {"Y": True, "N": False}.get((text or "").strip())
