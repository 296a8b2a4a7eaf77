"""One loopback server that is Maskinporten and an API at once, and a hook that speaks to it."""

from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(scope="session")
def pem() -> str:
    """A private key, made once."""
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture
def authority():
    """One loopback server that is Maskinporten at /token and an API elsewhere; `refusals` are given out first."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            server.assertions.append(form.split("assertion=")[1])
            if server.refusals:
                return self.reply(400, {"error": "invalid_grant", "error_description": server.refusals.pop()})
            claims = {"consumer": {"ID": "0192:912345678"}, "jti": str(len(server.assertions))}
            server.tokens.append(jwt.encode(claims, "s" * 32))
            return self.reply(200, {"access_token": server.tokens[-1], "token_type": "Bearer", "expires_in": 119})

        def do_GET(self):
            server.seen.append(self.headers.get("Authorization"))
            self.reply(200, {})

        def reply(self, status, body):
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.assertions, server.tokens, server.refusals, server.seen = [], [], [], []
    server.client_id = CLIENT
    server.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def make_hook(authority, pem, monkeypatch, tmp_path_factory):
    """A hook over a connection given in the environment, as a deployment gives it."""
    if "AIRFLOW_HOME" not in os.environ:
        monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "client")

    def make(conn_id="mp", extra=None, **changes):
        fields = {"environment": "test", "kid": "key-1", "private_key": pem.replace("\n", "\\n")} | changes
        connection = {"conn_type": "maskinporten", "host": authority.url, "login": CLIENT, "extra": extra or fields}
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))
        from samsvar.hooks.maskinporten import MaskinportenHook

        return MaskinportenHook(conn_id)

    return make
