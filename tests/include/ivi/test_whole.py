"""A file is taken only when its bytes end where its root element ends."""

from __future__ import annotations

import time

import pytest

from include.ivi.samples import sample
from include.ivi.whole import is_whole

PLAIN = sample(number=1)
BODY = PLAIN.decode().split("?>", 1)[1].strip()
CLOSE = "</InitialVehicleInformation>"


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("head", ["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-16"?>\n<!-- > -->'])
def test_every_true_beginning_is_not_whole_and_the_end_is(codec, head):
    content = f"{head}{BODY}".encode(codec)
    assert is_whole(content)
    cuts = [*range(0, 120), *range(120, len(content) - 80, 97), *range(len(content) - 80, len(content))]
    assert [cut for cut in cuts if is_whole(content[:cut])] == []


@pytest.mark.parametrize("family", ["1.6", "2.0"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n \t", b"<!-- exported 03:00 -->\n", b"<?done?>"])
def test_blanks_and_comments_after_the_root_are_fine(family, end):
    assert is_whole(sample(number=1, family=family) + end)


@pytest.mark.parametrize(
    "trick",
    [
        f"<a><!-- {CLOSE}",
        f"<InitialVehicleInformation><b><![CDATA[{CLOSE}",
        f"<InitialVehicleInformation><b>{CLOSE[:-1]}",
        "<InitialVehicleInformation><InitialVehicleInformation></InitialVehicleInformation>",
    ],
)
def test_a_closing_tag_in_a_comment_or_inside_does_not_end_the_document(trick):
    assert not is_whole(trick.encode())


def test_room_that_an_upload_reserved_counts_as_not_yet_filled():
    assert not is_whole(PLAIN[:4000] + b"\0" * 4000)
    assert not is_whole(b"\0" * 8000)


@pytest.mark.parametrize(
    "hopeless",
    [
        b"%PDF-1.7",
        b"hello",
        b"\x1f\x8b\x08\x00",
        PLAIN + PLAIN,
        b"<a></b>",
        b"<!DOCTYPE a><a>",
        BODY.encode("utf-32"),
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"<a>\xff\xff</a>",
    ],
)
def test_what_can_never_become_xml_is_whole_so_that_the_check_says_why(hopeless):
    assert is_whole(hopeless)


def test_the_question_is_cheap():
    content = sample(number=1, pad_to=20_000)
    begun = time.process_time()
    for _ in range(500):
        is_whole(content)
    assert time.process_time() - begun < 1
