"""One send over a real socket: what came back, what is certain, and how often the authority was asked."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
import ssl
import zlib
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from include.errors import AccessDenied, ConfigurationError, RateLimited, ServiceUnavailable
from include.outcomes import Outcome

BODY = b'{"ivi":{"iviDokument":"PGEvPg=="}}'


async def one(kit: Any, answer: bytes, **settings: Any) -> Any:
    """The end of one send to an authority that always answers the same, and how often it was hit."""
    async with kit.answering(answer) as authority, kit.client(authority.url, **settings) as client:
        return await client.create(BODY), authority.hits


async def test_a_creation_is_accepted_with_all_its_evidence(kit: Any) -> None:
    golden = kit.golden("ecoc_created_with_warning.json")
    answer, hits = await one(kit, kit.http(200, golden))
    assert (answer.outcome, answer.http_status, answer.body, hits) == (Outcome.ACCEPTED, 200, golden, 1)
    assert (answer.error_class, answer.stops_lot, answer.retry_after) == (None, False, None)
    assert answer.reply.kuid == "1234567890"
    assert answer.request_sha256 == hashlib.sha256(BODY).hexdigest()
    assert len(answer.token_fingerprint) == 16
    assert answer.started_at.tzinfo is not None
    assert answer.started_at <= answer.ended_at


A, R, N, U = Outcome.ACCEPTED, Outcome.REFUSED, Outcome.NOT_SENT, Outcome.UNKNOWN
ON_THE_SOCKET = {
    200: (A, R, U), 201: (A, R, U), 301: (U, R, U), 302: (U, R, U), 307: (U, R, U), 308: (U, R, U), 400: (U, R, N),
    403: (U, R, N), 404: (U, R, N), 405: (U, R, N), 407: (U, R, N), 408: (U, R, U), 409: (U, R, N), 413: (U, R, N),
    415: (U, R, N), 422: (U, R, N), 429: (U, N, N), 500: (U, R, U), 502: (U, R, U), 503: (U, R, U), 504: (U, R, U),
}  # fmt: skip


@pytest.mark.parametrize("status", list(ON_THE_SOCKET))
async def test_every_status_ends_as_the_table_says_after_exactly_one_request(kit: Any, status: int) -> None:
    bodies = (kit.golden("ecoc_created_with_warning.json"), kit.golden("ecoc_create_refused_avgift.json"), b"<html/>")
    answers = [kit.http(status, body, "Location: http://127.0.0.1:9/elsewhere") for body in bodies]
    async with kit.answering(*answers) as authority, kit.client(authority.url) as client:
        outcomes = tuple([(await client.create(BODY)).outcome for _ in bodies])
        assert (outcomes, authority.hits) == (ON_THE_SOCKET[status], 3)


async def test_nobody_there_is_not_sent(kit: Any) -> None:
    async with kit.answering(b"") as authority:
        gone = authority.url
    wired: list[int] = []
    async with kit.client(gone) as client:
        answer = await client.create(BODY, on_wire=lambda: wired.append(1))
    assert (answer.outcome, answer.error_class, answer.stops_lot) == (N, "connect_failed", False)
    assert answer.http_status is None
    assert gone in answer.sentence
    assert wired == []


async def tls_end(kit: Any, greet: bytes, **settings: Any) -> Any:
    """The end of a send over https to a server that reads the handshake and says `greet` instead of its part."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(greet)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with kit.client(url, **settings) as client:
        answer = await client.create(BODY)
    server.close()
    return answer


