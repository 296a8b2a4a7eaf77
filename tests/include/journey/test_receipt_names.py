"""Where a receipt lies and which file it names; no receipt ever replaces another one's."""

from __future__ import annotations

import hashlib
import json

from include.drop.names import name_hash
from include.journey import receipt
from tests.drivers.receipts import NOW, SHA, item, paths, written


def test_the_path_is_the_safe_name_and_the_first_twelve_digits_of_the_hash() -> None:
    stem = f"nordbil/receipts/Oyvinds_bil_1.xml.{SHA[:12]}".encode()
    assert paths(item(name="Øyvinds bil 1.xml".encode())) == [stem + b".json", stem + b".txt"]


def test_a_member_of_an_archive_is_filed_under_its_own_name() -> None:
    found = item(name=b"uke 9.zip", member="bil 7.xml")
    assert paths(found)[0] == f"nordbil/receipts/bil_7.xml.{SHA[:12]}.json".encode()
    record, text = written(found)
    assert (record["file"], record["member"]) == ("uke 9.zip", "bil 7.xml")
    assert "uke 9.zip" in text


def test_a_name_that_is_not_utf8_is_told_by_its_hash() -> None:
    name = b"bil\xff\n.xml"
    found = item("invalid", "INVALID", name=name, sha256=None, file_sha256=None, rule_id="name.encoding", reason="Bad.")
    assert paths(found)[1].endswith(f".{name_hash(name)}.txt".encode())
    record, text = written(found)
    assert record["file"] == "bil\\xff\\n.xml"
    assert "bil\\xff\\n.xml" in text.splitlines()[0]


def test_what_a_receipt_is_named_after_is_the_hash_it_prints() -> None:
    own = hashlib.sha256(b"the archive").hexdigest()
    bomb = {"name": b"bomb.zip", "sha256": None, "file_sha256": own, "rule_id": "archive.too_large", "reason": "Big."}
    for found, stem in (
        (item("invalid", "INVALID", **bomb), f"bomb.zip.{own[:12]}"),
        (item("invalid", "INVALID", member="big.xml", **bomb), f"bomb.zip.{own[:12]}.big.xml"),
        (item(name=b"week.zip", member="7.xml", file_sha256=own), f"7.xml.{SHA[:12]}"),
    ):
        record, text = written(found)
        assert paths(found)[0] == f"nordbil/receipts/{stem}.json".encode()
        assert record["sha256"][:12] in stem
        assert f"{record['sha256']}\n" in text


def test_a_duplicate_under_the_first_one_s_name_never_replaces_its_receipt() -> None:
    first = item()
    again = item("duplicate", "DUPLICATE", id=77, facts={"first_name": "bil 1.xml", "same_name_before": True})
    other = item("duplicate", "DUPLICATE", id=78, name=b"b.xml", facts={"same_name_before": False})
    assert paths(again) == [f"nordbil/receipts/bil_1.xml.{SHA[:12]}.duplicate-77.{e}".encode() for e in ("json", "txt")]
    assert not set(paths(again)) & set(paths(first))
    inside = item("duplicate", "DUPLICATE", id=80, name=b"w.zip", member="7.xml", facts={"same_name_before": True})
    assert paths(inside)[0] == f"nordbil/receipts/7.xml.{SHA[:12]}.duplicate-80.json".encode()
    assert paths(other)[0] == f"nordbil/receipts/b.xml.{SHA[:12]}.json".encode()


def test_a_duplicate_whose_name_only_looks_like_the_first_one_s_does_not_replace_its_receipt_either() -> None:
    first, again = "å.xml", "ä.xml"
    told = item("duplicate", "DUPLICATE", id=79, name=again.encode(), facts={"first_name": first})
    assert paths(told)[0] == f"nordbil/receipts/a.xml.{SHA[:12]}.duplicate-79.json".encode()
    assert paths(item(name=first.encode()))[0] == f"nordbil/receipts/a.xml.{SHA[:12]}.json".encode()


def test_only_a_duplicate_gets_a_receipt_beside_the_first_one() -> None:
    assert paths(item(facts={"same_name_before": True})) == paths(item())


def test_two_broken_members_of_one_archive_do_not_share_a_receipt() -> None:
    first, second = (
        item("invalid", "INVALID", name=b"a.zip", member=member, sha256=None, rule_id="archive.broken", reason="Bad.")
        for member in ("å.xml", "ä.xml")
    )
    assert not set(paths(first)) & set(paths(second))


def test_an_earlier_receipt_about_an_incomplete_upload_is_rewritten_with_the_new_state() -> None:
    told = paths(item("open", "INCOMPLETE", sha256=None, file_sha256=None, rule_id="file.not_whole", reason="Stops."))
    files = receipt.render(item(receipt_state="INCOMPLETE"), party_name="N", language="en", folder="nordbil", now=NOW)
    assert len(files) == 4
    assert set(told) < {path for path, _ in files}
    assert all(json.loads(content)["state"] == "accepted" for path, content in files if path.endswith(b".json"))


def test_a_party_whose_drop_is_the_login_folder_gets_its_receipts_there() -> None:
    assert paths(item(), folder="")[0] == f"receipts/bil_1.xml.{SHA[:12]}.json".encode()
