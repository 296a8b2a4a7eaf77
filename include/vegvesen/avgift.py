"""Which avgiftsklassifisering goes with a document: the IVI does not hold it, so it comes from the importer.

The order is fixed: the sidecar beside the file, the manifest of the inbox, the party's
rules from the most exact to the widest, the party's default. Value and source are stored and shown, so that a refusal
such as `KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES` can be traced to whoever chose the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from include.errors import ContentRefused

Source = Literal["sidecar", "manifest", "party_rule", "party_default", "none"]

CAMPER_CODES = frozenset({"313", "316"})
"""Campingbil before and after 1.1.2009, code list AVGIFT of Statens vegvesen: only these carry beds."""


@dataclass(frozen=True, slots=True)
class Avgiftsklassifisering:
    """What is sent as `avgiftsklassifisering`, in the authority's own names, and where `avgiftsKode` came from.

    Seats and beds are numbers written as text, as the interface takes them. With source `none` nothing is sent.
    """

    avgiftsKode: str | None = None  # noqa: N815 - the authority's spelling
    sitteplasserNorskGodkjenning: str | None = None  # noqa: N815 - the authority's spelling
    sengeplasserCampingbil: str | None = None  # noqa: N815 - the authority's spelling
    source: Source = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class AvgiftRules:
    """A party's rules, already checked by its schema.

    `by_type_approval` is keyed by `approval|variant|version`, `approval|variant` or the type approval number alone;
    `by_variant` by the variant; `by_category` by the vehicle category (M1, N1 …). `seats` and `camper_beds` are sent
    when neither sidecar nor manifest gives them.
    """

    default: str | None = None
    by_category: Mapping[str, str] = field(default_factory=dict)
    by_type_approval: Mapping[str, str] = field(default_factory=dict)
    by_variant: Mapping[str, str] = field(default_factory=dict)
    seats: int | str | None = None
    camper_beds: int | str | None = None


class ApprovedVehicle(Protocol):
    """The part of an IVI document that the rules look at."""

    @property
    def category(self) -> str | None: ...
    @property
    def type_approval(self) -> str | None: ...
    @property
    def variant(self) -> str | None: ...
    @property
    def version_code(self) -> str | None: ...


def resolve_avgift(
    sidecar: Mapping[str, object] | None,
    manifest_row: Mapping[str, object] | None,
    party_rules: AvgiftRules,
    document: ApprovedVehicle,
) -> Avgiftsklassifisering:
    """The avgiftsklassifisering of one document and the source of its code.

    The first source that gives a code wins; seats and beds are each taken from the first source that gives them. Beds
    are kept for camper codes only. Raises ContentRefused when a sidecar or manifest value is neither text nor a whole
    number.
    """
    code, source = _code(sidecar, manifest_row, party_rules, document)
    if code is None:
        return Avgiftsklassifisering()
    seats = _first("sitteplasserNorskGodkjenning", sidecar, manifest_row) or _written(party_rules.seats, "seats")
    beds = None
    if code in CAMPER_CODES:
        beds = _first("sengeplasserCampingbil", sidecar, manifest_row) or _written(
            party_rules.camper_beds, "camper_beds"
        )
    return Avgiftsklassifisering(code, seats, beds, source)


def _code(
    sidecar: Mapping[str, object] | None,
    manifest_row: Mapping[str, object] | None,
    rules: AvgiftRules,
    document: ApprovedVehicle,
) -> tuple[str | None, Source]:
    if code := _first("avgiftsKode", sidecar):
        return code, "sidecar"
    if code := _first("avgiftsKode", manifest_row):
        return code, "manifest"
    if code := _by_rule(rules, document):
        return code, "party_rule"
    if code := _written(rules.default, "default"):
        return code, "party_default"
    return None, "none"


def _by_rule(rules: AvgiftRules, document: ApprovedVehicle) -> str | None:
    approval, variant, version = document.type_approval, document.variant, document.version_code
    if approval and variant:
        for key in (f"{approval}|{variant}|{version}", f"{approval}|{variant}"):
            if code := rules.by_type_approval.get(key):
                return code
    return (
        (rules.by_variant.get(variant) if variant else None)
        or (rules.by_type_approval.get(approval) if approval else None)
        or (rules.by_category.get(document.category) if document.category else None)
    )


def _first(name: str, *sources: Mapping[str, object] | None) -> str | None:
    for source in sources:
        if source is not None and (value := _written(source.get(name), name)):
            return value
    return None


def _written(value: object, name: str) -> str | None:
    """A value as the interface takes it: text. Blank is the same as not given."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ContentRefused(
            f"The avgiftsklassifisering beside this document has {name} that is neither text nor a whole number; "
            "correct the sidecar or manifest and drop it again.",
            rule_id="avgift.value",
        )
    return str(value).strip() or None
