"""What every step of a leasing run has in common: the keys, the authority's settings, the drop, and one lock."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from samsvar.step import PartyStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from include.drop.settings import DropSettings
    from include.leasing.settings import LeasingKeys
    from include.leasing.vault import Vault
    from include.ledger.warehouse import Connection
    from include.vegvesen.settings import VegvesenSettings
    from samsvar.hooks.vegvesen import VegvesenHook


class LeasingStep(PartyStep):
    """Mixed into the operators of `leasing_changes`. Everything is read when the task runs, nothing at parse time."""

    @cached_property
    def keys(self) -> LeasingKeys:
        """The connection `leasing_keys`."""
        from samsvar.hooks.leasing_keys import LeasingKeysHook

        return LeasingKeysHook(self.party.connections.leasing_keys).settings()

    @cached_property
    def vault(self) -> Vault:
        """Seals and opens leaseholders."""
        return self.keys.vault()

    @property
    def hook(self) -> VegvesenHook:
        """The authority's hook with the party's connections."""
        from samsvar.hooks.vegvesen import VegvesenHook

        connections = self.party.connections
        return VegvesenHook(connections.vegvesen, maskinporten_conn_id=connections.maskinporten)

    @cached_property
    def settings(self) -> VegvesenSettings:
        """The authority's settings; its environment decides which national numbers pass."""
        return self.hook.settings()

    @cached_property
    def drop_settings(self) -> DropSettings:
        """The party's drop."""
        from samsvar.hooks.ecoc_drop import EcocDropHook

        return EcocDropHook(self.party.connections.ecoc_sftp).settings()

    @contextmanager
    def locked(self) -> Iterator[Connection]:
        """The warehouse, with the lock of the party's leasing folder: the eCoC run of the same party is not in the way.

        Raises Busy at once when another run holds it.
        """
        from include.ledger.locks import party_lock
        from include.ledger.sightings import name_party
        from include.ledger.warehouse import connect

        party = self.party
        with connect(self.dsn) as connection, party_lock(connection, f"{party.id}/leasing"):
            name_party(connection, party.id, party.name, party.organisation_number, party.timezone)
            connection.commit()
            yield connection
