"""Settings of connection type `toll`: all that Tolletaten's pages leave open is a field with a safe default.

Sources of the defaults: the ICS2 and movement pages of Tolletaten (scope, paths, token exchange, page size). Which of
them are certain is told in docs/settings-and-unknowns.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast, get_args

import orjson

from include.authority.address import Environment
from include.authority.fields import Fields, address
from include.errors import ConfigurationError
from include.maskinporten.grant import Grant
from include.toll.hosts import HOSTS
from include.toll.presentation import SAME_NAMES
from include.toll.reuse import DEFAULT_TEXTS, EVERY_WAY, Refusal, Reuse

StatusMode = Literal["list", "query", "path"]
StatusMarker = Literal["none", "id", "requestId"]
StatusMissing = Literal["nothing", "error"]

SCOPE = "toll:movement/entry"
EXCHANGE_PATH = "/api/access/external/oauth/token"
PRESENTATION_PATH = "/api/movement/presentation/v1"
ROUTING_PATH = "/api/movement/routing/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TollSettings:
    """How to reach the movement interfaces. Times are seconds; `base_url` has no trailing slash, paths begin with one.

    `token_margin` is how long before its end a Toll token is renewed. `settle_seconds` is how long an unanswered
    presentation may still be worked on before it is looked for. `page_size` is how many signals a full page holds.
    `guessed_levels` allows the levels whose body nobody has published. `reuse` tells a refused reuse of a requestId.
    `delegation` asks tokens in the name of a supplier's consumer. The other fields are explained in the form.
    """

    environment: Environment
    base_url: str
    conn_id: str = "toll"
    maskinporten_conn_id: str = "maskinporten"
    scope: str = SCOPE
    delegation: bool = False
    token_exchange: bool = True
    token_exchange_path: str = EXCHANGE_PATH
    token_margin: float = 60.0
    presentation_path: str = PRESENTATION_PATH
    routing_path: str = ROUTING_PATH
    guessed_levels: bool = False
    house_mrn: bool = False
    field_names: Mapping[str, str] = field(default_factory=lambda: SAME_NAMES)
    reuse: Reuse = EVERY_WAY
    validation_status_mode: StatusMode = "list"
    validation_status_marker: StatusMarker = "none"
    validation_status_missing: StatusMissing = "nothing"
    page_size: int = 1000
    settle_seconds: float = 60.0
    max_parallel: int = 8
    rate_per_second: float | None = None
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    total_timeout: float = 60.0
    max_reply_bytes: int = 20_000_000
    customs_offices_file: Path | None = None


# longer because every field of the form is read once, in the form's order
def settings_from_connection(
    *, conn_id: str, host: str | None, port: int | None = None, extra: Mapping[str, Any]
) -> TollSettings:
    """Settings from a connection's host and extra; blank fields take their default.

    Raises ConfigurationError with one sentence that names the connection and the field.
    """
    fields = Fields(conn_id, extra)
    environment = cast(Environment, fields.needed_choice("environment", ("test", "prod")))
    fields.refuse_unverified_tls()
    offices = fields.text("customs_offices_file")
    return TollSettings(
        environment=environment,
        base_url=HOSTS.base_url(address(host, port), environment, conn_id=conn_id),
        conn_id=conn_id,
        maskinporten_conn_id=fields.text("maskinporten_conn_id") or "maskinporten",
        scope=fields.text("scope") or SCOPE,
        delegation=fields.flag("delegation", False),
        token_exchange=fields.flag("token_exchange", True),
        token_exchange_path=_path(fields, "token_exchange_path", EXCHANGE_PATH),
        token_margin=fields.number("token_margin", 60.0, low=0.0, high=3600.0),
        presentation_path=_path(fields, "presentation_path", PRESENTATION_PATH),
        routing_path=_path(fields, "routing_path", ROUTING_PATH),
        guessed_levels=fields.flag("guessed_levels", False),
        house_mrn=fields.flag("house_mrn", False),
        field_names=_names(fields, extra),
        reuse=_reuse(fields),
        validation_status_mode=cast(
            StatusMode, fields.choice("validation_status_mode", get_args(StatusMode)) or "list"
        ),
        validation_status_marker=cast(
            StatusMarker, fields.choice("validation_status_marker", get_args(StatusMarker)) or "none"
        ),
        validation_status_missing=cast(
            StatusMissing, fields.choice("validation_status_missing", get_args(StatusMissing)) or "nothing"
        ),
        page_size=int(fields.number("page_size", 1000, low=1, high=100_000)),
        settle_seconds=fields.number("settle_seconds", 60.0, low=0.0, high=86_400.0),
        max_parallel=int(fields.number("max_parallel", 8, low=1, high=256)),
        rate_per_second=fields.number("rate_per_second", 0.0, low=0.0, high=10_000.0) or None,
        connect_timeout=fields.number("connect_timeout", 5.0, low=0.1, high=60.0),
        read_timeout=fields.number("read_timeout", 30.0, low=0.1, high=600.0),
        total_timeout=fields.number("total_timeout", 60.0, low=0.1, high=900.0),
        max_reply_bytes=int(fields.number("max_reply_bytes", 20_000_000, low=1_000, high=200_000_000)),
        customs_offices_file=Path(offices).expanduser() if offices else None,
    )


def _path(fields: Fields, name: str, default: str) -> str:
    """A path on the host of the connection: a whole address here could send a token elsewhere."""
    value = fields.text(name) or default
    if not value.startswith("/") or value.startswith("//") or not value.isprintable() or set(value) & set(" ?#\\@"):
        raise fields.wrong(name, f"write a path that begins with one slash, such as {default}.")
    return value.rstrip("/")


def _names(fields: Fields, extra: Mapping[str, Any]) -> Mapping[str, str]:
    """`field_names`: a JSON object of our name to theirs."""
    given = extra.get("field_names")
    if given is None or given == "":
        return SAME_NAMES
    try:
        told = orjson.loads(given) if isinstance(given, str) else given
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict) or not all(isinstance(name, str) and name for pair in told.items() for name in pair):
        raise fields.wrong("field_names", 'write a JSON object of names, such as {"mrn": "movementReferenceNumber"}.')
    return told


def _reuse(fields: Fields) -> Reuse:
    refusal = cast(Refusal, fields.choice("reuse_refusal", ("both", "synchronous", "asynchronous", "never")) or "both")
    texts = tuple(text.strip().casefold() for text in (fields.text("reuse_texts") or "").split(";") if text.strip())
    return Reuse(refusal, texts or DEFAULT_TEXTS)


def grant_for(settings: TollSettings, consumer_org: str | None) -> Grant:
    """The token to ask for: the organisation's own, or on behalf of `consumer_org` where a setting allows it.

    Raises ConfigurationError without that setting: nobody has published whether Tolletaten's scopes can be delegated,
    and a presentation in another name than meant must not happen.
    """
    if consumer_org and not settings.delegation:
        raise ConfigurationError(
            f"A party with `access: supplier` cannot use connection {settings.conn_id!r}, since it is not published "
            "that the scope can be delegated; set its field `delegation` when Tolletaten has confirmed it."
        )
    return Grant(scope=settings.scope, consumer_org=consumer_org or None)
