"""The two-step validation of a presentation: what is refused at once, and what the validation status says later.

Texts are those of Tolletaten's pages on validation errors; those for unknown goods and for a reused requestId are not
published and made up. Paths of fields follow the request.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from .toll_goods import Goods

LEVELS = ("house-consignment", "receptacle", "entry-summary-declaration", "master-consignment", "container")
DOCUMENT_TYPES = (
    *("C624", "C625", "C664", "C665", "N703", "N704", "N705", "N714"),
    *("N720", "N722", "N730", "N740", "N741", "N750", "N760"),
)
_OFFICE = re.compile(r"NO\d{6}")
_TEXTS: Mapping[str, tuple[tuple[str, int, int], ...]] = {
    "house-consignment": (
        ("transportDocumentHouseLevel.documentNumber", 1, 70),
        ("transportDocumentHouseLevel.type", 4, 4),
    ),
    "master-consignment": (
        ("transportDocumentMasterLevel.documentNumber", 1, 70),
        ("transportDocumentMasterLevel.type", 4, 4),
    ),
    "receptacle": (("receptacleIdentificationNumber", 1, 35),),
    "container": (("containerIdentificationNumber", 1, 17),),
    "entry-summary-declaration": (("mrn", 18, 18),),
}

Error = tuple[str, str]
"""A path and a text."""


def at_once(level: str, body: Mapping[str, Any]) -> list[Error]:
    """What is refused with 400."""
    return [*_request_id(body), *_text(body, "customsOfficeOfPresentation", 8, 8), *_fields(level, body)]


def later(level: str, body: Mapping[str, Any], goods: tuple[Goods, ...]) -> list[Error]:
    """What the validation status says about a message that was taken."""
    found: list[Error] = []
    if not _OFFICE.fullmatch(body["customsOfficeOfPresentation"]):
        found.append(("customsOfficeOfPresentation", "Must be a valid customs office"))
    document = body.get("transportDocumentHouseLevel") or body.get("transportDocumentMasterLevel")
    if document and document["type"] not in DOCUMENT_TYPES:
        name = (
            "transportDocumentHouseLevel" if "transportDocumentHouseLevel" in body else "transportDocumentMasterLevel"
        )
        found.append((f"{name}.type", f"Invalid code. Expected codes are one of [{', '.join(DOCUMENT_TYPES)}]"))
    if not goods and not found:
        path = _TEXTS[level][0][0]
        found.append((path, "Does not exist in the systems of Customs"))
    return found


def _request_id(body: Mapping[str, Any]) -> Iterator[Error]:
    value = body.get("requestId")
    if value is None:
        yield "requestId", "must not be null"
        return
    try:
        right = isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        right = False
    if not right:
        yield "requestId", "must be a valid UUID"


def _fields(level: str, body: Mapping[str, Any]) -> Iterator[Error]:
    for path, shortest, longest in _TEXTS[level]:
        yield from _text(body, path, shortest, longest)


def _text(body: Mapping[str, Any], path: str, shortest: int, longest: int) -> Iterator[Error]:
    value: Any = body
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if value is None:
        yield path, "must not be null"
    elif not isinstance(value, str) or not value.strip():
        yield path, "must not be blank"
    elif not shortest <= len(value) <= longest:
        yield path, f"size must be between {shortest} and {longest}"
