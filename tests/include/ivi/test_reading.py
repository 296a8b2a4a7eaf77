"""Hostile and unlucky bytes: each is refused in one sentence, opens nothing and costs little."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import zipfile
from io import BytesIO

import pytest

from include.ivi.samples import sample

PLAIN = sample(number=1)
VIN = b"ZZ9SV0000TS000001"
BODY = PLAIN.decode().split("?>", 1)[1].strip()
XINCLUDE = "http://www.w3.org/2001/XInclude"
ROOT = "InitialVehicleInformation"


def archive() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as writer:
        writer.writestr("a.xml", PLAIN)
    return buffer.getvalue()


def doctype(inner: str, value: str = "&x;") -> bytes:
    return f"<!DOCTYPE {ROOT} [{inner}]>{BODY.replace('NORDLYS', value)}".encode()


LAUGHS = "".join(f"<!ENTITY l{n + 1} '{10 * f'&l{n};'}'>" for n in range(9))
ATTRIBUTES = " ".join(f"a{n}=''" for n in range(150_000))
NAMESPACES = " ".join(f"xmlns:n{n}='u'" for n in range(100_000))
REFUSED = {
    "no bytes at all": (b"", "file.empty"),
    "only blanks": (b" \r\n\t", "file.empty"),
    "only zero bytes": (b"\0" * 4096, "file.empty"),
    "gzip under the name of XML": (gzip.compress(PLAIN), "file.compressed"),
    "zip under the name of XML": (archive(), "file.compressed"),
    "a letter": (b"Dear sirs, please find enclosed", "file.not_xml"),
    "a PDF": (b"%PDF-1.7\n1 0 obj << /Type /Catalog >>", "file.not_xml"),
    "more bytes than the cap": (PLAIN + b" " * 2_000_000, "file.too_large"),
    "an external entity": (doctype('<!ENTITY x SYSTEM "file:///etc/passwd">'), "xml.doctype"),
    "an external entity over the network": (doctype('<!ENTITY x SYSTEM "http://127.0.0.1:9/">'), "xml.doctype"),
    "a parameter entity": (doctype('<!ENTITY % p SYSTEM "file:///etc/passwd">%p;', "x"), "xml.doctype"),
    "an entity that shortens a number": (doctype('<!ENTITY x "1">'), "xml.doctype"),
    "a billion laughs": (doctype('<!ENTITY l0 "ha">' + LAUGHS, "&l9;"), "xml.doctype"),
    "quadratic blow-up": (doctype('<!ENTITY x "' + "a" * 50_000 + '">', "&x;" * 2_000), "xml.doctype"),
    "an entity in an attribute": (doctype('<!ENTITY x "1">', '<a b="&x;"/>'), "xml.doctype"),
    "an external DTD": (f'<!DOCTYPE {ROOT} SYSTEM "x.dtd">{BODY}'.encode(), "xml.doctype"),
    "a DOCTYPE in UTF-16": (f"<!DOCTYPE {ROOT}>{BODY}".encode("utf-16"), "xml.doctype"),
    "a DOCTYPE after comments": (f"<?a b?><!-- c --> <!DOCTYPE {ROOT}>{BODY}".encode(), "xml.doctype"),
    "an entity nobody declared": (PLAIN.replace(b"NORDLYS", b"&x;"), "xml.not_well_formed"),
    "nesting of 40": (f"<{ROOT}>{'<a>' * 40}{'</a>' * 40}</{ROOT}>".encode(), "xml.depth"),
    "nesting of 5,000": (f"<{ROOT}>{'<a>' * 5000}{'</a>' * 5000}</{ROOT}>".encode(), "xml.depth"),
    "400,000 elements": (f"<{ROOT}>{'<a/>' * 400_000}</{ROOT}>".encode(), "xml.too_much_markup"),
    "150,000 attributes": (f"<{ROOT} {ATTRIBUTES}/>".encode(), "xml.too_much_markup"),
    "100,000 namespaces": (f"<{ROOT} {NAMESPACES}/>".encode(), "xml.too_much_markup"),
    "a control character": (PLAIN.replace(b"NORDLYS", b"NORD\x1bLYS"), "xml.not_well_formed"),
    "a control character by number": (PLAIN.replace(b"NORDLYS", b"NORD&#27;LYS"), "xml.not_well_formed"),
    "NUL by number": (PLAIN.replace(b"NORDLYS", b"NORD&#0;LYS"), "xml.not_well_formed"),
    "bytes that are no UTF-8": (PLAIN.replace(b"NORDLYS", b"NORD\xffLYS"), "xml.not_well_formed"),
    "UTF-7": (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-', "xml.encoding"),
    "ISO-8859-1": (f'<?xml version="1.0" encoding="ISO-8859-1"?>{BODY}'.encode("latin-1"), "xml.encoding"),
    "UTF-32": (BODY.encode("utf-32"), "xml.encoding"),
    "EBCDIC by declaration": (f'<?xml version="1.0" encoding="cp037"?>{BODY}'.encode(), "xml.encoding"),
    "a document cut short": (PLAIN[:3000], "xml.cut_short"),
    "a document cut short and filled with zeros": (PLAIN[:3000] + b"\0" * 5000, "xml.cut_short"),
    "two documents in one file": (PLAIN + PLAIN.split(b"?>", 1)[1], "xml.not_well_formed"),
    "another document": (b"<html><body>404</body></html>", "ivi.root"),
    "the namespace of a draft": (
        f'<{ROOT} xmlns="http://eu.era.initialvehicleinformation.v2"/>'.encode(),
        "ivi.namespace",
    ),
    "a version nobody knows": (PLAIN.replace(b">1.6<", b">1.99<"), "ivi.version"),
    "1.x that calls itself 2.0": (PLAIN.replace(b">1.6<", b">2.0<"), "ivi.version"),
    "2.0 that calls itself 1.6": (sample(number=1, family="2.0").replace(b">2.0<", b">1.6<"), "ivi.version"),
}


@pytest.mark.parametrize("attack", REFUSED)
def test_bad_bytes_end_in_one_error_that_says_what_they_are(checked, attack):
    content, rule_id = REFUSED[attack]
    result = checked(content)
    assert [finding.rule_id for finding in result.findings] == [rule_id]
    assert not result.valid
    sentence = result.findings[0].sentence
    assert sentence.isprintable()
    assert sentence.endswith(".")
    assert ":" in sentence


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


WATCHED = """
import json, sys, time
from include.ivi.check import CheckContext, check
from include.ivi.samples import sample
for family in ("1.6", "2.0"):  # tables and schemas are read from the package at their first use
    check(sample(number=1, family=family, vin="short"), CheckContext())
