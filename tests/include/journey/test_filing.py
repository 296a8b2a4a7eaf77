"""Files are moved after the outcome, never over another, and what was moved is proven to be what was decided."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import ServiceUnavailable
from include.ivi.samples import sample
from include.journey import file_away
from include.ledger import filing
from include.ledger.warehouse import connect
from tests.drivers.content import sha, zipped
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("when", ["after collect", "after submit"])
async def test_an_importer_who_overwrites_a_file_meanwhile_loses_neither_content(night: Night, when: str) -> None:
    first = night.put("a.xml", number=1)
    await night.collect()
    if when == "after collect":
        second = night.put("a.xml", number=2)
    night.plan()
    night.validate()
    await night.submit()
    if when == "after submit":
        second = night.put("a.xml", number=2)

    filed = await night.file()

    assert filed.came_back == 1
    assert list(night.contents("archive").values()) == [first]
    assert night.contents("inbox") == {"a.xml": second}
    await night.whole("run-2")
    assert night.truth() == {sha(first): 1, sha(second): 1}
    assert sorted(night.contents("archive").values()) == sorted([first, second])
    assert night.names() == []
    night.reconcile().raise_if_broken()


async def test_a_filing_that_dies_right_after_it_brought_an_overwritten_file_back_leaves_one_copy(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = night.put("a.xml", number=1)
    await night.through_sending()
    second = night.put("a.xml", number=2)
    bring_back = file_away._bring_back

    async def and_die(*args: Any, **kwargs: Any) -> None:
        await bring_back(*args, **kwargs)
        raise ServiceUnavailable("killed here")

    with monkeypatch.context() as patched, pytest.raises(ServiceUnavailable):
        patched.setattr(file_away, "_bring_back", and_die)
        await night.file()
    await night.file()

    assert list(night.contents("archive").values()) == [first]
    assert night.contents("inbox") == {"a.xml": second}
    (lies,) = night.names("archive")
    assert night.one("SELECT filed_as FROM ledger.sighting").endswith(f"/{lies}")
    await night.whole("run-2")
    assert sorted(night.contents("archive").values()) == sorted([first, second])


async def test_an_overwritten_file_that_the_next_run_finds_before_it_was_filed_is_not_lost(night: Night) -> None:
    first = night.put("a.xml", number=1)
    await night.through_sending()  # the filing task never ran
    second = night.put("a.xml", number=2, pad_to=30_000)

    await night.whole("run-2")
    await night.whole("run-3")

    assert night.truth() == {sha(first): 1, sha(second): 1}
    assert sorted(night.contents("archive").values()) == sorted([first, second])
    assert night.names() == []


async def test_a_file_that_the_importer_deleted_meanwhile_lies_in_the_archive_all_the_same(night: Night) -> None:
    content = night.put("a.xml", number=1)
    await night.through_sending()
    (night.inbox / "a.xml").unlink()

    await night.file()

    assert list(night.contents("archive").values()) == [content]


async def test_a_name_that_is_taken_is_numbered_and_never_overwritten(night: Night) -> None:
    content = night.put("a.xml", number=1)
    await night.whole()
    (first,) = night.names("archive")

    for run in ("run-2", "run-3"):
        night.put("a.xml", content)
        await night.whole(run)

    stem = first.removesuffix(".xml")
    assert night.names("archive") == sorted([first, f"{stem}~2.xml", f"{stem}~3.xml"])
    placed = night.sql("SELECT DISTINCT filed_as FROM ledger.sighting")
    assert len(placed) == 3


async def test_a_strangers_file_in_the_archive_is_left_alone(night: Night) -> None:
    content = night.put("a.xml", number=1)
    await night.through_sending()
    item = filing_items(night)[0]
    target = night.sandbox.drop_root / file_away.target_of(item, night.party)
    target.parent.mkdir(parents=True)
    target.write_bytes(b"a stranger's")

    await night.file()

    assert target.read_bytes() == b"a stranger's"
    assert sorted(night.contents("archive").values()) == sorted([content, b"a stranger's"])


def filing_items(night: Night) -> list[Any]:
    with connect(night.dsn) as connection:
        return filing.to_file(connection, night.party.id, night.run, 1, after=0, most=100)


@pytest.mark.parametrize("at", ["plan_moves", "mark_filed", "mark_told"])
async def test_a_filing_that_is_killed_anywhere_ends_well_when_it_runs_again(
    night: Night, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    dropped = night.put_many(range(4))
    night.put("zip.zip", zipped(x=sample(number=10), y=sample(number=11)))
    night.put("bad.xml", b"<x/>")
    await night.through_sending()

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(filing, at, killed)
        await night.file()
    await night.file()

    assert night.names() == []
    assert len(night.names("archive")) == 5
    assert len(night.names("rejected")) == 1
    assert {sha(content) for content in dropped.values()} <= {
        sha(found) for found in night.contents("archive").values()
    }
    assert night.one("SELECT count(*) FROM ledger.sighting WHERE filed_at IS NULL OR receipt_state IS NULL") == 0


async def test_a_file_that_cannot_be_moved_fails_alone_and_is_moved_by_the_next_try(night: Night) -> None:
    night.put_many(range(3))
    await night.through_sending()
    (night.folder / "archive").write_bytes(b"a file where a folder should be")

    filed = await night.file()
    assert (filed.moved, filed.failed) == (0, 3)
    assert len(night.names()) == 3

    (night.folder / "archive").unlink()
    filed = await night.file()
    assert (filed.moved, filed.failed) == (3, 0)
