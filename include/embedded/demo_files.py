"""What three importers drop in the demo's night: ordinary work and every kind of trouble, with the expected ends."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from include.ivi.samples import sample, sample_vin

#: The gap at the authority that the sandbox is told about: this approval is not open for avgiftskode 101.
CLOSED_APPROVAL = "e6*2007/46*0289*09"
LARGEST = 2_000_000


@dataclass(frozen=True, slots=True)
class Dropped:
    """One name at the drop. `ends` are the reconciliation's columns its sightings must end in (several for a zip).

    `content` None is made by `make` on the server's disk: names and kinds of file that no client would send.
    """

    name: bytes
    content: bytes | None
    ends: tuple[str, ...] = ()
    make: Callable[[Path], None] | None = None


def nordbil() -> Iterator[Dropped]:
    """Sends in its own name. Shows sidecar, manifest by file and by VIN, rules by category, ordinary odd names."""
    for number in range(100, 108):
        name = f"NB {number} (ny).xml" if number % 2 else f"Bestilling_æøå_{number}.XML"
        yield Dropped(name.encode(), sample(number=number), ("accepted",))
        yield Dropped(f"{name}.json".encode(), _sidecar("101"))
    rows = ["file;vin;avgiftsKode;sitteplasserNorskGodkjenning"]
    for number in range(110, 116):
        yield Dropped(f"nb-{number}.xml".encode(), sample(number=number, family="2.0"), ("accepted",))
        rows.append(f"nb-{number}.xml;;101;5")
    for number in range(116, 119):
        yield Dropped(f"uten navn {number}.xml".encode(), sample(number=number, powertrain="BEV"), ("accepted",))
        rows.append(f";{sample_vin(number)};101;")
    yield Dropped(b"manifest.csv", "\n".join(rows).encode("cp1252"))
    for number in range(120, 124):
        yield Dropped(f"varebil-{number}.xml".encode(), sample(number=number, category="N1"), ("accepted",))
    yield Dropped(b"pakket.xml.gz", gzip.compress(sample(number=124, category="N1")), ("accepted",))
    yield Dropped(b"fem i en.zip", _zip(range(125, 130)), ("accepted",) * 5)
    yield Dropped(b"uten-kode.xml", sample(number=130), ("open",))
    yield Dropped(b"paa-vei.xml.part", sample(number=131)[:4000])


def fjordimport() -> Iterator[Dropped]:
    """We send on its behalf. Default code for everything; some wait for the authority to open an avgiftskode."""
    for number in range(200, 216):
        yield Dropped(f"FI{number}.xml".encode(), sample(number=number, powertrain="PHEV"), ("accepted",))
    for number in range(216, 220):
        refused = sample(number=number, type_approval=CLOSED_APPROVAL)
        yield Dropped(f"FI{number}.xml".encode(), refused, ("refused",))
    yield Dropped(b"FI200 - kopi.xml", sample(number=200, powertrain="PHEV"), ("duplicate",))


def svea_nuf() -> Iterator[Dropped]:
    """A NUF with trouble: everything that can be wrong with a file, and good files in between."""
    for number in range(300, 308):
        yield Dropped(f"svea_{number}.xml".encode(), sample(number=number), ("accepted",))
    yield Dropped(b"svea_303 (1).xml", sample(number=303), ("duplicate",))
    yield Dropped(b"Svea_303_final_FINAL.xml", sample(number=303), ("duplicate",))
    yield Dropped(b"refused.xml", sample(number=308, type_approval=CLOSED_APPROVAL), ("refused",))
    yield from _bad_content()
    yield from _bad_names()
    half = sample(number=320)
    yield Dropped(b"half.xml", half[: len(half) // 2], ("open",))
    yield Dropped(b"empty.xml", b"", ("open",))


def _bad_content() -> Iterator[Dropped]:
    good = sample(number=310)
    bad = {
        b"broken.xml": good.replace(b"</Type>", b"</Typ>", 1),
        b"not-ivi.xml": b'<?xml version="1.0"?><invoice><total>100</total></invoice>',
        b"wrong-schema.xml": sample(number=311)
        .replace(b"<NumberOfAxles>", b"<NumberOfAxels>")
        .replace(b"</NumberOfAxles>", b"</NumberOfAxels>"),
        b"letters-in-mass.xml": sample(
            number=312, overrides={"Body/CocDataGroup/MassOfTheVehicleInRunningOrder": "heavy"}
        ),
        b"axles.xml": sample(number=313, overrides={"Body/CocDataGroup/NumberOfAxles": "3"}),
        b"entity.xml": good.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', 1),
        b"too-large.xml": good + b" " * LARGEST,
        b"picture.xml": b"\x89PNG\r\n\x1a\n" + bytes(2000),
        b"bomb.zip": _bomb(),
        b"readme.pdf": b"%PDF-1.4 not a document",
    }
    for name, content in bad.items():
        yield Dropped(name, content, ("invalid",))


def _bad_names() -> Iterator[Dropped]:
    good = sample(number=314)

    def write_good(path: Path) -> None:
        path.write_bytes(good)

    for name in (b"line\nbreak.xml", b"latin1-\xe5.xml", b"esc\x1b[31m.xml"):
        yield Dropped(name, None, ("invalid",), make=write_good)
    yield Dropped(b"link.xml", None, ("invalid",), make=lambda path: path.symlink_to("/etc/hostname"))
    yield Dropped(b"pipe.xml", None, ("invalid",), make=_pipe)
    yield Dropped(b"=cmd calc.xml", sample(number=315), ("accepted",))


def _pipe(path: Path) -> None:
    import os

    os.mkfifo(path)


def _sidecar(code: str) -> bytes:
    return json.dumps({"avgiftsKode": code, "sitteplasserNorskGodkjenning": 5}).encode()


def _zip(numbers: range) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in numbers:
            archive.writestr(f"bil {number}.xml", sample(number=number, category="N1"))
    return buffer.getvalue()


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.xml", b"<a>" + b"0" * 40_000_000 + b"</a>")
    return buffer.getvalue()


#: What each importer of the demo drops, by party id.
NIGHT: dict[str, Callable[[], Iterator[Dropped]]] = {
    "nordbil": nordbil,
    "fjordimport": fjordimport,
    "svea_nuf": svea_nuf,
}


def expected(party: str) -> Counter[str]:
    """How many sightings of this importer must end in each column."""
    return Counter(end for dropped in NIGHT[party]() for end in dropped.ends)
