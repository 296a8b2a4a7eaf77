from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

CANARY = "canary-smtp-password"


class Post(ThreadingHTTPServer):
    """A webhook that remembers what it was sent and answers `status`."""

    daemon_threads = True
    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _PostHandler)
        self.got: list[tuple[str, Any]] = []


class _PostHandler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Post)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, json.loads(body)))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return


class Mail(socketserver.ThreadingTCPServer):
    """A mail server that offers STARTTLS and remembers recipients and messages."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _MailHandler)
        self.tls = tls
        self.got: list[tuple[list[str], EmailMessage]] = []
        self.encrypted = 0


class _MailHandler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = self.server
        assert isinstance(server, Mail)
        self.say("220 mail.example")
        receivers: list[str] = []
        while line := self.rfile.readline().decode().strip():
            command = line.upper()
            if command.startswith("EHLO"):
                self.wfile.write(b"250-mail.example\r\n250-AUTH LOGIN PLAIN\r\n250 STARTTLS\r\n")
            elif command == "STARTTLS":
                self.say("220 go ahead")
                self.connection = server.tls.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
                server.encrypted += 1
            elif command.startswith("AUTH"):
                self.say("235 welcome")
            elif command.startswith("RCPT"):
                receivers.append(line.split("<")[1].split(">")[0])
                self.say("250 known")
            elif command == "DATA":
                self.say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                server.got.append((receivers, message))
                self.say("250 taken")
            elif command == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@pytest.fixture
def webhook() -> Iterator[Post]:
    with Post() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    folder: Path = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.fixture
def mail(tls: ssl.SSLContext) -> Iterator[Mail]:
    with Mail(tls) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(autouse=True)
def connections(webhook: Post, mail: Mail, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The connections `hook` and `post` of a deployment; `gone` leads nowhere."""
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "client")
    given: dict[str, dict[str, Any]] = {
        "HOOK": {"conn_type": "http", "host": f"http://127.0.0.1:{webhook.server_address[1]}"},
        "POST": {
            "conn_type": "smtp",
            "host": "127.0.0.1",
            "port": mail.server_address[1],
            "login": "samsvar",
            "password": CANARY,
            "extra": {"disable_ssl": True, "ssl_context": "none", "from_email": "samsvar@example.no"},
        },
        "GONE": {"conn_type": "http", "host": "http://127.0.0.1:9"},
    }
    for name, connection in given.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(connection))
