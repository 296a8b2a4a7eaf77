# longer because every situation is told in two languages and two forms, from one table of cases
from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from include.drop.names import display_name, name_hash
from include.journey import receipt
from include.journey.receipt_situation import Situation
from include.journey.receipt_texts import TEXTS
from include.ledger.filing import ToFile

NOW = datetime(2026, 3, 4, 1, 20, tzinfo=UTC)
SHA = hashlib.sha256(b"a document").hexdigest()
SCHEMA = json.loads((Path(receipt.__file__).parent / "receipt.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
AVGIFT = "kjoretoy.coc.KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"
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

Make = Callable[..., ToFile]


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
EVERY_SITUATION: dict[str, ToFile] = {
    "accepted": item(),
    "accepted_remarks": item(facts=ACCEPTED),
    "deleted": item("accepted", "DELETED"),
    "refused": item("refused", "REFUSED", facts={"meldingskode": "kjoretoy.coc.NOE_NYTT", "meldingstype": "FEIL"}),
    "refused_avgift": item("refused", "REFUSED", facts={"meldingskode": AVGIFT, "meldingstype": "FEIL"}),
    "invalid": item("invalid", "INVALID", rule_id="vin.form", reason="The VIN has 16 characters."),
    "invalid_in_place": item(
        "invalid", "INVALID", rule_id="file.kind", reason="It is a link.", leave_in_place=True, sha256=None
    ),
    "invalid_name": item(
        "invalid", "INVALID", name=b"a\nb.xml", rule_id="name.control", reason="The file name holds x.", sha256=None
    ),
    "invalid_kind": item("invalid", "INVALID", rule_id="name.kind", reason="x.pdf is neither.", sha256=None),
    "invalid_archive": item(
        "invalid", "INVALID", name=b"a.zip", rule_id="archive.broken", reason="a.zip is damaged.", sha256=None
    ),
    "duplicate": item(
        "duplicate", "DUPLICATE", rule_id="file.duplicate", facts={"first_name": "første.xml"}, reason="Came before."
    ),
    "duplicate_refused": item(
        "duplicate", "DUPLICATE", facts={"first_name": "a.xml", "first_state": "REFUSED"}, reason="Came before."
    ),
    "unknown": item("unknown", "UNKNOWN", facts={"settle_until": "2026-03-04T02:14:00+00:00"}),
    "incomplete": item(
        "open", "INCOMPLETE", rule_id="file.not_whole", reason="It stops.", sha256=None, file_sha256=None
    ),
    "held": item("open", "HELD", facts={"reason": "manifest.csv has no heading."}),
    "held_avgift": item("open", "HELD", facts={"reason": "Held: no avgiftsKode from sidecar."}),
    "held_conflict": item("open", "HELD", facts={"reason": "Held: reference ref-1 is used by another document."}),
    "held_replaces": item(
        "open", "HELD", facts={"reason": "Held: VIN X has another document that is accepted, and this one replaces it."}
    ),
    "needs_person": item("open", "NEEDS_PERSON", facts={"reason": "canary-operator-sentence"}),
    "waiting": item("open", "PENDING"),
}


def test_every_situation_has_a_case_here() -> None:
    assert set(EVERY_SITUATION) == set(get_args(Situation))


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("situation", list(EVERY_SITUATION))
def test_each_situation_has_its_own_headline_and_next_step_in_both_forms(situation: Situation, language: str) -> None:
    record, text = written(EVERY_SITUATION[situation], language)
    texts = TEXTS[language]  # type: ignore[index]
    assert texts.headline[situation] in text
    assert record["next_step"] == texts.next_step[situation]
    assert record["next_step"] in text


@pytest.mark.parametrize("language", ["nb", "en"])
def test_each_language_has_a_word_for_every_situation(language: str) -> None:
    texts = TEXTS[language]  # type: ignore[index]
    assert set(texts.headline) == set(texts.next_step) == set(get_args(Situation))
    assert set(texts.labels) == set(TEXTS["en"].labels)


def test_the_schema_itself_is_a_valid_schema_that_explains_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["required"]) == set(SCHEMA["properties"])
    assert all("description" in key for key in SCHEMA["properties"].values())


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


def test_an_unknown_outcome_says_not_to_send_again_and_when_we_expect_to_know() -> None:
    for language, words in (("nb", "Ikke send den på nytt"), ("en", "do not send it again")):
        record, text = written(EVERY_SITUATION["unknown"], language)
        assert words in record["next_step"]
        assert "2026-03-04 03:14 (Oslo)" in text
        assert record["settle_until"] == "2026-03-04T02:14:00+00:00"


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


def test_a_held_document_says_why() -> None:
    record, text = written(EVERY_SITUATION["held_conflict"])
    assert record["reason"] == "reference ref-1 is used by another document."
    assert "\nWhy\nReference ref-1 is used by another document.\n" in text


def test_a_duplicate_names_the_first_file_and_carries_no_finding() -> None:
    record, text = written(EVERY_SITUATION["duplicate"], "nb")
    assert record["first_file"] == "første.xml"
    assert record["findings"] == []
    assert "Det samme innholdet kom først som første.xml." in text


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


def test_the_path_is_the_safe_name_and_the_first_twelve_digits_of_the_hash() -> None:
    stem = f"nordbil/receipts/Oyvinds_bil_1.xml.{SHA[:12]}".encode()
    assert paths(item(name="Øyvinds bil 1.xml".encode())) == [stem + b".json", stem + b".txt"]


def test_a_member_of_an_archive_is_filed_under_its_own_name() -> None:
    found = item(name=b"uke 9.zip", member="bil 7.xml")
    assert paths(found)[0] == f"nordbil/receipts/bil_7.xml.{SHA[:12]}.json".encode()
    record, text = written(found)
    assert (record["file"], record["member"]) == ("uke 9.zip", "bil 7.xml")
    assert "uke 9.zip" in text


def test_a_name_that_is_not_utf8_is_told_by_its_hash() -> None:
    name = b"bil\xff\n.xml"
    found = item("invalid", "INVALID", name=name, sha256=None, file_sha256=None, rule_id="name.encoding", reason="Bad.")
    assert paths(found)[1].endswith(f".{name_hash(name)}.txt".encode())
    record, text = written(found)
    assert record["file"] == "bil\\xff\\n.xml"
    assert "bil\\xff\\n.xml" in text.splitlines()[0]


def test_what_a_receipt_is_named_after_is_the_hash_it_prints() -> None:
    own = hashlib.sha256(b"the archive").hexdigest()
    bomb = {"name": b"bomb.zip", "sha256": None, "file_sha256": own, "rule_id": "archive.too_large", "reason": "Big."}
    for found, stem in (
        (item("invalid", "INVALID", **bomb), f"bomb.zip.{own[:12]}"),
        (item("invalid", "INVALID", member="big.xml", **bomb), f"bomb.zip.{own[:12]}.big.xml"),
        (item(name=b"week.zip", member="7.xml", file_sha256=own), f"7.xml.{SHA[:12]}"),
    ):
        record, text = written(found)
        assert paths(found)[0] == f"nordbil/receipts/{stem}.json".encode()
        assert record["sha256"][:12] in stem
        assert f"{record['sha256']}\n" in text


def test_a_duplicate_under_the_first_one_s_name_never_replaces_its_receipt() -> None:
    first = item()
    again = item("duplicate", "DUPLICATE", id=77, facts={"first_name": "bil 1.xml", "same_name_before": True})
    other = item("duplicate", "DUPLICATE", id=78, name=b"b.xml", facts={"same_name_before": False})
    assert paths(again) == [f"nordbil/receipts/bil_1.xml.{SHA[:12]}.duplicate-77.{e}".encode() for e in ("json", "txt")]
    assert not set(paths(again)) & set(paths(first))
    inside = item("duplicate", "DUPLICATE", id=80, name=b"w.zip", member="7.xml", facts={"same_name_before": True})
    assert paths(inside)[0] == f"nordbil/receipts/7.xml.{SHA[:12]}.duplicate-80.json".encode()
    assert paths(other)[0] == f"nordbil/receipts/b.xml.{SHA[:12]}.json".encode()


def test_a_duplicate_whose_name_only_looks_like_the_first_one_s_does_not_replace_its_receipt_either() -> None:
    first, again = "å.xml", "ä.xml"
    told = item("duplicate", "DUPLICATE", id=79, name=again.encode(), facts={"first_name": first})
    assert paths(told)[0] == f"nordbil/receipts/a.xml.{SHA[:12]}.duplicate-79.json".encode()
    assert paths(item(name=first.encode()))[0] == f"nordbil/receipts/a.xml.{SHA[:12]}.json".encode()


def test_only_a_duplicate_gets_a_receipt_beside_the_first_one() -> None:
    assert paths(item(facts={"same_name_before": True})) == paths(item())


@pytest.mark.parametrize(("status", "state"), [("refused", "REFUSED"), ("invalid", "INVALID"), ("open", "PENDING")])
def test_a_receipt_says_where_the_file_lies_whenever_that_is_known(status: str, state: str) -> None:
    record, text = written(item(status, state, filed_as="nordbil/rejected/2026/03/04/a.xml"), "nb")
    assert record["filed_as"] == "nordbil/rejected/2026/03/04/a.xml"
    assert "Filen ligger nå i:" in text
    assert "nordbil/rejected/2026/03/04/a.xml\n" in text


@pytest.mark.parametrize("language", ["nb", "en"])
def test_every_label_leaves_room_before_its_value(language: str) -> None:
    texts = TEXTS[language]  # type: ignore[index]
    found = item(name=b"a.zip", member="b.xml", filed_as="nordbil/archive/x.xml", facts=ACCEPTED)
    lines = written(found, language)[1].splitlines()
    shown = {label: next(line for line in lines if line.startswith(f"{label}:")) for label in texts.labels.values()}
    values = {label: line.removeprefix(f"{label}:") for label, line in shown.items()}
    assert all(value.startswith(" ") for value in values.values())
    assert len({len(line) - len(values[label].lstrip()) for label, line in shown.items()}) == 1


@pytest.mark.parametrize(
    ("language", "heading", "step", "place"),
    [
        ("en", "What we found about the file name", "Rename the file", "place: the file name"),
        ("nb", "Dette fant vi om filnavnet", "Gi filen et nytt navn", "sted: filnavnet"),
    ],
)
def test_a_fault_in_the_name_is_told_as_one_and_asks_for_another_name(
    language: str, heading: str, step: str, place: str
) -> None:
    record, text = written(EVERY_SITUATION["invalid_name"], language)
    assert f"\n{heading}\n- " in text
    assert place in text
    assert record["next_step"].startswith(step)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "put the document itself"), ("nb", "legg inn selve dokumentet")]
)
def test_a_link_or_folder_asks_for_the_document_itself(language: str, words: str) -> None:
    record, text = written(EVERY_SITUATION["invalid_in_place"], language)
    assert words in record["next_step"]
    assert TEXTS[language].findings_name in text  # type: ignore[index]


