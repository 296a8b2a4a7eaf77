"""The sandbox as one object: start it, hand its connections to the code under test, ask it what really happened."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import orjson

from .avgift import AvgiftRules
from .bearer import RESOURCES, Bearer
from .clock import Clock
from .connections import (
    CERTIFICATE_CONNECTION,
    HOST,
    Connections,
    certificate_connection,
    drop_connection,
    fiks_connection,
    leasing_keys_connection,
    maskinporten_connection,
    toll_connection,
    vegvesen_connection,
    vegvesen_register_connection,
)
from .control import Control
from .drop import DropService
from .fiks import Fiks
from .keys import KeyRing, TestIssuer
from .knobs import Knobs
from .leasing import PATH as LEASING_PATH
from .leasing import Leasing, fleet
from .maskinporten import Maskinporten
from .private_files import write_private
from .register_view import RegisterView
from .registry import MakeRegistry, default_registry
from .reply import Call, Reply
from .serving import Answer, Service
from .toll import Toll
from .toll_book import TollBook
from .toll_journal import Journal
from .toll_lanes import TollDoor
from .toll_tokens import TollTokens
from .truth import TruthLog
from .vegvesen import Vegvesen
from .vegvesen_register import VegvesenRegister
from .vehicles import Vehicles


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports on loopback; 0 takes a free one."""

    maskinporten: int = 0
    vegvesen: int = 0
    sftp: int = 0
    control: int = 0
    fiks: int = 0
    vegvesen_register: int = 0
    toll: int = 0


