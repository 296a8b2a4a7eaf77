"""Hostile bytes in a child process with limits: no crash, no hang, nothing opened, little memory, and a plain sentence.

The child checks one document after the other. It may use no more memory than it is given, cannot open one more file
(which C code would do behind Python's back), and reports every call that Python makes to open something. A file and a
port that the attacks name are watched from outside.
"""

# longer because one table holds every attack
from __future__ import annotations

import ctypes
import gzip
import json
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from include.ivi import registry
from include.ivi.samples import sample

PLAIN, SIGNED = sample(number=1), sample(number=1, family="2.0")
BODY = PLAIN.decode().split("?>", 1)[1].strip()
ROOT = "InitialVehicleInformation"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
FILE, ADDRESS = "file:///@canary@", "http://@address@/x"
LARGE = 1_900_000
MOST_SECONDS, MOST_MEGABYTES = 1.0, 256


@dataclass(frozen=True)
class Attack:
    """What is dropped, and the rule ids that must be found: exactly these, or at least these."""

    content: bytes
    rule_ids: tuple[str, ...]
    exactly: bool = True
    max_bytes: int = 2_000_000


def refused(content: bytes | str, rule_id: str, **more: int) -> Attack:
    return Attack(content.encode() if isinstance(content, str) else content, (rule_id,), **more)


def endured(content: bytes | str, *rule_ids: str) -> Attack:
    return Attack(content.encode() if isinstance(content, str) else content, rule_ids, exactly=False)


def archive() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as writer:
        writer.writestr("a.xml", PLAIN)
    return buffer.getvalue()


def doctype(inner: str, value: str = "&x;") -> str:
    return f"<!DOCTYPE {ROOT} [{inner}]>{BODY.replace('NORDLYS', value)}"


def root_with(attribute: str, many: int) -> str:
    return f"<{ROOT} {' '.join(attribute.format(number) for number in range(many))}/>"


def inside(markup: bytes | str) -> bytes:
    """The document with more in its body."""
    return PLAIN.replace(b"<Body>", b"<Body>" + (markup.encode() if isinstance(markup, str) else markup))


