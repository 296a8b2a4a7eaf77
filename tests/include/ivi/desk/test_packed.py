"""Archives are told apart and refused at the desk as on the drop: the two rooms share no code, so they are compared."""

from __future__ import annotations

import gzip
import io
import stat
import warnings
import zipfile

import pytest

from include.drop.unpack import Limits, members
from include.errors import ContentRefused, NameRefused
from include.ivi.desk import packed
from include.ivi.desk.packed import gunzipped, unzipped
from include.ivi.reading import MAX_BYTES
from include.ivi.samples import sample

GOOD = sample(number=1)


def zipped(*entries, method=zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two entries of one name are meant
        for entry, content in entries:
            archive.writestr(entry, content)
    return file.getvalue()


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    return made


def encrypted() -> bytes:
    content = bytearray(zipped(("a.xml", GOOD)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    return bytes(content)


def lying(by: int) -> bytes:
    """The directory says the document has so many bytes more than it has."""
    content = bytearray(zipped(("a.xml", GOOD), method=zipfile.ZIP_STORED))
    start = content.index(b"PK\x01\x02") + 24
    content[start : start + 4] = (len(GOOD) + by).to_bytes(4, "little")
    return bytes(content)


ARCHIVES = {
    "plain": zipped(("a.xml", GOOD), ("b.XML", GOOD), ("a.xml.json", b"{}"), ("manifest.csv", b"file\n")),
    "litter": zipped(("__MACOSX/._a.xml", b"x"), (".DS_Store", b"x"), ("a.xml", GOOD)),
    "only litter": zipped((".DS_Store", b"x")),
    "empty": zipped(),
    "no zip": b"hello",
    "cut short": zipped(("a.xml", GOOD))[:-30],
    "folder": zipped(("sub/", b"")),
    "in a folder": zipped(("sub/a.xml", GOOD)),
    "upwards": zipped(("../a.xml", GOOD), ("b.xml", GOOD)),
    "backslash": zipped(("x\\a.xml", GOOD)),
    "link": zipped((entry("a.xml", stat.S_IFLNK | 0o777), b"/etc/passwd")),
    "newline": zipped(("a\n.xml", GOOD)),
    "turned": zipped(("a\u202e.xml", GOOD)),
    "twice": zipped(("a.xml", GOOD), ("A.xml", GOOD), ("b.xml", GOOD)),
    "encrypted": encrypted(),
    "nested zip": zipped(("a.zip", zipped(("a.xml", GOOD)))),
    "nested gzip": zipped(("a.xml.gz", gzip.compress(GOOD))),
    "nested in disguise": zipped(("a.xml", zipped(("a.xml", GOOD)))),
    "letter": zipped(("a.pdf", b"%PDF"), ("b.xml", GOOD)),
    "unusual method": zipped(("a.xml", GOOD), method=zipfile.ZIP_LZMA),
    "bomb": zipped(("a.xml", b" " * 1_900_000)),
    "too large": zipped(("a.xml", GOOD * 200)),
    "too many": zipped(*((f"{number}.xml", b"<a/>") for number in range(1_001))),
    "says less": lying(-1),
    "says more": lying(1),
}


def at_the_desk(content: bytes) -> object:
    try:
        return {(name, found if isinstance(found, bytes) else found.rule_id) for name, found in unzipped(content)}
    except ContentRefused as refusal:
        return refusal.rule_id


def on_the_drop(content: bytes) -> object:
    try:
        found = members(b"x.zip", content, Limits())
    except ContentRefused as refusal:
        return refusal.rule_id
    documents = [one for one in found if not (one.name or "").lower().endswith((".json", "manifest.csv"))]
    return {(one.name, one.content if isinstance(one.content, bytes) else one.content.rule_id) for one in documents}


@pytest.mark.parametrize("content", ARCHIVES.values(), ids=ARCHIVES)
def test_an_archive_is_judged_at_the_desk_as_on_the_drop(content):
    desk, drop = at_the_desk(content), on_the_drop(content)
    if isinstance(desk, str) or isinstance(drop, str):
        assert desk == drop
    else:
        assert {outcome for _, outcome in desk} == {outcome for _, outcome in drop}
        assert len(desk) == len(drop)


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(GOOD), b"hello", gzip.compress(GOOD)[:-20], gzip.compress(GOOD) * 2,
        gzip.compress(b" " * 1_900_000), gzip.compress(GOOD * 200), gzip.compress(gzip.compress(GOOD)),
        gzip.compress(GOOD) + b"\0\0",
    ],
)  # fmt: skip
def test_a_gzip_file_is_judged_at_the_desk_as_on_the_drop(content):
    (member,) = members(b"x.xml.gz", content, Limits())
    try:
        assert gunzipped(content) == member.content
    except ContentRefused as refusal:
        assert isinstance(member.content, ContentRefused | NameRefused)
        assert refusal.rule_id == member.content.rule_id


def test_the_limits_are_those_of_the_drop():
    limits = Limits()
    assert (limits.max_entries, limits.max_total) == (packed.MAX_ENTRIES, packed.MAX_TOTAL)
    assert (limits.max_archive, limits.max_ratio, limits.max_bytes) == (packed.MAX_ARCHIVE, packed.MAX_RATIO, MAX_BYTES)
