"""What the night tells a check besides the bytes: versions taken, signatures, the code that will be sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from include.errors import ConfigurationError
from include.ivi.samples import sample_vin
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres


def findings(night: Night, rule: str) -> list[dict[str, Any]]:
    return night.sql(
        "SELECT file_name, level, path, coc_entry, sentence FROM mart.ecoc_finding WHERE rule_id = %s", rule
    )


async def test_a_version_the_authority_does_not_take_is_refused_before_it_is_sent(night: Night) -> None:
    night.put("old.xml", number=1)
    night.put("new.xml", number=2, family="2.0")
    night.turn(ivi_versions=frozenset({"2.0"}))

    await night.whole()

    assert night.states() == {"old.xml": "INVALID", "new.xml": "ACCEPTED"}
    (finding,) = findings(night, "version.taken")
    assert (finding["level"], finding["file_name"]) == ("error", "old.xml")


async def test_a_code_that_does_not_suit_the_vehicle_is_a_warning_with_its_entry(night: Night) -> None:
    night.configure(avgift={"default": "101"})
    night.put("car.xml", number=1)
    night.put("van.xml", number=2, category="N1")

    await night.whole()

    (finding,) = findings(night, "avgift.category")
    assert (finding["file_name"], finding["level"], finding["coc_entry"]) == ("van.xml", "warning", "0.4")
    assert night.states() == {"car.xml": "ACCEPTED", "van.xml": "ACCEPTED"}
    (receipt,) = [name for name in night.names("receipts") if name.startswith("van") and name.endswith(".json")]
    told = json.loads((night.folder / "receipts" / receipt).read_bytes())["findings"]
    assert ("avgift.category", "0.4") in [(found["rule_id"], found["coc_entry"]) for found in told]


@pytest.mark.parametrize("beside", ["sidecar", "manifest", "manifest_by_vin"])
async def test_the_code_beside_a_document_is_the_one_that_is_judged(night: Night, beside: str) -> None:
    night.configure(avgift={"default": "310"})
    night.put("car.xml", number=1)
    if beside == "sidecar":
        night.put("car.xml.json", b'{"avgiftsKode": "101"}')
    else:
        row = b"car.xml,101" if beside == "manifest" else sample_vin(1).encode() + b",101"
        night.put("manifest.csv", (b"file" if beside == "manifest" else b"vin") + b",avgiftsKode\n" + row + b"\n")

    await night.whole()

    assert findings(night, "avgift.category") == []
    assert night.one("SELECT avgiftskode FROM ledger.submission") == "101"


async def test_a_party_may_require_signatures_and_the_mart_shows_what_was_found(night: Night) -> None:
    night.put("unsigned.xml", number=1)
    await night.whole()
    night.configure(signature="require")
    night.put("unsigned too.xml", number=2)

    await night.whole("second")

    assert night.states() == {"unsigned.xml": "ACCEPTED", "unsigned too.xml": "INVALID"}
    assert [row["signature"] for row in night.sql("SELECT signature FROM mart.ecoc_document")] == ["absent", "absent"]


async def test_a_missing_file_of_trusted_issuers_is_one_sentence(night: Night) -> None:
    night.configure(signature="require", trusted_issuers="/nowhere/issuers.pem")
    night.put("one.xml", number=1)

    with pytest.raises(ConfigurationError, match=r"trusted_issuers.*/nowhere/issuers\.pem.*cannot be read"):
        await night.whole()
