"""What Samsvar keeps of a vehicle in the register: named fields only, so that an owner cannot come along by accident.

Field names are those of Kjøretøysøk v2 (Statens vegvesen, OpenAPI "Søk" 2.0).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

FILLERS = frozenset({"", "-", "--", "---"})
"""Texts the register writes for "no value"."""

NOBODY = "nobody"
"""What stands in `VehicleRecord.leasingtaker` where the register says that nobody leases the vehicle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleRecord:
    """One vehicle at the moment it was asked for. None means: the register gave no value (or its filler "-").

    A VIN alone is not unique: identity is `understellsnummer` with `merkekode`, or `kuid`. `kjennemerke` is as the
    register writes it, often with a blank; compare plates with `plain_plate`. `merkekode` is text of four digits.
    `eierskap` is None unless a setting with a stated purpose keeps owners, and then only the encrypted form of
    `include.register.owners`. `leasingtaker` is None unless the leaseholder was asked for and can be read, and then a
    keyed hash of its number, or NOBODY.
    """

    kuid: str | None = None
    understellsnummer: str | None = None
    merkekode: str | None = None
    merke: str | None = None
    kjennemerke: str | None = None
    kjennemerker: tuple[str, ...] = ()
    registreringsstatus: str | None = None
    registrering_fom: datetime | None = None
    registrert_forstegang_norge: date | None = None
    forstegang_registrert: date | None = None
    godkjenningsundertype: str | None = None
    typegodkjenningsnummer: str | None = None
    variant: str | None = None
    versjon: str | None = None
    avgiftskode: str | None = None
    teknisk_kode: str | None = None
    kontrollfrist: date | None = None
    eierskap: bytes | None = field(default=None, repr=False)
    leasingtaker: str | None = field(default=None, repr=False)

    @property
    def is_registered(self) -> bool:
        """True when the register says REGISTRERT; other and unknown codes are False."""
        return (self.registreringsstatus or "").upper() == "REGISTRERT"

    def has_make(self, merkekode: str | int | None) -> bool:
        """Whether this is the make asked for; leading zeros do not count, and None on either side fits."""
        if merkekode is None or self.merkekode is None:
            return True
        return str(merkekode).strip().lstrip("0") == self.merkekode.lstrip("0")


def plain_id(text: str) -> str:
    """A VIN or kuid for comparison only: upper case, no blanks."""
    return "".join(text.split()).upper()


def plain_plate(text: str) -> str:
    """A plate for comparison only: "cu 10942" and "CU-10942" are the same."""
    return plain_id(text).replace("-", "")
