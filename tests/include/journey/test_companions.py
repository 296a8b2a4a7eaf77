"""Where a document's avgiftsklassifisering comes from, and which documents wait for a person."""

from __future__ import annotations

import asyncio
import io
import json
import time
import zipfile
from typing import Any

import pytest

from include.ivi.samples import sample, sample_reference, sample_vin
from include.ledger import opening
from include.sandbox.avgift import AvgiftPattern
from tests.drivers.content import sha
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres

CODE = "SELECT avgiftskode, avgift_source FROM ledger.submission u JOIN ledger.sighting s ON s.id = u.sighting_id "


def classified(night: Night, name: str) -> tuple[str | None, str]:
    row = night.sql(CODE + "WHERE s.name = %s ORDER BY u.n DESC LIMIT 1", name)[0]
    return row["avgiftskode"], row["avgift_source"]


def held(night: Night) -> dict[str, str]:
    rows = night.sql(
        "SELECT s.name, d.hold_reason FROM ledger.document d JOIN ledger.sighting s ON s.id = d.sighting_id "
        "WHERE d.hold_reason IS NOT NULL"
    )
    return {row["name"]: row["hold_reason"] for row in rows}


async def test_every_source_of_the_code_is_used_in_its_order_and_stored(night: Night) -> None:
    night.configure(
        avgift={"default": "105", "by_category": {"N1": "104"}, "by_variant": {"V9": "103"}, "missing": "hold"}
    )
    night.put("sidecar.xml", number=1, variant="V9")
    night.put("sidecar.xml.json", json.dumps({"avgiftsKode": "101"}).encode())
    night.put("by file.xml", number=2, variant="V9")
    night.put("by vin.xml", number=3, variant="V9")
    night.put(
        "manifest.csv", f"file;vin;avgiftsKode\nBy File.xml;;102\nsidecar.xml;;199\n;{sample_vin(3)};106\n".encode()
    )
    night.put("rule.xml", number=4, variant="V9")
    night.put("category.xml", number=5, category="N1")
    night.put("default.xml", number=6)
    night.sandbox.avgift.close(AvgiftPattern(avgiftskode="199"))

    result = await night.whole()

    assert result.run.accepted == 6
    assert classified(night, "sidecar.xml") == ("101", "sidecar")
    assert classified(night, "by file.xml") == ("102", "manifest")
    assert classified(night, "by vin.xml") == ("106", "manifest")
    assert classified(night, "rule.xml") == ("103", "party_rule")
    assert classified(night, "category.xml") == ("104", "party_rule")
    assert classified(night, "default.xml") == ("105", "party_default")


async def test_the_authority_gets_the_code_that_was_stored(night: Night) -> None:
    night.sandbox.avgift.close(AvgiftPattern(avgiftskode="101"))
    night.put("a.xml", number=1)
    night.put("b.xml", number=2)
    night.put("b.xml.json", b'{"avgiftsKode": "102"}')

    await night.whole()

    assert night.states() == {"a.xml": "REFUSED", "b.xml": "ACCEPTED"}


async def test_without_any_code_a_document_goes_without_one_or_waits_as_the_party_wants(night: Night) -> None:
    night.configure(avgift={"missing": "send"})
    night.put("a.xml", number=1)
    await night.whole()
    assert classified(night, "a.xml") == (None, "none")

    night.configure(avgift={"missing": "hold"})
    night.put("b.xml", number=2)
    result = await night.whole("run-2")

    assert (night.posts, result.run.open) == (1, 1)
    assert "avgiftsKode" in held(night)["b.xml"]
    assert night.names() == ["b.xml"]


async def test_a_rule_that_is_added_releases_what_waited_for_it(night: Night) -> None:
    night.configure(avgift={"missing": "hold"})
    content = night.put("a.xml", number=1)
    await night.whole()

    night.configure(avgift={"default": "101", "missing": "hold"})
    await night.whole("run-2")

    assert night.truth() == {sha(content): 1}
    assert held(night) == {}


