"""What is presented, and the body of the request that presents it.

Certain is the body of an entry summary declaration only (it ran against the interface). House consignment and
receptacle are likely: their names stand in the authority's tables. Master consignment and container are guesses from
its other interfaces and are sent only where a setting allows it (docs/settings-and-unknowns.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

SAME_NAMES: Mapping[str, str] = MappingProxyType({})


class Level(StrEnum):
    """What a presentation covers; the value is the last part of its path. All below it is presented with it."""

    HOUSE = "house-consignment"
    RECEPTACLE = "receptacle"
    ENS = "entry-summary-declaration"
    MASTER = "master-consignment"
    CONTAINER = "container"


GUESSED_LEVELS = frozenset({Level.MASTER, Level.CONTAINER})
"""Levels whose body is a guess: never sent unless the setting `guessed_levels` of the connection says so."""


@dataclass(frozen=True, slots=True)
class Consignment:
    """What one request presents.

    `office` is customsOfficeOfPresentation (CL141, such as NO351001), `mrn` that of the entry summary declaration,
    `document_number` and `document_type` (CL754) the transport document, `receptacle` and `container` the
    identification numbers. Each level needs its own; further ones are kept for matching signals and are not sent.
    """

    level: Level
    office: str
    mrn: str | None = None
    document_number: str | None = None
    document_type: str | None = None
    receptacle: str | None = None
    container: str | None = None


def message(
    request_id: UUID,
    consignment: Consignment,
    *,
    house_mrn: bool = False,
    field_names: Mapping[str, str] = SAME_NAMES,
) -> dict[str, object]:
    """The body, its fields in the documented order and without any other.

    `house_mrn` adds the declaration's MRN to a house consignment (nobody has published whether it may be there).
    `field_names` gives another name to a field that turns out to be called differently.
    """
    body: dict[str, object] = {"requestId": str(request_id), "customsOfficeOfPresentation": consignment.office}
    document = {"documentNumber": consignment.document_number, "type": consignment.document_type}
    if consignment.level is Level.ENS:
        body["mrn"] = consignment.mrn
    elif consignment.level is Level.RECEPTACLE:
        body["receptacleIdentificationNumber"] = consignment.receptacle
    elif consignment.level is Level.CONTAINER:
        body["containerIdentificationNumber"] = consignment.container
    elif consignment.level is Level.MASTER:
        body["transportDocumentMasterLevel"] = document
    else:
        if house_mrn and consignment.mrn:
            body["mrn"] = consignment.mrn
        body["transportDocumentHouseLevel"] = document
    return _renamed(body, field_names)


def _renamed(body: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    return {
        names.get(name, name): _renamed(value, names) if isinstance(value, Mapping) else value
        for name, value in body.items()
    }
