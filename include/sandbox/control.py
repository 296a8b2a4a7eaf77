"""The control API: turns the sandbox's knobs from outside, on a loopback port of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from include.errors import ConfigurationError

from .avgift import avgift_pattern
from .faults import fault_plan
from .knobs import Knobs, check_service, latency_of
from .registry import is_organisation_number
from .serving import Listener
from .toll_control import toll_state, toll_turns

if TYPE_CHECKING:
    from .server import Sandbox

Settings = dict[str, Any]

_HELD = ("avgiftskode", "make", "type_approval", "variant", "version")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Control(Listener):
    """GET /state and the POSTs below; every POST takes a JSON object and answers the new state."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self._sandbox = sandbox
        self._turns: Mapping[str, Callable[[Settings], None]] = {
            "/faults": self._faults,
            "/latency": self._latency,
            "/knobs": lambda asked: sandbox.knobs.turn(asked),
            "/avgift/open": lambda asked: sandbox.avgift.open(avgift_pattern(asked)),
            "/avgift/close": lambda asked: sandbox.avgift.close(avgift_pattern(asked)),
            "/clock": self._clock,
            "/delegations": self._delegations,
            "/vehicles/register": self._register,
            "/vehicles/hold": self._hold,
            "/vehicles/lose": self._lose,
            **toll_turns(sandbox.toll),
            "/reset": self._reset,
        }

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One call of the control API."""
        if request.method == "GET" and request.path == "/state":
            return _json(200, self.state())
        turn = self._turns.get(request.path)
        if turn is None or request.method != "POST":
            return _json(404, {"error": f"POST one of {', '.join(self._turns)}, or GET /state."})
        # A browser page of another origin can post text, not JSON: asking for JSON keeps such pages out.
        if not request.headers.get("Content-Type", "").startswith("application/json"):
            return _json(415, {"error": "Send the settings as application/json."})
        try:
            asked = orjson.loads(await request.read() or b"{}")
            if not isinstance(asked, dict):
                raise ConfigurationError("The settings must be a JSON object.")
            turn(asked)
        except orjson.JSONDecodeError:
            return _json(400, {"error": "The settings cannot be read as JSON."})
        except ConfigurationError as error:
            return _json(400, {"error": str(error)})
        return _json(200, self.state())

    def state(self) -> Settings:
        """What was asked of the sandbox so far, and how its knobs stand."""
        sandbox = self._sandbox
        created = sandbox.vehicles.created
        return {
            "requests": {name: service.requests for name, service in sandbox.services.items()}
            | {"sftp": sandbox.drop.opened},
            "faults_injected": {name: dict(service.counts) for name, service in sandbox.services.items()}
            | {"sftp": dict(sandbox.drop.counts)},
            "vehicles": len(sandbox.vehicles),
            "created": created.total(),
            "created_twice_or_more": sum(1 for count in created.values() if count > 1),
            "toll": toll_state(sandbox.toll),
            "seed": sandbox.seed,
            "clock_skew_seconds": sandbox.clock.skew,
            "avgift_rules": sandbox.avgift.plain(),
            "knobs": sandbox.knobs.plain(),
            "latency": sandbox.knobs.latency,
            "faults": sandbox.knobs.faults,
        }

    def _faults(self, asked: Settings) -> None:
        service = check_service(asked.pop("service", None))
        self._sandbox.knobs.faults[service] = fault_plan(asked)

    def _latency(self, asked: Settings) -> None:
        service = check_service(asked.pop("service", None))
        self._sandbox.knobs.latency[service] = latency_of(asked)

    def _clock(self, asked: Settings) -> None:
        skew = asked.get("skew_seconds")
        if isinstance(skew, bool) or not isinstance(skew, int | float):
            raise ConfigurationError("The clock takes skew_seconds, a number.")
        self._sandbox.clock.skew = float(skew)

    def _delegations(self, asked: Settings) -> None:
        consumer, given = asked.get("consumer_org"), asked.get("given", True)
        if not isinstance(consumer, str) or not is_organisation_number(consumer) or not isinstance(given, bool):
            raise ConfigurationError(
                "A delegation takes consumer_org (an organisation number) and given, true or false."
            )
        if given:
            self._sandbox.registry.delegate(consumer)
        else:
            self._sandbox.registry.withdraw(consumer)

    def _register(self, asked: Settings) -> None:
        vin, on = asked.get("vin"), asked.get("on", "2026-11-20")
        if not isinstance(on, str) or not _DAY.fullmatch(on):
            raise ConfigurationError("A registration takes on as a day, such as 2026-11-20.")
        if not isinstance(vin, str) or not self._sandbox.vehicles.register(vin, on):
            raise ConfigurationError("There is no vehicle with that vin to register.")

    def _hold(self, asked: Settings) -> None:
        vin = asked.pop("vin", None)
        if unknown := asked.keys() - set(_HELD):
            raise ConfigurationError(f"The register holds {', '.join(_HELD)} of a vehicle, not {sorted(unknown)[0]}.")
        if any(not (value is None or isinstance(value, str)) for value in asked.values()):
            raise ConfigurationError("What the register holds is a text, or null for no value.")
        if not isinstance(vin, str) or not self._sandbox.vehicles.hold(vin, asked):
            raise ConfigurationError("There is no vehicle with that vin in the register.")

    def _lose(self, asked: Settings) -> None:
        vin = asked.get("vin")
        if not isinstance(vin, str) or not self._sandbox.vehicles.lose(vin):
            raise ConfigurationError("There is no vehicle with that vin in the register.")

    def _reset(self, _: Settings) -> None:
        """Knobs, faults, latency, clock, rules and request numbers as at the start; vehicles and truth stay."""
        sandbox = self._sandbox
        sandbox.knobs.turn(Knobs().plain())
        sandbox.knobs.faults.clear()
        sandbox.knobs.latency.clear()
        sandbox.clock.skew = 0.0
        sandbox.avgift.clear()
        for service in sandbox.services.values():
            service.requests = 0
            service.counts.clear()
        sandbox.drop.opened = 0
        sandbox.drop.counts.clear()


def _json(status: int, content: Any) -> web.Response:
    body = orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)
    return web.Response(status=status, body=body, content_type="application/json")
