"""The polls over HTTP: one page a call, with the patience of every reader, and nothing kept between calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from include.errors import ConfigurationError, ServiceUnavailable
from include.register.asking import Asker, Patience
from include.register.transport import Reply, Request, Transport
from include.register.verdict import Verdict
from include.toll.poll_verdict import judge_poll
from include.toll.polling import Endpoint, Malformed, Page, ReadLater, Signal, Status
from include.toll.reading import Unreadable, elements, signal, status
from include.toll.sentences import Where
from include.toll.settings import StatusMissing, TollSettings

T = TypeVar("T")

_PATIENCE = Patience()


class HttpPolls:
    """A `TollPolls` for one organisation. The transport is closed with it."""

    def __init__(self, settings: TollSettings, transport: Transport, *, patience: Patience = _PATIENCE) -> None:
        self._settings = settings
        self._transport = transport
        self._patience = patience
        self._status_path = f"{settings.presentation_path}/validation-status"
        self._where = Where(
            conn_id=settings.conn_id,
            base_url=settings.base_url,
            environment=settings.environment,
            scope=settings.scope,
        )

    def routing(self, endpoint: Endpoint, marker: str | None) -> Page[Signal]:
        """See `TollPolls.routing`."""
        return self._page(f"{self._settings.routing_path}/{endpoint}", marker, signal, _id_of_signal)

    def validation_status(self, marker: str | None = None) -> Page[Status]:
        """See `TollPolls.validation_status`. A marker is sent and given only where the setting names its field."""
        if self._settings.validation_status_mode != "list":
            raise self._wrong_mode("list")
        named = self._settings.validation_status_marker
        missing = self._settings.validation_status_missing
        if named == "none":
            page = self._page(self._status_path, None, self._status, _no_id, missing=missing)
            return Page(page.items, None)
        return self._page(self._status_path, marker, self._status, _FIELDS[named], missing=missing)

    def validation_of(self, request_id: UUID) -> Status | Malformed | None:
        """See `TollPolls.validation_of`."""
        mode = self._settings.validation_status_mode
        if mode == "query":
            request = Request("GET", self._status_path, (("requestId", str(request_id)),))
        elif mode == "path":
            request = Request("GET", f"{self._status_path}/{request_id}")
        else:
            raise self._wrong_mode("query or path")
        found = [self._status(item) for item in self._elements(self._ask(request, None, "nothing"))]
        ours = [one for one in found if _request_of(one) in (str(request_id), None)]
        return ours[-1] if ours else None

    def close(self) -> None:
        """See `TollPolls.close`."""
        self._transport.close()

    def _page(
        self,
        path: str,
        marker: str | None,
        read: Callable[[Any], T | Malformed],
        id_of: Callable[[T | Malformed, Any], str | None],
        *,
        missing: StatusMissing = "error",
    ) -> Page[T]:
        query = () if marker is None else (("marker", marker),)
        listed = self._elements(self._ask(Request("GET", path, query), marker, missing))
        # The last id leads to the next page, so it is looked for before the others are read.
        last = next((id_ for told in reversed(listed) if (id_ := id_of(read(told), told)) is not None), None)
        return Page(ReadLater(listed, read) if listed else (), last)

    def _ask(self, request: Request, marker: str | None, missing: StatusMissing) -> Reply | None:
        def judge(reply: Reply) -> Verdict:
            return judge_poll(reply, self._where, marker=marker, missing=missing)

        return Asker(self._transport, judge, self._patience).ask(request)

    def _elements(self, reply: Reply | None) -> list[Any]:
        try:
            return [] if reply is None else elements(reply.body)
        except Unreadable:
            raise ServiceUnavailable(
                f"Tolletaten ({self._where.base_url}, connection {self._where.conn_id!r}) answered with something that "
                "cannot be read as JSON; it is asked again later."
            ) from None

    def _status(self, item: Any) -> Status | Malformed:
        return status(item, self._settings.reuse)

    def _wrong_mode(self, needed: str) -> ConfigurationError:
        return ConfigurationError(
            f"Connection {self._settings.conn_id!r}: this question needs `validation_status_mode` {needed}, and it is "
            f"{self._settings.validation_status_mode}."
        )


def _id_of_signal(item: Signal | Malformed, _told: Any) -> str | None:
    return item.id


def _no_id(_item: Status | Malformed, _told: Any) -> str | None:
    return None


def _own_id(_item: Status | Malformed, told: Any) -> str | None:
    value = told.get("id") if isinstance(told, dict) else None
    return value if isinstance(value, str) and value else None


def _request_of(item: Status | Malformed, _told: Any = None) -> str | None:
    return item.request_id if isinstance(item, Status) else item.id


_FIELDS: dict[str, Callable[[Status | Malformed, Any], str | None]] = {"id": _own_id, "requestId": _request_of}
