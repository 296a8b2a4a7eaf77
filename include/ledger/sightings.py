"""What lies at the drop: one row per file seen, matched with what was seen before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from include.ledger.warehouse import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """One entry of an inbox listing that the run cares about.

    `size` is in bytes and `mtime` in seconds since 1970, both as the server says. A file that can not be handled
    carries the rule and the sentence why; `leave_in_place` then says that it must not even be moved.
    """

    name_bytes: bytes
    name: str
    size: int
    mtime: int
    rule_id: str | None = None
    reason: str | None = None
    leave_in_place: bool = False


@dataclass(frozen=True, slots=True)
class OpenSighting:
    """A file that was listed and not read yet."""

    id: int
    name_bytes: bytes
    name: str
    size: int
    mtime: int
    first_seen_at: datetime
    stable_since: datetime

    def is_quiet(self, now: datetime, seconds: float) -> bool:
        """True once size and time of the file have not changed for `seconds`."""
        return seconds <= 0 or now - self.stable_since >= timedelta(seconds=seconds)


def name_party(connection: Connection, party: str, name: str, organisation_number: str, timezone: str) -> None:
    """Records who the party is, so that marts can name parties that have nothing else yet."""
    connection.execute(
        "INSERT INTO ledger.party (id, name, organisation_number, timezone) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, organisation_number = excluded.organisation_number, "
        "timezone = excluded.timezone, updated_at = now() "
        "WHERE (party.name, party.organisation_number, party.timezone) "
        "IS DISTINCT FROM (excluded.name, excluded.organisation_number, excluded.timezone)",
        (party, name, organisation_number, timezone),
    )


def observe(connection: Connection, party: str, day: date, files: Sequence[ListedFile]) -> list[OpenSighting]:
    """Records one listing of the inbox and returns the files that are still to be read.

    A file that changed since the last listing starts its quiet period again; one that vanished before it was read is
    WITHDRAWN; one that was read and waits to be filed is left alone. `day` is today in the party's time zone.
    The caller holds the party's lock and commits.
    """
    known = _unfiled(connection, party)
    fresh: list[ListedFile] = []
    changed: list[tuple[int, ListedFile]] = []
    for file in files:
        sightings = known.get(file.name_bytes, [])
        if any((row["size"], row["mtime"]) == (file.size, file.mtime) for row in sightings):
            continue
        growing = next((row for row in sightings if row["state"] in ("OPEN", "INCOMPLETE")), None)
        if growing is None:
            fresh.append(file)
        else:
            changed.append((int(growing["id"]), file))
    _insert(connection, party, day, fresh)
    _restart_quiet_period(connection, changed)
    _withdraw(connection, known, {file.name_bytes for file in files})
    return _open(connection, party)


def _unfiled(connection: Connection, party: str) -> dict[bytes, list[Row]]:
    rows = connection.execute(
        "SELECT id, name_bytes, size, mtime, state FROM ledger.sighting "
        "WHERE party = %s AND filed_at IS NULL AND state <> 'WITHDRAWN'",
        (party,),
    )
    known: dict[bytes, list[Row]] = {}
    for row in rows:
        known.setdefault(bytes(row["name_bytes"]), []).append(row)
    return known


def _insert(connection: Connection, party: str, day: date, files: Iterable[ListedFile]) -> None:
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for file in files:
            state = "INVALID" if file.rule_id else "OPEN"
            told = (file.rule_id, file.reason, file.leave_in_place)
            copy.write_row((party, day, file.name_bytes, file.name, file.size, file.mtime, state, *told))


_COPY = (
    "COPY ledger.sighting (party, day, name_bytes, name, size, mtime, state, rule_id, reason, leave_in_place) "
    "FROM STDIN"
)


def _restart_quiet_period(connection: Connection, changed: Iterable[tuple[int, ListedFile]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE ledger.sighting SET size = %s, mtime = %s, stable_since = now(), state = 'OPEN', rule_id = NULL, "
            "reason = NULL, leave_in_place = false WHERE id = %s AND state IN ('OPEN', 'INCOMPLETE')",
            [(file.size, file.mtime, sighting) for sighting, file in changed],
        )


def _withdraw(connection: Connection, known: dict[bytes, list[Row]], listed: set[bytes]) -> None:
    gone = [
        row["id"]
        for name, rows in known.items()
        if name not in listed
        for row in rows
        if row["state"] in ("OPEN", "INCOMPLETE")
    ]
    connection.execute(
        "UPDATE ledger.sighting SET state = 'WITHDRAWN', reason = 'taken away before it was read' WHERE id = ANY(%s)",
        (gone,),
    )


def _open(connection: Connection, party: str) -> list[OpenSighting]:
    rows = connection.execute(
        "SELECT id, name_bytes, name, size, mtime, first_seen_at, stable_since FROM ledger.sighting "
        "WHERE party = %s AND filed_at IS NULL AND state = 'OPEN' ORDER BY id",
        (party,),
    )
    return [OpenSighting(**{**row, "name_bytes": bytes(row["name_bytes"])}) for row in rows]


def held(connection: Connection, party: str) -> list[tuple[int, bytes]]:
    """Sightings whose document waits for a person, with the name of their file or member."""
    rows = connection.execute(
        "SELECT s.id, s.name_bytes, s.member FROM ledger.sighting s JOIN ledger.document d ON d.sighting_id = s.id "
        "WHERE s.party = %s AND s.filed_at IS NULL AND s.state = 'TAKEN' AND d.hold_reason IS NOT NULL",
        (party,),
    )
    return [(row["id"], row["member"].encode("utf-8", "surrogateescape") or bytes(row["name_bytes"])) for row in rows]


def lay_beside(connection: Connection, companions: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Replaces what was said beside these sightings; the caller commits."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE ledger.sighting SET companion = %s WHERE id = %s AND filed_at IS NULL",
            [(Jsonb(companion), sighting) for sighting, companion in companions],
        )


def mark_not_whole(connection: Connection, sightings: Sequence[int], give_up_after: timedelta) -> int:
    """Leaves files whose end has not arrived yet; past `give_up_after` they become INCOMPLETE and get a receipt.

    Returns how many became INCOMPLETE now.
    """
    cursor = connection.execute(
        "UPDATE ledger.sighting SET "
        "state = CASE WHEN now() - first_seen_at > %(age)s THEN 'INCOMPLETE' ELSE 'OPEN' END, "
        "rule_id = 'file.not_whole', leave_in_place = true, "
        "reason = 'The file stops before its root element ends: upload it again, completely.' "
        "WHERE id = ANY(%(ids)s) RETURNING state",
        {"ids": list(sightings), "age": give_up_after},
    )
    return sum(row["state"] == "INCOMPLETE" for row in cursor)


def mark_gone(connection: Connection, sightings: Sequence[int]) -> None:
    """Records files that vanished between listing and reading."""
    connection.execute(
        "UPDATE ledger.sighting SET state = 'WITHDRAWN', reason = 'taken away before it was read' WHERE id = ANY(%s)",
        (list(sightings),),
    )
