"""Receipts: what an importer reads about a file, once for people (.txt) and once for programs (.json).

A receipt is replaced when the state moves on and never contradicted: the same file always gets the same path, and a
file that was first told to be incomplete has that receipt rewritten as well.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import orjson

from include.drop.names import join, name_hash, safe_name
from include.journey.receipt_situation import Situation, situation_of
from include.journey.receipt_text import text_of
from include.journey.receipt_texts import TEXTS, Language
from include.ledger.filing import ToFile

VERSION = 1
"""Of the JSON form, published as receipt.schema.json. Raised when a key changes its meaning or goes away."""

_FROM_FACTS = (
    "vin",
    "kuid",
    "avgiftsKode",
    "avgift_source",
    "meldingskode",
    "meldingstype",
    "meldingstekst",
    "authority_time",
)
_REMARK = ("melding", "feltreferanse", "feltverdi", "meldingsklasse")
_FINDING = ("rule_id", "level", "path", "coc_entry", "sentence")


def render(
    item: ToFile, *, party_name: str, language: Language, folder: str, now: datetime
) -> list[tuple[bytes, bytes]]:
    """The receipt's files as (path below the login folder, content): one `.json` and one `.txt`, both UTF-8.

    `folder` is the party's drop folder and `now` an aware time. The output depends on nothing else, so the same
    state gives the same bytes but for the time. Where an earlier receipt told INCOMPLETE under another name, that one
    is rewritten too.
    """
    record = _record(item, party_name, language, now)
    contents = (
        (b".json", _json(record)),
        (b".txt", text_of(record, situation_of(item), language, now).encode("utf-8", "backslashreplace")),
    )
    return [(stem + ending, content) for stem in _stems(item, folder) for ending, content in contents]


def _stems(item: ToFile, folder: str) -> list[bytes]:
    """`<folder>/receipts/<safe name>.<first 12 digits of the hash>`; the hash is the one the receipt prints.

    Where there are no bytes it is that of the name. A member that could not be unpacked has no hash of its own: its
    receipt stands under its archive's name and hash. A duplicate under the first one's name gets a receipt of its own.
    """
    member = item.member.encode("utf-8", "surrogateescape")
    if item.sha256 or not member:
        stem = _stem(folder, member or item.name_bytes, _digest(item))
    else:
        stem = _stem(folder, item.name_bytes, _digest(item)) + b"." + _told_apart(member)
    if item.status == "duplicate" and (item.facts.get("same_name_before") or _looks_like_the_first(item)):
        stem += b".duplicate-%d" % item.id
    stems = [stem]
    if item.receipt_state == "INCOMPLETE":
        stems.append(_stem(folder, item.name_bytes, name_hash(item.name_bytes)))
    return list(dict.fromkeys(stems))


def _stem(folder: str, name: bytes, digest: str) -> bytes:
    return join(f"{folder}/receipts" if folder else "receipts", f"{safe_name(name)}.{digest}".encode())


def _digest(item: ToFile) -> str:
    return (_sha256(item) or "")[:12] or name_hash(item.name_bytes)


def _sha256(item: ToFile) -> str | None:
    """Of the document; where none came out of the file, of the file; None where nothing was read."""
    return item.sha256 or item.file_sha256 or None


def _looks_like_the_first(item: ToFile) -> bool:
    """Two names, such as å.xml and ä.xml, may have one safe name; the same content then has the same stem."""
    first = str(item.facts.get("first_name") or "").encode("utf-8", "surrogateescape")
    return bool(first) and not item.member and safe_name(first) == safe_name(item.name_bytes)


def _told_apart(member: bytes) -> bytes:
    """The safe name of a member, with a few digits of its hash when it is not the name itself."""
    safe = safe_name(member).encode()
    return safe if safe == member else safe + b"." + name_hash(member)[:6].encode()


def _record(item: ToFile, party_name: str, language: Language, now: datetime) -> dict[str, Any]:
    """The JSON form; its keys are explained in receipt.schema.json."""
    facts = item.facts
    situation = situation_of(item)
    return {
        "receipt_version": VERSION,
        "importer": party_name,
        "file": item.name,
        "member": item.member or None,
        "sha256": _sha256(item),
        "file_sha256": item.file_sha256 or None,
        "reference_sent": facts.get("ivi_reference"),
        "reference_returned": facts.get("returned_reference"),
        "state": "deleted" if situation == "deleted" else item.status,
        "exact_state": item.state,
        **{key: facts.get(key) for key in _FROM_FACTS},
        "merkekode": None if facts.get("merkekode") is None else str(facts["merkekode"]),
        "settle_until": facts.get("settle_until") if situation == "unknown" else None,
        "remarks": [{key: remark.get(key) for key in _REMARK} for remark in facts.get("remarks") or ()],
        "findings": _findings(item),
        "reason": _reason(item, situation),
        "first_file": facts.get("first_name") if item.status == "duplicate" else None,
        "first_state": facts.get("first_state") if item.status == "duplicate" else None,
        "filed_as": item.filed_as,
        "next_step": TEXTS[language].next_step[situation],
        "written_at": now.astimezone(UTC).isoformat(timespec="seconds"),
    }


def _findings(item: ToFile) -> list[dict[str, Any]]:
    """What our own checks found. A file that never became a document has one finding: the rule that stopped it."""
    found = [{key: finding.get(key) for key in _FINDING} for finding in item.facts.get("findings") or ()]
    if found or item.rule_id is None or item.status == "duplicate":
        return found
    return [{"rule_id": item.rule_id, "level": "error", "path": "", "coc_entry": None, "sentence": item.reason or ""}]


def _reason(item: ToFile, situation: Situation) -> str | None:
    """Why the file is where it is. What an operator reads about a failed send is not the importer's business."""
    if situation.startswith("held"):
        return str(item.facts.get("reason") or "").removeprefix("Held: ") or None
    return item.reason if item.status in ("invalid", "duplicate", "open") else None


def _json(record: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:  # a lone surrogate, which becomes the escape JSON has for it
        text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
        return text.encode("utf-8", "backslashreplace")
