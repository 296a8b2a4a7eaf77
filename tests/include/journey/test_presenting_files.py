"""Presentation files: what is taken and checked, what comes back with a reason, and where the files end.

Local checks are hard (an error, the row is not sent) or soft (a warning).
"""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest

from include.errors import OneDocument
from include.journey.present_check import Checking
from tests.drivers.landing import HEAD, MRN, Landing, house, table

pytestmark = pytest.mark.postgres


async def test_good_rows_are_presented_and_bad_rows_come_back_with_a_reason_each(landing: Landing) -> None:
    lines = [house("HC001"), house("HC002", kind="X999"), house("HC003", mrn="23NO1"), house("HC001"), "kiste;;;;;;;"]
    landing.put("fly 17 (ny).csv", table(*lines, "forventet;;HC009;N740;;;;"))

    told = await landing.whole()

    assert landing.customs.presented == {(MRN, "HC001", "N740"): 1}
    assert told.failed == 0 and landing.names() == []
    (name,) = landing.names("archive")
    assert name.endswith("_fly_17_ny_.csv")
    record = landing.told()
    assert [row["standing"] for row in record["rows"]] == ["taken", "bad", "bad", "again", "bad", "expected"]
    assert [row["row"] for row in record["rows"]] == [2, 3, 4, 5, 6, 7]
    rules = [[remark["rule_id"] for remark in row["remarks"] if remark["level"] == "error"] for row in record["rows"]]
    assert rules == [[], ["toll.document.type"], ["toll.mrn.form"], [], ["row.level"], []]
    text = landing.receipt(".presentation.txt")
    assert "Flyfraktbrev" in text and "Rad 3: hus" in text and "Rett raden" in text


async def test_a_wrong_check_digit_is_a_warning_and_a_wrong_length_an_error(landing: Landing) -> None:
    landing.put("a.csv", table(f"ens;{MRN};;;;;NO351001;", "ens;23NO0000000000003;;;;;NO351001;"))
    await landing.whole()
    (good, bad) = landing.told()["rows"]
    assert (good["standing"], [one["level"] for one in good["remarks"]]) == ("taken", ["warning"])
    assert (bad["standing"], [one["level"] for one in bad["remarks"]]) == ("bad", ["error"])
    assert [one.mrn for one in landing.customs.taken.values()] == [MRN]


async def test_the_receipts_speak_the_party_s_language_and_a_spreadsheet_meets_no_formula(landing: Landing) -> None:
    landing.configure(language="en")
    landing.put("a.csv", table(house("=1+1"), house("HC002", kind="X999")))
    await landing.whole()
    assert "Air waybill" in landing.receipt(".presentation.txt")
    rows = list(csv.reader(io.StringIO(landing.receipt(".presentation.csv")), delimiter=";"))
    assert rows[0][:4] == ["level", "MRN", "document number", "document type"]
    assert rows[1][2] == "'=1+1" and rows[2][9] == "bad"


async def test_workbook_and_json_present_like_csv(landing: Landing) -> None:
    book = openpyxl.Workbook()
    for line in (HEAD.split(";"), house("0017").split(";"), ["hus", MRN, 18, "N740", None, None, "NO351001"]):
        book.active.append(line)
    packed = io.BytesIO()
    book.save(packed)
    landing.put("b.xlsx", packed.getvalue())
    told = {"customsOfficeOfPresentation": "NO351001", "consignments": [{"level": "ens", "mrn": MRN}]}
    landing.put("c.json", json.dumps(told).encode())
    await landing.whole()
    assert set(landing.customs.presented) == {(MRN, "0017", "N740"), (MRN, "18", "N740"), (MRN, None, None)}
    assert len(landing.names("archive")) == 2


async def test_the_same_file_again_is_a_duplicate_and_presents_nothing(landing: Landing) -> None:
    content = table(house("HC001"))
    landing.put("a.csv", content)
    await landing.whole()
    landing.put("a.csv", content)
    landing.put("b.csv", content)
    await landing.whole()
    assert len(landing.customs.requests) == 1
    states = landing.sql("SELECT name, state FROM ledger.presentation_file ORDER BY id")
    assert [row["state"] for row in states] == ["CHECKED", "DUPLICATE", "DUPLICATE"]
    assert landing.names() == [] and len(landing.names("archive")) == 3
    assert "kom før, som a.csv" in landing.receipt(".presentation.txt", "b.csv")
    assert landing.told("b.csv")["state"] == "duplicate"