def test_a_fault_in_the_content_is_found_in_the_file() -> None:
    assert "\nWhat we found in the file\n" in written(EVERY_SITUATION["invalid"])[1]


HELD_NB = {
    "no avgiftsKode from sidecar, manifest, party rules or default. Add one.": "ingen avgiftskode",
    "reference r-1 is used by another document that is open or accepted. Delete it.": "Referansen r-1 er brukt av",
    "VIN ZZ9SV0000TS000116 has another document that is open.": "Understellsnummeret ZZ9SV0000TS000116 har et annet",
    "another sender has a document for this VIN that is open.": "En annen avsender har et dokument",
    "The sidecar cannot be read: gone": "Sidefilen kan ikke leses",
    "Something nobody has thought of.": "Grunnen står på engelsk i .json-kvitteringen",
}


@pytest.mark.parametrize("reason", list(HELD_NB))
@pytest.mark.parametrize("lead", ["", "Held: "])
def test_a_norwegian_receipt_says_in_norwegian_why_a_document_is_held(reason: str, lead: str) -> None:
    record, text = written(item("open", "HELD", facts={"reason": lead + reason}), "nb")
    assert record["reason"] == reason
    assert HELD_NB[reason] in text.partition("\nHvorfor\n")[2].partition("\n\n")[0]
    assert reason not in text and "Held" not in text


def test_two_broken_members_of_one_archive_do_not_share_a_receipt() -> None:
    first, second = (
        item("invalid", "INVALID", name=b"a.zip", member=member, sha256=None, rule_id="archive.broken", reason="Bad.")
        for member in ("å.xml", "ä.xml")
    )
    assert not set(paths(first)) & set(paths(second))


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


def test_an_earlier_receipt_about_an_incomplete_upload_is_rewritten_with_the_new_state() -> None:
    told = paths(item("open", "INCOMPLETE", sha256=None, file_sha256=None, rule_id="file.not_whole", reason="Stops."))
    files = receipt.render(item(receipt_state="INCOMPLETE"), party_name="N", language="en", folder="nordbil", now=NOW)
    assert len(files) == 4
    assert set(told) < {path for path, _ in files}
    assert all(json.loads(content)["state"] == "accepted" for path, content in files if path.endswith(b".json"))


def test_a_party_whose_drop_is_the_login_folder_gets_its_receipts_there() -> None:
    assert paths(item(), folder="")[0] == f"receipts/bil_1.xml.{SHA[:12]}.json".encode()
