"""What a receipt holds: what the authority returned, what we found, and nothing that could be forged from outside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from include.journey import receipt
from tests.drivers.receipts import ACCEPTED, NOW, item, written


def test_an_accepted_document_is_told_with_everything_the_authority_returned() -> None:
    record, text = written(item(facts=ACCEPTED, filed_as="nordbil/archive/2026/03/04/a_bil_1.xml"), "nb")
    assert record["state"] == "accepted"
    assert record["exact_state"] == "ACCEPTED"
    assert record["kuid"] == "1234567890"
    assert record["merkekode"] == "2600"
    assert record["reference_sent"] == "ref-1"
    assert record["reference_returned"] == "3a0f9b22-a855-4933-bf78-959128c2a5d3"
    assert record["remarks"] == ACCEPTED["remarks"]
    assert record["filed_as"] == "nordbil/archive/2026/03/04/a_bil_1.xml"
    assert "- utslippNOxMgPrKm: Er det korrekt at NOx (mg/km) ikke er utfylt? (ADVARSEL)" in text
    assert "101 (fra sidefilen ved siden av filen)" in text


def test_a_make_code_that_is_a_number_becomes_text() -> None:
    assert written(item(facts={"merkekode": 2600}))[0]["merkekode"] == "2600"


def test_a_sent_document_without_an_answer_is_told_like_an_unknown_one() -> None:
    record, _ = written(item("unknown", "SENT"))
    assert record["state"] == "unknown"
    assert record["exact_state"] == "SENT"
    assert "do not send it again" in record["next_step"]


def test_a_settle_time_that_cannot_be_read_is_left_out_of_the_text() -> None:
    assert "expect to know" not in written(item("unknown", "UNKNOWN"))[1]


def test_what_an_operator_reads_about_a_failed_send_is_not_told_to_the_importer() -> None:
    for status, state in (
        ("unknown", "UNKNOWN"),
        ("refused", "REFUSED"),
        ("open", "PENDING"),
        ("open", "NEEDS_PERSON"),
    ):
        files = receipt.render(
            item(status, state, facts={"reason": "canary https://internal.example (vegvesen)"}),
            party_name="N",
            language="en",
            folder="f",
            now=NOW,
        )
        assert all(b"canary" not in content for _, content in files)


def test_only_a_duplicate_names_a_first_file() -> None:
    assert written(item(facts={"first_name": "x.xml"}))[0]["first_file"] is None


def test_a_finding_shows_its_rule_place_and_entry() -> None:
    finding = {
        "rule_id": "masses.order",
        "level": "error",
        "path": "Body/CocDataGroup/TechPermMaxLadenMass",
        "coc_entry": "16.1",
        "sentence": "The mass is below the mass in running order: correct it.",
    }
    record, text = written(item("invalid", "INVALID", rule_id="masses.order", facts={"findings": [finding]}))
    assert record["findings"] == [finding]
    assert "- Error: The mass is below the mass in running order: correct it." in text
    assert "(rule masses.order, place: Body/CocDataGroup/TechPermMaxLadenMass, CoC entry 16.1)" in text


def test_a_file_that_never_became_a_document_has_the_rule_as_its_finding() -> None:
    found = item(
        "invalid",
        "INVALID",
        rule_id="content.too_large",
        reason="x.xml is larger than 2.5 MB, the most we take in one file: look for a mistake in the export.",
        sha256=None,
        file_sha256="",
    )
    record, text = written(found, "nb")
    assert record["sha256"] is None
    assert record["findings"] == [
        {
            "rule_id": "content.too_large",
            "level": "error",
            "path": "",
            "coc_entry": None,
            "sentence": found.reason,
        }
    ]
    assert "Filen er større enn 2,5 MB, det meste vi tar imot i én fil" in text
    assert "larger" not in text


def test_a_long_list_of_findings_is_cut_in_the_text_and_whole_in_the_json() -> None:
    findings = [
        {"rule_id": "schema.x", "level": "error", "path": f"a[{n}]", "coc_entry": None, "sentence": f"Wrong {n}."}
        for n in range(60)
    ]
    record, text = written(item("invalid", "INVALID", rule_id="schema.x", facts={"findings": findings}))
    assert len(record["findings"]) == 60
    assert text.count("- Error:") == 25
    assert "and 35 more" in text


@pytest.mark.parametrize(("status", "state"), [("refused", "REFUSED"), ("invalid", "INVALID"), ("open", "PENDING")])
def test_a_receipt_says_where_the_file_lies_whenever_that_is_known(status: str, state: str) -> None:
    record, text = written(item(status, state, filed_as="nordbil/rejected/2026/03/04/a.xml"), "nb")
    assert record["filed_as"] == "nordbil/rejected/2026/03/04/a.xml"
    assert "Filen ligger nå i:" in text
    assert "nordbil/rejected/2026/03/04/a.xml\n" in text


def test_nothing_from_outside_can_forge_a_line_or_turn_the_text_around() -> None:
    evil = "ref\r\nAccepted. \u202egodt\u0000"
    found = item(
        "invalid",
        "INVALID",
        rule_id="x.y",
        reason=evil,
        facts={"vin": evil, "ivi_reference": evil, "meldingstekst": evil, "remarks": [{"melding": evil}]},
    )
    record, text = written(found)
    assert not [line for line in text.splitlines() if line.startswith("Accepted")]
    assert "\u202e" not in text
    assert "\u0000" not in text
    assert record["vin"] == evil


def test_a_lone_surrogate_breaks_neither_form() -> None:
    record, text = written(item(member="x\udcff.xml", sha256=None, facts={"vin": "\ud800"}))
    assert record["vin"] == "\ud800"
    assert "\\udcff" in text


def test_the_same_state_gives_the_same_bytes_but_for_the_time() -> None:
    later = datetime(2026, 3, 5, 1, 20, tzinfo=UTC)
    found = item(facts=ACCEPTED)
    first, again = (written(found, "nb", moment)[0] for moment in (NOW, later))
    assert (first.pop("written_at"), again.pop("written_at")) == (
        "2026-03-04T01:20:00+00:00",
        "2026-03-05T01:20:00+00:00",
    )
    assert first == again
    assert receipt.render(found, party_name="N", language="nb", folder="f", now=NOW) == receipt.render(
        found, party_name="N", language="nb", folder="f", now=NOW
    )
