"""Every situation is told in two languages and two forms, with its own headline and next step."""

from __future__ import annotations

from typing import get_args

import jsonschema
import pytest

from include.journey.receipt_situation import Situation
from include.journey.receipt_texts import TEXTS
from include.ledger.filing import ToFile
from tests.drivers.receipts import ACCEPTED, SCHEMA, item, written

AVGIFT = "kjoretoy.coc.KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"
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
    "held_declined": item(
        "open",
        "HELD",
        facts={
            "reason": "Held: VIN X has another document that is accepted, and its deletion for this one was declined."
        },
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


def test_an_unknown_outcome_says_not_to_send_again_and_when_we_expect_to_know() -> None:
    for language, words in (("nb", "Ikke send den på nytt"), ("en", "do not send it again")):
        record, text = written(EVERY_SITUATION["unknown"], language)
        assert words in record["next_step"]
        assert "2026-03-04 03:14 (Oslo)" in text
        assert record["settle_until"] == "2026-03-04T02:14:00+00:00"


def test_a_held_document_says_why() -> None:
    record, text = written(EVERY_SITUATION["held_conflict"])
    assert record["reason"] == "reference ref-1 is used by another document."
    assert "\nWhy\nReference ref-1 is used by another document.\n" in text


def test_a_duplicate_names_the_first_file_and_carries_no_finding() -> None:
    record, text = written(EVERY_SITUATION["duplicate"], "nb")
    assert record["first_file"] == "første.xml"
    assert record["findings"] == []
    assert "Det samme innholdet kom først som første.xml." in text


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
