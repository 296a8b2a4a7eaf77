"""How each end of a send is told apart, and what happens next."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from include.errors import ConfigurationError, PersonMustAct, ServiceUnavailable
from include.sandbox.avgift import AvgiftPattern
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres


#: In a list of faults: a request that goes well.
GOOD = "late_accept"


UNKNOWN = {
    "lost_answer": 1,
    "cut_body": 1,
    "error_after_accept": 1,
    "lost_request": 0,
    "unavailable": 0,
    "error": 0,
}


@pytest.mark.parametrize(("kind", "created"), UNKNOWN.items())
async def test_an_end_that_proves_nothing_is_unknown_and_never_sent_again(
    night: Night, kind: str, created: int
) -> None:
    night.put_many(range(4))
    await night.through_validation()
    night.fault(GOOD, kind, slow_seconds=0.0)  # the second request, after the gate has opened

    sent = await night.send()
    await night.file()

    assert (sent.accepted, sent.unknown) == (3, 1)
    assert sum(night.truth().values()) == 3 + created
    posts = night.posts
    await night.submit()
    await night.submit()
    for run in ("run-1", "run-2"):
        await night.whole(run)
    assert night.posts == posts
    assert night.submissions() == {"ACCEPTED": 3, "UNKNOWN": 1}
    assert len(night.names()) == 1
    assert "unknown" in night.reconcile().all_time.sentence("nordbil")


async def test_an_answer_that_comes_too_late_is_unknown_and_the_document_exists_once(night: Night) -> None:
    night.put_many(range(3))
    night.turn(total_timeout=0.4, read_timeout=0.4)
    await night.through_validation()
    night.fault("slow_answer", slow_seconds=1.0)

    await night.send()
    await night.send()
    await asyncio.sleep(0.8)

    assert night.submissions() == {"ACCEPTED": 2, "UNKNOWN": 1}
    assert sorted(night.truth().values()) == [1, 1, 1]


@pytest.mark.parametrize("kind", ["unavailable", "error", "lost_request"])
async def test_five_equal_unknowns_stop_the_party_with_one_sentence(night: Night, kind: str) -> None:
    night.configure(lot_size=8)
    night.put_many(range(24))
    await night.through_validation()
    night.outage(kind)

    with pytest.raises(ServiceUnavailable) as stopped:
        await night.send(1)
    assert night.posts == 5
    assert "\n" not in str(stopped.value)
    assert str(stopped.value).startswith("5 sends in a row ended the same way")
    for lot in (2, 3):
        with pytest.raises(ServiceUnavailable, match="5 sends in a row"):
            await night.send(lot)

    assert night.posts == 5
    assert night.submissions() == {"UNKNOWN": 5, "PENDING": 19}


async def test_unknowns_in_full_flight_stop_the_lot_after_what_is_in_the_air(night: Night) -> None:
    night.turn(max_parallel=4)
    night.put_many(range(30))
    await night.through_validation()
    night.fault(*[GOOD] * 3, *["unavailable"] * 100, slow_seconds=0.0)

    with pytest.raises(ServiceUnavailable):
        await night.send()

    found = night.submissions()
    assert found["ACCEPTED"] == 3
    assert 5 <= found["UNKNOWN"] <= 5 + 4
    assert found["PENDING"] == 30 - found["ACCEPTED"] - found["UNKNOWN"]


async def test_a_single_bad_end_between_good_ones_stops_nobody(night: Night) -> None:
    night.turn(max_parallel=1)
    night.put_many(range(14))
    await night.through_validation()
    night.fault(*[GOOD, "unavailable"] * 7, slow_seconds=0.0)

    sent = await night.send()

    assert (sent.accepted, sent.unknown) == (7, 7)


async def test_a_gateways_error_page_refuses_nothing_and_names_the_base_url(night: Night) -> None:
    night.configure(lot_size=5)
    night.put_many(range(10))
    await night.through_validation()
    night.outage("html_400")

    for lot in (1, 2):
        with pytest.raises(ConfigurationError, match=night.settings.base_url):
            await night.send(lot)

    assert night.submissions() == {"PENDING": 10}
    assert night.posts == 1
    night.heal()
    assert (await night.submit(1)).accepted == 5


async def test_a_wrong_base_url_is_a_configuration_error_and_every_document_stays_open(night: Night) -> None:
    night.put_many(range(5))
    await night.through_validation()
    right = night.settings.base_url
    night.turn(base_url=f"{right}/old")

    with pytest.raises(ConfigurationError, match=f"{right}/old"):
        await night.send()

    assert night.submissions() == {"PENDING": 5}
    night.turn(base_url=right)
    night.heal()
    assert (await night.send()).accepted == 5


async def test_a_redirect_is_not_followed_and_stops_the_lot(night: Night) -> None:
    night.put_many(range(5))
    await night.through_validation()
    night.outage("redirect")

    with pytest.raises(PersonMustAct):
        await night.send()

    assert night.posts == 1
    assert night.sandbox.services["vegvesen"].counts["redirects_followed"] == 0
    assert night.submissions() == {"UNKNOWN": 1, "PENDING": 4}


async def test_a_client_that_is_not_known_stops_the_lot_before_anything_is_sent(night: Night) -> None:
    night.put_many(range(3))
    await night.through_validation()
    night.maskinporten = replace(night.maskinporten, client_id="unknown")

    with pytest.raises(PersonMustAct) as stopped:
        await night.send()

    assert "\n" not in str(stopped.value)
    assert (night.submissions(), night.posts) == ({"PENDING": 3}, 0)


@pytest.mark.parametrize("status", [200, 400, 422, 500])
async def test_a_readable_refusal_is_a_refusal_at_any_status(night: Night, status: int) -> None:
    night.sandbox.knobs.refusal_status = status
    night.sandbox.avgift.close(AvgiftPattern(type_approval="e6*2007/46*0289*09"))
    night.put("closed.xml", number=1, type_approval="e6*2007/46*0289*09")
    night.put("open.xml", number=2)

    result = await night.whole()

    assert night.states() == {"closed.xml": "REFUSED", "open.xml": "ACCEPTED"}
    row = night.sql("SELECT http_status, meldingstype, meldingskode FROM ledger.submission WHERE state = 'REFUSED'")[0]
    assert row == {
        "http_status": status,
        "meldingstype": "FEIL",
        "meldingskode": "kjoretoy.coc.KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES",
    }
    assert "1 × avgiftskode 101 not open for e6*2007/46*0289*09" in result.summary


@pytest.mark.parametrize("shape", ["object", "array"])
@pytest.mark.parametrize("reply", ["object", "array"])
async def test_the_shape_of_the_reply_does_not_depend_on_the_shape_of_the_request(
    night: Night, shape: str, reply: str
) -> None:
    night.turn(request_shape=shape)
    night.sandbox.knobs.reply_shape = reply
    night.put_many(range(2))

    assert (await night.whole()).run.accepted == 2


async def test_every_acceptance_has_its_evidence(night: Night) -> None:
    night.put_many(range(5))
    await night.whole()

    rows = night.sql(
        "SELECT a.outcome, a.http_status, length(a.request_sha256) AS request, length(a.token_fingerprint) AS token, "
        "r.sha256 = encode(sha256(r.body), 'hex') AS reply FROM ledger.submission u "
        "JOIN ledger.attempt a ON a.submission_id = u.id JOIN ledger.reply r ON r.sha256 = a.reply_sha256"
    )
    assert rows == [{"outcome": "accepted", "http_status": 200, "request": 64, "token": 16, "reply": True}] * 5
