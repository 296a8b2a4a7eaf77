"""What is looked at before a consignment is presented: hard where the interface must refuse it, soft where it may not.

Hard (error): the identifiers that a level needs, their length and characters, CL754, the form of a CL141 code. Soft
(warning): every check digit, the form of receptacles and containers, and membership of CL141, since the authority's own
examples break the first and our copy of the last may be old.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from include.toll import identifiers
from include.toll.check_sentences import Language, sentence
from include.toll.codes import customs_offices, document_types
from include.toll.presentation import GUESSED_LEVELS, Consignment, Level

_NEEDS: Mapping[Level, tuple[str, ...]] = {
    Level.HOUSE: ("document_number", "document_type"),
    Level.RECEPTACLE: ("receptacle",),
    Level.ENS: ("mrn",),
    Level.MASTER: ("document_number", "document_type"),
    Level.CONTAINER: ("container",),
}
_OFFICE = re.compile(r"[A-Z]{2}[A-Z0-9]{6}")
_MRN = re.compile(r"\d{2}[A-Z]{2}[A-Z0-9]{14}", re.ASCII)
_RECEPTACLE = re.compile(r"[A-Z0-9]{1,35}")
_CONTAINER = re.compile(r"[A-Z0-9]{1,17}")
_LONGEST_DOCUMENT = 70
_POST, _MASTER_AIR_WAYBILL = "N750", "N741"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to tell about a consignment. `field` is the attribute of `Consignment`; `sentence` by language."""

    level: Literal["error", "warning"]
    rule_id: str
    field: str
    sentence: dict[Language, str]


def check(
    consignment: Consignment, *, guessed_levels_allowed: bool = False, offices: Mapping[str, str] | None = None
) -> list[Remark]:
    """Every remark on one consignment, errors first; none when it may be presented as it is.

    `offices` is the list of customs offices to know (None: our own copy); see `customs_offices`.
    """
    found = [
        *_of_the_level(consignment, guessed_levels_allowed),
        *_of_the_office(consignment.office, customs_offices() if offices is None else offices),
        *_of_the_document(consignment),
        *_of_the_numbers(consignment),
    ]
    return sorted(found, key=lambda remark: remark.level)


def _error(rule_id: str, field: str, /, **words: str) -> Remark:
    return Remark("error", rule_id, field, sentence(rule_id, words))


def _warning(rule_id: str, field: str, /, **words: str) -> Remark:
    return Remark("warning", rule_id, field, sentence(rule_id, words))


def _of_the_level(consignment: Consignment, guessed_levels_allowed: bool) -> Iterator[Remark]:
    if consignment.level in GUESSED_LEVELS and not guessed_levels_allowed:
        yield _error("toll.level.guessed", "level", level=consignment.level.value)
    for name in _NEEDS[consignment.level]:
        if not getattr(consignment, name):
            yield _error("toll.field.missing", name, level=consignment.level.value, field=name)


def _of_the_office(office: str, known: Mapping[str, str]) -> Iterator[Remark]:
    if not _OFFICE.fullmatch(office):
        yield _error("toll.office.form", "office")
    elif office not in known:
        yield _warning("toll.office.unknown", "office", office=office)


def _of_the_document(consignment: Consignment) -> Iterator[Remark]:
    number, kind = consignment.document_number, consignment.document_type
    if number and (len(number) > _LONGEST_DOCUMENT or not number.isprintable() or number != number.strip()):
        yield _error("toll.document.form", "document_number")
    if kind and kind not in document_types():
        yield _error("toll.document.type", "document_type", **_code_names())
    if not number:
        return
    wanted = identifiers.postal_item_check_digit(number) if kind == _POST else None
    if wanted is not None and number[10] != wanted:
        yield _warning("toll.document.s10", "document_number", digit=wanted)
    if kind == _MASTER_AIR_WAYBILL and not identifiers.air_waybill_is_right(number):
        yield _warning("toll.document.awb", "document_number")


def _code_names() -> dict[str, str]:
    """CL754 with its names, by language."""
    types = document_types().items()
    return {
        "codes_nb": ", ".join(f"{code} ({nb})" for code, (nb, _) in types),
        "codes_en": ", ".join(f"{code} ({en})" for code, (_, en) in types),
    }


def _of_the_numbers(consignment: Consignment) -> Iterator[Remark]:
    """Also of those that the level does not send: they are kept for matching signals."""
    mrn, receptacle, container = consignment.mrn, consignment.receptacle, consignment.container
    if mrn and not _MRN.fullmatch(mrn):
        yield _error("toll.mrn.form", "mrn")
    elif mrn and (wanted := identifiers.mrn_check_digit(mrn)) != mrn[17]:
        yield _warning("toll.mrn.check_digit", "mrn", digit=wanted)
    if receptacle and not _RECEPTACLE.fullmatch(receptacle):
        yield _error("toll.receptacle.form", "receptacle")
    elif receptacle and identifiers.receptacle_parts(receptacle) is None:
        yield _warning("toll.receptacle.s9", "receptacle")
    if container and not _CONTAINER.fullmatch(container):
        yield _error("toll.container.form", "container")
    elif container and not identifiers.container_is_right(container):
        yield _warning("toll.container.iso6346", "container")
