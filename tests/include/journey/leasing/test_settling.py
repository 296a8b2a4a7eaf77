"""An outcome that nobody knows: the register's leaseholder settles it, else a person; never a blind send."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import PersonMustAct
from include.ledger import leasing_settling
from include.ledger.waiting import waiting
from include.ledger.warehouse import connect

pytestmark = pytest.mark.postgres
ADD = ("OPPRETTE", "CU10001")
END = ("AVSLUTTE", "CU10001")


async def lost(leasing: Any, kind: str, *rows: tuple[str, ...]) -> None:
    """The first request of this file goes wrong in this way."""
    leasing.put(f"{kind}.csv", *rows)
    await leasing.collect()
    leasing.fault(kind)
    await leasing.send()
    await leasing.file()
    leasing.heal()


@pytest.mark.parametrize("kind", ["lost_answer", "cut_body", "error_after_accept"])
async def test_an_added_leaseholder_that_the_register_shows_is_accepted(leasing: Any, kind: str) -> None:
    await lost(leasing, kind, (*ADD, *leasing.FIRKANT))
    assert leasing.ends() == ["UNKNOWN"]
    posts = leasing.posts
    assert (await leasing.settle()).sentence() == "1 accepted"
    (row,) = leasing.sql("SELECT state, decided_by, kuid FROM ledger.leasing_change")
    assert row == {"state": "ACCEPTED", "decided_by": "lookup", "kuid": "3378041341"}
    await leasing.send()
    assert leasing.posts == posts and leasing.doubled == 0


async def test_what_never_arrived_is_sent_once_more_and_only_once(leasing: Any) -> None:
    await lost(leasing, "lost_request", (*ADD, *leasing.FIRKANT))
    assert (await leasing.settle()).sentence() == "1 to be sent once more"
    leasing.fault("lost_request")
    await leasing.send()
    leasing.heal()
    assert (await leasing.settle()).sentence() == "1 for a person"
    await leasing.send()
    assert leasing.ends() == ["NEEDS_PERSON"] and leasing.truth().total() == 0


async def test_the_end_of_a_lease_likewise(leasing: Any) -> None:
    leasing.put("a.csv", (*ADD, *leasing.FIRKANT))
    await leasing.whole()
    await lost(leasing, "lost_answer", (*END, *leasing.FIRKANT))
    assert (await leasing.settle()).sentence() == "1 accepted"
    leasing.put("b.csv", (*ADD, *leasing.FIRKANT))
    await leasing.whole()
    await lost(leasing, "lost_request", (*END, *leasing.FIRKANT))
    assert (await leasing.settle()).sentence() == "1 to be sent once more"
    await leasing.send()
    assert leasing.ends() == ["ACCEPTED"] * 4
    assert leasing.doubled == 0


async def test_another_leaseholder_in_the_register_is_for_a_person(leasing: Any) -> None:
    leasing.put("a.csv", (*ADD, *leasing.TREKANT))
    await leasing.whole()
    await lost(leasing, "lost_request", (*ADD, *leasing.FIRKANT))
    assert (await leasing.settle()).sentence() == "1 for a person"
    (row,) = leasing.sql("SELECT reason FROM ledger.leasing_change WHERE state = 'NEEDS_PERSON'")
    assert "another leaseholder" in row["reason"]


async def test_a_register_that_shows_no_leaseholder_or_none_at_all_leaves_it_to_a_person(leasing: Any) -> None:
    for number, register in enumerate((leasing.register(shows=False), None)):
        await lost(leasing, "lost_answer", ("OPPRETTE", f"CU1001{number}", *leasing.FIRKANT))
        assert (await leasing.settle(register)).sentence() == "1 for a person"


async def test_a_register_that_is_away_settles_nothing(leasing: Any) -> None:
    await lost(leasing, "lost_answer", (*ADD, *leasing.FIRKANT))
    from include.sandbox.faults import FaultKind, FaultPlan

    leasing.sandbox.knobs.faults["vegvesen_register"] = FaultPlan(rates={FaultKind.UNAVAILABLE: 1.0})
    assert (await leasing.settle()).sentence() == "1 still unknown"
    leasing.heal()
    assert (await leasing.settle()).sentence() == "1 accepted"


async def test_before_its_time_nothing_is_settled_and_later_rows_of_the_plate_wait(leasing: Any) -> None:
    await lost(
        leasing, "lost_answer", (*ADD, *leasing.FIRKANT), (*END, *leasing.FIRKANT), ("OPPRETTE", "CU10011", "310000027")
    )
    leasing.sql("UPDATE ledger.leasing_change SET settle_until = now() + interval '1 hour' WHERE state = 'UNKNOWN'")
    assert leasing.ends() == ["UNKNOWN", "PENDING", "ACCEPTED"]
    with connect(leasing.dsn) as connection:
        assert leasing_settling.due(connection, "nordbil", after=0, most=10) == []
    await leasing.settle()
    await leasing.send()
    assert leasing.ends() == ["ACCEPTED"] * 3


async def test_a_named_person_decides_once(leasing: Any) -> None:
    await lost(leasing, "lost_answer", (*ADD, *leasing.FIRKANT))
    await leasing.settle(None)
    with connect(leasing.dsn) as connection:
        (line,) = (one.line() for one in waiting(connection, "nordbil"))
        assert "change 1  leasing NEEDS_PERSON" in line and "no register is configured" in line
        for by in ("", "lookup", "answer"):
            with pytest.raises(PersonMustAct):
                leasing_settling.decide(connection, 1, "accepted", by=by, words="Spurte på telefon.")
        said = leasing_settling.decide(connection, 1, "accepted", by="Kari", words="Spurte på telefon.")
        assert said == "nordbil: change 1: accepted, decided by Kari"
        assert "stands already" in leasing_settling.decide(
            connection, 1, "accepted", by="Kari", words="Spurte på telefon."
        )
        with pytest.raises(PersonMustAct, match="waits for no decision"):
            leasing_settling.decide(connection, 1, "refused", by="Ola", words="Nei.")
    (row,) = leasing.sql("SELECT state, decided_by FROM ledger.leasing_change")
    assert row == {"state": "ACCEPTED", "decided_by": "Kari"}
    assert len(leasing.sql("SELECT id FROM ledger.leasing_decision")) == 2


async def test_an_answer_that_came_too_late_settles_it(leasing: Any) -> None:
    leasing.put("a.csv", (*ADD, *leasing.FIRKANT))
    await leasing.collect()
    leasing.sql(
        "CREATE FUNCTION ledger.early() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "UPDATE ledger.leasing_change SET state = 'UNKNOWN', version = version + 1 WHERE id = NEW.change_id; "
        "RETURN NEW; END $$"
    )
    leasing.sql(
        "CREATE TRIGGER early BEFORE INSERT ON ledger.leasing_attempt FOR EACH ROW EXECUTE FUNCTION ledger.early()"
    )
    await leasing.send()
    assert leasing.ends() == ["UNKNOWN"]
    assert (await leasing.settle(None)).sentence() == "1 accepted"
    (row,) = leasing.sql("SELECT decided_by, kuid FROM ledger.leasing_change")
    assert row == {"decided_by": "answer", "kuid": "3378041341"}


async def test_five_equal_ends_stop_the_run_and_nothing_is_lost(leasing: Any) -> None:
    leasing.put("a.csv", *[("OPPRETTE", f"CU100{number}", *leasing.FIRKANT) for number in range(10, 22)])
    await leasing.collect()
    from include.sandbox.faults import FaultKind, FaultPlan

    leasing.sandbox.knobs.faults["vegvesen"] = FaultPlan(rates={FaultKind.HTML_400: 1.0})
    with pytest.raises(PersonMustAct, match="400"):
        await leasing.send()
    assert leasing.ends() == ["PENDING"] * 12
    leasing.heal()
    await leasing.send()
    assert leasing.ends() == ["ACCEPTED"] * 12 and leasing.doubled == 0


async def test_a_row_checked_for_test_is_never_sent_to_prod(leasing: Any) -> None:
    leasing.put("a.csv", (*ADD, *leasing.FIRKANT))
    await leasing.collect()
    leasing.sql("UPDATE ledger.leasing_change SET environment = 'prod'")
    await leasing.send()
    assert leasing.ends() == ["PENDING"] and leasing.posts == 0


async def test_the_stop_switch_holds_changes_back(leasing: Any) -> None:
    leasing.put("a.csv", (*ADD, *leasing.FIRKANT))
    await leasing.collect()
    leasing.sql("INSERT INTO ledger.stop_switch (authority, reason, set_by) VALUES ('vegvesen', 'vent', 'Kari')")
    with pytest.raises(PersonMustAct, match="stop switch"):
        await leasing.send()
    assert leasing.posts == 0
