"""From bytes to documents: the moment a file that was read becomes a row with an identity."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from include.ledger.revisions import hold_revisions
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
    """What one group of files became. `revisions` are accepted documents that came again with another avgiftsKode."""

    documents: int = 0
    revisions: list[int] = field(default_factory=list)
    duplicates: int = 0
    invalid: int = 0
    sentences: list[str] = field(default_factory=list)


def take(connection: Connection, party: str, files: Sequence[ReadFile], *, resubmit: bool) -> Taken:
    """Gives every member of every file a sighting and, where its bytes are usable, a document.

    The same bytes are DUPLICATE only while the party's document with these bytes is open, unknown or accepted. A
    refused or invalid one comes back to life with the new sighting (`resubmit` false: it stays and says so).
    The caller holds the party's lock and commits; the bytes are in the content store already.
    """
    rows = _one_sighting_per_member(connection, files)
    known = _documents(connection, party, {row.member.sha256 for row in rows if row.member.sha256 is not None})
    invalid: list[_Row] = []
    fresh: list[_Row] = []
    revived: list[_Row] = []
    duplicates: list[_Row] = []
    revisions: list[_Row] = []
    for row in rows:
        document = known.get(row.member.sha256 or "")
        if row.member.sha256 is None:
            invalid.append(row)
        elif document is None:
            known[row.member.sha256] = {"id": None, "busy": True, "refused": False, "revised": True, "later_code": None}
            fresh.append(row)
        elif _is_revision(document, row):
            document["revised"] = True
            revisions.append(row)
        elif document["busy"] or (document["refused"] and not resubmit):
            duplicates.append(row)
        else:
            document["busy"] = True
            revived.append(row)
    _new_documents(connection, party, fresh, known)
    _revive(connection, revived, known)
    _settle(connection, [*invalid, *fresh, *revived, *revisions], known)
    _duplicate(connection, duplicates, known)
    told = [known[row.member.sha256 or ""] for row in revisions]
    revised = hold_revisions(
        connection, [(document, _code(document, row)) for document, row in zip(told, revisions, strict=True)]
    )
    return Taken(
        documents=len(fresh) + len(revived), revisions=revised, duplicates=len(duplicates), invalid=len(invalid)
    )


def _code(document: Row, row: _Row) -> str:
    """The avgiftsKode beside the file; else that of the manifest's row for the VIN, where it came after the sending."""
    return str((row.member.companion or {}).get("avgiftsKode") or document["later_code"] or "")


def _is_revision(document: Row, row: _Row) -> bool:
    """The same bytes with another avgiftsKode while they are accepted: a correction, although nothing in them differs.

    Only the first of several counts: the others would not know which of them is meant.
    """
    code = _code(document, row)
    return bool(not document["revised"] and code and document["accepted_code"] not in (None, code))


@dataclass(frozen=True, slots=True)
class _Row:
    """One sighting and what was found in it."""

    sighting: int
    file_sha256: str
    member: ReadMember


def _one_sighting_per_member(connection: Connection, files: Sequence[ReadFile]) -> list[_Row]:
    """The file's own sighting stands for its first member; each further member gets a sighting beside it.

    Sightings that another process took first are left out; the others stay locked until the caller commits.
    """
    found = connection.execute(
        "SELECT id FROM ledger.sighting WHERE id = ANY(%s) AND state IN ('OPEN', 'INCOMPLETE') FOR UPDATE",
        ([file.sighting_id for file in files],),
    )
    mine = {int(row["id"]) for row in found}
    rows: list[_Row] = []
    for file in files:
        if file.sighting_id not in mine:
            continue
        rows.append(_Row(file.sighting_id, file.file_sha256, file.members[0]))
        for member in file.members[1:]:
            row = connection.execute(
                "INSERT INTO ledger.sighting (first_seen_at, party, day, name_bytes, name, member, size, mtime, "
                "stable_since, file_sha256) SELECT first_seen_at, party, day, name_bytes, name, %s, size, mtime, "
                "stable_since, %s FROM ledger.sighting WHERE id = %s RETURNING id",
                (member.member, file.file_sha256, file.sighting_id),
            ).fetchone()
            rows.append(_Row(_id(row), file.file_sha256, member))
    return rows


