"""Forget: on schedule, what is known of people is erased, with proof; what stays is sealed with the newest key."""

from __future__ import annotations

from dataclasses import dataclass

from include.config.party import Party
from include.drop.drop import Drop
from include.leasing.vault import Vault
from include.ledger import leasing_filing
from include.ledger.warehouse import Connection

_GROUP = 500
_DAY = 86_400.0


@dataclass(slots=True)
class Forgotten:
    """How many people and files were erased, and how many were sealed anew."""

    people: int = 0
    files: int = 0
    sealed_anew: int = 0

    def sentence(self) -> str:
        """In words; empty when nothing was due."""
        parts = [
            f"{self.people} people erased" if self.people else "",
            f"{self.files} archived files removed" if self.files else "",
            f"{self.sealed_anew} people sealed with the newest key" if self.sealed_anew else "",
        ]
        return ", ".join(part for part in parts if part)


async def forget(connection: Connection, drop: Drop, party: Party, vault: Vault, *, keep_days: float) -> Forgotten:
    """Erases what was decided more than `keep_days` ago. What is not decided is kept: it may have to be sent once more.

    May be killed anywhere and run again: a person and the proof of its erasure go in one transaction; a file is removed
    first and booked then, so that a booked removal has happened.
    """
    result, why = Forgotten(), f"schedule: {keep_days:g} days after the decision"
    while found := leasing_filing.forget_people(connection, party.id, keep_seconds=keep_days * _DAY, why=why):
        result.people += found
    for file_id, place in leasing_filing.files_to_forget(connection, party.id, keep_days * _DAY):
        connection.commit()
        await drop.remove(place.encode())
        leasing_filing.file_forgotten(connection, party.id, file_id, why)
        result.files += 1
    while rows := leasing_filing.sealed_with_other_keys(connection, party.id, vault.key_id, most=_GROUP):
        leasing_filing.sealed_anew(
            connection, vault.key_id, [(change, vault.resealed(sealed)) for change, sealed in rows]
        )
        result.sealed_anew += len(rows)
    connection.commit()
    return result
