"""A small Maskinporten on loopback that checks each grant as strictly as the documentation asks."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from include.maskinporten.clock import Clock
from include.maskinporten.key import SigningKey
from include.maskinporten.purchase import Pauses
from include.maskinporten.settings import MaskinportenSettings
from include.maskinporten.source import TokenSource

CLAIMS = {"aud", "iss", "scope", "iat", "exp", "jti", "resource", "consumer_org", "authorization_details"}
START = 1_800_000_000.0


@dataclass
class Times:
    """Frozen clocks, moved by hand. The two start far apart, so that mixing them up shows."""

    wall: float = START
    monotonic: float = 5_000.0
    slept: list[float] = field(default_factory=list)

    def forward(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds

    @property
    def clock(self) -> Clock:
        return Clock(wall=lambda: self.wall, monotonic=lambda: self.monotonic)

    @property
    def pauses(self) -> Pauses:
        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        return Pauses(sleep=sleep, jitter=lambda low, high: high)


@dataclass
class Maskinporten:
    """The server. `script` holds answers to give before it judges grants itself; each is used once."""

    public_key: Any
    times: Times
    url: str = ""
    script: list[Callable[[web.Request], Any]] = field(default_factory=list)
    assertions: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    expires_in: float = 120
    delay: float = 0.0

    async def token(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        self.assertions.append(form.get("assertion", ""))
        await asyncio.sleep(self.delay)
        if self.script:
            answer = self.script.pop(0)(request)
            return await answer if asyncio.iscoroutine(answer) else answer
        try:
            claims = self.judged(form)
        except Exception as error:
            return web.json_response({"error": "invalid_grant", "error_description": str(error)}, status=400)
        value = jwt.encode(
            {"consumer": {"ID": f"0192:{claims.get('consumer_org', '987654321')}"}, "jti": str(uuid.uuid4())}, "s" * 32
        )
        self.tokens.append(value)
        body = {"access_token": value, "token_type": "Bearer", "expires_in": self.expires_in, "scope": claims["scope"]}
        return web.json_response(body, headers={"Date": self.date()})

    def judged(self, form: dict[str, str]) -> dict[str, Any]:
        assert form.keys() == {"grant_type", "assertion"}, "MP-011 form"
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer", "MP-011 grant_type"
        header = jwt.get_unverified_header(form["assertion"])
        assert ("kid" in header) != ("x5c" in header), "MP-123 kid or x5c"
        claims: dict[str, Any] = jwt.decode(
            form["assertion"],
            self.public_key,
            algorithms=["RS256", "RS384", "RS512"],
            audience=self.url,
            options={"verify_iat": False, "verify_exp": False, "strict_aud": True},
        )
        assert set(claims) <= CLAIMS, "MP-011 claims"
        assert claims["exp"] - claims["iat"] <= 120, "JWT has too long lifetime."
        assert claims["iat"] <= self.times.wall + 10, "Issue time is in the future."
        assert claims["exp"] >= self.times.wall - 10, "MP-130 JWT has expired."
        assert claims["jti"] not in self.seen, "MP-012 grant used before"
        self.seen.add(claims["jti"])
        return claims

    async def reached(self, calls: int) -> None:
        while len(self.assertions) < calls:
            await asyncio.sleep(0.005)

    def date(self) -> str:
        return format_datetime(datetime.fromtimestamp(self.times.wall, UTC), usegmt=True)

    def answers(self, status: int, body: dict[str, Any] | None = None, **headers: str) -> Callable[[web.Request], Any]:
        return lambda _: web.json_response(body or {}, status=status, headers=headers)

    def refuses(self, code: str, *, status: int = 400, error: str = "invalid_grant", **headers: str) -> None:
        text = f"{code} (correlation id: 11aa22bb-33cc)"
        self.script.append(self.answers(status, {"error": error, "error_description": text}, **headers))


@pytest.fixture(scope="session")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def pem(private_key: rsa.RSAPrivateKey) -> str:
    return private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture(scope="session")
def certificate(private_key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Prøveimport AS")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(private_key, hashes.SHA256())
    )


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
async def maskinporten(private_key: rsa.RSAPrivateKey, times: Times) -> AsyncIterator[Maskinporten]:
    server = Maskinporten(private_key.public_key(), times)
    app = web.Application()
    app.router.add_post("/token", server.token)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield server
    await runner.cleanup()


@pytest.fixture
def settings(maskinporten: Maskinporten, pem: str) -> MaskinportenSettings:
    return MaskinportenSettings(
        environment="test",
        issuer=maskinporten.url,
        token_endpoint=f"{maskinporten.url}token",
        client_id="11111111-2222-3333-4444-555555555555",
        key=SigningKey.from_text(pem),
        kid="key-1",
        timeout=2.0,
    )


@pytest.fixture
def make_source(settings: MaskinportenSettings, times: Times) -> Callable[..., TokenSource]:
    """A token source over the frozen clocks; keyword arguments change settings, `on_secret` listens."""

    def make(on_secret: Callable[[str], None] = lambda secret: None, **changes: Any) -> TokenSource:
        return TokenSource(replace(settings, **changes), on_secret=on_secret, clock=times.clock, pauses=times.pauses)

    return make
