"""What one file of the inbox turned out to be: whole or not, which documents it holds; whole content is stored."""

from __future__ import annotations

from typing import Literal

from include.config.party import Party
from include.drop.unpack import Limits, Member, is_whole_container, members
from include.errors import ContentRefused, OneDocument, SamsvarError
from include.ivi.whole import is_whole
from include.journey.companions import Companions, is_companion
from include.ledger.content import ContentStore, sha256
from include.ledger.intake import ReadFile, ReadMember
from include.ledger.sightings import OpenSighting

Sorted = tuple[OpenSighting, ReadFile | Literal["gone", "growing"]]
"""A file with what it holds; `gone` since it was listed, or `growing`: to be looked at again."""


def sort(
    store: ContentStore,
    party: Party,
    file: OpenSighting,
    content: bytes | SamsvarError | FileNotFoundError,
    companions: Companions,
) -> Sorted:
    """What one file turned out to be; whole content is in the store afterwards. Runs in a thread: storing waits."""
    if isinstance(content, FileNotFoundError):
        return file, "gone"
    if isinstance(content, OneDocument):
        return file, _unreadable(file, content)
    if isinstance(content, SamsvarError) or len(content) != file.size or not _arrived(file.name_bytes, content):
        return file, "growing"  # changed since it was listed, or the server cannot read it just now: looked at again
    return file, _read(store, party, file, content, companions)


def _arrived(name: bytes, content: bytes) -> bool:
    """Whether the last byte has come: the root element ends, or the archive does."""
    return is_whole(content) if name.lower().endswith(b".xml") else is_whole_container(name, content)


def _unreadable(file: OpenSighting, error: OneDocument) -> ReadFile:
    member = ReadMember(rule_id=error.rule_id, reason=str(error))
    return ReadFile(sighting_id=file.id, file_sha256="", members=[member])


def _read(store: ContentStore, party: Party, file: OpenSighting, content: bytes, companions: Companions) -> ReadFile:
    file_sha256 = sha256(content)
    store.put(content, file_sha256)  # the file as it lies there: filing away may have to restore it
    try:
        found = members(file.name_bytes, content, Limits(max_bytes=party.max_bytes))
    except ContentRefused as error:
        found = [Member(None, error)]
    inside = companions.inside(found)
    whole = (content, file_sha256)
    read = [_member(store, file, member, inside, whole) for member in found if not is_companion(member)]
    if not read:
        nothing = "The archive holds no eCoC document; put the .xml files into it and drop it again."
        read = [ReadMember(rule_id="archive.no_document", reason=nothing)]
    return ReadFile(sighting_id=file.id, file_sha256=file_sha256, members=read)


def _member(
    store: ContentStore, file: OpenSighting, member: Member, companions: Companions, whole: tuple[bytes, str]
) -> ReadMember:
    """One document out of a file. `whole` is the file with its hash; a plain document is the file, stored already."""
    name = member.name or ""
    if not isinstance(member.content, bytes):
        return ReadMember(member=name, rule_id=member.content.rule_id, reason=str(member.content))
    digest = whole[1] if member.content is whole[0] else sha256(member.content)
    if digest != whole[1]:
        store.put(member.content, digest)
    companion = companions.of(name.encode("utf-8", "surrogateescape") or file.name_bytes)
    return ReadMember(member=name, sha256=digest, size=len(member.content), companion=companion)
