"""The form "send refused again": what it chooses, and that it sends exactly that, with the same bytes."""

from __future__ import annotations

import pytest

from include.ivi.samples import sample_vin
from include.sandbox.avgift import AvgiftPattern
from tests.drivers.content import sha
from tests.drivers.night import CLOSED, Night

pytestmark = pytest.mark.postgres


SELECTORS: list[tuple[dict[str, str], list[int]]] = [
    ({"file_name": "1.xml"}, [1]),
    ({"vin": sample_vin(2)}, [2]),
    ({"vin": sample_vin(2).lower()}, [2]),
    ({"meldingskode": "kjoretoy.coc.KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"}, [1, 2, 3]),
    ({"type_approval": CLOSED}, [1, 2, 3]),
    ({"type_approval": f"{CLOSED}|V9"}, [2, 3]),
    ({"type_approval": f"{CLOSED} | V9 | X7"}, [3]),
    ({"file_name": "1.xml", "vin": sample_vin(2)}, []),
    ({"meldingskode": "kjoretoy.coc.UKJENT_UNR_OG_MERKE"}, []),
    ({"type_approval": f"{CLOSED}|V8"}, []),
]


@pytest.mark.parametrize(
    ("chosen", "sent"), SELECTORS, ids=[" ".join(chosen) + f" {sent}" for chosen, sent in SELECTORS]
)
async def test_the_form_sends_exactly_what_was_chosen_with_the_same_bytes(
    closed: Night, chosen: dict[str, str], sent: list[int]
) -> None:
    contents = {
        1: closed.put("1.xml", number=1, type_approval=CLOSED),
        2: closed.put("2.xml", number=2, type_approval=CLOSED, variant="V9"),
        3: closed.put("3.xml", number=3, type_approval=CLOSED, variant="V9", version="X7"),
    }
    accepted = closed.put("4.xml", number=4)
    await closed.whole()
    assert closed.truth() == {sha(accepted): 1}
    closed.sandbox.avgift.open(AvgiftPattern(type_approval=CLOSED))
    posts = closed.posts

    assert closed.send_again(**chosen) == len(sent)
    result = await closed.whole("run-2")

    assert closed.truth() == {sha(accepted): 1} | {sha(contents[number]): 1 for number in sent}
    assert closed.posts == posts + len(sent)
    assert result.run.accepted == len(sent)
    assert (result.all_time.accepted, result.all_time.refused) == (1 + len(sent), 3 - len(sent))
    assert len(closed.names("archive")) == 1 + len(sent)
    assert len(closed.names("rejected")) == 3 - len(sent)


@pytest.mark.parametrize("chosen", [{}, {"file_name": "", "vin": ""}])
async def test_an_empty_form_never_means_everything(closed: Night, chosen: dict[str, str]) -> None:
    closed.put("1.xml", number=1, type_approval=CLOSED, variant="V9", version="X7")
    await closed.whole()
    posts = closed.posts

    assert closed.send_again(**chosen) == 0
    await closed.whole("run-2")

    assert closed.posts == posts


async def test_the_form_asks_for_each_refusal_once_however_often_it_is_sent(closed: Night) -> None:
    content = closed.put("1.xml", number=1, type_approval=CLOSED)
    await closed.whole()
    closed.sandbox.avgift.clear()

    closed.send_again(file_name="1.xml")
    closed.send_again(file_name="1.xml")
    await closed.whole("run-2")
    assert closed.send_again(file_name="1.xml") == 0
    await closed.whole("run-3")

    assert closed.truth() == {sha(content): 1}


async def test_a_refusal_that_is_sent_again_and_refused_again_stays_in_rejected(closed: Night) -> None:
    closed.put("1.xml", number=1, type_approval=CLOSED)
    await closed.whole()
    lay = closed.names("rejected")

    closed.send_again(file_name="1.xml")
    result = await closed.whole("run-2")

    assert result.run.refused == 1
    assert closed.names("rejected") == lay
    assert closed.names() == []
    assert closed.one("SELECT count(*) FROM ledger.submission") == 2


async def test_send_again_does_not_take_a_new_file_of_the_same_name(closed: Night) -> None:
    refused = closed.put("1.xml", number=1, type_approval=CLOSED)
    await closed.whole()
    closed.sandbox.avgift.clear()

    closed.send_again(file_name="1.xml")
    corrected = closed.put("1.xml", number=2)
    await closed.whole("run-2")
    await closed.whole("run-3")

    assert closed.truth() == {sha(refused): 1, sha(corrected): 1}
    assert closed.names() == []
