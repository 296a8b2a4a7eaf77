"""The faults of sidecars and manifests as they are really worded, told in Norwegian."""

from __future__ import annotations

import pytest

from include.drop.companions import parse_manifest, parse_sidecar
from include.errors import ContentRefused
from include.journey.receipt_reasons_nb import reason_nb

BAD_SIDECARS = {
    b"{": "bil.xml.json er ikke gyldig JSON",
    b"[]": "bil.xml.json må være ett JSON-objekt",
    b'{"avgiftsklassifisering": 1}': "må være ett JSON-objekt",
    b'{"avgiftsKode": "1"}': "avgiftsKode i bil.xml.json er “1”, men må være en kode med tre siffer, som 101.",
    b'{"sitteplasserNorskGodkjenning": "x"}': "er “x”, men må være et helt tall, som 5.",
    b'"' + b"x" * 1_000_001: "bil.xml.json er for stor",
}
BAD_MANIFESTS = {
    b"x,y\n1,2\n": "manifest.csv: første linje må ha kolonnenavnene",
    b"file,file\na,b\n": "manifest.csv: første linje må ha kolonnenavnene",
    b'file,vin\n"a': "manifest.csv er ikke CSV",
    b"file,avgiftsKode\n,101\n": "manifest.csv, linje 2 nevner verken fil eller understellsnummer",
    b"file,avgiftsKode\na.xml,1\n": "manifest.csv, linje 2, kolonne avgiftsKode: “1” må være en kode",
    b"file,avgiftsKode\na.xml,101\na.xml,102\n": "manifest.csv, linje 3 sier noe annet enn linje 2 om a.xml",
}


@pytest.mark.parametrize("content", list(BAD_SIDECARS))
def test_every_fault_of_a_sidecar_is_told_in_norwegian(content: bytes) -> None:
    with pytest.raises(ContentRefused) as fault:
        parse_sidecar(content, b"bil.xml.json")
    told = reason_nb(f"Held: {fault.value}")
    assert BAD_SIDECARS[content] in told
    assert "{" not in told.replace('{"avgiftsKode": "101"}', "")


@pytest.mark.parametrize("content", list(BAD_MANIFESTS))
def test_every_fault_of_a_manifest_is_told_in_norwegian(content: bytes) -> None:
    (fault,) = parse_manifest(content).faults
    assert BAD_MANIFESTS[content] in reason_nb(str(fault))


def test_a_file_name_with_braces_breaks_no_norwegian_reason() -> None:
    assert reason_nb("{x}.json is not JSON (line 1); correct it").startswith("{x}.json er ikke gyldig JSON")
