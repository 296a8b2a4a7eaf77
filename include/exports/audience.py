"""Who an export is for. It is read with that one's own rights, so no mistake here can show another's rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import psycopg
from psycopg import sql

from include.errors import ConfigurationError
from include.ledger.roles import ANALYST, party_role
from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True)
class Audience:
    """One party's own people, or (`party` None) those who may see every party."""

    party: str | None = None

    @property
    def name(self) -> str:
        """How files and folders are called."""
        return self.party or "all"

    @property
    def schema(self) -> str:
        """Where it reads the marts."""
        return "mart_party" if self.party else "mart"

    @property
    def role(self) -> str:
        """Whose rights it reads with."""
        return party_role(self.party) if self.party else ANALYST

    @contextmanager
    def reading(self, connection: Connection) -> Iterator[None]:
        """Everything inside is read at one moment, read only, with the receiver's rights.

        Raises ConfigurationError when the role does not exist or the loader may not take it on.
        """
        connection.commit()
        try:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(self.role)))
        except (psycopg.errors.InvalidParameterValue, psycopg.errors.InsufficientPrivilege):
            connection.rollback()
            raise ConfigurationError(
                f"Exports are read as the role {self.role}, which does not exist or may not be taken on: "
                "run `make migrate` as a user who may make roles."
            ) from None
        try:
            yield
        finally:
            connection.rollback()


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included, as the parties' calendars have them."""

    first: date
    last: date

    @classmethod
    def month(cls, day: date) -> Period:
        """The month that a day lies in."""
        first = day.replace(day=1)
        return cls(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))

    @property
    def before(self) -> Period:
        """The month before the one `first` lies in."""
        return Period.month(self.first.replace(day=1) - timedelta(days=1))

    @property
    def name(self) -> str:
        """2026-11 for a whole month, else both days."""
        if self == Period.month(self.first):
            return self.first.strftime("%Y-%m")
        return f"{self.first}_{self.last}"
