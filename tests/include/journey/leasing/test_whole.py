"""A leasing file from the drop to the receipt: added, ended, refused, bad, twice."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.postgres


async def test_leaseholders_are_added_ended_and_refused(leasing: Any) -> None:
    leasing.put(
        "uke 47.csv",
        ("OPPRETTE", "CU10001", *leasing.FIRKANT),
        ("avslutte", "cu 10001", *leasing.FIRKANT),
        ("OPPRETTE", "CU10001", *leasing.TREKANT),
        ("OPPRETTE", "CU10011", "310000027"),
        ("OPPRETTE", "CU10012", leasing.FIRKANT[0], "Sirkel"),
        ("OPPRETTE", "CU99999", *leasing.FIRKANT),
        ("OPPRETTE", "CU10013", "63888700415", "Firkant"),
        ("OPPRETTE", "X", *leasing.FIRKANT),
        ("OPPRETTE", "CU10011", "310000027"),
    )
    taken = await leasing.collect()
    assert (taken.files, taken.changes, taken.bad_rows) == (1, 7, 2)
    sent = await leasing.send()
    assert sent.sentence() == "4 accepted, 2 refused"
    await leasing.file()
    assert leasing.ends() == [
        *("ACCEPTED", "ACCEPTED", "ACCEPTED", "ACCEPTED", "REFUSED", "REFUSED", "INVALID", "INVALID", "DUPLICATE"),
    ]
    ops = [(line["op"], line["ref"]) for line in leasing.sandbox.truth() if line["ref"] == "CU10001"]
    assert ops == [("leasing_opprette", "CU10001"), ("leasing_avslutte", "CU10001"), ("leasing_opprette", "CU10001")]
    refused = leasing.sql("SELECT merknader FROM ledger.leasing_change WHERE state = 'REFUSED' ORDER BY id")
    assert refused[0]["merknader"] == [{"kode": "EIER_KAN_IKKE_IDENTIFISERES", "beskrivelse": "string"}]
    (row,) = leasing.sql("SELECT * FROM ledger.leasing_change WHERE id = 1")
    assert (row["kuid"], row["understellsnummer"], row["merke"], row["merkekode"]) == (
        *("3378041341", "TESTSISDINKY00004", "OPEL", "4350"),
    )
    assert leasing.doubled == 0
    assert list(leasing.inbox.iterdir()) == []
    receipts = leasing.receipts()
    assert len(receipts) == 2
    text = next(text for name, text in receipts.items() if name.endswith(".txt"))
    assert "line 2: OPPRETTE CU10001: accepted." in text
    assert "refused (EIER_KAN_IKKE_IDENTIFISERES)" in text
    assert "line 8: -: bad row. The check digits of the national number are wrong" in text
    for told in receipts.values():
        assert "638887" not in told and "irkant" not in told


async def test_a_run_without_work_sends_nothing_and_tells_nothing(leasing: Any) -> None:
    assert (await leasing.whole()).sentence() == "nothing to send"
    leasing.put("a.csv", ("OPPRETTE", "CU10001", *leasing.FIRKANT))
    await leasing.whole()
    posts, receipts = leasing.posts, leasing.receipts()
    assert (await leasing.whole()).sentence() == "nothing to send"
    assert leasing.posts == posts and leasing.receipts() == receipts


async def test_the_end_of_a_lease_needs_no_number_where_we_created_it(leasing: Any) -> None:
    leasing.put("a.csv", ("OPPRETTE", "CU10001", *leasing.FIRKANT), ("AVSLUTTE", "CU10001"), ("AVSLUTTE", "CU10014"))
    await leasing.whole()
    assert leasing.ends() == ["ACCEPTED", "ACCEPTED", "INVALID"]


async def test_a_refused_row_may_come_again_and_an_accepted_one_is_a_duplicate(leasing: Any) -> None:
    leasing.put("a.csv", ("OPPRETTE", "CU10001", leasing.FIRKANT[0], "Galt"), ("OPPRETTE", "CU10011", *leasing.FIRKANT))
    await leasing.whole()
    leasing.put("b.csv", ("OPPRETTE", "CU10001", *leasing.FIRKANT), ("OPPRETTE", "CU10011", *leasing.FIRKANT))
    await leasing.whole()
    assert leasing.ends() == ["REFUSED", "ACCEPTED", "ACCEPTED", "DUPLICATE"]
    leasing.put("c.csv", ("AVSLUTTE", "CU10011", *leasing.FIRKANT), ("OPPRETTE", "CU10011", *leasing.FIRKANT))
    await leasing.whole()
    assert leasing.ends()[4:] == ["ACCEPTED", "ACCEPTED"]
    assert leasing.doubled == 0


async def test_files_that_are_none(leasing: Any) -> None:
    leasing.put("bilde.csv", content=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    leasing.put("uten.csv", content=b"regnr;fnr\nCU10001;63888700414\n")
    leasing.put("63888700414 Firkant.csv", ("OPPRETTE", "CU10001", *leasing.FIRKANT))
    leasing.put("halv.csv.part", ("OPPRETTE", "CU10001", *leasing.FIRKANT))
    await leasing.whole()
    rows = leasing.sql("SELECT name, rule_id, state FROM ledger.leasing_file ORDER BY name")
    assert {(row["name"], row["rule_id"]) for row in rows} == {
        ("(a name that holds a national number)", "name.national_number"),
        ("bilde.csv", "table.encoding"),
        ("uten.csv", "table.heading"),
    }
    assert sorted(path.name for path in leasing.inbox.iterdir()) == ["63888700414 Firkant.csv", "halv.csv.part"]
    assert leasing.posts == 0
    told = leasing.receipts()
    assert len(told) == 6 and not any("638887" in name + text for name, text in told.items())
    await leasing.whole()
    assert leasing.receipts() == told
    assert len(leasing.sql("SELECT id FROM ledger.leasing_file")) == 3
