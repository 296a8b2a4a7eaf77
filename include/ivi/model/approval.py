"""The type approval behind a document: its number taken apart, its kind, its date and where it holds.

Source: Regulation (EU) 2020/683, Annex IV: `e6*2018/858*00123*04` is the country that approved, the act, the base
number and the extension. Small series carry KS (European) or NKS (national) before the act.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Literal

from include.ivi.finding import Family
from include.ivi.record import record
from include.ivi.values import day, truth
from include.ivi.view import Group

Kind = Literal["european", "european_small_series", "national_small_series", "national", "individual"]

KINDS: dict[str, Kind] = {
    "EC": "european", "EU": "european", "KS": "european_small_series", "ESS": "european_small_series",
    "NKS": "national_small_series", "NSS": "national_small_series", "NAT": "national", "IND": "individual",
}  # fmt: skip
"""Codes of TypeApprovalTypeCode (1.x) and TypeApprovalType (2.0) in words."""

COUNTRIES = frozenset(
    {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 29, 32, 34, 36, 49, 50}
)
"""Numbers of the approving countries, as in the code lists of both families (e11: before 2021)."""

_FORM = re.compile(
    r"e(?P<country>[1-9]\d?)\*(?P<series>N?KS)?(?P<act>\d{2,4}/\d{1,4})(?P<rest>[^*\s]*)"
    r"\*(?P<base>[^*\s]+)(?:\*(?P<extension>\d{1,3}))?",
    re.IGNORECASE,
)
_LONGEST_KEPT = 60
_COC: dict[Family, str] = {"1.x": "Body/CocDataGroup", "2.0": "CocDataGroup"}
_KIND: dict[Family, str] = {"1.x": "TypeApprovalTypeCode", "2.0": "TypeApprovalType"}
_ISSUED: dict[Family, str] = {"1.x": "TypeApprovalDateOfIssue", "2.0": "TypeApprovalIssueDate"}
_PROVISIONAL: dict[Family, str] = {"1.x": "ProvisionalApprovalIndicator", "2.0": "ProvisionalTypeApprovalIndicator"}
_COUNTRY: dict[Family, str] = {
    "1.x": "Body/CocDataGroup/NumberOfTheMemberState",
    "2.0": "Header/DesignatedTypeApprovalCountry",
}
_TERRITORY: dict[Family, tuple[str, str]] = {
    "1.x": ("ApprovalTerritoryTable/ApprovalTerritoryGroup", "ApprovalTerritoryCountryCode"),
    "2.0": (
        "ProvisionalApprovalTerritoryTable/ProvisionalApprovalTerritoryGroup",
        "ProvisionalApprovalTerritoryCountry",
    ),
}


@record
class ApprovalNumber:
    """A number taken apart: country `e6`, series (`KS`, `NKS` or empty), act `2018/858`, base and extension.

    Letter case of the country and the series is made even; the act is the framework alone, without what follows it.
    """

    country: str
    series: str
    act: str
    base: str
    extension: str | None


@record
class Approval:
    """The approval as the document states it.

    `number` is the text as it stands, `parts` None where it has another form. `country` is the code stated beside the
    number (2.0: header). `territories` are Vienna codes where a provisional approval holds. The paths say where.
    """

    number: str | None
    parts: ApprovalNumber | None
    kind_code: str | None
    kind: Kind | None
    issued: date | None
    provisional: bool | None
    country: str | None
    country_path: str
    provisional_path: str
    territories: tuple[str, ...]


def approval_number(text: str | None) -> ApprovalNumber | None:
    """The parts of a European type-approval number; None where it is written otherwise. Never raises."""
    return _parts(text) if text and len(text) <= _LONGEST_KEPT else _parts.__wrapped__(text or "")


@lru_cache(maxsize=512)
def _parts(text: str) -> ApprovalNumber | None:
    """Kept, since the vehicles of one type have one number."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    country = f"e{int(found['country'])}"
    return ApprovalNumber(country, (found["series"] or "").upper(), found["act"], found["base"], found["extension"])


def read_approval(tree: Group, family: Family) -> Approval:
    """Reads the area once. Never raises."""
    coc = tree.first(_COC[family])
    number, kind_code = _text(coc.values.get("TypeApprovalNumber")), _text(coc.values.get(_KIND[family]))
    way, name = _TERRITORY[family]
    return Approval(
        number=number,
        parts=approval_number(number),
        kind_code=kind_code,
        kind=KINDS.get(kind_code or ""),
        issued=day(coc.values.get(_ISSUED[family])),
        provisional=truth(coc.values.get(_PROVISIONAL[family])),
        country=_text(tree.value(_COUNTRY[family])),
        country_path=_COUNTRY[family],
        provisional_path=f"{_COC[family]}/{_PROVISIONAL[family]}",
        territories=tuple([row.values[name].strip() for row in coc.all(way) if row.values.get(name)]),
    )


def _text(value: str | None) -> str | None:
    return value.strip() if value else None
