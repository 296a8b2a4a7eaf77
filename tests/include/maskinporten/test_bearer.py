from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from include.errors import ConfigurationError
from include.maskinporten.bearer import BearerAuth
from include.maskinporten.grant import Grant
from include.maskinporten.token import AccessToken

GRANT = Grant("svv:kjoretoy/kjoretoyopplysninger")


class Source:
    """Hands out tokens one after the other, each until it is dropped."""

    def __init__(self):
        self.number = 1

    def token_blocking(self, grant):
        return AccessToken(f"token-{self.number}", 1e9, 1e9, 100, grant.scope)

    def drop(self, grant, used):
        if used.value == f"token-{self.number}":
            self.number += 1


@pytest.fixture
def api():
    """An API that keeps the Authorization headers and answers with `statuses`, then 200."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server.seen.append((self.command, self.headers.get("Authorization")))
            status = server.statuses.pop(0) if server.statuses else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", server.elsewhere)
            self.send_header("Content-Length", "2")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(b"{}")

        do_GET = do_POST = do_HEAD = answer  # noqa: N815
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen, server.statuses = [], []
    server.url = f"http://127.0.0.1:{server.server_port}/a?b=c#d"
    server.elsewhere = f"http://localhost:{server.server_port}/b"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_each_request_carries_a_token(api):
    assert requests.get(api.url, auth=BearerAuth(Source(), GRANT), timeout=5).status_code == 200
    assert api.seen == [("GET", "Bearer token-1")]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_401_of_a_question_is_repeated_once_with_a_new_token(api, method):
    api.statuses = [401]
    answer = requests.request(method, api.url, auth=BearerAuth(Source(), GRANT), timeout=5)
    assert answer.status_code == 200
    assert api.seen == [(method, "Bearer token-1"), (method, "Bearer token-2")]


def test_a_second_401_is_the_answer(api):
    api.statuses = [401, 401, 401]
    assert requests.get(api.url, auth=BearerAuth(Source(), GRANT), timeout=5).status_code == 401
    assert len(api.seen) == 2


def test_a_401_of_a_post_is_not_repeated_but_the_token_is_forgotten(api):
    api.statuses = [401]
    auth = BearerAuth(Source(), GRANT)
    assert requests.post(api.url, data="x", auth=auth, timeout=5).status_code == 401
    requests.post(api.url, data="x", auth=auth, timeout=5)
    assert api.seen == [("POST", "Bearer token-1"), ("POST", "Bearer token-2")]


def test_a_redirect_to_another_server_carries_no_token_not_even_after_its_401(api):
    api.statuses = [302, 401]
    assert requests.get(api.url, auth=BearerAuth(Source(), GRANT), timeout=5).status_code == 401
    assert api.seen == [("GET", "Bearer token-1"), ("GET", None)]


def test_a_token_is_not_sent_in_the_clear_to_another_machine():
    with pytest.raises(ConfigurationError, match="use https"):
        requests.get("http://203.0.113.1/", auth=BearerAuth(Source(), GRANT), timeout=1)


def test_the_auth_object_shows_its_scope_only():
    assert repr(BearerAuth(Source(), GRANT)) == "BearerAuth('svv:kjoretoy/kjoretoyopplysninger')"
