"""The sentences an operator reads: plain, without nested brackets, and with what to do."""

from __future__ import annotations

import json
import socket
from typing import Any

import aiohttp
import pytest

from include.authority.failures import failure_of
from include.vegvesen.answer import Exchange, Failure, classify
from include.vegvesen.sentences import Where

WHERE = Where(conn_id="svv", base_url="https://synt.utv.vegvesen.no", environment="test")
AVGIFT = "kjoretoy.coc.KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"
TEXT = (
    "Ulovlig forespørsel - Fant ingen åpne eller lukkede avgiftsklassifiseringer på typegodkjenning: "
    "e6*2007/46*0289*09 | V1 | {version} tilgjengelig for importør: 310000019 med ønsket avgiftskode: {code} ."
)


def sentence(**message: Any) -> str:
    remarks = message.pop("remarks", [])
    body = json.dumps({"iviIdentifikator": {"kuid": "1"}, "melding": message | {"merknader": remarks}}).encode()
    return classify(Exchange(status=200, body=body), WHERE).sentence


def refusal(text: str | None) -> str:
    return sentence(meldingstype="FEIL", meldingskode=AVGIFT, meldingstekst=text)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "vehicle ("), (1, "vehicle with 1 remark ("), (2, "vehicle with 2 remarks (")]
)
def test_an_acceptance_counts_its_remarks_only_when_there_are_some(number: int, words: str) -> None:
    remarks = [{"melding": "Er det korrekt?"}] * number
    said = sentence(meldingstype="INFO", meldingskode="kjoretoy.coc.KJORETOY_OPPRETTET", remarks=remarks)
    assert said == f"Statens vegvesen created the {words}kjoretoy.coc.KJORETOY_OPPRETTET)."


def test_a_refusal_names_its_code_and_no_connection() -> None:
    said = sentence(meldingstype="FEIL", meldingskode="kjoretoy.coc.NOE_NYTT")
    assert said == "Statens vegvesen refused the document with kjoretoy.coc.NOE_NYTT."


def test_a_vehicle_that_cannot_be_classified_is_told_with_what_is_not_open() -> None:
    assert refusal(TEXT.format(version="V1-A", code="101")) == (
        "Statens vegvesen refused the document: avgiftskode 101 is not open for e6*2007/46*0289*09 | V1 | V1-A "
        f"({AVGIFT})."
    )


def test_a_gap_without_code_or_version_is_told_too() -> None:
    said = refusal(TEXT.format(version="", code=""))
    assert "no avgiftskode was sent for e6*2007/46*0289*09 | V1 | none (" in said


@pytest.mark.parametrize("text", [None, "Noe helt annet.", "typegodkjenning: a | b"])
def test_other_words_of_the_authority_still_give_the_gap_in_general(text: str | None) -> None:
    assert "the avgiftskode that was sent is not open for this vehicle" in refusal(text)


def test_the_authority_s_words_cannot_forge_a_line() -> None:
    said = refusal(TEXT.format(version="x\n2026 ERROR \x1b[31m" + "y" * 500, code="1\n2"))
    assert said.isprintable()
    assert len(said) < 400


@pytest.mark.parametrize("failure", [Failure.CONNECT_FAILED, Failure.CONNECT_TIMEOUT])
@pytest.mark.parametrize("reason", ["", "connection refused", "Connect call failed ('127.0.0.1', 80)"])
def test_no_connection_is_one_sentence_that_says_what_to_check(failure: Failure, reason: str) -> None:
    said = classify(Exchange(written=False, failure=failure, reason=reason), WHERE).sentence
    assert said.startswith("Statens vegvesen at https://synt.utv.vegvesen.no ")
    assert said.endswith("so nothing was sent; check the base URL of connection 'svv' and the network of the worker.")
    assert said.count("(") <= 1


async def test_a_port_where_nobody_listens_is_told_in_the_system_s_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientConnectorError) as failed:
                await session.get(url)
    assert failure_of(failed.value) == (Failure.CONNECT_FAILED, "connection refused")
