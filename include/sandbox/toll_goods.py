"""Which goods the sandbox's Tolletaten knows: the two published matrices of the playground, or any goods by hash.

Source of the matrices: Tolletaten's ICS2 page as it is since December 2024 (`current`) and as it was before (`2024`),
where HC004 stood in two containers and only those two rows had a routing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_BAG = "GBASFZMLBKONAUN30001001019999"
_SHARE_OF_CONTROL = 0.13
"""27 of 210 transports of one forwarder were ever sent to control."""


@dataclass(frozen=True, slots=True)
class Goods:
    """One house consignment; `routing` None: customs never says a word about it."""

    mrn: str | None
    receptacle: str | None
    document: str | None
    kind: str | None
    container: str | None
    routing: str | None


CURRENT = (
    Goods("23NO00000000000001", _BAG, "NO100000001MU", "N750", None, "TO_CONTROL"),
    Goods("23NO00000000000002", _BAG, "NO100000002MU", "N750", None, "TO_ENTRY"),
    Goods("23NO00000000000003", None, "HC001", "N740", None, "TO_ENTRY"),
    Goods("23NO00000000000003", None, "HC002", "N740", None, "TO_CONTROL"),
    Goods("23NO00000000000004", None, "HC001", "N703", None, "TO_CONTROL"),
    Goods("23NO00000000000004", None, "HC002", "N703", None, "TO_ENTRY"),
    Goods("23NO00000000000005", None, "HC003", "N714", "JARU0000010", "TO_CONTROL"),
    Goods("23NO00000000000005", None, "HC004", "N714", "JARU0000026", "TO_ENTRY"),
)
OLDER = (
    Goods("23NO00000000000001", _BAG, "NO100000001MU", "N750", None, None),
    Goods("23NO00000000000002", _BAG, "NO100000002MU", "N750", None, None),
    Goods("23NO00000000000003", None, "HC001", "N740", None, None),
    Goods("23NO00000000000003", None, "HC002", "N740", None, None),
    Goods("23NO00000000000004", None, "HC001", "N703", None, None),
    Goods("23NO00000000000004", None, "HC002", "N703", None, None),
    Goods("23NO00000000000005", None, "HC004", "N714", "JARU0000010", "TO_CONTROL"),
    Goods("23NO00000000000005", None, "HC004", "N714", "JARU0000026", "TO_ENTRY"),
)
MATRICES: Mapping[str, tuple[Goods, ...]] = {"current": CURRENT, "2024": OLDER}


def presented(level: str, body: Mapping[str, Any], known: tuple[Goods, ...]) -> tuple[Goods, ...]:
    """The goods of `known` that a presentation covers; none when it names nothing that exists."""
    if level == "entry-summary-declaration":
        return tuple(one for one in known if one.mrn == body["mrn"])
    if level == "receptacle":
        return tuple(one for one in known if one.receptacle == body["receptacleIdentificationNumber"])
    if level == "container":
        return tuple(one for one in known if one.container == body["containerIdentificationNumber"])
    if level != "house-consignment":
        return ()
    document = body["transportDocumentHouseLevel"]
    wanted = (document["documentNumber"], document["type"])
    return tuple(one for one in known if (one.document, one.kind) == wanted and body.get("mrn") in (None, one.mrn))


def any_goods(seed: int, level: str, body: Mapping[str, Any]) -> tuple[Goods, ...]:
    """Goods for a presentation of anything: a declaration holds one to three houses, the other levels one."""
    return tuple(_any(seed, level, body))


def _any(seed: int, level: str, body: Mapping[str, Any]) -> Iterator[Goods]:
    if level == "entry-summary-declaration":
        mrn = body["mrn"]
        for number in range(1 + int(3 * share(seed, "houses", mrn))):
            yield Goods(mrn, None, f"{mrn}-{number + 1}", "N740", None, routing_of(seed, mrn, number))
    elif level == "receptacle":
        bag = body["receptacleIdentificationNumber"]
        yield Goods(None, bag, f"{bag}-1", "N750", None, routing_of(seed, bag))
    elif level == "container":
        box = body["containerIdentificationNumber"]
        yield Goods(None, None, f"{box}-1", "N714", box, routing_of(seed, box))
    else:
        document = body.get("transportDocumentHouseLevel") or body["transportDocumentMasterLevel"]
        number, kind = document["documentNumber"], document["type"]
        yield Goods(body.get("mrn"), None, number, kind, None, routing_of(seed, number, kind))


def routing_of(seed: int, *parts: object) -> str:
    """TO_CONTROL for thirteen in a hundred, TO_ENTRY for the rest."""
    return "TO_CONTROL" if share(seed, "routing", *parts) < _SHARE_OF_CONTROL else "TO_ENTRY"


def share(seed: int, *parts: object) -> float:
    """A number in [0, 1) that depends on nothing but its arguments."""
    digest = hashlib.blake2b("|".join(map(str, (seed, *parts))).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