opened = []
sys.addaudithook(lambda event, _: opened.append(event) if event.split(".")[0] in ("open", "socket", "os") else None)
rows = b"<AxleGroup><AxleNumber>x</AxleNumber></AxleGroup>" * 4_900
plain = sample(number=2)
hostile = [
    b"<InitialVehicleInformation>" + b"<a/>" * 499_000 + b"</InitialVehicleInformation>",
    b"<InitialVehicleInformation>" + b"<a/>" * 19_900 + b"</InitialVehicleInformation>",
    b"<InitialVehicleInformation " + b" ".join(b'a%d="1"' % n for n in range(9_900)) + b"/>",
    b"<InitialVehicleInformation " + b" ".join(b'xmlns:a%d="u"' % n for n in range(9_900)) + b"/>",
    plain.replace(b"NORDLYS", b"x" * 1_900_000),
    plain.replace(b"<AxleTable>", b"<AxleTable>" + rows),
    plain.replace(b"<Body>", b"<Body>" + b"<Body>" * 9_000),
    plain,
]
slowest = 0.0
for content in hostile * 3:
    begun = time.process_time()
    check(content, CheckContext())
    slowest = max(slowest, time.process_time() - begun)
events = list(opened)
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # not the parent's, as ru_maxrss
print(json.dumps([events, slowest, int(peak.split()[1]) // 1024]))
"""


def test_hostile_documents_open_nothing_and_stay_within_memory_and_time():
    ended = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True, check=True, timeout=60)
    opened, slowest, megabytes = json.loads(ended.stdout)
    assert opened == []
    assert slowest < 1.0
    assert megabytes < 128
