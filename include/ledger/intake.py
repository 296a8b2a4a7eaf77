"""From bytes to documents: the moment a file that was read becomes a row with an identity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.types.json import Jsonb

from include.ledger.warehouse import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMember:
    """One document inside a file that was read; an ordinary file has exactly one, with an empty member name.

    Either `sha256` and `size` (bytes, of the document after unpacking) or `rule_id` and `reason` are given.
    """

    member: str = ""
    sha256: str | None = None
    size: int = 0
    rule_id: str | None = None
    reason: str | None = None
    companion: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file that was read from the drop: its sighting, the hash of its bytes as they lie there, its documents."""

    sighting_id: int
    file_sha256: str
    members: Sequence[ReadMember]


@dataclass(slots=True)
class Taken:
    """What one group of files became."""

    documents: int = 0
    duplicates: int = 0
    invalid: int = 0
    sentences: list[str] = field(default_factory=list)


def take(connection: Connection, party: str, files: Sequence[ReadFile], *, resubmit: bool) -> Taken:
    """Gives every member of every file a sighting and, where its bytes are usable, a document.

    The same bytes are DUPLICATE only while the party's document with these bytes is open, unknown or accepted. A
    refused or invalid one comes back to life with the new sighting (`resubmit` false: it stays and says so).
    The caller holds the party's lock and commits; the bytes are in the content store already.
    """
    taken = Taken()
    rows = _one_sighting_per_member(connection, files)
    usable = [(sighting, member) for sighting, member in rows if member.sha256 is not None]
    known = _documents(connection, party, {str(member.sha256) for _, member in usable})
    for sighting, member in rows:
        if member.sha256 is None:
            _refuse(connection, sighting, member)
            taken.invalid += 1
            continue
        document = known.get(member.sha256)
        if document is None:
            known[member.sha256] = _new_document(connection, party, sighting, member)
            taken.documents += 1
        elif document["busy"] or (document["refused"] and not resubmit):
            _duplicate(connection, sighting, document, member)
            taken.duplicates += 1
        else:
            _revive(connection, sighting, document, member)
            document["busy"] = True
            taken.documents += 1
    return taken


def _one_sighting_per_member(connection: Connection, files: Sequence[ReadFile]) -> list[tuple[int, ReadMember]]:
    """The file's own sighting stands for its first member; each further member gets a sighting beside it."""
    rows: list[tuple[int, ReadMember]] = []
    for file in files:
        cursor = connection.execute(
            "UPDATE ledger.sighting SET member = %s, file_sha256 = %s, leave_in_place = false, rule_id = NULL, "
            "reason = NULL WHERE id = %s AND state IN ('OPEN', 'INCOMPLETE') RETURNING id",
            (file.members[0].member, file.file_sha256, file.sighting_id),
        )
        if cursor.fetchone() is None:
            continue  # another process took it first
        rows.append((file.sighting_id, file.members[0]))
        for member in file.members[1:]:
            row = connection.execute(
                "INSERT INTO ledger.sighting (first_seen_at, party, day, name_bytes, name, member, size, mtime, "
                "stable_since, file_sha256) SELECT first_seen_at, party, day, name_bytes, name, %s, size, mtime, "
                "stable_since, file_sha256 FROM ledger.sighting WHERE id = %s RETURNING id",
                (member.member, file.sighting_id),
            ).fetchone()
            rows.append((_id(row), member))
    return rows


def _documents(connection: Connection, party: str, hashes: set[str]) -> dict[str, Row]:
    """Known documents among `hashes`; `busy` means open, unknown or accepted, `refused` that it was sent and refused."""
    rows = connection.execute(
        "SELECT d.id, d.sha256, coalesce(u.state = 'REFUSED', false) AS refused, "
        "CASE WHEN u.state IS NOT NULL AND u.sighting_id = d.sighting_id THEN u.state <> 'REFUSED' "
        "ELSE d.state <> 'INVALID' END AS busy "
        "FROM ledger.document d LEFT JOIN LATERAL (SELECT state, sighting_id FROM ledger.submission x "
        "WHERE x.document_id = d.id ORDER BY x.n DESC LIMIT 1) u ON true "
        "WHERE d.party = %s AND d.sha256 = ANY(%s)",
        (party, list(hashes)),
    )
    return {row["sha256"]: row for row in rows}


def _refuse(connection: Connection, sighting: int, member: ReadMember) -> None:
    connection.execute(
        "UPDATE ledger.sighting SET state = 'INVALID', rule_id = %s, reason = %s WHERE id = %s",
        (member.rule_id, member.reason, sighting),
    )


def _new_document(connection: Connection, party: str, sighting: int, member: ReadMember) -> Row:
    row = connection.execute(
        "INSERT INTO ledger.document (party, sha256, size, sighting_id) VALUES (%s, %s, %s, %s) RETURNING id",
        (party, member.sha256, member.size, sighting),
    ).fetchone()
    _carry(connection, sighting, _id(row), member)
    return {"id": _id(row), "busy": True, "refused": False}


def _revive(connection: Connection, sighting: int, document: Row, member: ReadMember) -> None:
    connection.execute(
        "UPDATE ledger.document SET sighting_id = %s, state = 'RECEIVED', hold_reason = NULL WHERE id = %s",
        (sighting, document["id"]),
    )
    _carry(connection, sighting, document["id"], member)


def _carry(connection: Connection, sighting: int, document: int, member: ReadMember) -> None:
    companion = Jsonb(member.companion) if member.companion else None
    connection.execute(
        "UPDATE ledger.sighting SET state = 'TAKEN', document_id = %s, companion = %s WHERE id = %s",
        (document, companion, sighting),
    )


def _duplicate(connection: Connection, sighting: int, document: Row, member: ReadMember) -> None:
    connection.execute(
        "UPDATE ledger.sighting s SET state = 'DUPLICATE', document_id = d.id, duplicate_of = d.sighting_id, "
        "rule_id = 'file.duplicate', reason = 'The same content came before as ' || f.name || "
        "CASE WHEN %s THEN '; it was refused and waits for the form \"send refused again\".' "
        "ELSE '; nothing is sent twice.' END "
        "FROM ledger.document d JOIN ledger.sighting f ON f.id = d.sighting_id WHERE d.id = %s AND s.id = %s",
        (document["refused"], document["id"], sighting),
    )


def _id(row: Row | None) -> int:
    if row is None:
        raise LookupError("the warehouse returned no row where it must")
    return int(row["id"])
