"""Every published reply is read, every other one is either read tolerantly or called unreadable; nothing raises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.vegvesen.reply import EcocReply, Remark, parse_reply

VIN = "DOKUMENTASJONDEMO"


def test_the_published_creation_with_a_warning_is_read_in_full(kit: Any) -> None:
    assert parse_reply(kit.golden("ecoc_created_with_warning.json")) == EcocReply(
        datoTid="2021-02-08T21:23:18.812",
        kuid="1234567890",
        iviReferanse="3a0f9b22-a855-4933-bf78-959128c2a5d3",
        understellsnummer=VIN,
        merkekode=2600,
        meldingstype="INFO",
        meldingskode="kjoretoy.coc.KJORETOY_OPPRETTET",
        meldingstekst="Melding om preregistrering er mottatt og kjøretøy er opprettet",
        remarks=(Remark("Er det korrekt at NOx (mg/km) ikke er utfylt?", "utslippNOxMgPrKm", None, "ADVARSEL"),),
        shape="array",
    )


def test_the_published_refusal_is_read_with_all_its_nulls(kit: Any) -> None:
    reply = parse_reply(kit.golden("ecoc_create_refused_avgift.json"))
    assert reply is not None
    assert (reply.meldingstype, reply.shape, reply.remarks) == ("FEIL", "array", ())
    assert reply.meldingskode == "kjoretoy.coc.KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"
    assert reply.meldingstekst is not None
    assert reply.meldingstekst.startswith("Ulovlig forespørsel - Fant ingen åpne")
    assert (reply.kuid, reply.iviReferanse, reply.understellsnummer, reply.merkekode) == (None, None, None, None)


@pytest.mark.parametrize(
    ("name", "kind", "code", "kuid", "time"),
    [
        ("ecoc_deleted.json", "INFO", "KJORETOY_SLETTET", "1234567890", "2021-02-08T21:41:33.15"),
        ("ecoc_delete_unknown.json", "FEIL", "UKJENT_UNR_OG_MERKE", None, "2021-02-08T21:17:51.385"),
        ("ecoc_delete_registered.json", "FEIL", "KJORETOY_ER_REGISTRERT", None, "2021-02-08T21:32:43.896"),
    ],
)
def test_the_published_delete_replies_are_read(
    kit: Any, name: str, kind: str, code: str, kuid: str | None, time: str
) -> None:
    reply = parse_reply(kit.golden(name))
    assert reply is not None
    assert (reply.meldingstype, reply.meldingskode, reply.kuid) == (kind, f"kjoretoy.coc.{code}", kuid)
    assert (reply.understellsnummer, reply.datoTid, reply.shape) == (VIN, time, "object")


def test_the_reply_as_it_was_published_is_broken_and_therefore_unreadable(kit: Any) -> None:
    assert parse_reply(kit.golden("ecoc_created_with_warning.as_published.txt")) is None


def reply_with(**melding: Any) -> EcocReply:
    reply = parse_reply(json.dumps({"melding": {"meldingstype": "INFO"} | melding}).encode())
    assert reply is not None
    return reply


def test_every_array_under_melding_is_read_as_remarks_whatever_its_name() -> None:
    reply = reply_with(a=[{"melding": "x", "feltverdi": 12}], b=["plain", None, {}, 7], c={"d": [1]}, e=None)
    assert reply.remarks == (
        Remark("x", None, "12", None),
        Remark("plain", None, None, None),
        Remark("7", None, None, None),
    )


@pytest.mark.parametrize(
    ("given_code", "read"), [(2600, 2600), ("4011", 4011), (True, None), (1.5, None), ("x", None), (-1, None)]
)
def test_merkekode_is_a_whole_number_or_nothing(given_code: Any, read: int | None) -> None:
    body = {"iviIdentifikator": {"understellsnummerMerke": {"merkekode": given_code}}, "melding": {"meldingskode": "k"}}
    reply = parse_reply(json.dumps(body).encode())
    assert reply is not None
    assert reply.merkekode == read


def test_unknown_fields_types_and_nulls_are_no_trouble() -> None:
    body = {
        "ny": 1,
        "datoTid": "2026-01-01T00:00:00.123456789",
        "iviIdentifikator": None,
        "melding": {"meldingstype": "NY"},
    }
    reply = parse_reply(json.dumps(body).encode())
    assert reply is not None
    assert (reply.datoTid, reply.meldingstype, reply.kuid) == ("2026-01-01T00:00:00.123456789", "NY", None)


def test_a_byte_order_mark_and_latin_1_texts_are_read() -> None:
    text = '{"melding": {"meldingskode": "k", "meldingstekst": "kjøretøy"}}'
    for body in (b"\xef\xbb\xbf" + text.encode(), text.encode("latin-1")):
        reply = parse_reply(body)
        assert reply is not None
        assert reply.meldingstekst == "kjøretøy"


def test_no_text_holds_a_nul_that_the_database_could_not_store() -> None:
    assert reply_with(meldingstekst="a\x00b").meldingstekst == "a�b"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<html>",
        b'{"melding": []}',
        b'{"melding": {}}',
        b'{"melding": {"meldingskode": ""}}',
        b"[[]]",
    ],
)
def test_what_is_no_status_response_is_unreadable(body: bytes) -> None:
    assert parse_reply(body) is None


def test_two_replies_in_one_array_are_unreadable_since_they_cannot_be_matched(kit: Any) -> None:
    one = json.loads(kit.golden("ecoc_created_with_warning.json"))
    assert parse_reply(json.dumps(one + one).encode()) is None


def test_a_remark_nested_beyond_all_reason_does_not_raise() -> None:
    deep = "[" * 500 + "]" * 500
    body = f'{{"melding": {{"meldingskode": "k", "x": [{{"melding": {deep}}}]}}}}'
    reply = parse_reply(body.encode())
    assert reply is not None
    assert reply.remarks == (Remark(None, None, None, None),)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "melding",
                    "meldingstype",
                    "meldingskode",
                    "iviIdentifikator",
                    "understellsnummerMerke",
                    "merkekode",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None, database=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_raise(body: bytes) -> None:
    assert parse_reply(body) is None or isinstance(parse_reply(body), EcocReply)


@settings(max_examples=300, deadline=None, database=None)
@given(JSON)
def test_arbitrary_json_never_raises(value: Any) -> None:
    reply = parse_reply(json.dumps(value).encode())
    assert reply is None or reply.meldingstype or reply.meldingskode
    melding = {"melding": {"meldingskode": "k", "merknader": [value]}, "iviIdentifikator": value}
    assert parse_reply(json.dumps(melding).encode()) is not None
