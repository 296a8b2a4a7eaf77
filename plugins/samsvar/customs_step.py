"""What every poll of customs has in common: whose feeds, the way there, and what is told and written afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowSkipException

from include.errors import SamsvarError
from samsvar.step import PartyStep

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from include.config.party import Party
    from include.ledger.feeds import Feed
    from include.ledger.warehouse import Connection
    from include.toll.polling import TollPolls
    from include.toll.settings import TollSettings
    from samsvar.hooks.toll import TollHook


@dataclass(frozen=True, slots=True)
class Desk:
    """One organisation's feeds. `parties` are ours that share them: the polling one first, others of its number."""

    connection: Connection
    organisation_id: int
    settings: TollSettings
    parties: tuple[Party, ...]


class CustomsStep(PartyStep):
    """Mixed into the operators of the polls. Nothing is imported before the task runs: a tick mostly finds nothing."""

    log: Any

    @cached_property
    def hook(self) -> TollHook:
        """The party's way to Tolletaten."""
        from samsvar.hooks.toll import TollHook

        return TollHook.of(self.party)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Opens the warehouse and notes who polls for whom."""
        from include.ledger import feeds, sightings
        from include.ledger.warehouse import connect

        settings, parties = self.hook.settings(), self._sharing()
        with connect(self.dsn) as connection:
            for party in parties:
                sightings.name_party(connection, party.id, party.name, party.organisation_number, party.timezone)
                organisation = feeds.organisation_of(
                    connection,
                    party.id,
                    settings.environment,
                    party.sender,
                    feeds.Watched(
                        validation_minutes=party.thresholds.validation_minutes,
                        signal_minutes=party.thresholds.signal_minutes,
                        control_places=party.control_places,
                    ),
                )
            yield Desk(connection, organisation, settings, parties)

    def _sharing(self) -> tuple[Party, ...]:
        from include.config.parties import load_parties

        mine = (self.party.sender, self.party.connections.toll)
        others = [
            party
            for party in load_parties().good.values()
            if party.id != self.party.id and "customs" in party.roles and (party.sender, party.connections.toll) == mine
        ]
        return (*others, self.party)[::-1]

    def read(self, desk: Desk, endpoints: tuple[str, ...], poll: Callable[[TollPolls, Feed], Any]) -> list[Any]:
        """Polls each feed under its lock. One that stops never keeps the others from being read, told and written.

        Returns what each poll returned; raises the first failure afterwards, or skips when nothing was new.
        """
        read, stopped = [], []
        with closing(self.hook.polls_for(self.party)) as polls:
            for endpoint in endpoints:
                try:
                    read.append(self._one(desk, endpoint, polls, poll))
                    self.log.info("%s: %s", self.party_id, read[-1].sentence())
                except SamsvarError as error:
                    self.log.error("%s: %s", self.party_id, error)
                    stopped.append(error)
        self._tell(desk, stopped)
        if stopped:
            raise stopped[0]
        return read

    def _one(self, desk: Desk, endpoint: str, polls: TollPolls, poll: Callable[[TollPolls, Feed], Any]) -> Any:
        from include.journey import watch_customs
        from include.ledger import alerts, feeds

        feed = feeds.feed_of(desk.connection, desk.organisation_id, endpoint)
        with feeds.reading(desk.connection, feed) as held:
            try:
                return poll(polls, held)
            except SamsvarError as error:
                desk.connection.rollback()
                alert = watch_customs.stopped_by(self.party_id, held, error)
                alerts.record(desk.connection, alert)
                desk.connection.commit()
                raise

    def _tell(self, desk: Desk, stopped: list[SamsvarError]) -> None:
        """Tells what is loud, overdue or about to end, and writes the receipts that are out of date."""
        from include.journey import watch_customs
        from include.ledger import feeds
        from include.ledger.warehouse import now_of
        from samsvar.telling import tell

        now = now_of(desk.connection)
        of_all = feeds.feeds_of(desk.connection, desk.organisation_id)
        for party in desk.parties:
            found = watch_customs.overdue(desk.connection, party)
            if party is self.party:
                found += watch_customs.lagging(party, of_all, now)
                found += watch_customs.key_ends(party, desk.settings.maskinporten_conn_id, self._key_ends(desk), now)
            tell(desk.connection, party, found)
            try:
                self._write_receipts(desk, party)
            except SamsvarError as error:
                self.log.error("%s: %s", party.id, error)
                stopped.append(error)

    def _key_ends(self, desk: Desk) -> datetime | None:
        from samsvar.hooks.maskinporten import MaskinportenHook

        try:
            return MaskinportenHook(desk.settings.maskinporten_conn_id).token_source().settings.ends
        except SamsvarError:
            return None  # the poll has said it

    def _write_receipts(self, desk: Desk, party: Party) -> None:
        from include.ledger import routing_receipts

        if routing_receipts.stale(desk.connection, party.id):
            with routing_receipts.turn(desk.connection, party.id):
                wanted = routing_receipts.stale(desk.connection, party.id)
                written = asyncio.run(self._refresh(desk, party, wanted))
            self.log.info("%s: %d routing receipts written", party.id, written)

    async def _refresh(self, desk: Desk, party: Party, wanted: Any) -> int:
        from include.drop.drop import Drop
        from include.journey.routing_receipt import refresh
        from samsvar.hooks.ecoc_drop import EcocDropHook

        async with Drop(EcocDropHook(party.connections.ecoc_sftp).settings()) as drop:
            return await refresh(desk.connection, drop, party.drop, party.language, wanted)

    def skip_unless(self, something: bool, read: list[Any]) -> None:
        """Ends a tick that found nothing new as skipped."""
        if not something:
            raise AirflowSkipException("; ".join(one.sentence() for one in read))