def _documents(connection: Connection, party: str, hashes: set[str]) -> dict[str, Row]:
    """Known documents among `hashes`; `busy`: open, unknown or accepted; `refused`: it was sent and refused."""
    rows = connection.execute(
        "SELECT d.id, d.sha256, coalesce(u.state = 'REFUSED', false) AS refused, d.hold_reason IS NOT NULL AS revised, "
        "CASE WHEN u.state = 'ACCEPTED' THEN coalesce(u.avgiftskode, '') END AS accepted_code, "
        "CASE WHEN c.seen_at > u.opened_at THEN c.fields ->> 'avgiftsKode' END AS later_code, "
        "CASE WHEN u.state IS NOT NULL AND u.sighting_id = d.sighting_id THEN u.state NOT IN ('REFUSED', 'DELETED') "
        "ELSE d.state <> 'INVALID' END AS busy "
        "FROM ledger.document d LEFT JOIN LATERAL (SELECT state, sighting_id, avgiftskode, opened_at "
        "FROM ledger.submission x WHERE x.document_id = d.id AND x.operation = 'opprette' ORDER BY x.n DESC LIMIT 1) u "
        "ON true LEFT JOIN ledger.classification c ON c.party = d.party AND c.vin = d.vin "
        "WHERE d.party = %s AND d.sha256 = ANY(%s)",
        (party, list(hashes)),
    )
    return {row["sha256"]: row for row in rows}


def _new_documents(connection: Connection, party: str, rows: Sequence[_Row], known: dict[str, Row]) -> None:
    inserted = connection.execute(
        "INSERT INTO ledger.document (party, sha256, size, sighting_id) "
        "SELECT %s, sha256, size, sighting FROM unnest(%s::text[], %s::int[], %s::bigint[]) "
        "AS u (sha256, size, sighting) RETURNING id, sha256",
        (
            party,
            [row.member.sha256 for row in rows],
            [row.member.size for row in rows],
            [row.sighting for row in rows],
        ),
    )
    for document in inserted:
        known[document["sha256"]]["id"] = document["id"]


def _revive(connection: Connection, rows: Sequence[_Row], known: Mapping[str, Row]) -> None:
    connection.execute(
        "UPDATE ledger.document d SET sighting_id = u.sighting, state = 'RECEIVED', hold_reason = NULL "
        "FROM unnest(%s::bigint[], %s::bigint[]) AS u (id, sighting) WHERE d.id = u.id",
        ([_document(row, known) for row in rows], [row.sighting for row in rows]),
    )


def _settle(connection: Connection, rows: Sequence[_Row], known: Mapping[str, Row]) -> None:
    """Marks each sighting as carrying its document, or INVALID where there are no usable bytes."""
    connection.execute(
        "UPDATE ledger.sighting s SET member = u.member, file_sha256 = u.file_sha256, leave_in_place = false, "
        "state = CASE WHEN u.document IS NULL THEN 'INVALID' ELSE 'TAKEN' END, document_id = u.document, "
        "rule_id = u.rule_id, reason = u.reason, companion = u.companion::jsonb "
        "FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[]) "
        "AS u (id, member, file_sha256, document, rule_id, reason, companion) WHERE s.id = u.id",
        (
            *_names(rows),
            [_document(row, known) for row in rows],
            [row.member.rule_id for row in rows],
            [row.member.reason for row in rows],
            [json.dumps(row.member.companion) if row.member.companion else None for row in rows],
        ),
    )


def _duplicate(connection: Connection, rows: Sequence[_Row], known: Mapping[str, Row]) -> None:
    connection.execute(
        "UPDATE ledger.sighting s SET member = u.member, file_sha256 = u.file_sha256, leave_in_place = false, "
        "state = 'DUPLICATE', document_id = d.id, duplicate_of = d.sighting_id, "
        "rule_id = 'file.duplicate', reason = 'The same content came before as ' || f.name || "
        "CASE WHEN u.refused THEN '; it was refused and waits for the form \"send refused again\".' "
        "ELSE '; nothing is sent twice.' END "
        "FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::boolean[]) "
        "AS u (id, member, file_sha256, document, refused) "
        "JOIN ledger.document d ON d.id = u.document JOIN ledger.sighting f ON f.id = d.sighting_id WHERE s.id = u.id",
        (
            *_names(rows),
            [_document(row, known) for row in rows],
            [known[row.member.sha256 or ""]["refused"] for row in rows],
        ),
    )


def _names(rows: Sequence[_Row]) -> tuple[list[int], list[str], list[str]]:
    return [row.sighting for row in rows], [row.member.member for row in rows], [row.file_sha256 for row in rows]


def _document(row: _Row, known: Mapping[str, Row]) -> int | None:
    return None if row.member.sha256 is None else known[row.member.sha256]["id"]


def _id(row: Row | None) -> int:
    if row is None:
        raise LookupError("the warehouse returned no row where it must")
    return int(row["id"])
