"""A file to tell its importer about, and the receipt that is written of it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema

from include.drop.names import display_name
from include.journey import receipt
from include.ledger.filing import ToFile

NOW = datetime(2026, 3, 4, 1, 20, tzinfo=UTC)
SHA = hashlib.sha256(b"a document").hexdigest()
SCHEMA = json.loads((Path(receipt.__file__).parent / "receipt.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
FACTS: dict[str, Any] = {
    "vin": "DOKUMENTASJONDEMO",
    "ivi_reference": "ref-1",
    "returned_reference": None,
    "kuid": None,
    "merkekode": None,
    "avgiftsKode": "101",
    "avgift_source": "sidecar",
    "meldingskode": None,
    "meldingstype": None,
    "meldingstekst": None,
    "authority_time": None,
    "remarks": [],
    "settle_until": None,
    "reason": None,
    "first_name": None,
    "first_sha256": SHA,
    "findings": [],
}


def item(status: str = "accepted", state: str = "ACCEPTED", *, name: bytes = b"bil 1.xml", **changes: Any) -> ToFile:
    facts = FACTS | changes.pop("facts", {})
    values: dict[str, Any] = {
        "id": 1,
        "first_seen_at": NOW,
        "name_bytes": name,
        "name": display_name(name),
        "member": "",
        "file_sha256": SHA,
        "sha256": SHA,
        "size": 10,
        "mtime": 0,
        "status": status,
        "state": state,
        "rule_id": None,
        "reason": None,
        "leave_in_place": False,
        "filed_as": None,
        "receipt_state": None,
        "siblings_open": 0,
        "siblings_bad": 0,
        "facts": facts,
    }
    return ToFile(**(values | changes))


def written(found: ToFile, language: Any = "en", now: datetime = NOW) -> tuple[dict[str, Any], str]:
    """The two forms of one receipt, the JSON one checked against the published schema."""
    files = receipt.render(found, party_name="Nordbil Import AS", language=language, folder="nordbil", now=now)
    by_ending = {path.rpartition(b".")[2]: content for path, content in files}
    record = json.loads(by_ending[b"json"])
    VALIDATOR.validate(record)
    return record, by_ending[b"txt"].decode("utf-8")


def paths(found: ToFile, folder: str = "nordbil") -> list[bytes]:
    return [path for path, _ in receipt.render(found, party_name="N", language="nb", folder=folder, now=NOW)]


ACCEPTED = {
    "kuid": "1234567890",
    "merkekode": "2600",
    "returned_reference": "3a0f9b22-a855-4933-bf78-959128c2a5d3",
    "meldingskode": "kjoretoy.coc.KJORETOY_OPPRETTET",
    "meldingstype": "INFO",
    "meldingstekst": "Melding om preregistrering er mottatt og kjøretøy er opprettet",
    "authority_time": "2021-02-08T21:23:18.812",
    "remarks": [
        {
            "melding": "Er det korrekt at NOx (mg/km) ikke er utfylt?",
            "feltreferanse": "utslippNOxMgPrKm",
            "feltverdi": None,
            "meldingsklasse": "ADVARSEL",
        }
    ],
}