async def test_a_tls_handshake_with_a_server_that_speaks_plain_http_is_not_sent(kit: Any) -> None:
    answer = await tls_end(kit, b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert (answer.outcome, answer.error_class, answer.stops_lot) == (N, "connect_failed", False)


@pytest.mark.parametrize("settings", [{"connect_timeout": 0.2}, {"total_timeout": 0.2}])
async def test_a_tls_handshake_that_never_ends_is_not_sent(kit: Any, settings: dict[str, float]) -> None:
    answer = await tls_end(kit, b"", **settings)
    assert (answer.outcome, answer.error_class) == (N, "connect_timeout")


async def test_a_certificate_nobody_vouches_for_is_not_sent_and_stops_the_lot(kit: Any, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with kit.client(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}") as client:
        answer = await client.create(BODY)
    server.close()
    assert (answer.outcome, answer.error_class, answer.stops_lot) == (N, "certificate", True)
    assert b"".join(seen) == b""


def self_signed(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that signs itself, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(secret + pem)
    return file


async def test_a_server_that_closes_before_answering_is_unknown_and_was_asked_exactly_once(kit: Any) -> None:
    async def close(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with kit.authority(close) as authority, kit.client(authority.url) as client:
        answer = await client.create(BODY)
        assert (answer.outcome, answer.error_class, authority.hits) == (U, "disconnected", 1)


@pytest.mark.parametrize("idempotent", [(), ("POST",)])
async def test_a_kept_connection_that_breaks_on_the_second_send_is_not_answered_by_a_third(
    kit: Any, idempotent: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when aiohttp thinks that the method may be repeated, as it does of DELETE."""
    monkeypatch.setattr("aiohttp.client.IDEMPOTENT_METHODS", frozenset(idempotent))
    created = kit.http(200, kit.golden("ecoc_created_with_warning.json"))

    async def once(request: Any, writer: asyncio.StreamWriter) -> None:
        if authority.hits == 1:
            writer.write(created)
        else:
            kit.sever(writer)

    async with kit.authority(once) as authority, kit.client(authority.url) as client:
        outcomes = [(await client.create(BODY)).outcome for _ in range(2)]
        assert (outcomes, authority.hits, authority.connections) == ([A, U], 2, 1)


@pytest.mark.parametrize("answered", [b"", b"HTTP/1.1 200 OK\r\nContent-Le"])
async def test_a_reset_before_the_status_line_is_unknown(kit: Any, answered: bytes) -> None:
    async def reset(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(answered)
        await writer.drain()
        kit.sever(writer)

    async with kit.authority(reset) as authority, kit.client(authority.url) as client:
        answer = await client.create(BODY)
        assert (answer.outcome, authority.hits) == (U, 1)


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[{"])
async def test_silence_after_the_request_is_unknown(kit: Any, reply: bytes) -> None:
    async def stall(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        await asyncio.sleep(1)

    async with kit.authority(stall) as authority, kit.client(authority.url, read_timeout=0.2) as client:
        answer = await client.create(BODY)
        assert (answer.outcome, answer.http_status) == (U, 200 if reply else None)
        assert answer.error_class == ("answer_cut" if reply else "read_timeout")


async def test_an_answer_that_drips_for_ever_ends_at_the_total_limit_as_unknown(kit: Any) -> None:
    async def drip(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
        for _ in range(60):
            writer.write(b" ")
            await asyncio.sleep(0.05)

    async with kit.authority(drip) as authority, kit.client(authority.url, total_timeout=0.4) as client:
        assert (await client.create(BODY)).error_class == "answer_cut"


async def test_a_success_whose_body_breaks_off_is_unknown(kit: Any) -> None:
    golden = kit.golden("ecoc_created_with_warning.json")

    async def cut(request: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(kit.http(200, golden)[:-5])
        writer.close()

    async with kit.authority(cut) as authority, kit.client(authority.url) as client:
        answer = await client.create(BODY)
    assert (answer.outcome, answer.error_class, answer.http_status) == (U, "answer_cut", 200)


async def test_something_that_is_not_http_is_unknown(kit: Any) -> None:
    answer, hits = await one(kit, b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    assert (answer.outcome, answer.error_class, hits) == (U, "answer_unreadable", 1)
    assert kit.CANARY not in repr(answer)


@pytest.mark.parametrize(
    ("packed", "encoding", "error_class"),
    [
        (b" " * 20_000, "identity", "answer_too_large"),
        (gzip.compress(b" " * 5_000_000), "gzip", "answer_too_large"),
        (zlib.compress(b" " * 5_000_000), "deflate", "answer_too_large"),
        (gzip.compress(b"{}" * 100)[:-9], "gzip", "answer_cut"),
        (b"no gzip at all", "gzip", "answer_unreadable"),
        (b"x", "br", "answer_unreadable"),
    ],
)
async def test_a_success_too_large_or_unreadably_packed_is_unknown(
    kit: Any, packed: bytes, encoding: str, error_class: str
) -> None:
    answer, _ = await one(kit, kit.http(200, packed, f"Content-Encoding: {encoding}"), max_reply_bytes=10_000)
    assert (answer.outcome, answer.error_class, answer.body) == (U, error_class, b"")


async def test_a_packed_answer_nobody_asked_for_is_read_all_the_same(kit: Any) -> None:
    golden = kit.golden("ecoc_created_with_warning.json")
    answer, _ = await one(kit, kit.http(200, gzip.compress(golden), "Content-Encoding: gzip"))
    assert (answer.outcome, answer.body) == (A, golden)


async def test_one_401_renews_the_token_once_and_sends_once_more(kit: Any) -> None:
    tokens = kit.Tokens()
    created = kit.http(200, kit.golden("ecoc_created_with_warning.json"))
    async with kit.answering(kit.http(401), created) as authority, kit.client(authority.url, tokens) as client:
        answer = await client.create(BODY)
        sent = [request.headers["authorization"].rsplit("-", 1)[1] for request in authority.requests]
    assert (answer.outcome, sent, len(tokens.dropped)) == (A, ["0", "1"], 1)


async def test_a_second_401_is_not_sent_and_stops_the_lot_with_one_sentence(kit: Any) -> None:
    answer, hits = await one(kit, kit.http(401, b"denied"))
    assert (answer.outcome, answer.error_class, answer.stops_lot, hits) == (N, "unauthorised", True, 2)
    assert "twice, the second time to a fresh token" in answer.sentence


@pytest.mark.parametrize(
    ("error", "error_class", "stops", "wait"),
    [
        (AccessDenied("No delegation."), "token_refused", True, None),
        (ConfigurationError("No key."), "token_refused", True, None),
        (ServiceUnavailable("Maskinporten is away."), "token_unavailable", False, None),
        (RateLimited("Slow down.", retry_after=7.0), "token_unavailable", False, 7.0),
        (ValueError("a bug with canary-token-7f3a"), "unexpected", True, None),
    ],
)
async def test_without_a_token_nothing_is_sent(
    kit: Any, error: Exception, error_class: str, stops: bool, wait: float | None
) -> None:
    tokens = kit.Tokens()
    tokens.fails = error
    async with kit.answering(b"") as authority, kit.client(authority.url, tokens) as client:
        answer = await client.create(BODY)
        assert (answer.outcome, answer.error_class, answer.stops_lot) == (N, error_class, stops)
        assert (answer.retry_after, authority.hits, authority.connections) == (wait, 0, 0)
    assert kit.CANARY not in answer.sentence
    assert error_class == "unexpected" or answer.sentence == str(error)


async def test_a_renewal_that_fails_after_a_401_leaves_the_document_not_sent(kit: Any) -> None:
    tokens = kit.Tokens()
    tokens.fails_after_drop = ServiceUnavailable("Maskinporten is away.")
    async with kit.answering(kit.http(401)) as authority, kit.client(authority.url, tokens) as client:
        answer = await client.create(BODY)
        assert (answer.outcome, answer.error_class, authority.hits) == (N, "token_unavailable", 1)


async def test_an_expired_intent_is_asked_for_last_and_sends_not_one_byte(kit: Any) -> None:
    wired: list[int] = []
    async with kit.answering(b"") as authority, kit.client(authority.url) as client:
        answer = await client.create(BODY, may_send=lambda: False, on_wire=lambda: wired.append(1))
        await asyncio.sleep(0.05)
        assert (answer.outcome, answer.error_class, answer.stops_lot) == (N, "expired_intent", False)
        assert (authority.hits, authority.connections, wired) == (0, 1, [])


async def test_an_intent_that_expires_during_the_renewal_is_not_sent_again(kit: Any) -> None:
    asked: list[int] = []

    def may_send() -> bool:
        asked.append(1)
        return len(asked) == 1

    async with kit.answering(kit.http(401)) as authority, kit.client(authority.url) as client:
        answer = await client.create(BODY, may_send=may_send)
        assert (answer.outcome, answer.error_class, authority.hits) == (N, "expired_intent", 1)


@pytest.mark.parametrize("name", ["may_send", "on_wire"])
async def test_a_callback_that_raises_sends_nothing_and_lets_nothing_escape(kit: Any, name: str) -> None:
    def broken() -> bool:
        raise RuntimeError("a bug")

    async with kit.answering(b"") as authority, kit.client(authority.url) as client:
        answer = await client.create(BODY, **{name: broken})
        assert (answer.outcome, authority.hits) == (N, 0)


async def test_a_cancelled_send_tells_through_on_wire_whether_the_socket_was_written(kit: Any) -> None:
    arrived = asyncio.Event()

    async def stall(request: Any, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.sleep(1)

    wired: list[str] = []
    async with kit.authority(stall) as authority, kit.client(authority.url, max_parallel=1) as client:
        first = asyncio.create_task(client.create(BODY, on_wire=lambda: wired.append("first")))
        second = asyncio.create_task(client.create(BODY, on_wire=lambda: wired.append("second")))
        await arrived.wait()
        for task in (first, second):
            task.cancel()
        ends = await asyncio.gather(first, second, return_exceptions=True)
        assert [type(end) for end in ends] == [asyncio.CancelledError] * 2
        assert (wired, authority.hits) == (["first"], 1)


async def test_never_more_requests_in_flight_than_the_connection_allows(kit: Any) -> None:
    created = kit.http(200, kit.golden("ecoc_created_with_warning.json"))
    busy: list[int] = [0, 0]

    async def slow(request: Any, writer: asyncio.StreamWriter) -> None:
        busy[0] += 1
        busy[1] = max(busy)
        await asyncio.sleep(0.02)
        busy[0] -= 1
        writer.write(created)

    async with kit.authority(slow) as authority, kit.client(authority.url, max_parallel=3) as client:
        answers = await asyncio.gather(*(client.create(BODY) for _ in range(12)))
        assert {answer.outcome for answer in answers} == {A}
        assert (busy[1], authority.connections) == (3, 3)


async def test_waiting_for_a_free_place_does_not_count_as_time_to_connect(kit: Any) -> None:
    created = kit.http(200, kit.golden("ecoc_created_with_warning.json"))

    async def slow(request: Any, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(created)

    narrow = {"max_parallel": 1, "connect_timeout": 0.1}
    async with kit.authority(slow) as authority, kit.client(authority.url, **narrow) as client:
        answers = await asyncio.gather(*(client.create(BODY) for _ in range(3)))
    assert {answer.outcome for answer in answers} == {A}


async def test_the_rate_of_the_connection_is_kept(kit: Any) -> None:
    created = kit.http(200, kit.golden("ecoc_created_with_warning.json"))
    async with kit.answering(created) as authority, kit.client(authority.url, rate_per_second=20.0) as client:
        begun = asyncio.get_running_loop().time()
        await asyncio.gather(*(client.create(BODY) for _ in range(7)))
        assert asyncio.get_running_loop().time() - begun >= 0.3


@pytest.mark.parametrize(("status", "outcome"), [(429, N), (503, U)])
async def test_retry_after_is_handed_on(kit: Any, status: int, outcome: Outcome) -> None:
    answer, hits = await one(kit, kit.http(status, b"", "Retry-After: 12"))
    assert (answer.outcome, answer.retry_after, answer.stops_lot, hits) == (outcome, 12.0, False, 1)


async def test_the_token_is_in_no_log_answer_or_sentence(kit: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    for raw in (kit.http(401), kit.http(500), kit.http(301, b"", "Location: http://127.0.0.1:9/"), b"nonsense\r\n\r\n"):
        answer, _ = await one(kit, raw)
        assert kit.CANARY not in repr(answer)
    assert "is renewed once" in caplog.text
    assert kit.CANARY not in caplog.text


async def test_a_proxy_of_the_environment_is_not_used(kit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    answer, hits = await one(kit, kit.http(200, kit.golden("ecoc_created_with_warning.json")))
    assert (answer.outcome, hits) == (A, 1)


async def test_a_client_that_was_not_opened_sends_nothing(kit: Any) -> None:
    answer = await kit.client("http://127.0.0.1:9").create(BODY)
    assert (answer.outcome, answer.error_class) == (N, "unexpected")
