"""The same content twice: what is open, unknown or accepted is never sent again; what was refused may be."""

from __future__ import annotations

import pytest

from include.ivi.samples import sample
from include.journey import validate
from tests.drivers.content import sha
from tests.drivers.night import CLOSED, Night

pytestmark = pytest.mark.postgres


async def test_a_night_creates_every_document_once_and_files_it(night: Night) -> None:
    contents = night.put_many(range(1, 6))

    result = await night.whole()

    assert night.truth() == {sha(content): 1 for content in contents.values()}
    assert result.summary == "nordbil: 5 received, 5 accepted"
    assert night.names() == []
    assert len(night.names("archive")) == 5
    assert len(night.names("receipts")) == 10


async def test_the_same_bytes_put_back_become_duplicates_and_create_nothing(night: Night) -> None:
    contents = night.put_many(range(1, 4))
    await night.whole()
    before = night.truth()

    for number, content in contents.items():
        night.put(f"{number}.xml", content)
        night.put(f"{number} - kopi.xml", content)
    result = await night.whole("run-2")

    assert night.truth() == before
    assert (result.run.received, result.run.duplicate) == (6, 6)
    assert night.names() == []
    assert len(night.names("archive")) == 9
    first = night.one("SELECT DISTINCT reason FROM ledger.sighting WHERE name = '1 - kopi.xml'")
    assert first == "The same content came before as 1.xml; nothing is sent twice."


async def test_of_equal_files_in_one_night_one_is_the_document(night: Night) -> None:
    content = sample(number=1)
    for copy in range(5):
        night.put(f"copy {copy}.xml", content)

    result = await night.whole()

    assert night.truth() == {sha(content): 1}
    assert (result.run.accepted, result.run.duplicate) == (1, 4)


async def test_what_has_an_unknown_end_is_a_duplicate_when_it_comes_again(night: Night) -> None:
    content = night.put("a.xml", number=1)
    night.put("b.xml", number=2)
    night.fault("lost_answer")
    await night.whole()

    night.put("again a.xml", content)
    night.put("again b.xml", number=2)
    await night.whole("run-2")

    assert sorted(night.truth().values()) == [1, 1]
    states = night.states()
    assert states["again a.xml"] == states["again b.xml"] == "DUPLICATE"


async def test_a_refused_document_that_is_dropped_again_opens_the_next_submission(closed: Night) -> None:
    content = closed.put("a.xml", number=1, type_approval=CLOSED)
    await closed.whole()
    assert closed.states() == {"a.xml": "REFUSED"}
    closed.sandbox.avgift.clear()

    closed.put("a.xml", content)
    result = await closed.whole("run-2")

    assert closed.truth() == {sha(content): 1}
    assert result.run.accepted == 1
    rows = closed.sql("SELECT n, state FROM ledger.submission ORDER BY n")
    assert [(row["n"], row["state"]) for row in rows] == [(1, "REFUSED"), (2, "ACCEPTED")]
    assert (result.all_time.refused, result.all_time.accepted) == (1, 1)


async def test_a_party_that_holds_refusals_keeps_a_re_drop_for_a_person(closed: Night) -> None:
    closed.configure(resubmit="hold")
    content = closed.put("a.xml", number=1, type_approval=CLOSED)
    await closed.whole()
    closed.sandbox.avgift.clear()

    closed.put("b.xml", content)
    await closed.whole("run-2")

    assert closed.truth() == {}
    assert closed.states() == {"a.xml": "REFUSED", "b.xml": "DUPLICATE"}
    assert "send refused again" in closed.one("SELECT reason FROM ledger.sighting WHERE name = 'b.xml'")

    assert closed.send_again(file_name="a.xml") == 1
    await closed.whole("run-3")
    assert closed.truth() == {sha(content): 1}


async def test_an_invalid_document_that_is_dropped_again_stays_invalid(night: Night) -> None:
    content = sample(number=1).replace(b"</Type>", b"</Typ>", 1)
    night.put("a.xml", content)
    await night.whole()

    night.put("b.xml", content)
    result = await night.whole("run-2")

    assert night.posts == 0
    assert night.states() == {"a.xml": "INVALID", "b.xml": "INVALID"}
    assert result.all_time.invalid == 2
    assert len(night.names("rejected")) == 2


async def test_clearing_validate_lets_a_document_out_when_the_rules_have_changed(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = validate.check_all
    monkeypatch.setattr(
        validate,
        "check_all",
        lambda documents: real((content.replace(b"</Type>", b"</Typ>", 1), context) for content, context in documents),
    )
    content = night.put("a.xml", number=1)
    await night.whole()
    assert night.states() == {"a.xml": "INVALID"}
    assert night.validate().valid == 0  # the same rules are not asked twice

    monkeypatch.setattr(validate, "check_all", real)
    assert night.validate().valid == 0
    monkeypatch.setattr(validate, "RULES_VERSION", "newer rules")
    assert night.validate().valid == 1
    await night.submit()
    await night.file()

    assert night.truth() == {sha(content): 1}
    assert (len(night.names("archive")), night.names("rejected"), night.names()) == (1, [], [])
    night.reconcile().raise_if_broken()


async def test_two_importers_may_drop_the_same_bytes_but_only_one_vehicle_is_asked_for(night: Night) -> None:
    content = night.put("a.xml", number=1)
    await night.whole()

    night.configure(id="sorbil", name="Sorbil", drop="sorbil", organisation_number="310000027")
    night.inbox.mkdir(parents=True)
    night.put("a.xml", content)
    await night.whole("run-sorbil")

    assert night.truth() == {sha(content): 1}
    held = night.sql("SELECT state, hold_reason FROM ledger.document WHERE party = 'sorbil'")[0]
    assert "another sender" in held["hold_reason"]
    assert "nordbil" not in held["hold_reason"].lower()