async def test_a_file_of_which_nothing_can_be_read_goes_to_rejected_with_the_reason(landing: Landing) -> None:
    landing.put("a.csv", b"mrn;office\n1;2\n")
    landing.put("b.pdf", b"%PDF")
    (landing.folder / "presentations" / "link.csv").symlink_to("/etc/hostname")
    await landing.whole()
    assert [name.partition("_")[2] for name in landing.names("rejected")] == ["a.csv", "b.pdf"]
    assert landing.names() == ["link.csv"], "a link is not touched"
    assert landing.told("a.csv")["reason"].startswith("Første rad må ha kolonnenavnene")
    assert len(list((landing.folder / "receipts").glob("*.txt"))) == 3
    assert (await landing.whole()).receipts == 0, "nothing new to tell"
    assert len(landing.sql("SELECT id FROM ledger.presentation_file")) == 3


async def test_a_file_that_is_still_growing_waits_until_it_lies_quiet(landing: Landing) -> None:
    landing.configure(upload="quiet", quiet_seconds=30)
    landing.put("a.csv", table(house("HC001")))
    landing.put("b.csv.part", table(house("HC002")))
    first = await landing.take()
    assert first.wait_seconds > 0 and first.files == 0
    landing.sql("UPDATE ledger.presentation_file SET stable_since = now() - interval '20 seconds'")
    landing.put("a.csv", table(house("HC001"), house("HC002")))
    landing.sql("UPDATE ledger.presentation_file SET mtime = mtime - 1")
    assert (await landing.take()).files == 0, "it changed: the quiet period begins anew"
    landing.sql("UPDATE ledger.presentation_file SET stable_since = now() - interval '31 seconds'")
    assert (await landing.take()).files == 1
    landing.check()
    assert landing.states() == {"PENDING": 2}


async def test_a_file_that_was_overwritten_before_it_was_filed_comes_back_as_a_new_one(landing: Landing) -> None:
    old, new = table(house("HC001")), table(house("HC001"), house("HC002"))
    landing.put("a.csv", old)
    await landing.take()
    landing.check()
    await landing.present()
    landing.put("a.csv", new)
    told = await landing.tell()
    assert told.came_back == 1 and landing.names() == ["a.csv"]
    (archived,) = (landing.folder / "archive").rglob("*_a.csv")
    assert archived.read_bytes() == old and (landing.folder / "presentations" / "a.csv").read_bytes() == new
    await landing.whole()
    assert landing.names() == [] and len(landing.names("archive")) == 2
    assert landing.customs.presented == {(MRN, "HC001", "N740"): 1, (MRN, "HC002", "N740"): 1}


async def test_filing_that_was_killed_after_the_rename_is_taken_up_again(landing: Landing) -> None:
    landing.put("a.csv", table(house("HC001")))
    await landing.whole()
    landing.sql("UPDATE ledger.presentation_file SET filed_at = NULL")
    assert (await landing.tell()).filed == 1
    (row,) = landing.sql("SELECT filed_as FROM ledger.presentation_file")
    assert (landing.sandbox.drop_root / row["filed_as"]).is_file() and len(landing.names("archive")) == 1


async def test_a_level_whose_message_is_a_guess_is_a_bad_row_until_a_setting_allows_it(landing: Landing) -> None:
    line = "container;;;;;JARU0000010;NO351001;"
    landing.put("a.csv", table(line))
    await landing.whole()
    (row,) = landing.told()["rows"]
    assert row["standing"] == "bad" and row["remarks"][0]["rule_id"] == "toll.level.guessed"
    landing.checking = Checking(environment="test", guessed_levels=True)
    landing.put("b.csv", table(line, ""))
    await landing.whole()
    assert landing.told("b.csv")["rows"][0]["standing"] == "taken"


async def test_more_rows_than_the_limit_is_one_clear_sentence(landing: Landing) -> None:
    landing.checking = Checking(environment="test", max_rows=5)
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(6))))
    await landing.whole()
    assert landing.told()["reason"].startswith("Filen har flere enn 5 rader") and landing.customs.requests == []


async def test_a_file_that_the_content_store_lacks_keeps_no_other_back(landing: Landing) -> None:
    landing.put("a.csv", table(house("HC001")))
    landing.put("b.csv", table(house("HC002")))
    await landing.take()
    (first, _) = landing.sql("SELECT sha256 FROM ledger.presentation_file ORDER BY id")
    kept = landing.store.get(first["sha256"])
    (path,) = landing.sandbox.home.parent.glob(f"store/*/{first['sha256']}")
    path.unlink()
    with pytest.raises(OneDocument, match="lacks document"):
        landing.check()
    await landing.present()
    assert landing.customs.presented == {(MRN, "HC002", "N740"): 1}
    landing.store.put(kept, first["sha256"])
    await landing.whole()
    assert set(landing.customs.presented.values()) == {1} and len(landing.customs.presented) == 2


async def test_a_folder_that_is_not_there_is_no_error(landing: Landing) -> None:
    (landing.folder / "presentations").rmdir()
    assert (await landing.take()).listed == 0
