"""Archives: ordinary ones give their documents, hostile ones give sentences and cost nothing."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tracemalloc
import zipfile
from collections.abc import Mapping

import pytest

from include.drop.unpack import Limits, is_whole_container, members
from include.errors import ContentRefused, NameRefused

LIMITS = Limits(max_bytes=10_000, max_entries=20, max_total=60_000)


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name) if method == zipfile.ZIP_STORED else name, content)
    return out.getvalue()


def unpacked(content: bytes, limits: Limits = LIMITS) -> dict[str | None, bytes | str]:
    """Name to content, or to the rule that refused it."""
    return {
        member.name: member.content if isinstance(member.content, bytes) else member.content.rule_id
        for member in members(b"lot.zip", content, limits)
    }


def refused_whole(name: bytes, content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(ContentRefused) as refused:
        members(name, content, limits)
    assert str(refused.value).endswith(".")
    return refused.value.rule_id


def test_plain_xml_is_itself() -> None:
    (member,) = members(b"a.XML", b"<a/>", LIMITS)
    assert (member.name, member.content) == (None, b"<a/>")


def test_a_gzip_file_with_the_name_of_xml_is_not_unpacked() -> None:
    content = gzip.compress(b"<a/>")
    assert members(b"a.xml", content, LIMITS)[0].content == content


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        (b"a.xml", b"", "content.empty"),
        (b"a.xml.gz", gzip.compress(b""), "content.empty"),
        (b"a.xml.gz", b"<a/>", "archive.broken"),
        (b"a.xml.gz", gzip.compress(os.urandom(500))[:-5], "archive.broken"),
        (b"a.xml.gz", gzip.compress(b"<a/>")[:-6] + b"\0\0\0\0\0\0", "archive.broken"),
        (b"a.xml.gz", gzip.compress(b"<a/>") * 2, "archive.several"),
        (b"a.xml.gz", gzip.compress(b"<a/>") + b"tail", "archive.several"),
        (b"a.xml.gz", gzip.compress(gzip.compress(os.urandom(99))), "archive.nested"),
        (b"a.xml.gz", gzip.compress(os.urandom(10_001)), "archive.too_large"),
        (b"a.xml.gz", gzip.compress(b" " * 9_999), "archive.too_large"),
    ],
)
def test_a_bad_single_file_is_one_refusal(name: bytes, content: bytes, rule: str) -> None:
    (member,) = members(name, content, LIMITS)
    assert isinstance(member.content, ContentRefused)
    assert member.content.rule_id == rule
    assert "a.xml" in str(member.content)


def test_a_gzip_file_gives_its_one_document() -> None:
    content = os.urandom(9_000)
    assert members(b"a.xml.GZ", gzip.compress(content), LIMITS)[0].content == content
    assert members(b"a.xml.gz", gzip.compress(b"<a/>") + b"\0" * 9, LIMITS)[0].content == b"<a/>"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_flat_zip_gives_its_documents_and_companions(method: int) -> None:
    files = {"a.xml": b"<a/>", "Ærlig (2).XML": b"<b/>", "a.xml.json": b"{}", "manifest.csv": b"file\n"}
    assert unpacked(packed(files, method)) == files


def test_what_finder_and_explorer_add_is_left_out() -> None:
    files = {"a.xml": b"<a/>", "__MACOSX/._a.xml": b"x", ".DS_Store": b"x", "Thumbs.db": b"x"}
    assert unpacked(packed(files)) == {"a.xml": b"<a/>"}


def test_each_bad_member_is_refused_and_the_good_ones_still_come() -> None:
    found = unpacked(
        packed(
            {
                "good.xml": b"<a/>",
                "../up.xml": b"<a/>",
                "/etc/cron.d/a.xml": b"<a/>",
                "folder/a.xml": b"<a/>",
                "folder/": b"",
                "win\\a.xml": b"<a/>",
                "line\nbreak.xml": b"<a/>",
                "inner.zip": packed({"a.xml": b"<a/>"}),
                "inner.xml.gz": gzip.compress(b"<a/>"),
                "disguised.xml": packed({"a.xml": b"<a/>"}),
                "notes.txt": b"hello",
                "empty.xml": b"",
                "large.xml": os.urandom(10_001),
                "bomb.xml": b" " * 9_999,
            }
        )
    )
    assert found == {
        "good.xml": b"<a/>",
        "../up.xml": "name.path",
        "/etc/cron.d/a.xml": "name.path",
        "folder/a.xml": "name.path",
        "folder/": "name.not_a_file",
        "win\\\\a.xml": "name.path",
        "line\\nbreak.xml": "name.control",
        "inner.zip": "archive.nested",
        "inner.xml.gz": "archive.nested",
        "disguised.xml": "archive.nested",
        "notes.txt": "archive.not_a_document",
        "empty.xml": "content.empty",
        "large.xml": "archive.too_large",
        "bomb.xml": "archive.too_large",
    }


def test_a_link_in_a_zip_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("good.xml", "<a/>")
    assert unpacked(out.getvalue()) == {"link.xml": "name.not_a_file", "good.xml": b"<a/>"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_refused_both_times() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.xml", "<a/>")
        archive.writestr("A.XML", "<b/>")
        archive.writestr("b.xml", "<c/>")
    assert unpacked(out.getvalue()) == {"a.xml": "archive.twice", "A.XML": "archive.twice", "b.xml": b"<c/>"}


def test_an_encrypted_member_is_refused() -> None:
    content = bytearray(packed({"a.xml": b"<a/>", "b.xml": b"<b/>"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    content[content.index(b"PK\x03\x04") + 6] |= 1
    assert unpacked(bytes(content)) == {"a.xml": "archive.encrypted", "b.xml": b"<b/>"}


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_method_is_refused(method: int) -> None:
    assert unpacked(packed({"a.xml": b"<a/>" * 50}, method)) == {"a.xml": "archive.method"}


@pytest.mark.parametrize("told", [10, 400, 9_000])
def test_a_member_that_lies_about_its_size_is_refused_and_the_others_come(told: int) -> None:
    content = bytearray(packed({"liar.xml": os.urandom(500), "good.xml": b"<a/>"}))
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", content, content.index(mark) + at, told)
    assert unpacked(bytes(content)) == {"liar.xml": "archive.broken", "good.xml": b"<a/>"}


def test_damaged_bytes_in_one_member_refuse_that_one_only() -> None:
    content = bytearray(packed({"a.xml": os.urandom(500), "b.xml": b"<b/>"}, zipfile.ZIP_STORED))
    content[200] ^= 0xFF
    assert unpacked(bytes(content)) == {"a.xml": "archive.broken", "b.xml": b"<b/>"}


def test_an_archive_nothing_in_which_can_be_trusted_is_refused_whole() -> None:
    assert refused_whole(b"a.zip", b"") == "archive.broken"
    assert refused_whole(b"a.zip", b"<a/>") == "archive.broken"
    assert refused_whole(b"a.zip", packed({"a.xml": b"<a/>"})[:-10]) == "archive.broken"
    assert refused_whole(b"a.zip", packed({})) == "archive.empty"
    assert refused_whole(b"a.zip", packed({f"{n}.xml": b"<a/>" for n in range(21)})) == "archive.entries"
    assert refused_whole(b"a.zip", packed({f"{n}.xml": os.urandom(9_999) for n in range(7)})) == "archive.total"


def test_a_bomb_is_refused_without_unpacking_it() -> None:
    bomb = packed({"a.xml": b"\0" * 100_000_000, "b.xml": b"<b/>"})
    tracemalloc.start()
    found = unpacked(bomb, Limits(max_total=500_000_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == {"a.xml": "archive.too_large", "b.xml": b"<b/>"}
    assert peak < 5_000_000


def test_a_bomb_that_claims_to_be_small_is_stopped_at_the_limit() -> None:
    content = bytearray(packed({"a.xml": b"\0" * 50_000_000}))
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", content, content.index(mark) + at, 5_000_000)
    tracemalloc.start()
    assert unpacked(bytes(content), Limits(max_bytes=6_000_000, max_ratio=1_000_000)) == {"a.xml": "archive.broken"}
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_refusals_name_the_member_and_the_archive() -> None:
    (member,) = members(b"lot.zip", packed({"../up.xml": b"<a/>"}), LIMITS)
    assert isinstance(member.content, NameRefused)
    assert "up.xml" in str(member.content)


def test_an_archive_is_whole_when_its_end_has_arrived() -> None:
    zipped, gzipped = packed({"a.xml": b"<a/>"}), gzip.compress(os.urandom(99))
    assert is_whole_container(b"a.zip", zipped)
    assert not is_whole_container(b"a.zip", zipped[:-30])
    assert is_whole_container(b"a.xml.gz", gzipped)
    assert not is_whole_container(b"a.xml.gz", gzipped[:-1])
    assert is_whole_container(b"a.zip", b"<never a zip/>")
    assert is_whole_container(b"a.xml.gz", b"<never gzip/>")
    assert not is_whole_container(b"a.xml.gz", b"")


def test_the_limit_to_read_with_fits_the_kind_of_file() -> None:
    assert LIMITS.to_read(b"nordbil/inbox/A.ZIP") == LIMITS.max_archive
    assert LIMITS.to_read(b"nordbil/inbox/a.xml") == LIMITS.max_bytes
