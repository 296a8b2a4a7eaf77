"""Connections that are never made, break, stall or lie: what is certain about the send, and that it was one."""

from __future__ import annotations

import asyncio
import gzip
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

from include.outcomes import Outcome

BODY = b'{"ivi":{"iviDokument":"PGEvPg=="}}'
A, N, U = Outcome.ACCEPTED, Outcome.NOT_SENT, Outcome.UNKNOWN


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
    answer, hits = await kit.one(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
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
    answer, _ = await kit.one(kit.http(200, packed, f"Content-Encoding: {encoding}"), max_reply_bytes=10_000)
    assert (answer.outcome, answer.error_class, answer.body) == (U, error_class, b"")


async def test_a_packed_answer_nobody_asked_for_is_read_all_the_same(kit: Any) -> None:
    golden = kit.golden("ecoc_created_with_warning.json")
    answer, _ = await kit.one(kit.http(200, gzip.compress(golden), "Content-Encoding: gzip"))
    assert (answer.outcome, answer.body) == (A, golden)
