"""What importers lay beside their documents: sidecars and manifests, met with the files they speak of."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from include.drop.companions import Manifest, parse_manifest, parse_sidecar
from include.drop.drop import Drop
from include.drop.names import is_manifest, is_sidecar, join, match_key, sidecar_of
from include.drop.seen import Seen
from include.drop.unpack import Member
from include.errors import ContentRefused, SamsvarError
from include.ledger.revisions import changed_by_vin
from include.ledger.warehouse import Connection

if TYPE_CHECKING:  # a process that only sorts files needs no party
    from include.config.party import Party

log = logging.getLogger(__name__)
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Companions:
    """Sidecars by the document they belong to, and the manifest of the inbox.

    A faulty sidecar or row is kept as `fault`: its document must not go out with another source's value.
    """

    sidecars: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    manifest: Manifest = field(default_factory=Manifest)

    def of(self, name: bytes) -> dict[str, Any] | None:
        """What was said about the file of this name: the fields, their `source`, or a `fault`; None when nothing."""
        sidecar = self.sidecars.get(match_key(name))
        if sidecar is not None:
            return sidecar
        try:
            row = self.manifest.find(name, None)
        except ContentRefused as error:
            return {"source": "manifest", "fault": str(error)}
        return {"source": "manifest", **row} if row else None

    def inside(self, found: Sequence[Member]) -> Companions:
        """The same with the sidecars and the manifest that lie inside an archive, which come before those outside."""
        sidecars = dict(self.sidecars)
        manifest = self.manifest
        for member in found:
            name = (member.name or "").encode("utf-8", "surrogateescape")
            if not isinstance(member.content, bytes):
                continue
            if is_sidecar(name):
                sidecars[match_key(sidecar_of(name))] = _sidecar(member.content, name)
            elif is_manifest(name):
                manifest = parse_manifest(member.content, name)
        return replace(self, sidecars=sidecars, manifest=manifest)


def is_companion(member: Member) -> bool:
    """Whether an archive's member only speaks of its neighbours."""
    name = (member.name or "").encode("utf-8", "surrogateescape")
    return is_sidecar(name) or is_manifest(name)


async def read_companions(connection: Connection, drop: Drop, party: Party, listing: Sequence[Seen]) -> Companions:
    """Reads every sidecar and the manifest of the inbox; rows that name a VIN are kept for later files."""
    names = [
        entry.name for entry in listing if entry.kind == "file" and (is_sidecar(entry.name) or is_manifest(entry.name))
    ]
    by_path = {join(f"{party.drop}/inbox", name): name for name in names}
    sidecars: dict[str, dict[str, Any]] = {}
    manifest = Manifest()
    async for path, content in drop.read_many(list(by_path), max_bytes=_LARGEST):
        name = by_path[path]
        if is_sidecar(name):
            sidecars[match_key(sidecar_of(name))] = _sidecar(content, name)
        elif isinstance(content, bytes):
            manifest = parse_manifest(content, name)
    _remember_vins(connection, party.id, manifest)
    return Companions(sidecars, manifest)


def _sidecar(content: bytes | SamsvarError | FileNotFoundError, name: bytes) -> dict[str, Any]:
    if not isinstance(content, bytes):
        return {"source": "sidecar", "fault": f"The sidecar cannot be read: {content}"}
    try:
        return {"source": "sidecar", "sidecar": name.hex(), **parse_sidecar(content, name)}
    except ContentRefused as error:
        return {"source": "sidecar", "sidecar": name.hex(), "fault": str(error)}


def _remember_vins(connection: Connection, party: str, manifest: Manifest) -> None:
    rows: dict[str, dict[str, Any]] = {vin: dict(fields) for vin, fields in manifest.by_vin.items()}
    rows |= {key: {"fault": str(fault)} for key, fault in manifest.disputed.items() if key == key.upper()}
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ledger.classification (party, vin, fields) VALUES (%s, %s, %s) ON CONFLICT (party, vin) "
            "DO UPDATE SET fields = excluded.fields, seen_at = now() WHERE classification.fields <> excluded.fields",
            [(party, vin, Jsonb(fields)) for vin, fields in rows.items()],
        )
    connection.commit()
    for sentence in changed_by_vin(connection, party, list(rows)) if rows else ():
        log.warning("%s: %s", party, sentence)
    connection.commit()
