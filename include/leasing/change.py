"""One change of a leaseholder as an importer asks for it, and why a row is none. No number, no name is shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from include.authority.address import Environment
from include.drop.tables import Column
from include.leasing.national_number import NumberRefused, organisation_number, person_number
from include.leasing.vault import Vault

Handling = Literal["OPPRETTE", "AVSLUTTE"]
Kind = Literal["person", "organisation"]

COLUMNS = (
    Column("handling", titles=("aksjon", "action"), required=True),
    Column("kjennemerke", titles=("regnr", "registreringsnummer", "skilt", "plate"), required=True),
    Column("fodselsnummer", titles=("fnr", "personnummer", "dnummer"), digits=11),
    Column("organisasjonsnummer", titles=("orgnr", "organisation number"), digits=9),
    Column("etternavn", titles=("surname",)),
)
"""The columns of a leasing file. Names in front are those of the interface; the others are read too."""

_PLATE = re.compile(r"[A-ZÆØÅ0-9]{2,7}")  # the lookup takes 2 to 7 characters; personal plates are any letters
_HANDLING: Mapping[str, Handling] = {
    "opprette": "OPPRETTE",
    "opprett": "OPPRETTE",
    "add": "OPPRETTE",
    "avslutte": "AVSLUTTE",
    "avslutt": "AVSLUTTE",
    "end": "AVSLUTTE",
}
_LONGEST_NAME = 100


class RowRefused(Exception):
    """A row that is not sent; `rule_id` is a key of `include.leasing.words.ROW_REASONS`."""

    def __init__(self, rule_id: str) -> None:
        super().__init__(rule_id)
        self.rule_id = rule_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaseholder:
    """Who leases. Number and surname are shown by no repr."""

    kind: Kind
    number: str = field(repr=False)
    etternavn: str | None = field(default=None, repr=False)

    def sealed(self, vault: Vault) -> bytes:
        """As it rests in the ledger."""
        return vault.seal({"kind": self.kind, "number": self.number, "etternavn": self.etternavn})

    def mark(self, vault: Vault) -> str:
        """By which the same leaseholder is recognised; the surname plays no part."""
        return holder_mark(vault, self.kind, self.number)

    @classmethod
    def unsealed(cls, vault: Vault, sealed: bytes) -> Leaseholder:
        """From the ledger. Raises ConfigurationError when no key of the vault fits."""
        content = vault.opened(sealed)
        kind: Kind = "person" if content["kind"] == "person" else "organisation"
        return cls(kind=kind, number=str(content["number"]), etternavn=content["etternavn"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is asked for. An AVSLUTTE without leaseholder ends the one that we created last for the plate."""

    handling: Handling
    kjennemerke: str
    leaseholder: Leaseholder | None


def holder_mark(vault: Vault, kind: str, number: str) -> str:
    """The keyed hash of a leaseholder's number."""
    return vault.mark("leaseholder", kind, number)


def change_of(cells: Mapping[str, str], environment: Environment) -> Change:
    """The change that a row asks for.

    :raises RowRefused: what is wrong with it
    """
    handling = _HANDLING.get(cells.get("handling", "").strip().casefold())
    if handling is None:
        raise RowRefused("row.handling")
    plate = plain_plate(cells.get("kjennemerke", ""))
    person, organisation = cells.get("fodselsnummer"), cells.get("organisasjonsnummer")
    if person and organisation:
        raise RowRefused("row.both_numbers")
    if not person and not organisation:
        if handling == "OPPRETTE":
            raise RowRefused("row.no_number")
        return Change(handling=handling, kjennemerke=plate, leaseholder=None)
    holder = _person(cells, str(person), environment) if person else _organisation(str(organisation))
    return Change(handling=handling, kjennemerke=plate, leaseholder=holder)


def plain_plate(text: str) -> str:
    """A kjennemerke in capitals without blanks and hyphens.

    :raises RowRefused: no plate that the register could have
    """
    plate = re.sub(r"[\s-]", "", unicodedata.normalize("NFC", text)).upper()
    if not _PLATE.fullmatch(plate):
        raise RowRefused("row.plate")
    return plate


def _person(cells: Mapping[str, str], text: str, environment: Environment) -> Leaseholder:
    name = " ".join(cells.get("etternavn", "").split())
    if not name:
        raise RowRefused("row.no_surname")
    if len(name) > _LONGEST_NAME or not any(letter.isalpha() for letter in name) or any(c.isdigit() for c in name):
        raise RowRefused("row.surname")
    try:
        number = person_number(text, environment)
    except NumberRefused as refused:
        raise RowRefused(f"person.{refused.fault}") from None
    return Leaseholder(kind="person", number=number, etternavn=name)


def _organisation(text: str) -> Leaseholder:
    try:
        return Leaseholder(kind="organisation", number=organisation_number(text))
    except NumberRefused as refused:
        raise RowRefused(f"organisation.{refused.fault}") from None