def holding(name: str, text: str) -> bytes:
    """The document with a text of nearly two megabytes in one element."""
    before, _, rest = PLAIN.partition(f"<{name}>".encode())
    many = (text * (LARGE // len(text.encode()))).encode()
    return before + f"<{name}>".encode() + many + b"</" + rest.split(b"</", 1)[1]


LAUGHS = "".join(f"<!ENTITY l{n + 1} '{10 * f'&l{n};'}'>" for n in range(9))
ATTACKS = {
    "no bytes at all": refused(b"", "file.empty"),
    "only blanks": refused(b" \r\n\t", "file.empty"),
    "only zero bytes": refused(b"\0" * 4096, "file.empty"),
    "gzip under the name of XML": refused(gzip.compress(PLAIN), "file.compressed"),
    "a gzip bomb under the name of XML": refused(gzip.compress(b" " * 20_000_000), "file.compressed"),
    "zip under the name of XML": refused(archive(), "file.compressed"),
    "a letter": refused("Dear sirs, please find enclosed", "file.not_xml"),
    "a PDF": refused("%PDF-1.7\n1 0 obj << /Type /Catalog >>", "file.not_xml"),
    "more bytes than the cap": refused(PLAIN + b" " * 2_000_000, "file.too_large"),
    "eight megabytes of small elements": refused(f"<{ROOT}>{'<a/>' * 2_000_000}</{ROOT}>", "file.too_large"),
    "the same under a large cap": refused(
        f"<{ROOT}>{'<a/>' * 2_000_000}</{ROOT}>", "xml.too_much_markup", max_bytes=50_000_000
    ),
    "a text of twelve megabytes under a large cap": refused(
        PLAIN.replace(b"NORDLYS", b"x" * 12_000_000), "xml.not_well_formed", max_bytes=50_000_000
    ),
    "an external entity": refused(doctype(f'<!ENTITY x SYSTEM "{FILE}">'), "xml.doctype"),
    "an external entity over the network": refused(doctype(f'<!ENTITY x SYSTEM "{ADDRESS}">'), "xml.doctype"),
    "a parameter entity": refused(doctype(f'<!ENTITY % p SYSTEM "{FILE}">%p;', "x"), "xml.doctype"),
    "an entity that shortens a number": refused(doctype('<!ENTITY x "1">'), "xml.doctype"),
    "a billion laughs": refused(doctype('<!ENTITY l0 "ha">' + LAUGHS, "&l9;"), "xml.doctype"),
    "quadratic blow-up": refused(doctype(f'<!ENTITY x "{"a" * 50_000}">', "&x;" * 2_000), "xml.doctype"),
    "an entity in an attribute": refused(doctype('<!ENTITY x "1">', '<a b="&x;"/>'), "xml.doctype"),
    "an external DTD": refused(f'<!DOCTYPE {ROOT} SYSTEM "{FILE}">{BODY}', "xml.doctype"),
    "a DTD from a catalogue": refused(f'<!DOCTYPE {ROOT} PUBLIC "-//W3C//DTD XHTML 1.0" "{ADDRESS}">{BODY}',
                                      "xml.doctype"),
    "a DOCTYPE in UTF-16": refused(f"<!DOCTYPE {ROOT}>{BODY}".encode("utf-16"), "xml.doctype"),
    "a DOCTYPE after comments": refused(f"<?a b?><!-- c --> <!DOCTYPE {ROOT}>{BODY}", "xml.doctype"),
    "a DOCTYPE after 1.9 megabytes of comment": refused(f"<!--{' ' * LARGE}--><!DOCTYPE a>{BODY}", "xml.doctype"),
    "an entity nobody declared": refused(PLAIN.replace(b"NORDLYS", b"&x;"), "xml.not_well_formed"),
    "nesting of 40": refused(f"<{ROOT}>{'<a>' * 40}{'</a>' * 40}</{ROOT}>", "xml.depth"),
    "nesting of 5,000": refused(f"<{ROOT}>{'<a>' * 5000}{'</a>' * 5000}</{ROOT}>", "xml.depth"),
    "a body in a body, 9,000 times": refused(inside("<Body>" * 9_000), "xml.depth"),
    "400,000 elements": refused(f"<{ROOT}>{'<a/>' * 400_000}</{ROOT}>", "xml.too_much_markup"),
    "150,000 attributes": refused(root_with('a{}=""', 150_000), "xml.too_much_markup"),
    "70,000 namespaces": refused(
        root_with('xmlns:n{}="u"', 70_000), "xml.too_much_markup"
    ),
    "9,900 attributes": endured(root_with('a{}="1"', 9_900), "schema.attribute"),
    "9,900 namespaces": endured(root_with('xmlns:n{}="u"', 9_900), "schema.missing"),
    "19,900 unknown elements": endured(f"<{ROOT}>{'<a/>' * 19_900}</{ROOT}>", "schema.unknown_element"),
    "4,900 axles": endured(
        PLAIN.replace(b"<AxleTable>", b"<AxleTable>" + b"<AxleGroup><AxleNumber>x</AxleNumber></AxleGroup>" * 4_900),
        "schema.value", "axles.count",
    ),
    "a comment of 1.9 megabytes": endured(inside(f"<!--{'x' * LARGE}-->")),
    "an instruction of 1.9 megabytes": endured(inside(f"<?x {'x' * LARGE}?>")),
    "a name of 1.9 megabytes": refused(inside(f"<{'x' * LARGE}/>"), "xml.not_well_formed"),
    "a name of 40,000 characters": endured(inside(f"<{'x' * 40_000}/>"), "schema.unknown_element"),
    "an attribute of 1.9 megabytes": endured(inside(f'<a b="{"x" * LARGE}"/>'), "schema.unknown_element"),
    "300,000 characters by number": endured(PLAIN.replace(b"NORDLYS", b"&#65;" * 300_000), "schema.value"),
    "a million loose ampersands": refused(PLAIN.replace(b"NORDLYS", b"&" * 1_000_000), "xml.not_well_formed"),
    "thousands of declarations": refused(b"<?xml version='1.0'?>" * 9_000 + PLAIN, "xml.not_well_formed"),
    "thousands of open comments": refused(inside("<!--" * 19_000), "xml.not_well_formed"),
    "a control character": refused(PLAIN.replace(b"NORDLYS", b"NORD\x1bLYS"), "xml.not_well_formed"),
    "a control character by number": refused(PLAIN.replace(b"NORDLYS", b"NORD&#27;LYS"), "xml.not_well_formed"),
    "NUL by number": refused(PLAIN.replace(b"NORDLYS", b"NORD&#0;LYS"), "xml.not_well_formed"),
    "half a character by number": refused(PLAIN.replace(b"NORDLYS", b"NORD&#xD800;LYS"), "xml.not_well_formed"),
    "bytes that are no UTF-8": refused(PLAIN.replace(b"NORDLYS", b"NORD\xffLYS"), "xml.not_well_formed"),
    "an overlong slash": refused(PLAIN.replace(b"NORDLYS", b"NORD\xc0\xafLYS"), "xml.not_well_formed"),
    "UTF-7": refused('<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-', "xml.encoding"),
    "ISO-8859-1": refused(f'<?xml version="1.0" encoding="ISO-8859-1"?>{BODY}'.encode("latin-1"), "xml.encoding"),
    "UTF-32": refused(BODY.encode("utf-32"), "xml.encoding"),
    "EBCDIC by declaration": refused(f'<?xml version="1.0" encoding="cp037"?>{BODY}', "xml.encoding"),
    "a document cut short": refused(PLAIN[:3000], "xml.cut_short"),
    "a document cut short and filled with zeros": refused(PLAIN[:3000] + b"\0" * 5000, "xml.cut_short"),
    "two documents in one file": refused(PLAIN + PLAIN.split(b"?>", 1)[1], "xml.not_well_formed"),
    "another document": refused("<html><body>404</body></html>", "ivi.root"),
    "the namespace of a draft": refused(f'<{ROOT} xmlns="http://eu.era.initialvehicleinformation.v2"/>',
                                        "ivi.namespace"),
    "a version nobody knows": refused(PLAIN.replace(b">1.6<", b">1.99<"), "ivi.version"),
    "1.x that calls itself 2.0": refused(PLAIN.replace(b">1.6<", b">2.0<"), "ivi.version"),
    "2.0 that calls itself 1.6": refused(SIGNED.replace(b">2.0<", b">1.6<"), "ivi.version"),
    "an inclusion of a file": endured(
        inside(f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{FILE}" parse="text"/>'),
        "schema.unknown_element",
    ),
    "a stylesheet": endured(f'<?xml-stylesheet type="text/xsl" href="{ADDRESS}"?>{BODY}'),
    "a schema of its own": endured(
        BODY.replace(f"<{ROOT}>", f'<{ROOT} {XSI} xsi:noNamespaceSchemaLocation="{FILE}" '
                                  f'xsi:schemaLocation="u {ADDRESS}">', 1)
    ),
    "a base address": endured(BODY.replace(f"<{ROOT}>", f'<{ROOT} xml:base="{ADDRESS}">', 1), "schema.attribute"),
    "a type of its own": endured(
        BODY.replace("<NumberOfAxles>2", f'<NumberOfAxles {XSI} xmlns:xs="http://www.w3.org/2001/XMLSchema" '
                                         'xsi:type="xs:string">two', 1), "schema.value"),
    "a value that calls itself nil": endured(
        BODY.replace("<NumberOfAxles>2<", f'<NumberOfAxles {XSI} xsi:nil="true"><', 1), "form.empty_elements"),
    "a signature over a file": endured(SIGNED.replace(b"<Reference>", f'<Reference URI="{FILE}">'.encode())),
    "a signature over an address": endured(SIGNED.replace(b"<Reference>", f'<Reference URI="{ADDRESS}">'.encode())),
    "a key from an address": endured(
        SIGNED.replace(b"<KeyInfo>", f'<KeyInfo><RetrievalMethod URI="{ADDRESS}"/>'.encode())
    ),
    "a programme as a transform": endured(SIGNED.replace(b"<Reference>", b'<Reference URI=""><Transforms><Transform '
        b'Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></Transforms>')),
    "a direction mark in the number": endured(PLAIN.replace(b"ZZ9SV0", b"ZZ9&#x202E;SV"), "text.hidden_characters"),
    "line ends in the reference": endured(sample(number=1, reference="a\rb\nc"), "text.hidden_characters"),
    "a line separator in the number": endured(PLAIN.replace(b"ZZ9SV0", b"ZZ9&#x2028;SV"), "text.hidden_characters"),
    "a byte order mark in the number": endured(PLAIN.replace(b"ZZ9SV0", b"ZZ9&#xFEFF;SV"), "text.hidden_characters"),
    "a letter of another alphabet": endured(sample(number=1, vin="ZZ9SV0000Т5000001"), "vin.form"),
    "a number of 1.9 megabytes": endured(holding("VehicleIdentificationNumber", "I"), "vin.form"),
    "a number of many strange signs": endured(
        holding("VehicleIdentificationNumber", "".join(map(chr, range(0x4E00, 0x9000)))), "vin.form"),
    "an approval of 1.9 megabytes": endured(holding("TypeApprovalNumber", "e6*2018/858*"), "approval.number_form"),
    "an approval of slashes": endured(holding("TypeApprovalNumber", "e6*2018/858"), "approval.number_form"),
    "a reference of 1.9 megabytes": endured(holding("IVIReferenceId", "a-"), "reference.form"),
    "doors in 1.9 megabytes": endured(holding("ConfigurationOfDoors", "1 "), "schema.value"),
    "doors with a long gap": endured(holding("ConfigurationOfDoors", " "), "form.empty_elements"),
    "a mass of 1.9 megabytes": endured(holding("ActualMassOfTheVehicle", "9"), "schema.value"),
    "a date of 1.9 megabytes": endured(holding("DateOfManufactureVeh", "2026-03-02"), "schema.value"),
    "a tyre of 1.9 megabytes": endured(holding("TyreSize", "205/55 R16 "), "schema.value"),
    "a make of 1.9 megabytes": endured(holding("Make", "x"), "schema.value"),
    "an axle of foreign digits": endured(holding("AxleNumber", "١"), "schema.value"),
    "a load index of 1.9 megabytes": endured(holding("LoadCapacityIndexSingleWheel", "1/"), "schema.value"),
    "a fuel of 1.9 megabytes": endured(holding("FuelCode", "1"), "schema.value"),
    "an emission level of 1.9 megabytes": endured(holding("ExhaustEmissionLevelEuro", "EURO "), "schema.value"),
}  # fmt: skip

CHILD = """
import json, os, resource, sys, time
from datetime import date
from include.ivi.check import CheckContext, check
from include.ivi.samples import sample
plain = sample(number=1)
slip = sample(number=1, vin="x", overrides={"Body/CocDataGroup/Foo": "1"}).replace(b"NORDLYS", b"a & b")
late = [sample(number=1, family="2.0"), plain.decode().split("?>", 1)[1].encode("utf-16"), slip, slip[:99]]
for content in late:  # tables, schemas and codecs are read from their packages at their first use
    check(content, CheckContext(environment="prod", file_name="a.xml"))
status = open("/proc/self/status", "rb", buffering=0)
def kilobytes(name):
    status.seek(0)
    return int(status.read(8192).decode().split(name + ":")[1].split()[0])
limit = (kilobytes("VmSize") + 600_000) * 1024
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
free = os.dup(0)
os.close(free)
resource.setrlimit(resource.RLIMIT_NOFILE, (free, free))
opened, watched = [], ("open", "socket", "os", "subprocess", "ctypes", "import", "shutil", "urllib")
sys.addaudithook(lambda event, _: opened.append(event) if event.split(".")[0] in watched else None)
while line := sys.stdin.buffer.readline():
    told = json.loads(line)
    content = sys.stdin.buffer.read(told["bytes"])
    opened.clear()
    begun = time.process_time()
    circumstances = CheckContext(environment="prod", file_name="a.xml", today=date(2026, 8, 1),
                                 max_bytes=told["max_bytes"])
    result = check(content, circumstances)
    seconds = time.process_time() - begun
    findings = [[finding.rule_id, finding.path, finding.sentence] for finding in result.findings]
    print(json.dumps({"name": told["name"], "findings": findings, "valid": result.valid, "seconds": seconds,
                      "opened": list(opened), "megabytes": kilobytes("VmHWM") // 1024}), flush=True)
"""


def told(name: str, attack: Attack, canary: str, address: str) -> bytes:
    content = attack.content.replace(b"/@canary@", canary.encode()).replace(b"@address@", address.encode())
    header = json.dumps({"name": name, "bytes": len(content), "max_bytes": attack.max_bytes})
    return header.encode() + b"\n" + content


class Watch:
    """Counts how often a file is opened or read, by anybody."""

    def __init__(self, path: str) -> None:
        libc = ctypes.CDLL(None)
        self._events = libc.inotify_init1(os.O_NONBLOCK)
        assert libc.inotify_add_watch(self._events, path.encode(), 0x21) > 0  # IN_OPEN and IN_ACCESS

    def seen(self) -> bool:
        try:
            return bool(os.read(self._events, 4096))
        except BlockingIOError:
            return False


@dataclass
class Run:
    """What the child said of each attack, how it ended, and what was touched outside."""

    said: dict[str, dict]
    status: int
    error: str
    file_opened: bool
    port_reached: bool


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Iterator[Run]:
    canary = tmp_path_factory.mktemp("canary") / "secret.txt"
    canary.write_text("secret")
    watch = Watch(str(canary))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"127.0.0.1:{server.getsockname()[1]}"
        sent = b"".join(told(name, attack, str(canary), address) for name, attack in ATTACKS.items())
        ended = subprocess.run([sys.executable, "-c", CHILD], input=sent, capture_output=True, timeout=150, check=False)
        try:
            server.accept()[0].close()
            reached = True
        except TimeoutError:
            reached = False
    said = {entry["name"]: entry for entry in map(json.loads, ended.stdout.splitlines())}
    yield Run(said, ended.returncode, ended.stderr.decode()[-2000:], watch.seen(), reached)
    canary.read_text()
    assert watch.seen(), "the watch must see what it is there for"


def test_no_attack_ends_the_process(run):
    assert (run.status, run.error) == (0, "")
    assert run.said.keys() == ATTACKS.keys()


def test_nothing_that_a_document_names_is_opened(run):
    assert not run.file_opened
    assert not run.port_reached


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_named_and_costs_little(run, name):
    said, attack = run.said[name], ATTACKS[name]
    found = [rule_id for rule_id, _, _ in said["findings"]]
    if attack.exactly:
        assert found == list(attack.rule_ids)
        assert not said["valid"]
    assert set(attack.rule_ids) <= set(found), said["findings"]
    assert "could not be applied" not in str(said["findings"])
    for _, _, sentence in said["findings"]:
        assert sentence.isprintable()
        assert sentence.endswith(".")
        assert ":" in sentence
        assert len(sentence) < 1_000
    assert said["opened"] == []
    assert said["seconds"] < MOST_SECONDS
    assert said["megabytes"] < MOST_MEGABYTES


@pytest.mark.parametrize(
    "dangerous",
    [
        "resolve_entities=True",
        "huge_tree=True",
        "load_dtd=True",
        "no_network=False",
        ".xinclude(",
        "XSLT(",
        "iterparse",
    ],
)
def test_no_source_turns_a_safety_of_the_parser_off(dangerous):
    home = Path(registry.__file__).parents[1]
    assert [path for path in home.rglob("*.py") if dangerous in path.read_text("utf-8")] == []
