"""Presenting what files asked for: once each, whatever customs answers and whenever the task is stopped.

The requestId is persisted before the POST, the same after a timeout, a new one for a
correction, "already used" as a proof of arrival. What was presented is asked of the customs that is told how to behave,
never of our own ledger.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from include.errors import AccessDenied, ConfigurationError, RateLimited, ServiceUnavailable
from include.journey import sharing
from include.ledger import stop_switch
from include.ledger.warehouse import connect
from include.toll.presentation import Consignment
from tests.drivers.landing import Landing, house, table

pytestmark = pytest.mark.postgres


async def test_a_lost_answer_is_repeated_under_its_id_and_validation_confirms_it(landing: Landing) -> None:
    landing.customs.next = ["", "lost", "never", "refused"]
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(4))))
    await landing.whole()
    assert landing.states() == {"ACCEPTED": 1, "UNKNOWN": 2, "REFUSED": 1}
    standings = [row["standing"] for row in landing.told()["rows"]]
    assert sorted(standings) == ["refused", "taken", "unknown", "unknown"]

    await landing.whole()
    assert len(landing.customs.requests) == 4, "not before the pause"
    landing.time_passes()
    told = await landing.whole()

    assert landing.states() == {"ACCEPTED": 2, "UNKNOWN": 1, "REFUSED": 1} and told.receipts == 1
    assert len(landing.customs.requests) == 6 and len(set(landing.customs.requests)) == 4
    landing.validate()
    assert landing.states() == {"ACCEPTED": 3, "REFUSED": 1}
    landing.time_passes()
    await landing.whole()
    assert len(landing.customs.requests) == 6
    assert set(landing.customs.presented.values()) == {1}
    standings = [row["standing"] for row in landing.told()["rows"]]
    assert sorted(standings) == ["refused", "validated", "validated", "validated"]
    assert "Ukjent MRN" in landing.receipt(".presentation.txt")


async def test_a_correction_is_a_new_request_that_names_the_old_one(landing: Landing) -> None:
    landing.put("a.csv", table(house("HC001"), house("HC002")))
    await landing.whole()
    first = {row["given"]["document_number"]: row["requestId"] for row in landing.told()["rows"]}
    landing.validate("FAILURE", [UUID(first["HC001"])])
    landing.validate("SUCCESS", [UUID(first["HC002"])])
    await landing.whole()
    (failed, _) = landing.told("a.csv")["rows"]
    assert failed["standing"] == "failed" and failed["faults"] == [{"path": "mrn", "text": "MRN finnes ikke"}]

    landing.put(
        "b.csv", table(house("HC001"), house("HC002"), house("HC002", office="NO371001", corrects=first["HC002"]))
    )
    await landing.whole()

    rows = landing.told("b.csv")["rows"]
    assert [row["standing"] for row in rows] == ["taken", "again", "taken"]
    assert [row["corrects"] for row in rows] == [first["HC001"], None, first["HC002"]]
    assert rows[0]["requestId"] != first["HC001"] and len(set(landing.customs.requests)) == 4


async def test_the_form_presents_once_however_often_its_task_is_cleared(landing: Landing) -> None:
    cells = {"level": "house-consignment", "document_number": "HC001", "document_type": "n740", "office": "NO351001"}
    for _ in range(3):
        landing.form("manual-1", **cells)
        landing.check()
        await landing.present(try_number=2)
        await landing.tell()
    assert landing.form("manual-2", **cells)
    landing.check()
    await landing.present()
    assert landing.customs.presented == {(None, "HC001", "N740"): 1} and len(landing.customs.requests) == 1
    verdicts = landing.sql("SELECT verdict FROM ledger.presentation_row ORDER BY file_id")
    assert [row["verdict"] for row in verdicts] == ["presented", "again"]


async def test_a_customs_that_is_down_stops_the_run_after_five_and_nothing_is_lost(landing: Landing) -> None:
    landing.customs.always = "down"
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(40))))
    with pytest.raises(ServiceUnavailable, match="in a row"):
        await landing.whole()
    assert 5 <= len(landing.customs.requests) <= 9
    await landing.tell()
    assert landing.names() == ["a.csv"], "what was not tried yet keeps the file where it is"
    landing.customs.always = ""
    landing.time_passes()
    await landing.whole()
    assert landing.states() == {"ACCEPTED": 40} and set(landing.customs.presented.values()) == {1}
    assert landing.names() == []


async def test_access_that_is_refused_is_red_at_once_and_stays_unsent(landing: Landing) -> None:
    landing.customs.always = "denied"
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(10))))
    with pytest.raises(AccessDenied):
        await landing.whole()
    assert landing.states() == {"PENDING": 10} and len(landing.customs.requests) == 1
    landing.customs.always = ""
    await landing.present(try_number=2)
    assert landing.states() == {"ACCEPTED": 10}


async def test_a_request_to_slow_down_is_honoured(landing: Landing) -> None:
    landing.customs.next = ["", "busy"]
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(3))))
    with pytest.raises(RateLimited) as limited:
        await landing.whole()
    assert limited.value.retry_after == 7.0
    landing.time_passes()
    await landing.whole()
    assert landing.states() == {"ACCEPTED": 3}


async def test_a_stop_switch_holds_everything_and_says_so(landing: Landing) -> None:
    landing.put("a.csv", table(house("HC001")))
    with connect(landing.dsn) as connection:
        stop_switch.stop(connection, "toll", "", reason="maintenance", by="Kari")
    with pytest.raises(ConfigurationError, match="Kari"):
        await landing.whole()
    assert landing.customs.requests == []
    with connect(landing.dsn) as connection:
        stop_switch.go(connection, "toll", "", reason="done", by="Kari")
    await landing.present(try_number=2)
    assert landing.states() == {"ACCEPTED": 1}


async def test_no_more_are_in_flight_than_the_installation_allows_and_one_goes_first(landing: Landing) -> None:
    landing.customs.seconds = 0.02
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(30))))
    await landing.take()
    landing.check()
    await asyncio.gather(landing.present(), landing.present())
    assert landing.customs.most_at_once <= 4 and set(landing.customs.presented.values()) == {1}
    assert landing.states() == {"ACCEPTED": 30}
    assert landing.sql("SELECT * FROM ledger.lease") == []


async def test_a_share_that_others_take_for_a_while_is_waited_for(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "RENEW_SECONDS", 0.02)
    landing.customs.seconds = 0.02
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(30))))
    await landing.take()
    landing.check()
    sending = asyncio.create_task(landing.present())
    while len(landing.customs.taken) < 3:
        await asyncio.sleep(0.005)
    landing.sql("INSERT INTO ledger.lease VALUES ('toll', 'another', 4, now() + interval '1 hour') RETURNING 1")
    await asyncio.sleep(0.5)
    before = len(landing.customs.taken)
    await asyncio.sleep(0.5)

    assert len(landing.customs.taken) == before < 30, "the other one holds every slot"
    landing.sql("DELETE FROM ledger.lease WHERE owner = 'another' RETURNING 1")
    await sending
    assert landing.states() == {"ACCEPTED": 30} and set(landing.customs.presented.values()) == {1}


async def test_a_task_that_is_asked_to_stop_claims_no_more_and_a_retry_sends_the_rest(landing: Landing) -> None:
    landing.customs.seconds = 0.05
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(30))))
    await landing.take()
    landing.check()
    stop = asyncio.Event()
    sending = asyncio.create_task(landing.present(stop=stop))
    while len(landing.customs.taken) < 6:
        await asyncio.sleep(0.005)
    stop.set()
    with pytest.raises(ServiceUnavailable, match="asked to stop"):
        await sending
    assert landing.states()["SENT"] == 0 and 0 < landing.states()["PENDING"] < 25
    await landing.present(try_number=2)
    assert landing.states() == {"ACCEPTED": 30} and set(landing.customs.presented.values()) == {1}


async def test_a_person_s_case_is_never_sent_again_and_can_be_corrected(landing: Landing) -> None:
    landing.put("a.csv", table(house("HC001")))
    await landing.take()
    landing.check()
    (row,) = landing.sql("SELECT request_id FROM ledger.presentation")
    landing.customs.taken[row["request_id"]] = Consignment("house-consignment", "NO351001")  # type: ignore[arg-type]
    await landing.present()
    await landing.tell()
    assert landing.states() == {"NEEDS_PERSON": 1}
    assert landing.told()["rows"][0]["standing"] == "needs_person"
    landing.time_passes()
    await landing.whole()
    assert len(landing.customs.requests) == 1
    landing.put("b.csv", table(house("HC001"), house("HC001", corrects=str(row["request_id"]))))
    await landing.whole()
    assert [one["standing"] for one in landing.told("b.csv")["rows"]] == ["again", "taken"]
