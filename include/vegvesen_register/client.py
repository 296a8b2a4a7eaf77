"""The lookup of Statens vegvesen: three bulk questions, each answered by `responser[]` and the quota that is left."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from include.register.asking import Asker, Patience, SettlesNothing
from include.register.bulk import look_up
from include.register.dtg import dtg
from include.register.kinds import KUID, PLATE, VIN, Kind
from include.register.port import Looked
from include.register.rows import Rows, parse_rows
from include.register.settling import Settled, settle
from include.register.transport import Request, Transport
from include.register.verdict import Where, judge
from include.vegvesen_register.settings import VegvesenRegisterSettings

log = logging.getLogger(__name__)

_PATIENCE = Patience()


class VegvesenRegister:
    """A `Register`. Thread-safe; the transport is closed with it.

    `remaining_quota` is the number of vehicles that may still be asked for today, as the last answer told it.
    """

    vins_in_bulk = True

    def __init__(
        self, settings: VegvesenRegisterSettings, transport: Transport, *, patience: Patience = _PATIENCE
    ) -> None:
        self._settings = settings
        self._transport = transport
        self.remaining_quota: int | None = None
        where = Where(settings.conn_id, "Statens vegvesen's register", settings.base_url)
        self._asker = Asker(transport, lambda reply: judge(reply, where), patience)

    def __repr__(self) -> str:
        return f"VegvesenRegister({self._settings.conn_id!r})"

    @property
    def name(self) -> str:
        """See `Register.name`."""
        return self._settings.conn_id

    def lookup_vins(self, vins: Iterable[str]) -> Mapping[str, Looked]:
        """See `Register`."""
        return self._in_bulk(vins, VIN, None)

    def lookup_plates(self, plates: Iterable[str], *, at: datetime | None = None) -> Mapping[str, Looked]:
        """See `Register`."""
        return self._in_bulk(plates, PLATE, at)

    def lookup_kuids(self, kuids: Iterable[str], *, at: datetime | None = None) -> Mapping[str, Looked]:
        """See `Register`."""
        return self._in_bulk(kuids, KUID, at)

    def close(self) -> None:
        """See `Register.close`."""
        self._transport.close()

    def _in_bulk(self, items: Iterable[str], kind: Kind, at: datetime | None) -> Mapping[str, Looked]:
        moment = dtg(at)

        def ask(asked: Sequence[str]) -> Settled:
            content = [self._item(kind, item, moment) for item in asked]
            reply = self._asker.ask(Request("POST", f"/kjoretoyoppslag/bulk/{kind.field}", content=content))
            rows = Rows(()) if reply is None else parse_rows(reply.body, *self._settings.kept)
            if rows is None:
                raise SettlesNothing("The register's answer cannot be read.", divide=False)
            if rows.remaining_quota is not None:
                self.remaining_quota = rows.remaining_quota
            return settle(asked, kind, rows, self._settings.absent_messages)

        size, parallel = self._settings.bulk_size, self._settings.max_parallel
        found = look_up(items, kind, ask, size=size, parallel=parallel)
        if self.remaining_quota is not None:
            log.info("Connection %s: %d vehicles are left of today's quota", self.name, self.remaining_quota)
        return found

    def _item(self, kind: Kind, item: str, moment: Mapping[str, str]) -> Any:
        if self._settings.item_shape == "text" and not moment:
            return item
        return {kind.field: item, **moment}
