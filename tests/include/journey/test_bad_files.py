"""Files with something wrong end INVALID with a reason, and hold nobody up; odd names and archives are welcome."""

from __future__ import annotations

import gzip
import io
import os
import zipfile

import pytest

from include.ivi.samples import sample
from tests.drivers.content import sha
from tests.drivers.night import Night

pytestmark = pytest.mark.postgres


def reason(night: Night, name: str) -> str:
    return str(night.one("SELECT reason FROM ledger.sighting WHERE name = %s ORDER BY id DESC LIMIT 1", name))


@pytest.mark.parametrize(
    "name",
    [
        "vanlig.xml",
        "NB 12 (ny).xml",
        "Bestilling æøå.XML",
        "=cmd calc.xml",
        "a" * 180 + ".xml",
        "日本.xml",
        "'; --.xml",
    ],
)
async def test_ordinary_and_odd_names_are_welcome(night: Night, name: str) -> None:
    content = night.put(name, number=1)

    await night.whole()

    assert night.truth() == {sha(content): 1}
    assert night.names() == []
    (filed,) = night.names("archive")
    assert filed.isascii()
    assert filed.startswith(sha(content)[:12])


@pytest.mark.parametrize("name", [b"line\nbreak.xml", b"latin1-\xe5.xml", b"esc\x1b[31m.xml", b"back\\slash.xml"])
async def test_a_hostile_name_is_invalid_and_the_others_are_not_held_up(night: Night, name: bytes) -> None:
    night.put(name, sample(number=1))
    good = night.put("good.xml", number=2)

    result = await night.whole()

    assert night.truth() == {sha(good): 1}
    assert (result.run.invalid, result.run.accepted) == (1, 1)
    assert night.names() == []
    assert len(night.names("rejected")) == 1
    assert len(night.names("receipts")) == 4
    shown = night.sql("SELECT name, rule_id FROM ledger.sighting WHERE state = 'INVALID'")[0]
    assert shown["rule_id"].startswith("name.")
    assert shown["name"].isprintable()


async def test_links_pipes_and_folders_are_invalid_and_never_touched(night: Night) -> None:
    secret = night.sandbox.home / "secret.xml"
    secret.write_bytes(sample(number=1))
    (night.inbox / "link.xml").symlink_to(secret)
    os.mkfifo(night.inbox / "pipe.xml")
    (night.inbox / "folder.xml").mkdir()
    night.put("good.xml", number=2)

    result = await night.whole()
    again = await night.whole("run-2")

    assert (result.run.invalid, result.run.accepted, again.all_time.received) == (3, 1, 4)
    assert night.posts == 1
    assert (night.inbox / "link.xml").is_symlink()
    assert (night.inbox / "pipe.xml").is_fifo()
    assert (night.inbox / "folder.xml").is_dir()
    assert secret.exists()


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.xml", b"<a>" + b"0" * 40_000_000 + b"</a>")
    return buffer.getvalue()


BAD = {
    "broken.xml": lambda: sample(number=1).replace(b"</Type>", b"</Typ>", 1),
    "not-ivi.xml": lambda: b"<invoice/>",
    "entity.xml": lambda: sample(number=1).replace(
        b"?>", b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', 1
    ),
    "large.xml": lambda: sample(number=1) + b" " * 2_000_000,
    "picture.xml": lambda: b"\x89PNG\r\n\x1a\n" + bytes(2000),
    "bomb.zip": bomb,
    "readme.pdf": lambda: b"%PDF-1.4",
    "broken.xml.gz": lambda: b"\x1f\x8b not gzip at all",
    "no-zip.zip": lambda: b"PK no zip at all",
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_is_invalid_with_a_rule_a_reason_and_a_receipt_and_is_never_sent(
    night: Night, name: str
) -> None:
    night.put(name, BAD[name]())
    good = night.put("good.xml", number=2)

    result = await night.whole()

    assert night.truth() == {sha(good): 1}
    assert (result.run.received, result.run.invalid) == (2, 1)
    assert len(night.names("rejected")) == 1
    row = night.sql("SELECT rule_id, reason, receipt_state FROM ledger.sighting WHERE state = 'INVALID'")[0]
    assert row["rule_id"]
    assert row["reason"].strip().endswith(".")
    assert row["receipt_state"] == "INVALID"
    assert len(night.names("receipts")) == 4


async def test_gzip_and_flat_zip_are_sent_as_the_documents_in_them(night: Night) -> None:
    packed = sample(number=1)
    members = {f"bil {number}.xml": sample(number=number) for number in (2, 3)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    night.put("one.xml.gz", gzip.compress(packed))
    night.put("two.zip", buffer.getvalue())

    result = await night.whole()

    assert night.truth() == {sha(content): 1 for content in (packed, *members.values())}
    assert result.run.received == 3
    assert len(night.names("archive")) == 2
