"""Routing signals as JSON, in the names of Tolletaten's pages and of the one public client."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from .knobs import Knobs
from .toll_feed import Element
from .toll_goods import Goods

IN_CONTROL = ("TO_CONTROL", "ENTRY_PENDING")


def random_id(dice: random.Random) -> str:
    """A UUID v4 drawn by seed: real ids are random too, so their order means nothing."""
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def signal_element(
    identity: str, goods: Goods, routing: str, moment: datetime, knobs: Knobs, *, transport: bool = False
) -> Element:
    """One signal about `goods`. `transport`: as the transport level shows it, without a house."""
    return Element(identity, orjson.dumps(_signal(identity, goods, routing, moment, knobs, transport)))


def _signal(
    identity: str, goods: Goods, routing: str, moment: datetime, knobs: Knobs, transport: bool
) -> dict[str, Any]:
    result: dict[str, Any] = {"id": identity, "routing": routing, "documentIssueDate": stamp(moment)}
    told: dict[str, Any] = {
        "entrySummaryDeclarationMRN": goods.mrn,
        "transportDocumentHouseLevel": None if transport else {"referenceNumber": goods.document, "type": goods.kind},
        "activeBorderTransportMeans": {"identificationNumber": "SB10001", "typeOfIdentification": "30"}
        if transport
        else None,
        "estimatedTimeOfArrival": stamp(moment - timedelta(minutes=20)),
        "scheduledTimeOfArrival": stamp(moment - timedelta(minutes=30)),
        "routingResult": result,
    }
    if goods.receptacle:
        told["receptacleIdentificationNumber"] = goods.receptacle
    if goods.container and knobs.toll_container:
        told["containerIdentificationNumber"] = goods.container
    if routing in IN_CONTROL and knobs.toll_control_location != "absent":
        place = result if knobs.toll_control_location == "inside" else told
        place["routingControlLocation"] = "AFTER_ENTRY"
    return told


def stamp(moment: datetime) -> str:
    """`yyyy-MM-ddTHH:mm:ssZ`, the one form of the interface."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
