"""The register at KS Fiks. Requests are those of Kjøretøysøk v2 below the organisation's own path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from include.errors import ServiceUnavailable
from include.fiks.search import Customer, Hits, Subject, customers, query_of
from include.fiks.settings import API, FiksSettings
from include.fiks.verdict import judge_fiks
from include.register.asking import Asker, Patience, SettlesNothing
from include.register.bulk import look_up
from include.register.dtg import dtg
from include.register.kinds import KUID, PLATE, VIN, Kind
from include.register.port import Looked
from include.register.record import VehicleRecord
from include.register.rows import Rows, parse_rows
from include.register.settling import Settled, settle
from include.register.transport import Reply, Request, Transport
from include.register.verdict import Verdict, Where

_PATIENCE = Patience()
_UNREADABLE = "The register's answer cannot be read."


class FiksRegister:
    """A `Register` with searches. Thread-safe; the transport is closed with it. It tells no quota."""

    vins_in_bulk = False
    remaining_quota: int | None = None

    def __init__(self, settings: FiksSettings, transport: Transport, *, patience: Patience = _PATIENCE) -> None:
        self._settings = settings
        self._transport = transport
        self._where = Where(settings.conn_id, "KS Fiks", settings.base_url)
        self._root = f"{API}/{settings.fiks_org_id}/rest/distribusjon/kjoretoy/v2.0"
        self._headers = {
            "IntegrasjonId": settings.integration_id,
            "IntegrasjonPassord": settings.integration_password,
        }
        self._asker = Asker(transport, self._judge, patience)

    def __repr__(self) -> str:
        return f"FiksRegister({self._settings.conn_id!r})"

    @property
    def name(self) -> str:
        """See `Register.name`."""
        return self._settings.conn_id

    def lookup_vins(self, vins: Iterable[str]) -> Mapping[str, Looked]:
        """See `Register`. KS Fiks takes one VIN in a request, so `max_parallel` of them are under way at once."""
        return look_up(vins, VIN, self._by_vin, size=1, parallel=self._settings.max_parallel)

    def lookup_plates(self, plates: Iterable[str], *, at: datetime | None = None) -> Mapping[str, Looked]:
        """See `Register`."""
        return self._in_bulk(plates, PLATE, at)

    def lookup_kuids(self, kuids: Iterable[str], *, at: datetime | None = None) -> Mapping[str, Looked]:
        """See `Register`."""
        return self._in_bulk(kuids, KUID, at)

    def search(self, subject: Subject, *, limit: int = 10_000, **criteria: str | bool) -> Hits:
        """Vehicles by `sok/<subject>` (all but kunde), page by page, at most `limit` of them.

        Raises ValueError for criteria that the subject does not have, PersonMustAct, and TryAgain.
        """
        if subject == "kunde":
            raise ValueError("sok/kunde finds customers; use search_customers.")
        query = query_of(subject, criteria)
        found: dict[VehicleRecord, None] = {}
        asked = unread = 0
        while True:
            # Whether rows count from 0 or 1 is unpublished: starting at the number had so far repeats a row at most.
            paging = (("fra", str(asked)),) if asked else ()
            rows = self._page(subject, query + paging + (("antall", str(self._settings.bulk_size)),))
            before = len(found)
            for row in rows.rows:
                found.update(dict.fromkeys(row.vehicles))
                unread += not row.whole
            asked += len(rows.rows)
            if len(found) >= limit:
                whole = len(found) == limit == rows.total
                return Hits(tuple(found)[:limit], unread, whole=whole)
            if len(rows.rows) < self._settings.bulk_size or len(found) == before:
                return Hits(tuple(found), unread, whole=rows.total is None or len(found) + unread >= rows.total)

    def search_customers(self, **criteria: str | bool) -> tuple[Customer, ...]:
        """Customers by `sok/kunde`, without names. Raises as `search`."""
        reply = self._one("kunde", query_of("kunde", criteria))
        hits = () if reply is None else customers(reply.body)
        if hits is None:
            raise ServiceUnavailable(f"{_UNREADABLE[:-1]} (connection {self.name!r}, sok/kunde); ask again later.")
        return hits

    def close(self) -> None:
        """See `Register.close`."""
        self._transport.close()

    def _judge(self, reply: Reply) -> Verdict:
        consumer = self._transport.consumer()
        return judge_fiks(reply, self._where, integration_id=self._settings.integration_id, consumer=consumer)

    def _by_vin(self, asked: Sequence[str]) -> Settled:
        path = f"{self._root}/bulk/understellsnummer/{quote(asked[0], safe='')}"
        return self._settled(asked, VIN, self._asker.ask(Request("GET", path, headers=self._headers)))

    def _in_bulk(self, items: Iterable[str], kind: Kind, at: datetime | None) -> Mapping[str, Looked]:
        moment = dtg(at)

        def ask(asked: Sequence[str]) -> Settled:
            content: list[Any] = [{kind.field: item} | moment for item in asked]
            request = Request("POST", f"{self._root}/bulk/{kind.field}", content=content, headers=self._headers)
            return self._settled(asked, kind, self._asker.ask(request))

        size, parallel = self._settings.bulk_size, self._settings.max_parallel
        return look_up(items, kind, ask, size=size, parallel=parallel)

    def _settled(self, asked: Sequence[str], kind: Kind, reply: Reply | None) -> Settled:
        rows = Rows(()) if reply is None else parse_rows(reply.body, *self._settings.kept)
        if rows is None:
            raise SettlesNothing(_UNREADABLE, divide=False)
        return settle(asked, kind, rows, self._settings.absent_messages)

    def _page(self, subject: Subject, query: tuple[tuple[str, str], ...]) -> Rows:
        reply = self._one(subject, query)
        rows = Rows(()) if reply is None else parse_rows(reply.body, *self._settings.kept)
        if rows is None:
            raise ServiceUnavailable(f"{_UNREADABLE[:-1]} (connection {self.name!r}, sok/{subject}); ask again later.")
        return rows

    def _one(self, subject: Subject, query: tuple[tuple[str, str], ...]) -> Reply | None:
        try:
            return self._asker.ask(Request("GET", f"{self._root}/sok/{subject}", query, headers=self._headers))
        except SettlesNothing as nothing:
            raise ValueError(f"sok/{subject}: {nothing} Check the criteria, or ask for fewer hits.") from None
