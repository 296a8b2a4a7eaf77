"""A deletion on the wire: how the vehicle is named, what an answer proves, and that nobody repeats it in silence."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from include.authority.exchange import Exchange, Failure
from include.errors import ConfigurationError
from include.outcomes import Outcome
from include.vegvesen.classify import classify
from include.vegvesen.deletion import MERKEKODE_PATH, WAYS, Way, checked_merkekode_path, deletion_path
from include.vegvesen.sentences import Where

API = "/ws/no/vegvesen/kjoretoy/felles/innmelding/meldingompreregistrering/v1"
VIN = "DOKUMENTASJONDEMO"
PATH = f"{API}/slette/understellsnummer/{VIN}"
A, R, N, U = Outcome.ACCEPTED, Outcome.REFUSED, Outcome.NOT_SENT, Outcome.UNKNOWN


def path(way: Way, form: str = MERKEKODE_PATH, reference: str | None = "3a0f-1") -> str:
    return deletion_path(way, reference=reference, vin=VIN, merkekode="2600", form=form)


def verdict(status: int, body: bytes, operation: Any = "slette") -> Any:
    where = Where(conn_id="vegvesen", base_url="https://www.vegvesen.no", environment="prod", subject="deletion")
    return classify(Exchange(status=status, body=body), where, operation)


def test_each_way_has_the_published_path() -> None:
    assert {way: path(way).removeprefix(API) for way in WAYS} == {
        "returned_reference": "/slette/ivireferanse/3a0f-1",
        "own_reference": "/slette/ivireferanse/3a0f-1",
        "vin": f"/slette/understellsnummer/{VIN}",
        "vin_merkekode": f"/slette/understellsnummer/{VIN}/2600",
    }


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("/slette/understellsnummer/{vin}/merkekode/{merkekode}", f"/slette/understellsnummer/{VIN}/merkekode/2600"),
        ("/slette/understellsnummer/{vin}?merkekode={merkekode}", f"/slette/understellsnummer/{VIN}?merkekode=2600"),
    ],
)
def test_the_unpublished_form_is_a_setting(form: str, shown: str) -> None:
    assert path("vin_merkekode", checked_merkekode_path(form, conn_id="vegvesen")) == API + shown


@pytest.mark.parametrize("form", ["", "/opprette", "/slette/{vin}", "https://x/slette/{vin}/{merkekode}",
                                  "/slette/../{vin}/{merkekode}", "/slette/{vin}/{merkekode}#x"])  # fmt: skip
def test_a_form_that_is_no_path_of_slette_is_refused(form: str) -> None:
    with pytest.raises(ConfigurationError, match="'vegvesen', extra field delete_by_merkekode_path"):
        checked_merkekode_path(form, conn_id="vegvesen")


def test_a_reference_cannot_leave_its_place_in_the_path() -> None:
    assert path("own_reference", reference="../a b/æ?x#y").removeprefix(API) == (
        "/slette/ivireferanse/..%2Fa%20b%2F%C3%A6%3Fx%23y"
    )


def test_a_way_without_what_it_names_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="lacks what it names"):
        path("own_reference", reference=None)


@pytest.mark.parametrize(
    ("name", "outcome", "words"),
    [
        ("ecoc_deleted.json", A, "deleted the vehicle"),
        ("ecoc_delete_registered.json", R, "registered or under registration"),
        ("ecoc_delete_unknown.json", R, "knows no such document of this sender"),
    ],
)
def test_the_published_answers(kit: Any, name: str, outcome: Outcome, words: str) -> None:
    found = verdict(200 if outcome is A else 400, kit.golden(name))
    assert (found.outcome, found.error_class, found.stops_lot) == (outcome, None, False)
    assert words in found.sentence and VIN not in found.sentence
    assert found.reply.understellsnummer == VIN


def test_a_published_creation_never_counts_as_a_deletion(kit: Any) -> None:
    assert verdict(200, kit.golden("ecoc_created_with_warning.json")).outcome is U


def told(code: str, kind: str = "INFO") -> bytes:
    return b'{"melding": {"meldingstype": "%s", "meldingskode": "%s"}}' % (kind.encode(), code.encode())


TABLE = [
    (200, told("kjoretoy.coc.KJORETOY_SLETTET"), A, None),
    (204, b"", U, Failure.ANSWER_UNREADABLE),
    (200, b"", U, Failure.ANSWER_UNREADABLE),
    (200, b"{", U, Failure.ANSWER_UNREADABLE),
    (200, told("kjoretoy.coc.COC_SLETTET_2"), U, Failure.CODE_UNKNOWN),
    (200, told("kjoretoy.coc.KJORETOY_OPPRETTET"), U, Failure.CODE_UNKNOWN),
    (200, told("kjoretoy.coc.KJORETOY_SLETTET", "FEIL"), U, Failure.ANSWER_CONTRADICTS),
    (500, told("kjoretoy.coc.KJORETOY_SLETTET"), U, Failure.ANSWER_CONTRADICTS),
    (400, told("kjoretoy.coc.UKJENT_UNR_OG_MERKE", "FEIL"), R, None),
    (404, told("kjoretoy.coc.UKJENT_UNR_OG_MERKE", "FEIL"), R, None),
    (500, told("kjoretoy.coc.KJORETOY_ER_REGISTRERT", "FEIL"), R, None),
    (422, told("something.NEW", "FEIL"), R, None),
    (404, told("gateway.NO_ROUTE", "FEIL"), N, Failure.WRONG_CALL),
    (400, b"<html>", N, Failure.WRONG_CALL),
    (401, b"", N, Failure.UNAUTHORISED),
    (403, b"", N, Failure.FORBIDDEN),
    (405, b"", N, Failure.WRONG_CALL),
    (408, b"", U, Failure.REQUEST_TIMEOUT),
    (429, b"", N, Failure.SLOW_DOWN),
    (302, b"", U, Failure.REDIRECT),
    (500, b"", U, Failure.SERVER_ERROR),
    (503, told("kjoretoy.coc.KJORETOY_SLETTET"), U, Failure.ANSWER_CONTRADICTS),
]


@pytest.mark.parametrize(("status", "body", "outcome", "failure"), TABLE)
def test_every_status_and_body_has_one_outcome(
    status: int, body: bytes, outcome: Outcome, failure: Failure | None
) -> None:
    found = verdict(status, body)
    assert (found.outcome, found.error_class) == (outcome, failure)
    if outcome is U:
        assert "the deletion is not sent again until" in found.sentence


async def test_it_is_a_delete_without_a_body_to_the_very_path(kit: Any) -> None:
    deleted = kit.http(200, kit.golden("ecoc_deleted.json"))
    async with kit.answering(deleted) as authority, kit.client(authority.url) as client:
        wired: list[int] = []
        answer = await client.delete(path("own_reference", reference="a/b"), on_wire=lambda: wired.append(1))
    (request,) = authority.requests
    assert (request.method, request.path) == ("DELETE", f"{API}/slette/ivireferanse/a%2Fb")
    assert request.body == b"" and request.headers["authorization"].startswith("Bearer ")
    assert answer.outcome is A and wired == [1] and len(answer.request_sha256) == 64


async def test_an_intent_that_ran_out_sends_nothing(kit: Any) -> None:
    async with kit.answering(b"") as authority, kit.client(authority.url) as client:
        answer = await client.delete(PATH, may_send=lambda: False)
        assert (answer.outcome, answer.error_class, authority.hits) == (N, "expired_intent", 0)


async def test_a_server_that_closes_before_answering_is_asked_once(kit: Any) -> None:
    async def close(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with kit.authority(close) as authority, kit.client(authority.url) as client:
        answer = await client.delete(PATH)
        assert (answer.outcome, answer.error_class, authority.hits) == (U, "disconnected", 1)


async def test_a_kept_connection_that_breaks_is_not_answered_by_a_silent_second_delete(kit: Any) -> None:
    """aiohttp sends DELETE again by itself when a kept-alive connection breaks."""
    async with _breaking(kit) as authority, kit.client(authority.url) as client:
        outcomes = [(await client.delete(PATH)).outcome for _ in range(2)]
        assert (outcomes, authority.hits, authority.connections) == ([A, U], 2, 1)


async def test_without_the_middleware_aiohttp_would_connect_again_for_the_same_delete(
    kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def passing(request: Any, handler: Any) -> Any:
        return await handler(request)

    monkeypatch.setattr("include.vegvesen.session.never_send_twice", passing)
    async with _breaking(kit) as authority, kit.client(authority.url) as client:
        for _ in range(2):
            await client.delete(PATH)
        assert authority.connections == 2, "the reason for the middleware is gone: aiohttp no longer repeats a DELETE"


def _breaking(kit: Any) -> Any:
    """An authority that answers the first request and resets the connection on every later one."""
    deleted = kit.http(200, kit.golden("ecoc_deleted.json"))
    seen: list[int] = []

    async def once(request: Any, writer: asyncio.StreamWriter) -> None:
        seen.append(1)
        if len(seen) == 1:
            writer.write(deleted)
        else:
            kit.sever(writer)

    return kit.authority(once)


async def test_a_401_is_answered_with_one_fresh_token(kit: Any) -> None:
    deleted = kit.http(200, kit.golden("ecoc_deleted.json"))
    async with kit.answering(kit.http(401), deleted) as authority, kit.client(authority.url) as client:
        answer = await client.delete(PATH)
        assert (answer.outcome, authority.hits) == (A, 2)