class Sandbox:
    """Maskinporten, Statens vegvesen, the vehicle register and an SFTP drop on loopback, in the running event loop.

    `async with Sandbox(home) as sandbox:` serves until the block ends. A later sandbox with the same home has the same
    keys, password and host key, goes on with the same truth log and knows the vehicles it holds.
    Raises ConfigurationError when a port is taken or an address is not loopback.
    """

    def __init__(
        self,
        home: Path | str,
        *,
        seed: int = 0,
        ports: Ports | None = None,
        host: str = HOST,
        knobs: Knobs | None = None,
        registry: MakeRegistry = default_registry,
    ) -> None:
        self.home = Path(home).resolve()
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.seed = seed
        self.knobs = knobs or Knobs()
        self.clock = Clock()
        self.avgift = AvgiftRules()
        self.vehicles = Vehicles()
        self.connections: Connections = {}
        self._host, self._ports = host, ports or Ports()
        self._keys = KeyRing(self.home / "keys")
        self._issuer = TestIssuer(self._keys.file("issuer.pem"))
        self.registry = registry(self._keys)
        self._truth = TruthLog(self.home / "truth.jsonl")
        self._assemble()

    def _assemble(self) -> None:
        self._maskinporten = Maskinporten(self._keys, self.registry, self._issuer, self.clock, self.knobs)
        self._bearer = Bearer(self._maskinporten.key.public_key(), self.clock, self.knobs)
        self._fiks_password = self._keys.password("fiks")
        cars = fleet()
        self._seen = RegisterView(self.vehicles, self.knobs, cars)
        self.leasing = Leasing(self._bearer, self._truth, cars)
        vegvesen = Vegvesen(self._bearer, self.vehicles, self.avgift, self._truth, self.clock, self.knobs)

        def answer(call: Call) -> Reply:
            return self.leasing.answer(call) if call.path == LEASING_PATH else vegvesen.answer(call)

        self.services = {
            "maskinporten": Service("maskinporten", self.seed, self.knobs, self._answer_maskinporten),
            "vegvesen": Service("vegvesen", self.seed, self.knobs, answer),
            "fiks": self._register("fiks", Fiks(self._bearer, self._seen, self.knobs, self._fiks_password).answer),
            "vegvesen_register": self._register(
                "vegvesen_register", VegvesenRegister(self._bearer, self._seen, self.knobs).answer
            ),
        }
        self._journal = Journal(self.home / "toll.jsonl")
        tokens = TollTokens(self._bearer, self._truth, self.clock, self.knobs)
        book = TollBook(self._truth, self._journal, self.clock)
        self.toll = Toll(tokens, book, self._truth, self.clock, self.knobs, self.seed)
        self.services |= TollDoor(self.seed, self.knobs, self.toll.answer).lanes()
        self.drop = DropService(self.home / "drop", self._keys, self.seed, self.knobs)
        self._control = Control(self)

    def _register(self, name: str, answer: Answer) -> Service:
        """A service whose reads are numbered, delayed and broken too: reads are all it has."""
        return Service(name, self.seed, self.knobs, answer, methods=("GET", "POST"))

    def _answer_maskinporten(self, call: Call) -> Reply:
        return self._maskinporten.answer(call, self._truth)

    @property
    def drop_root(self) -> Path:
        """The folder the SFTP server serves as `/`."""
        return self.drop.root

    @property
    def issuer(self) -> str:
        """Maskinporten's issuer, with its slash."""
        return f"http://{self._host}:{self.services['maskinporten'].port}/"

    @property
    def vegvesen_url(self) -> str:
        """Base URL of Statens vegvesen, without a slash at the end."""
        return self._url("vegvesen")

    def _url(self, service: str) -> str:
        return f"http://{self._host}:{self.services[service].port}"

    @property
    def control_url(self) -> str:
        """Base URL of the control API, without a slash at the end."""
        return f"http://{self._host}:{self._control.port}"

    async def start(self) -> Self:
        """Opens the truth log and the ports, and writes `connections.json` and `sandbox.json` (both 0600)."""
        self.vehicles.replay(self._truth.lines())
        self.toll.book.replay()
        self.leasing.replay(self._truth.lines())
        self._truth.open()
        self._journal.open()
        try:
            for name, service in self.services.items():
                await service.start(self._host, getattr(self._ports, name, 0))
            await self.drop.start(self._host, self._ports.sftp)
            await self._control.start(self._host, self._ports.control)
        except BaseException:
            await self.stop()
            raise
        self._maskinporten.issuer = self._bearer.issuer = self.issuer
        self._bearer.resources = RESOURCES | {self.vegvesen_url, f"{self.vegvesen_url}/"}
        self._publish()
        return self

    async def stop(self) -> None:
        """Closes everything; idempotent."""
        await self._control.stop()
        await self.drop.stop()
        for service in self.services.values():
            await service.stop()
        self._truth.close()
        self._journal.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _publish(self) -> None:
        self.connections = {
            "maskinporten": maskinporten_connection(self.issuer, self._keys),
            CERTIFICATE_CONNECTION: certificate_connection(self.issuer, self._keys, self._issuer),
            "vegvesen": vegvesen_connection(self.vegvesen_url),
            "fiks": fiks_connection(self._url("fiks"), self._fiks_password),
            "vegvesen_register": vegvesen_register_connection(self._url("vegvesen_register")),
            "toll": toll_connection(self._url("toll")),
            "leasing_keys": leasing_keys_connection(self._keys),
            "ecoc_sftp": drop_connection(self.drop),
        }
        write_private(self.home / "connections.json", orjson.dumps(self.connections, option=orjson.OPT_INDENT_2))
        write_private(self.home / "sandbox.json", orjson.dumps(self.places(), option=orjson.OPT_INDENT_2))

    def places(self) -> Mapping[str, Any]:
        """Where everything is; holds no secret."""
        return {
            "pid": os.getpid(),
            "maskinporten": self.issuer,
            "vegvesen": self.vegvesen_url,
            "fiks": self._url("fiks"),
            "vegvesen_register": self._url("vegvesen_register"),
            "toll": self._url("toll"),
            "sftp": f"sftp://{self._host}:{self.drop.port}",
            "control": self.control_url,
            "drop": str(self.drop_root),
            "truth": str(self._truth.path),
        }

    def truth(self) -> list[dict[str, Any]]:
        """Every effect so far, from the file, in order (see `truth.py` for the fields)."""
        return list(self._truth.lines())

    def created(self) -> dict[tuple[str, str, str], int]:
        """(sender, reference, sha256) → how often it was created; more than 1 is a doubled send."""
        return dict(self.vehicles.created)
