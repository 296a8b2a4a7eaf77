"""How bytes are read: encodings, comments, CDATA, caps, pointers to other files. Attacks: test_bad_input.py."""

from __future__ import annotations

import socket

import pytest

from include.ivi.reading import read_root
from include.ivi.samples import sample

PLAIN = sample(number=1)
VIN = b"ZZ9SV0000TS000001"
BODY = PLAIN.decode().split("?>", 1)[1].strip()
XINCLUDE = "http://www.w3.org/2001/XInclude"
ROOT = "InitialVehicleInformation"


def test_a_refused_version_still_gives_the_document_so_that_the_receipt_can_name_it(checked):
    document = checked(PLAIN.replace(b">1.6<", b">1.99<")).document
    assert (document.vin, document.version) == (VIN.decode(), "1.99")


@pytest.mark.parametrize(
    "written",
    [
        f'<?xml version="1.0" encoding="utf-16"?>{BODY}'.encode("utf-16"),
        b"\xfe\xff" + f'<?xml version="1.0" encoding="UTF-16"?>{BODY}'.encode("utf-16-be"),
        f'<?xml version="1.0" encoding="utf-16"?>{BODY}'.encode("utf-16-le"),
        BODY.encode("utf-16"),
        BODY.encode(),
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN.replace(b"\n", b"\r\n"),
        f"<!-- <!DOCTYPE x [ -->{BODY}<!-- </{ROOT} -->\n".encode(),
        PLAIN.replace(b">M1<", b"><![CDATA[M1]]><"),
        PLAIN.replace(b">M1<", b">M<!-- hidden -->1<"),
        PLAIN.replace(b">M1<", b">&#77;<?x y?>1<"),
    ],
)
def test_encodings_line_ends_comments_and_cdata_do_not_change_the_result(checked, written):
    plain, other = checked(PLAIN), checked(written)
    assert other.document == plain.document
    assert other.findings == plain.findings == ()


@pytest.mark.parametrize("inside", [b"<!-- x -->", b"<?x y?>", b"<![CDATA[]]>", b"<![CDATA[" + b"]]>"])
def test_nothing_inside_a_value_can_shorten_it(checked, inside):
    document = checked(PLAIN.replace(VIN, VIN[:9] + inside + VIN[9:])).document
    assert document.vin == VIN.decode()


@pytest.mark.parametrize(
    ("declared", "codec"), [("utf-16", "utf-8"), ("utf-8", "utf-16"), ("UTF-16LE", "utf-8"), ("us-ascii", "utf-16")]
)
def test_a_declaration_that_contradicts_the_bytes_is_a_warning_and_the_bytes_win(checked, declared, codec):
    result = checked(f'<?xml version="1.0" encoding="{declared}"?>{BODY}'.encode(codec))
    assert [finding.rule_id for finding in result.findings] == ["form.declared_encoding"]
    assert result.valid
    assert result.document.vin == VIN.decode()


def test_a_cap_of_the_party_is_kept_to_the_byte(checked):
    assert checked(PLAIN, max_bytes=len(PLAIN)).valid
    assert not checked(PLAIN, max_bytes=len(PLAIN) - 1).valid


def test_pointers_to_other_files_are_not_followed(checked):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        server.settimeout(0.2)
        for content in (
            PLAIN.replace(b"<Body>", f'<Body><i:include xmlns:i="{XINCLUDE}" href="{address}" parse="text"/>'.encode()),
            f'<?xml-stylesheet type="text/xsl" href="{address}"?>{BODY}'.encode(),
            BODY.replace(
                f"<{ROOT}>",
                f'<{ROOT} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                f'xsi:noNamespaceSchemaLocation="{address}" xsi:schemaLocation="u {address}">',
            ).encode(),
            f'<!DOCTYPE {ROOT} SYSTEM "{address}">{BODY}'.encode(),
        ):
            checked(content)
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"<a><b> <!-- c -->X</b></a>", " X"),
        (b"<a><b> <?p q?>X</b></a>", " X"),
        (b"<a><b> <![CDATA[X]]></b></a>", " X"),
        (b"<a><b> \r\n</b></a>", " \n"),
        (b'<?xml version="1.0"?>\n<a>\n  <b> X </b>\n</a>', " X "),
    ],
    ids=["comment", "instruction", "cdata", "carriage return", "plain"],
)
def test_a_value_keeps_its_blanks_whatever_stands_in_it(content, text):
    root, _ = read_root(content, 1_000)
    assert root.findtext("b") == text
