"""The port: who asks the register uses these names and does not know which adapter answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from include.register.record import VehicleRecord


@dataclass(frozen=True, slots=True)
class Found:
    """The register knows it. Several vehicles when makes share a VIN; never empty."""

    vehicles: tuple[VehicleRecord, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """The register answered readably that it does not know it."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The register answered, and the answer settles nothing. It is not Absent: what was unknown stays unknown.

    `support_id` is the authority's own id of the call (`svvguid`, `errorId`), to quote to its support.
    """

    sentence: str
    support_id: str | None = None


@dataclass(frozen=True, slots=True)
class NotAsked:
    """There is no answer: the register is away, the quota is used up, or the text cannot be asked for.

    `retry_after` is the pause in seconds that the authority named.
    """

    sentence: str
    retry_after: float | None = None


Looked = Found | Absent | Unreadable | NotAsked


class Register(Protocol):
    """Looks vehicles up, many at a time. Blocking: call it from a thread, or through `asyncio.to_thread`.

    Every mapping has exactly the texts that were asked for as keys, as they were written. A register that is away, slow
    or used up is `NotAsked` for what is left; these methods raise only `PersonMustAct` (a setting or an access is
    wrong).
    """

    @property
    def name(self) -> str:
        """The connection id, for sentences and evidence."""

    @property
    def vins_in_bulk(self) -> bool:
        """Whether one question takes many VINs; where not, many kuids are cheaper to ask for."""

    @property
    def remaining_quota(self) -> int | None:
        """Vehicles that may still be asked for today, where the register tells it."""

    def lookup_vins(self, vins: Iterable[str]) -> Mapping[str, Looked]:
        """By understellsnummer."""

    def lookup_plates(self, plates: Iterable[str], *, at: datetime | None = None) -> Mapping[str, Looked]:
        """By kjennemerke, as the plates were at `at` (with time zone; None: now)."""

    def lookup_kuids(self, kuids: Iterable[str], *, at: datetime | None = None) -> Mapping[str, Looked]:
        """By kuid, the register's own vehicle id."""

    def close(self) -> None:
        """Give the connections back; idempotent."""
