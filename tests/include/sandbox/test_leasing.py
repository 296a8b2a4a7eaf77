"""The sandbox's Leasingtaker-API answers as published, and its people and plates are such as the interface takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from include.leasing.change import plain_plate
from include.leasing.national_number import is_synthetic, person_number
from include.sandbox.bearer import Caller
from include.sandbox.leasing import DONE, NOT_IDENTIFIED, NOT_IN_FLEET, NOT_LEASEHOLDER, PATH, PEOPLE, Leasing, fleet
from include.sandbox.reply import Call, gateway
from include.sandbox.truth import TruthLog

GOLDEN = Path(__file__).parents[1] / "leasing" / "golden"


class Anybody:
    """A gateway that takes every token as that of one organisation."""

    organisation = "310000019"

    def caller(self, call: Call, scope: str | None = None) -> Any:
        assert scope == "svv:kjoretoy/leasingtaker"
        return Caller(self.organisation)


@pytest.fixture
def authority(tmp_path: Path) -> Any:
    truth = TruthLog(tmp_path / "truth.jsonl")
    truth.open()
    bearer: Any = Anybody()
    made = Leasing(bearer, truth, fleet())
    made.log = truth  # type: ignore[attr-defined]
    yield made
    truth.close()


def ask(authority: Any, **changes: Any) -> tuple[int, Any]:
    message = json.loads((GOLDEN / "leasing_request.json").read_bytes()) | changes
    call = Call("POST", PATH, "", {"content-type": "application/json"}, json.dumps(message).encode())
    reply = authority.answer(call)
    return reply.status, json.loads(reply.body)


def test_the_published_request_gets_the_published_answer(authority: Any) -> None:
    assert ask(authority) == (200, json.loads((GOLDEN / "leasing_success.json").read_bytes()))


def test_a_wrong_surname_gets_the_published_refusal(authority: Any) -> None:
    assert ask(authority, etternavn="Sirkel") == (200, json.loads((GOLDEN / "leasing_refused.json").read_bytes()))


def codes(answer: tuple[int, Any]) -> list[str]:
    return [remark["kode"] for remark in answer[1].get("merknader", ())]


def test_what_the_pages_leave_open(authority: Any) -> None:
    assert codes(ask(authority, handling="AVSLUTTE")) == [NOT_LEASEHOLDER]
    assert codes(ask(authority, kjennemerke="ZZ99999")) == [NOT_IN_FLEET]
    assert codes(ask(authority, leasingtakerId={"fodselsnummer": "01010750160"})) == [NOT_IDENTIFIED]
    authority._bearer.organisation = "310000027"
    assert codes(ask(authority)) == [NOT_IN_FLEET], "another company's vehicle"


def test_the_log_counts_what_is_doubled_and_holds_no_number(authority: Any) -> None:
    for handling in ("OPPRETTE", "OPPRETTE", "AVSLUTTE", "OPPRETTE"):
        ask(authority, handling=handling)
    lines = list(authority.log.lines())
    assert [(line["result"], line["count"]) for line in lines] == [
        (DONE["OPPRETTE"], 1),
        (DONE["OPPRETTE"], 2),
        (DONE["AVSLUTTE"], 1),
        (DONE["OPPRETTE"], 1),
    ]
    assert "638887" not in json.dumps(lines)


def test_a_restart_knows_who_leases_what(authority: Any, tmp_path: Path) -> None:
    ask(authority)
    bearer: Any = Anybody()
    again = Leasing(bearer, authority.log, fleet())
    again.replay(authority.log.lines())
    assert again.fleet["CU10001"].leaseholder == ("person", "63888700414")


def test_people_and_plates_are_synthetic_and_well_formed() -> None:
    assert next(iter(PEOPLE.items())) == ("63888700414", "LEDENDE FIRKANT")
    assert all(person_number(number, "test") == number and is_synthetic(number) for number in PEOPLE)
    assert all(plain_plate(plate) == plate for plate in fleet())


def test_a_gateway_stands_in_front(authority: Any) -> None:
    call = Call("GET", PATH, "", {}, b"")
    assert authority.answer(call).status == 405
    call = Call("POST", PATH, "", {"content-type": "text/plain"}, b"{}")
    assert authority.answer(call).status == 415
    call = Call("POST", PATH, "", {"content-type": "application/json"}, b"[")
    assert authority.answer(call) == gateway(400, "Bad Request", PATH)
