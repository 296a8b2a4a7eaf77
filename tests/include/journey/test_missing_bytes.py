"""A document whose bytes the content store lacks, or holds damaged, waits with a sentence; the others go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.errors import ServiceUnavailable
from include.ledger.content import sha256
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres


def _place(night: Night, content: bytes) -> Path:
    digest = sha256(content)
    return Path(str(night.store._root)) / digest[:2] / digest


def _hurt(night: Night, content: bytes, how: str) -> None:
    place = _place(night, content)
    if how == "missing":
        place.unlink()
    elif how == "damaged":
        place.write_bytes(content[:-1] + b"!")
    else:
        place.unlink()
        place.mkdir()  # cannot be read, whoever asks


@pytest.mark.parametrize("how", ["missing", "damaged", "unreadable"])
async def test_before_it_is_checked(night: Night, how: str) -> None:
    contents = night.put_many(range(5))
    await night.collect()
    night.plan()
    _hurt(night, contents[2], how)

    checked = night.validate()

    assert (checked.valid, checked.invalid, checked.missing) == (4, 0, 1)
    assert night.open() == 4
    sent = await night.send()
    await night.file()
    assert sent.accepted == 4 and night.reconcile().run.adds_up
    row = night.state_of("2.xml")
    assert row["state"] == "HELD" and "content store" in row["reason"] and "backup" in row["reason"]
    assert night.names() == ["2.xml"]

    if how == "unreadable":
        _place(night, contents[2]).rmdir()
    _place(night, contents[2]).write_bytes(contents[2])
    await night.whole("run-2")
    assert night.state_of("2.xml")["state"] == "ACCEPTED" and set(night.truth().values()) == {1}


@pytest.mark.parametrize("how", ["missing", "damaged"])
@pytest.mark.parametrize("which", [slice(0, 1), slice(1, 4)], ids=["the first of all", "several"])
async def test_between_check_and_send(night: Night, how: str, which: slice) -> None:
    contents = night.put_many(range(8))
    await night.through_validation()
    rows = night.sql(
        "SELECT s.name, d.sha256 FROM ledger.submission u JOIN ledger.document d ON d.id = u.document_id "
        "JOIN ledger.sighting s ON s.id = u.sighting_id ORDER BY u.id"
    )
    hurt = [row["name"] for row in rows[which]]
    for name in hurt:
        _hurt(night, contents[int(name.split(".")[0])], how)

    sent = await night.send()
    await night.file()

    assert (sent.accepted, sent.total) == (8 - len(hurt), 8 - len(hurt))
    states = night.states()
    assert {name for name, state in states.items() if state == "PENDING"} == set(hurt)
    assert len([state for state in states.values() if state == "ACCEPTED"]) == 8 - len(hurt)
    for name in hurt:
        row = night.state_of(name)
        assert row["state"] == "PENDING" and "content store" in row["reason"] and row["next_step"]
    assert set(night.names()) == set(hurt)

    for name in hurt:
        content = contents[int(name.split(".")[0])]
        _place(night, content).write_bytes(content)
    again = await night.send(try_number=2)
    assert again.accepted == len(hurt), "a cleared task sends them as soon as the bytes are back"
    assert len(night.truth()) == 8 and set(night.truth().values()) == {1}


async def test_a_file_that_is_dropped_again_brings_missing_bytes_back(night: Night) -> None:
    contents = night.put_many(range(3))
    await night.through_validation()
    _hurt(night, contents[1], "missing")
    await night.send()
    assert night.states()["1.xml"] == "PENDING"

    night.put("again.xml", contents[1])
    await night.whole("run-2")

    assert night.state_of("1.xml")["state"] == "ACCEPTED" and set(night.truth().values()) == {1}
    assert night.names() == []


async def test_a_store_that_has_none_of_a_lot_is_red_and_sends_nothing(night: Night) -> None:
    contents = night.put_many(range(4))
    await night.collect()
    night.plan()
    for content in contents.values():
        _hurt(night, content, "missing")
    with pytest.raises(ServiceUnavailable, match=r"none of the 4 documents of this lot.*same on every worker"):
        night.validate()

    for content in contents.values():
        _place(night, content).write_bytes(content)
    assert night.validate().valid == 4
    night.open()
    for content in contents.values():
        _hurt(night, content, "missing")
    with pytest.raises(ServiceUnavailable, match=r"none of the 4 documents that were to be sent"):
        await night.send()
    assert night.posts == 0 and set(night.states().values()) == {"PENDING"}


async def test_a_store_that_is_away_stops_the_task_and_holds_nothing_against_a_document(night: Night) -> None:
    night.put_many(range(4))
    await night.collect()
    night.plan()
    root = Path(str(night.store._root))
    root.rename(root.with_name("away"))
    with pytest.raises(ServiceUnavailable, match="SAMSVAR_STORE cannot be read"):
        night.validate()
    assert night.one("SELECT count(*) FROM ledger.document WHERE hold_reason IS NOT NULL") == 0
    root.with_name("away").rename(root)
    assert night.validate().valid == 4
    night.open()

    root.rename(root.with_name("away"))
    with pytest.raises(ServiceUnavailable, match="SAMSVAR_STORE cannot be read"):
        await night.send()
    assert set(night.states().values()) == {"PENDING"} and night.posts == 0


async def test_a_file_that_went_from_the_archive_and_from_the_store_does_not_keep_the_others(night: Night) -> None:
    contents = night.put_many(range(4))
    await night.through_validation()
    await night.send()
    _hurt(night, contents[1], "missing")
    (night.inbox / "1.xml").write_bytes(b"<something-newer/>")

    filed = await night.file()

    assert (filed.moved, filed.failed) == (3, 1)
    assert len(night.names("archive")) == 3
    assert night.one("SELECT count(*) FROM ledger.sighting WHERE filed_at IS NULL") == 1
    assert (night.inbox / "1.xml").read_bytes() == b"<something-newer/>"
