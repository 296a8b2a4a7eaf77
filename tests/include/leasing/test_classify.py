"""The table of outcomes: every status, body and failure of the Leasingtaker-API has exactly one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.authority.exchange import Exchange, Failure
from include.leasing.change import Leaseholder
from include.leasing.classify import Asked, classify
from include.leasing.message import body
from include.leasing.reply import parse, scrubbed
from include.outcomes import Outcome
from include.vegvesen.sentences import Where

GOLDEN = Path(__file__).parent / "golden"
WHERE = Where(conn_id="vegvesen", base_url="https://synt.utv.vegvesen.no", environment="test")
NUMBER = "63888700414"
ASKED = Asked("CU10001", NUMBER)
CODE = {"kode": "EIER_KAN_IKKE_IDENTIFISERES", "beskrivelse": "string"}


def golden(name: str) -> Any:
    return json.loads((GOLDEN / name).read_bytes())


def outcome(status: int | None, content: Any = b"", **more: Any) -> tuple[Outcome, Failure | None, bool]:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    verdict = classify(Exchange(status=status, body=raw, **more), WHERE, ASKED)
    assert NUMBER not in verdict.sentence and "Firkant".lower() not in verdict.sentence.lower()
    assert "CU10001" not in verdict.sentence
    return verdict.outcome, verdict.error_class, verdict.stops_lot


def test_our_request_is_the_published_one() -> None:
    wanted = golden("leasing_request.json")
    person = Leaseholder(kind="person", number=NUMBER, etternavn="Firkant")
    assert json.loads(body("OPPRETTE", "CU10001", person)) == wanted
    assert json.loads(body("AVSLUTTE", "CU10001", person)) == wanted | {"handling": "AVSLUTTE"}


def test_an_organisation_has_no_surname() -> None:
    organisation = Leaseholder(kind="organisation", number="310000019")
    assert json.loads(body("OPPRETTE", "CU10001", organisation)) == {
        "handling": "OPPRETTE",
        "kjennemerke": "CU10001",
        "leasingtakerId": {"organisasjonsnummer": "310000019"},
    }


def test_the_published_success_is_accepted_and_read() -> None:
    assert outcome(200, golden("leasing_success.json")) == (Outcome.ACCEPTED, None, False)
    reply = parse((GOLDEN / "leasing_success.json").read_bytes())
    assert reply is not None
    assert (reply.kuid, reply.understellsnummer, reply.merke, reply.merkekode, reply.handelsebetegnelse) == (
        *("3378041341", "TESTSISDINKY00004", "OPEL", "4350", "ASTRA"),
    )
    assert reply.forstegang_registrert == "04.11.2019"
    assert NUMBER not in repr(reply) and "FIRKANT" not in repr(reply)


def test_the_published_refusal_is_refused_with_its_code() -> None:
    assert outcome(200, golden("leasing_refused.json")) == (Outcome.REFUSED, None, False)
    verdict = classify(Exchange(status=200, body=(GOLDEN / "leasing_refused.json").read_bytes()), WHERE, ASKED)
    assert "EIER_KAN_IKKE_IDENTIFISERES" in verdict.sentence


SUCCESS = golden("leasing_success.json")
PLACES = [
    {"merknader": [CODE]},
    SUCCESS | {"merknader": [CODE]},
    {"entity": SUCCESS["entity"] | {"merknader": [CODE]}},
    {"entity": {"kjoretoy": {"merknader": [CODE]}}},
    {"entity": None, "resultat": {"liste": [{"merknader": [CODE]}]}},
    {"entity": None, "Merknader": [CODE]},
    {"entity": None, "merknader": CODE},
    {"entity": None, "merknader": ["bare tekst"]},
    {"entity": None, "merknader": [{"kode": None}]},
]


@pytest.mark.parametrize("content", PLACES)
@pytest.mark.parametrize("status", [200, 400, 409, 422])
def test_merknader_refuse_wherever_the_list_sits(content: Any, status: int) -> None:
    assert outcome(status, content) == (Outcome.REFUSED, None, False)


@pytest.mark.parametrize("empty", [[], None, {}, ""])
def test_an_empty_list_is_no_remark(empty: Any) -> None:
    assert outcome(200, SUCCESS | {"merknader": empty})[0] is Outcome.ACCEPTED


TABLE = [
    (200, b"", Outcome.UNKNOWN, Failure.ANSWER_UNREADABLE, False),
    (200, b"<html>", Outcome.UNKNOWN, Failure.ANSWER_UNREADABLE, False),
    (200, {"entity": None}, Outcome.UNKNOWN, Failure.ANSWER_UNREADABLE, False),
    (200, {"entity": {}}, Outcome.UNKNOWN, Failure.ANSWER_UNREADABLE, False),
    (200, {"entity": []}, Outcome.UNKNOWN, Failure.ANSWER_UNREADABLE, False),
    (200, [SUCCESS], Outcome.UNKNOWN, Failure.ANSWER_UNREADABLE, False),
    (201, SUCCESS, Outcome.UNKNOWN, Failure.ANSWER_UNREADABLE, False),
    (204, b"", Outcome.UNKNOWN, Failure.ANSWER_UNREADABLE, False),
    (202, {"merknader": [CODE]}, Outcome.UNKNOWN, Failure.ANSWER_UNREADABLE, False),
    (302, b"", Outcome.UNKNOWN, Failure.REDIRECT, True),
    (400, b"<html>", Outcome.NOT_SENT, Failure.WRONG_CALL, True),
    (400, {"status": 400}, Outcome.NOT_SENT, Failure.WRONG_CALL, True),
    (401, {"merknader": [CODE]}, Outcome.NOT_SENT, Failure.UNAUTHORISED, True),
    (403, {"merknader": [CODE]}, Outcome.NOT_SENT, Failure.FORBIDDEN, True),
    (404, b"", Outcome.NOT_SENT, Failure.WRONG_CALL, True),
    (408, b"", Outcome.UNKNOWN, Failure.REQUEST_TIMEOUT, False),
    (429, b"", Outcome.NOT_SENT, Failure.SLOW_DOWN, False),
    (500, {"merknader": [CODE]}, Outcome.UNKNOWN, Failure.SERVER_ERROR, False),
    (500, SUCCESS, Outcome.UNKNOWN, Failure.SERVER_ERROR, False),
    (503, b"", Outcome.UNKNOWN, Failure.SERVER_ERROR, False),
]


@pytest.mark.parametrize(("status", "content", "ends", "failure", "stops"), TABLE)
def test_the_table(status: int, content: Any, ends: Outcome, failure: Failure, stops: bool) -> None:
    assert outcome(status, content) == (ends, failure, stops)


def test_without_an_answer_only_what_was_not_written_is_not_sent() -> None:
    for failure in Failure:
        assert outcome(None, written=True, failure=failure)[0] is Outcome.UNKNOWN
        assert outcome(None, written=False, failure=failure)[0] is Outcome.NOT_SENT


@pytest.mark.parametrize("state", ["cut", "too_large", "packed"])
def test_half_an_answer_is_unknown(state: str) -> None:
    assert outcome(200, SUCCESS, body_state=state)[0] is Outcome.UNKNOWN


def test_an_answer_about_another_plate_or_person_proves_nothing() -> None:
    entity = SUCCESS["entity"]
    vehicle = entity["kjoretoy"]
    assert outcome(200, {"entity": entity | {"kjoretoy": vehicle | {"kjennemerke": "CU 10001"}}})[0] is Outcome.ACCEPTED
    other = {"entity": entity | {"kjoretoy": vehicle | {"kjennemerke": "CU10002"}}}
    assert outcome(200, other) == (Outcome.UNKNOWN, Failure.ANSWER_CONTRADICTS, False)
    other = {"entity": entity | {"leasingtakerId": {"fodselsnummer": "01010750160"}}}
    assert outcome(200, other) == (Outcome.UNKNOWN, Failure.ANSWER_CONTRADICTS, False)
    ended = {"entity": {"kjoretoy": vehicle, "leasingtakerId": None, "leasingtakerNavn": None}}
    assert outcome(200, ended)[0] is Outcome.ACCEPTED


@settings(max_examples=200, deadline=None)
@given(
    status=st.integers(100, 599),
    content=st.binary(max_size=60) | st.sampled_from([json.dumps(p).encode() for p in PLACES]),
)
def test_every_answer_has_one_outcome_and_only_200_accepts(status: int, content: bytes) -> None:
    found = outcome(status, content)[0]
    assert found is not Outcome.ACCEPTED
    assert found in (Outcome.REFUSED, Outcome.UNKNOWN, Outcome.NOT_SENT)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Eier 63888700414 finnes ikke", "Eier … finnes ikke"),
        ("Eier 638887 00414 FIRKANT", "Eier … …"),
        ("Ledende Firkant, kjennemerke CU10001", "…, kjennemerke CU10001"),
        ("firkanten", "…en"),
        (None, None),
    ],
)
def test_texts_of_the_authority_are_kept_without_numbers_and_names(text: str | None, left: str | None) -> None:
    found = scrubbed(text, "Firkant", "LEDENDE FIRKANT", NUMBER)
    assert (found or "").replace("… …", "…") == (left or "").replace("… …", "…")