@pytest.mark.parametrize("late", ["sidecar", "row by file", "row by vin"])
async def test_a_code_that_comes_after_its_document_releases_it(night: Night, late: str) -> None:
    night.configure(avgift={"missing": "hold"})
    content = night.put("a.xml", number=1)
    await night.whole()
    assert night.posts == 0

    if late == "sidecar":
        night.put("a.xml.json", b'{"avgiftsKode": "101"}')
    else:
        row = "a.xml;;101" if late == "row by file" else f";{sample_vin(1)};101"
        night.put("manifest.csv", f"file;vin;avgiftsKode\n{row}\n".encode())
    await night.whole("run-2")

    assert night.truth() == {sha(content): 1}
    assert classified(night, "a.xml") == ("101", "sidecar" if late == "sidecar" else "manifest")


@pytest.mark.parametrize(
    ("sidecar", "word"),
    [
        (b"{", "JSON"),
        (b"[]", "JSON"),
        (b'{"avgiftsKode": "1O1"}', "1O1"),
        (b'{"avgiftsKode": "101", "sitteplasserNorskGodkjenning": -1}', "-1"),
    ],
)
async def test_a_faulty_sidecar_holds_its_document_and_a_corrected_one_releases_it(
    night: Night, sidecar: bytes, word: str
) -> None:
    content = night.put("a.xml", number=1)
    night.put("a.xml.json", sidecar)
    other = night.put("b.xml", number=2)

    await night.whole()

    assert night.truth() == {sha(other): 1}
    assert word in held(night)["a.xml"]
    night.put("a.xml.json", b'{"avgiftsKode": 102}')
    await night.whole("run-2")
    assert night.truth() == {sha(content): 1, sha(other): 1}
    assert classified(night, "a.xml") == ("102", "sidecar")


async def test_a_faulty_row_of_the_manifest_holds_its_document_only(night: Night) -> None:
    night.put("a.xml", number=1)
    other = night.put("b.xml", number=2)
    night.put("manifest.csv", b"file,avgiftsKode\na.xml,1O1\nb.xml,102\n")

    await night.whole()

    assert night.truth() == {sha(other): 1}
    assert "line 2" in held(night)["a.xml"]


async def test_a_sidecar_inside_an_archive_belongs_to_its_neighbour(night: Night) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xml", sample(number=1))
        archive.writestr("a.xml.json", '{"avgiftsKode": "102"}')
        archive.writestr("b.xml", sample(number=2))
    night.put("both.zip", buffer.getvalue())

    result = await night.whole()

    assert result.run.received == result.run.accepted == 2
    rows = night.sql(CODE + "ORDER BY s.member")
    assert [(row["avgiftskode"], row["avgift_source"]) for row in rows] == [
        ("102", "sidecar"),
        ("101", "party_default"),
    ]


CONFLICTS = {
    "reference": {"reference": sample_reference(1)},
    "VIN": {"vin": sample_vin(1)},
}


@pytest.mark.parametrize("same", CONFLICTS)
@pytest.mark.parametrize("when", ["one lot", "two lots", "next run"])
async def test_another_content_with_the_same_reference_or_vin_waits_for_a_person(
    night: Night, same: str, when: str
) -> None:
    first = night.put("a.xml", number=1)
    if when == "next run":
        await night.whole()
    if when == "two lots":
        night.configure(lot_size=1)
    night.put("b.xml", number=2, **CONFLICTS[same])

    result = await night.whole("run-2")

    assert night.truth() == {sha(first): 1}
    assert result.all_time.open == 1
    assert same in held(night)["b.xml"]
    assert night.names() == ["b.xml"]


async def test_a_correction_of_what_was_refused_is_no_conflict(night: Night) -> None:
    night.sandbox.avgift.close(AvgiftPattern(variant="V9"))
    night.put("a.xml", number=1, variant="V9")
    await night.whole()

    corrected = night.put("a.xml", number=1, variant="V8")
    await night.whole("run-2")

    assert night.truth() == {sha(corrected): 1}


async def test_two_lots_that_open_at_the_same_moment_see_each_others_documents(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    night.configure(lot_size=1)
    night.put("a.xml", number=1)
    night.put("b.xml", number=2, vin=sample_vin(1))
    await night.collect()
    night.plan()
    for lot in (1, 2):
        night.validate(lot)
    real = opening.record

    def slowly(*arguments: Any) -> int:
        time.sleep(0.2)
        return real(*arguments)

    monkeypatch.setattr(opening, "record", slowly)

    await asyncio.gather(*(asyncio.to_thread(night.open, lot) for lot in (1, 2)))

    assert night.one("SELECT count(*) FROM ledger.submission") == 1
    assert len(held(night)) == 1
