"""Everything about the sandbox that can be turned while it runs, checked in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from include.errors import ConfigurationError

from . import toll_knobs
from .faults import FaultPlan, Latency
from .toll_knobs import TollKnobs

SERVICES = ("maskinporten", "vegvesen", "sftp", "fiks", "vegvesen_register", "toll", "toll_polls", "toll_token")

ReplyShape = Literal["same", "object", "array"]

_CHOICES: Mapping[str, tuple[object, ...]] = {
    "reply_shape": ("same", "object", "array"),
    "remark_level": ("ADVARSEL", "FEIL"),
    "refusal_status": (200, 400, 422, 500),
    "second_create": ("allow", "refuse"),
    "register_shape": ("own", "list", "responses", "search", "single", "request", "request_list"),
    "register_absent": ("empty", "message", "omitted", "null", "204"),
    "fiks_access": ("granted", "withdrawn"),
    **toll_knobs.CHOICES,
}
_TEXTS = ("register_bad_item", "register_broken_item", *toll_knobs.TEXTS)
_WHOLE_OR_NONE = ("token_documents", "register_quota", *toll_knobs.WHOLE_OR_NONE)
_WHOLE = ("token_lifetime", "register_bulk_max", *toll_knobs.WHOLE)
_SECONDS = ("lookup_lag_seconds", *toll_knobs.SECONDS)


@dataclass(slots=True)
class Knobs(TollKnobs):
    """Defaults are the published behaviour; where nothing is published, the choice that shows a sender's mistakes.

    - `token_lifetime` seconds, and `token_documents`: a token answers 401 after that many documents (None: never);
    - `reply_shape`: `same` as the request, or always `object` or `array`;
    - `remark_level`: FEIL makes every remark stop the creation; `remark_list_name`: its name is lost in the pages;
    - `refusal_status`: the HTTP status of a FEIL (the pages name 200, 400, 422 and 500 and no rule);
    - `second_create`: what a second opprette of the same VIN and reference meets (unpublished). `allow` lets a
      double send happen, so that the truth log shows it with count 2;
    - `register_shape` and `register_absent`: the shape of a lookup's answer and of "not found" (`register_shapes.py`);
      `own` is what the register's page shows. `lookup_lag_seconds`: how long a new vehicle stays invisible;
    - `register_bulk_max`: more items in one question answer 400; `register_quota`: vehicles that may still be given
      out before 422; `register_bad_item` in a question makes it a 400, `register_broken_item` an unreadable row;
    - `fiks_access` withdrawn: KS Fiks answers 403. The knobs of Tolletaten are told in `toll_knobs.py`.
    """

    token_lifetime: int = 120
    token_documents: int | None = None
    reply_shape: ReplyShape = "same"
    remark_level: Literal["ADVARSEL", "FEIL"] = "ADVARSEL"
    remark_list_name: str = "merknader"
    refusal_status: int = 400
    second_create: Literal["allow", "refuse"] = "allow"
    register_shape: str = "own"
    register_absent: str = "empty"
    lookup_lag_seconds: float = 0.0
    register_bulk_max: int = 100
    register_quota: int | None = None
    register_bad_item: str = ""
    register_broken_item: str = ""
    fiks_access: Literal["granted", "withdrawn"] = "granted"
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
    if name in _WHOLE and not whole:
        unit = "seconds" if name.endswith("token_lifetime") else "numbers"
        raise ConfigurationError(f"The sandbox's knob {name} takes whole {unit} above 0.")
    if name in _WHOLE_OR_NONE and not (value is None or whole):
        raise ConfigurationError(f"The sandbox's knob {name} takes a number above 0, or null.")
    if name == "remark_list_name" and not (isinstance(value, str) and value):
        raise ConfigurationError("The sandbox's knob remark_list_name takes a name.")
    if name in _TEXTS and not isinstance(value, str):
        raise ConfigurationError(f"The sandbox's knob {name} takes a text.")
    number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if name in _SECONDS and not number:
        raise ConfigurationError(f"The sandbox's knob {name} takes seconds from 0.")
    if name in toll_knobs.FLAGS and not isinstance(value, bool):
        raise ConfigurationError(f"The sandbox's knob {name} takes true or false.")


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
