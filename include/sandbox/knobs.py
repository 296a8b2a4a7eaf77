"""Everything about the sandbox that can be turned while it runs, checked in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from include.errors import ConfigurationError

from .faults import FaultPlan, Latency

SERVICES = ("maskinporten", "vegvesen", "sftp")

ReplyShape = Literal["same", "object", "array"]

_CHOICES: Mapping[str, tuple[object, ...]] = {
    "reply_shape": ("same", "object", "array"),
    "remark_level": ("ADVARSEL", "FEIL"),
    "refusal_status": (200, 400, 422, 500),
    "second_create": ("allow", "refuse"),
}


@dataclass(slots=True)
class Knobs:
    """Defaults are the published behaviour; where nothing is published, the choice that shows a sender's mistakes.

    - `token_lifetime` seconds, and `token_documents`: a token answers 401 after that many documents (None: never);
    - `reply_shape`: `same` as the request, or always `object` or `array`;
    - `remark_level`: FEIL makes every remark stop the creation; `remark_list_name`: its name is lost in the pages;
    - `refusal_status`: the HTTP status of a FEIL (the pages name 200, 400, 422 and 500 and no rule);
    - `second_create`: what a second opprette of the same VIN and reference meets (unpublished). `allow` lets a
      double send happen, so that the truth log shows it with count 2.
    """

    token_lifetime: int = 120
    token_documents: int | None = None
    reply_shape: ReplyShape = "same"
    remark_level: Literal["ADVARSEL", "FEIL"] = "ADVARSEL"
    remark_list_name: str = "merknader"
    refusal_status: int = 400
    second_create: Literal["allow", "refuse"] = "allow"
    latency: dict[str, Latency] = field(default_factory=dict)
    faults: dict[str, FaultPlan] = field(default_factory=dict)

    def turn(self, changes: Mapping[str, Any]) -> None:
        """Changes plain knobs by name; all or nothing. Raises ConfigurationError naming the knob."""
        for name, value in changes.items():
            _check(name, value)
        for name, value in changes.items():
            setattr(self, name, value)

    def plain(self) -> dict[str, Any]:
        """The plain knobs (not latency and faults) and their values."""
        return {name: getattr(self, name) for name in _PLAIN}


_PLAIN = tuple(knob.name for knob in fields(Knobs) if knob.name not in ("latency", "faults"))


def _check(name: str, value: Any) -> None:
    if name not in _PLAIN:
        raise ConfigurationError(f"The sandbox has no knob {name}; knobs are {', '.join(_PLAIN)}.")
    if name in _CHOICES and value not in _CHOICES[name]:
        choices = ", ".join(map(str, _CHOICES[name]))
        raise ConfigurationError(f"The sandbox's knob {name} takes {choices}.")
    whole = isinstance(value, int) and not isinstance(value, bool) and value > 0
    if name == "token_lifetime" and not whole:
        raise ConfigurationError("The sandbox's knob token_lifetime takes whole seconds above 0.")
    if name == "token_documents" and not (value is None or whole):
        raise ConfigurationError("The sandbox's knob token_documents takes a number above 0, or null.")
    if name == "remark_list_name" and not (isinstance(value, str) and value):
        raise ConfigurationError("The sandbox's knob remark_list_name takes a name.")


def check_service(name: object) -> str:
    """The name of a service that has faults and latency; raises ConfigurationError for any other."""
    if not isinstance(name, str) or name not in SERVICES:
        raise ConfigurationError(f"The sandbox has no service {name!r}; services are {', '.join(SERVICES)}.")
    return name


def latency_of(settings: Mapping[str, Any]) -> Latency:
    """A latency from JSON: {"seconds": …, "sigma": …, "act_at": …}. Raises ConfigurationError naming the field."""
    unknown = settings.keys() - {"seconds", "sigma", "act_at"}
    if unknown:
        raise ConfigurationError(f"A latency has no field {sorted(unknown)[0]}; remove it.")
    for name, value in settings.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or value < 0 or (name == "act_at" and value > 1):
            raise ConfigurationError(f"A latency takes {name} as a number from 0 (act_at: from 0 to 1).")
    return Latency(**settings)
