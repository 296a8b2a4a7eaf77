"""The transport against servers that lie, drip and pack: real sockets, one raw answer each."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from requests.auth import AuthBase

from include.errors import ServiceUnavailable
from include.register.session_transport import SessionTransport
from include.register.transport import Request
from include.vegvesen_register.settings import settings_from_connection

Serve = Callable[[Callable[[socket.socket], None]], str]


class NoAuth(AuthBase):
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request

    def used(self) -> Any:
        return SimpleNamespace(value="opaque")

    def forget(self) -> None:
        return None


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Answers every connection with raw bytes; returns the base URL."""
    listeners: list[socket.socket] = []

    def start(answer: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def run() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    try:
                        answer(connection)
                    except OSError:
                        continue

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def ask(base_url: str, **extra: Any) -> Any:
    settings = settings_from_connection(conn_id="r", host=base_url, extra={"environment": "test"} | extra)
    transport = SessionTransport(requests.Session(), NoAuth(), settings)  # type: ignore[arg-type]
    try:
        return transport.send(Request("GET", "/x", (("navn", "Kanarifugl"),)))
    finally:
        transport.close()


def said(head: str, body: bytes = b"") -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(f"HTTP/1.1 {head}\r\n\r\n".encode() + body)


def test_a_whole_answer_comes_with_its_headers(serve: Serve) -> None:
    reply = ask(serve(said("422 X\r\nRetry-After: 7\r\nContent-Length: 2", b"{}")))
    assert (reply.status, reply.body, reply.headers["retry-after"], reply.state) == (422, b"{}", "7", "whole")


def test_a_packed_answer_is_unpacked_and_a_bomb_stops_at_the_cap(serve: Serve) -> None:
    packed = gzip.compress(b"[]" * 200)
    head = f"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}"
    assert ask(serve(said(head, packed))).body == b"[]" * 200
    bomb = gzip.compress(b"x" * 50_000_000)
    head = f"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}"
    assert ask(serve(said(head, bomb)), max_reply_bytes=10_000).state == "too_large"


def test_chunked_answers_are_put_together(serve: Serve) -> None:
    body = b"3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n"
    assert ask(serve(said("200 OK\r\nTransfer-Encoding: chunked", body))).body == b"[1,2]"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (said("200 OK\r\nContent-Length: 99", b"[1,"), "breaks off"),
        (said("200 OK\r\nTransfer-Encoding: chunked", b"9\r\n[1,"), "breaks off"),
        (said("200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3", b"[1]"), "breaks off"),
        (lambda connection: connection.sendall(b"\x00\x01 no HTTP\r\n\r\n"), "cannot be reached or dropped"),
        (lambda connection: None, "cannot be reached or dropped"),
    ],
)
def test_half_an_answer_is_no_answer(serve: Serve, answer: Any, words: str) -> None:
    with pytest.raises(ServiceUnavailable, match=words) as failed:
        ask(serve(answer))
    assert "Kanarifugl" not in str(failed.value)
    assert (failed.value.__cause__, failed.value.__context__) == (None, None)


def test_a_server_that_drips_meets_the_total_time_limit(serve: Serve) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(50):
            connection.sendall(b" ")
            time.sleep(0.1)

    started = time.monotonic()
    with pytest.raises(ServiceUnavailable, match="in time"):
        ask(serve(drip), total_timeout=1)
    assert time.monotonic() - started < 3


def test_proxies_of_the_environment_are_not_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert ask(serve(said("204 No Content"))).status == 204


def test_a_redirect_is_given_back_unfollowed_and_its_body_obeys_the_cap(serve: Serve) -> None:
    head = "307 X\r\nLocation: /y\r\nContent-Length: 5000000"
    reply = ask(serve(said(head, b"x" * 5_000_000)), max_reply_bytes=10_000)
    assert (reply.status, reply.state) == (307, "too_large")


def test_cookies_are_not_kept(serve: Serve) -> None:
    settings = settings_from_connection(
        conn_id="r",
        host=serve(said("200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2", b"[]")),
        extra={"environment": "test"},
    )
    session = requests.Session()
    transport = SessionTransport(session, NoAuth(), settings)  # type: ignore[arg-type]
    transport.send(Request("GET", "/x"))
    assert list(session.cookies) == []
    transport.close()
