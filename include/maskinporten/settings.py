"""What the connection `maskinporten` says, checked as a whole before anything is signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Literal, cast, get_args

from include.authority.address import AddressError, Environment
from include.authority.fields import Fields
from include.errors import ConfigurationError
from include.maskinporten.issuer import issuer_address, token_address
from include.maskinporten.key import SigningKey

AuthMode = Literal["kid", "x5c"]
Algorithm = Literal["RS256", "RS384", "RS512"]

LONGEST_ASSERTION = 120
_LONGEST_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskinportenSettings:
    """One Maskinporten client, ready to sign.

    `issuer` is also the `aud` of every assertion. `assertion_lifetime` and `refresh_margin` and `timeout` are seconds:
    exp - iat (at most 120), how long before its end a token is renewed, and the limit of one token call.
    `cache_dir` is a folder of this user's own where the processes of one host share tokens; None keeps them in memory.

    Raises:
        ConfigurationError: a setting is missing or two of them disagree.
    """

    environment: Environment
    issuer: str
    token_endpoint: str
    client_id: str
    key: SigningKey
    algorithm: Algorithm = "RS256"
    auth_mode: AuthMode = "kid"
    kid: str | None = None
    resource_as_string: bool = False
    assertion_lifetime: int = LONGEST_ASSERTION
    refresh_margin: float = 30.0
    timeout: float = 10.0
    ca_file: str | None = None
    cache_dir: Path | None = None
    probe_scope: str | None = None
    key_ends: date | None = None
    conn_id: str = "maskinporten"

    @property
    def ends(self) -> datetime | None:
        """When the key stops working: `key_ends` (the start of that day, UTC), else the end of its certificate."""
        if self.key_ends is not None:
            return datetime.combine(self.key_ends, time(), UTC)
        return self.key.ends if self.auth_mode == "x5c" else None

    def __post_init__(self) -> None:
        wrong = Fields(self.conn_id, {}).wrong
        if not self.client_id:
            raise wrong("login", "the client id is missing; it is the UUID of the client in Samarbeidsportalen.")
        if self.algorithm not in get_args(Algorithm):
            raise wrong("algorithm", "Maskinporten takes RS256, RS384 and RS512 only.")
        if not 1 <= self.assertion_lifetime <= LONGEST_ASSERTION:
            raise wrong("assertion_lifetime", f"give 1 to {LONGEST_ASSERTION} seconds; Maskinporten takes no more.")
        if not 0 < self.timeout <= _LONGEST_TIMEOUT:
            raise wrong("timeout", f"give more than 0 and at most {_LONGEST_TIMEOUT:g} seconds.")
        if self.refresh_margin < 0:
            raise wrong("refresh_margin", "give 0 seconds or more.")
        self._check_addresses()
        self._check_key_name()

    def _check_addresses(self) -> None:
        wrong = Fields(self.conn_id, {}).wrong
        try:
            issuer = issuer_address(self.environment, self.issuer)
        except AddressError as error:
            raise wrong("host", str(error)) from None
        if issuer != self.issuer:
            raise wrong("host", f"write the issuer exactly as {issuer}; it is also the audience of every grant.")
        try:
            token_address(issuer, self.token_endpoint)
        except AddressError as error:
            raise wrong("token_endpoint", str(error)) from None

    def _check_key_name(self) -> None:
        wrong = Fields(self.conn_id, {}).wrong
        if self.auth_mode not in get_args(AuthMode):
            raise wrong("auth_mode", "choose kid or x5c.")
        if self.auth_mode == "kid" and not self.kid:
            raise wrong("kid", "the key id is missing; it is shown beside the key registered on the client.")
        if self.auth_mode == "x5c" and self.kid:
            raise wrong(
                "kid", "a grant names its key by kid or by x5c, never both; blank `kid` or set `auth_mode` to kid."
            )
        if self.auth_mode == "x5c" and not self.key.certificate_chain:
            raise wrong("auth_mode", "x5c needs the business certificate together with the key; use a PKCS12 keystore.")


def settings_from_extra(
    *, conn_id: str, host: str | None, login: str | None, extra: Mapping[str, Any]
) -> MaskinportenSettings:
    """The settings in an Airflow connection: `host` is the issuer (blank: from `environment`), `login` the client id.

    Raises:
        ConfigurationError: one sentence that names the connection and the field.
    """
    fields = Fields(conn_id, extra)
    _refuse_unverified(fields)
    environment = _environment(fields)
    issuer, token_endpoint = _addresses(fields, environment, host)
    mode = cast(AuthMode, fields.choice("auth_mode", get_args(AuthMode)) or "kid")
    key = signing_key(fields, extra)
    cache_dir = fields.text("cache_dir")
    return MaskinportenSettings(
        environment=environment,
        issuer=issuer,
        token_endpoint=token_endpoint,
        client_id=(login or "").strip(),
        key=key,
        algorithm=cast(Algorithm, fields.choice("algorithm", get_args(Algorithm)) or "RS256"),
        auth_mode=mode,
        kid=fields.text("kid") or (key.kid if mode == "kid" else None),
        resource_as_string=fields.flag("resource_as_string", False),
        assertion_lifetime=int(fields.number("assertion_lifetime", LONGEST_ASSERTION, low=1, high=LONGEST_ASSERTION)),
        refresh_margin=fields.number("refresh_margin", 30.0, low=0, high=3600),
        timeout=fields.number("timeout", 10.0, low=0.1, high=_LONGEST_TIMEOUT),
        ca_file=fields.text("ca_file"),
        cache_dir=Path(cache_dir) if cache_dir else None,
        probe_scope=fields.text("probe_scope"),
        key_ends=_day(fields, "key_ends"),
        conn_id=conn_id,
    )


def _day(fields: Fields, name: str) -> date | None:
    told = fields.text(name)
    try:
        return date.fromisoformat(told) if told else None
    except ValueError:
        raise fields.wrong(name, "write a day as 2027-03-31.") from None


def _refuse_unverified(fields: Fields) -> None:
    for name in ("verify", "verify_ssl"):
        if not fields.flag(name, True):
            raise fields.wrong(name, "certificate checks cannot be switched off; name your own authority in `ca_file`.")


def _environment(fields: Fields) -> Environment:
    environment = fields.choice("environment", get_args(Environment))
    if environment is None:
        raise fields.wrong("environment", "missing; choose test or prod, so that the two are never mixed.")
    return cast(Environment, environment)


def _addresses(fields: Fields, environment: Environment, host: str | None) -> tuple[str, str]:
    try:
        issuer = issuer_address(environment, (host or "").strip())
    except AddressError as error:
        raise fields.wrong("host", str(error)) from None
    try:
        return issuer, token_address(issuer, fields.text("token_endpoint"))
    except AddressError as error:
        raise fields.wrong("token_endpoint", str(error)) from None


def signing_key(fields: Fields, extra: Mapping[str, Any]) -> SigningKey:
    """The one key the connection names: `private_key`, `private_key_file` or `keystore`."""
    named = [name for name in ("private_key", "private_key_file", "keystore") if extra.get(name)]
    if len(named) != 1:
        problem = f"{' and '.join(named)} are both set; keep one." if named else "no key; set one of the three."
        raise ConfigurationError(
            f"Connection `{fields.conn_id}`, fields `private_key`, `private_key_file`, `keystore`: {problem}"
        )
    where = f"Connection `{fields.conn_id}`, field `{named[0]}`"
    password, passphrase = fields.text("keystore_password"), fields.text("private_key_passphrase")
    if named[0] == "keystore":
        return SigningKey.from_keystore(fields.text("keystore") or "", password, where=where)
    if named[0] == "private_key_file":
        path = Path(fields.text("private_key_file") or "").expanduser()
        return SigningKey.from_file(path, passphrase or password, where=where)
    if isinstance(extra["private_key"], Mapping):
        return SigningKey.from_text(json.dumps(extra["private_key"]), passphrase, where=where)
    return SigningKey.from_text(fields.text("private_key") or "", passphrase, where=where)
