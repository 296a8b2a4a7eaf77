"""What the sandbox's tests share: a running sandbox and a caller written against the published pages only."""

from __future__ import annotations

import base64
import shutil
import time
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest

from include.sandbox import Sandbox
from include.sandbox.keys import KeyRing

API = "/ws/no/vegvesen/kjoretoy/felles/innmelding/meldingompreregistrering/v1"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Caller:
    """Speaks to a sandbox over real sockets; every claim and header of a grant can be bent."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims: dict[str, Any] = {
            "aud": self.sandbox.issuer,
            "iss": self.sandbox.connections["maskinporten"]["login"],
            "scope": "svv:kjoretoy/ecoc",
            "iat": now,
            "exp": now + 120,
            "jti": str(uuid.uuid4()),
        }
        return {name: value for name, value in (claims | changes).items() if value is not ...}

    def assertion(
        self, *, key: Any = None, algorithm: str = "RS256", header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        extra = self.sandbox.connections["maskinporten"]["extra"]
        header = {"kid": extra["kid"]} if header is None else header
        return jwt.encode(self.claims(**claims), key or extra["private_key"], algorithm, headers=header)

    async def ask(self, assertion: str, **form: str) -> tuple[int, dict[str, Any]]:
        url = f"{self.sandbox.issuer}token"
        async with self.session.post(url, data={"grant_type": GRANT_TYPE, "assertion": assertion} | form) as answer:
            return answer.status, await answer.json()

    async def token(self, **claims: Any) -> str:
        status, body = await self.ask(self.assertion(**claims))
        assert status == 200, body
        return str(body["access_token"])

    async def post(self, body: Any, *, token: str, path: str = "/opprette") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.sandbox.vegvesen_url}{API}{path}"
        async with self.session.post(url, json=body, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.json(content_type=None) if answer.content_length else None

    async def create(self, document: bytes, *, token: str, code: str | None = "101") -> tuple[int, Any]:
        item: dict[str, Any] = {"ivi": {"iviDokument": base64.b64encode(document).decode()}}
        if code is not None:
            item["avgiftsklassifisering"] = {"avgiftsKode": code}
        return await self.post(item, token=token)

    async def delete(self, path: str, *, token: str) -> tuple[int, Any]:
        url = f"{self.sandbox.vegvesen_url}{API}/slette/{path}"
        async with self.session.delete(url, headers={"Authorization": f"Bearer {token}"}) as answer:
            return answer.status, await answer.json(content_type=None)

    async def turn(self, path: str, **settings: Any) -> tuple[int, dict[str, Any]]:
        async with self.session.post(f"{self.sandbox.control_url}{path}", json=settings) as answer:
            return answer.status, await answer.json()


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sandbox-keys") / "keys"
    for name in ("server", "client", "business"):
        KeyRing(folder).pair(name)
    return folder


@pytest.fixture
def home(tmp_path: Path, key_folder: Path) -> Path:
    shutil.copytree(key_folder, tmp_path / "sandbox" / "keys")
    return tmp_path / "sandbox"


@pytest.fixture
async def sandbox(home: Path) -> AsyncIterator[Sandbox]:
    async with Sandbox(home, seed=7) as running:
        yield running


@pytest.fixture
async def caller(sandbox: Sandbox) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(sandbox, session)


@pytest.fixture
def ivi() -> Callable[..., bytes]:
    """A small IVI 1.x; `nox=None` leaves the value out."""

    def build(
        *,
        vin: str = "DOKUMENTASJONDEMO",
        reference: str = "3a0f9b22-a855-4933-bf78-959128c2a5d3",
        make: str = "VOLVO",
        nox: str | None = "12.5",
    ) -> bytes:
        measured = f"<TestprocWltpType1NOx>{nox}</TestprocWltpType1NOx>" if nox else "<TestprocWltpType1NOx/>"
        return (
            "<?xml version='1.0' encoding='UTF-8'?><InitialVehicleInformation><Header>"
            f"<IVIReferenceId>{reference}</IVIReferenceId><VersionNumberXsd>1.6</VersionNumberXsd></Header>"
            f"<Body><CocDataGroup><VehicleIdentificationNumber>{vin}</VehicleIdentificationNumber>"
            "<TypeApprovalNumber>e6*2007/46*0289*09</TypeApprovalNumber><Variant>VAR1</Variant>"
            f"<Version>VER2</Version><MakeTable><MakeGroup><Make>{make}</Make></MakeGroup></MakeTable>{measured}"
            "</CocDataGroup></Body></InitialVehicleInformation>"
        ).encode()

    return build


class Forwarder:
    """A forwarder's own program: a Maskinporten token, its exchange, and calls with the Toll token."""

    def __init__(self, caller: Any) -> None:
        self.caller = caller
        self.sandbox = caller.sandbox
        self.url = caller.sandbox.connections["toll"]["host"]
        self.token = ""

    async def exchange(self, **form: Any) -> tuple[int, Any]:
        sent = {
            "grant_type": "token-exchange",
            "subject_token_type": "access_token",
            "subject_token": await self.caller.token(scope="toll:movement/entry"),
        }
        sent = {name: value for name, value in (sent | form).items() if value is not ...}
        url = f"{self.url}/api/access/external/oauth/token"
        async with self.caller.session.post(url, data=sent) as answer:
            return answer.status, await answer.json(content_type=None)

    async def login(self) -> Forwarder:
        status, told = await self.exchange()
        assert (status, told["token_type"], told["issued_token_type"]) == (200, "Bearer", "access_token")
        self.token = told["access_token"]
        return self

    async def call(self, method: str, path: str, **options: Any) -> tuple[int, Any, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        url = f"{self.url}/api/movement{path}"
        async with self.caller.session.request(
            method, url, headers=headers, allow_redirects=False, **options
        ) as answer:
            content = await answer.read()
            return answer.status, await answer.json(content_type=None) if content else None, answer.headers

    async def present(self, level: str = "entry-summary-declaration", **body: Any) -> tuple[int, Any]:
        sent = {"requestId": str(uuid.uuid4()), "customsOfficeOfPresentation": "NO351001"} | body
        sent = {name: value for name, value in sent.items() if value is not ...}
        status, told, _ = await self.call("POST", f"/presentation/v1/{level}", json=sent)
        return status, told

    async def signals(self, marker: str | None = None, level: str = "house-consignment") -> list[Any]:
        status, told, _ = await self.call("GET", f"/routing/v1/{level}", params={"marker": marker} if marker else {})
        assert status == 200
        return list(told)

    async def statuses(self) -> list[Any]:
        return list((await self.call("GET", "/presentation/v1/validation-status"))[1])

    def truth(self, op: str) -> list[Any]:
        return [line for line in self.sandbox.truth() if line["service"] == "toll" and line["op"] == op]


@pytest.fixture
async def forwarder(caller: Any) -> Forwarder:
    return await Forwarder(caller).login()
