"""Maskinporten's refusals, sorted by what happens next, each with one sentence that says what to do.

Source of the codes: docs.digdir.no, "Maskinporten feilsøking". A code that is not here still gives a sentence, with
what Maskinporten itself said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from include.errors import (
    AccessDenied,
    ConfigurationError,
    RateLimited,
    SamsvarError,
    ServiceUnavailable,
)
from include.maskinporten.clock import skew_sentence
from include.maskinporten.grant import Grant
from include.maskinporten.settings import MaskinportenSettings


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a refusal means. `new_grant` says that one fresh assertion is worth a try before `error` is raised."""

    error: type[SamsvarError]
    sentence: str
    new_grant: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal of the token endpoint, ready to raise."""

    error: SamsvarError
    new_grant: bool


_CLOCK = "{skew}; correct the clock (NTP) of the machine that runs the worker."

_OR_SCOPE = ", or correct `scope` or `delegated_scope` of the connection that asks for it."

RULINGS: Mapping[str, Ruling] = {
    "MP-011": Ruling(
        ConfigurationError,
        "the grant is malformed; compare `resource`, `scope` and `token_endpoint` with the agreement.",
    ),
    "MP-012": Ruling(
        ServiceUnavailable, "it says that a brand-new grant was used before; try again later.", new_grant=True
    ),
    "MP-100": Ruling(
        ConfigurationError,
        "client id {client} does not exist in environment {environment}; correct the login or the environment.",
    ),
    "MP-110": Ruling(
        ConfigurationError, "the audience {issuer} is wrong; leave the connection's host blank for the official issuer."
    ),
    "MP-120": Ruling(
        ConfigurationError,
        "the certificate is not valid in environment {environment}: expired, withdrawn, or a test certificate in "
        "prod or the other way round; put the right one in the keystore.",
    ),
    "MP-121": Ruling(
        AccessDenied,
        "the key {kid} registered on client {client} has expired (keys live one year); register it again or a new one.",
    ),
    "MP-122": Ruling(
        ConfigurationError,
        "the certificate belongs to another organisation than client {client}; use the owner's certificate.",
    ),
    "MP-123": Ruling(ConfigurationError, "the certificate header (x5c) cannot be read; export the keystore again."),
    "MP-124": Ruling(
        ConfigurationError, "the signature does not fit key {kid}; make the private key and `kid` belong together."
    ),
    "MP-130": Ruling(ConfigurationError, "the grant arrived expired: " + _CLOCK, new_grant=True),
    "MP-200": Ruling(
        AccessDenied, "scope {scope} is not on client {client}; add it to the client in Samarbeidsportalen" + _OR_SCOPE
    ),
    "MP-201": Ruling(
        AccessDenied,
        "scope {scope} is not for this kind of client; make client {client} a Maskinporten integration" + _OR_SCOPE,
    ),
    "MP-250": Ruling(
        AccessDenied,
        "{consumer} has not been given scope {scope}; ask the API's owner to give access to it" + _OR_SCOPE,
    ),
    "MP-251": Ruling(
        AccessDenied, "{consumer} has not delegated scope {scope} to us in Altinn; ask them to delegate it."
    ),
    "MP-301": Ruling(ConfigurationError, "the type of `authorization_details` is unknown; correct it."),
    "MP-302": Ruling(ConfigurationError, "a field of `authorization_details` is unknown or missing; correct it."),
    "MP-303": Ruling(
        AccessDenied,
        "a value in `authorization_details` is not accepted; check that the customer has approved the system user.",
    ),
    "clock ahead": Ruling(ConfigurationError, "the grant is dated in the future: " + _CLOCK),
    "too long": Ruling(ConfigurationError, "the grant lives too long; lower `assertion_lifetime` to 120 or less."),
    "unknown key": Ruling(
        AccessDenied,
        "key id {kid} is not registered on client {client}; register it or correct `kid` (a new key works within "
        "15 minutes).",
    ),
    "own consumer": Ruling(
        ConfigurationError,
        "{consumer} is the client's own organisation, and nobody delegates to oneself; set the party's access to own.",
    ),
}

# Newer servers put the same thing in words under a general code, so words are looked for first.
_PHRASES = (
    ("issue time is after now", "clock ahead"),
    ("issue time is in the future", "clock ahead"),
    ("too long lifetime", "too long"),
    ("jwt has expired", "MP-130"),
    ("unknown key identifier", "unknown key"),
    ("combination consumer_org", "own consumer"),
    ("client not found", "MP-100"),
)
_ERRORS = {"invalid_altinn_customer_configuration": "MP-303"}

_CODE = re.compile(r"\bMP-\d{3}\b")
_CORRELATION = re.compile(r"correlation[ _-]?id:?\s*([0-9A-Za-z-]{6,64})", re.IGNORECASE)
_LONG_WORD = re.compile(r"[A-Za-z0-9+/_=.-]{48,}")
_PERSON = re.compile(r"(?<!\d)\d{11}(?!\d)")


def refusal(
    settings: MaskinportenSettings,
    grant: Grant,
    *,
    status: int,
    body: bytes,
    skew: float | None = None,
    retry_after: float | None = None,
) -> Refusal:
    """What an answer other than 200 (and below 500) means, and the error to raise for it."""
    start = f"Maskinporten refused connection `{settings.conn_id}`: "
    if status == 429:
        sentence = f"{start}it asks for fewer token calls; the task is tried again after a pause."
        return Refusal(RateLimited(sentence, retry_after=retry_after), new_grant=False)
    reply = _reply(body)
    ruling, source = _ruling(status, reply)
    words = {
        "client": settings.client_id,
        "environment": settings.environment,
        "issuer": settings.issuer,
        "kid": settings.kid or "of the certificate",
        "scope": " ".join(grant.scopes),
        "consumer": f"organisation {grant.consumer_org}" if grant.consumer_org else "our own organisation",
        "skew": skew_sentence(skew),
        "said": _readable(reply),
        "status": status,
    }
    sentence = f"{start}{ruling.sentence.format_map(words)}{_reference(source, reply)}"
    return Refusal(ruling.error(sentence), ruling.new_grant)


def _reply(body: bytes) -> dict[str, str]:
    try:
        reply: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(reply, dict):
        return {}
    return {name: text for name in ("error", "error_description") if isinstance(text := reply.get(name), str)}


def _ruling(status: int, reply: Mapping[str, str]) -> tuple[Ruling, str | None]:
    description = reply.get("error_description", "")
    error = reply.get("error", "")
    code = _CODE.search(description) or _CODE.search(error)
    shown = code.group(0) if code else None
    for phrase, name in _PHRASES:
        if phrase in description.lower():
            return RULINGS[name], shown
    if shown and shown in RULINGS:
        return RULINGS[shown], shown
    if error in _ERRORS:
        return RULINGS[_ERRORS[error]], shown
    return _unlisted(status, error), shown


def _unlisted(status: int, error: str) -> Ruling:
    if not error:
        where = "HTTP {status} without a Maskinporten error"
        return Ruling(ConfigurationError, f"{where}; check `host`, `token_endpoint` and any proxy or firewall between.")
    if status == 403 or error in ("invalid_scope", "access_denied", "unauthorized_client"):
        return Ruling(AccessDenied, "scope {scope} is not granted ({said}); ask the API's owner or change the client.")
    return Ruling(ConfigurationError, "it says: {said}; compare the connection with the client in Samarbeidsportalen.")


def _readable(reply: Mapping[str, str]) -> str:
    """Maskinporten's own words, without anything that could be a token or a person, on one short line."""
    text = ": ".join(part for part in (reply.get("error"), reply.get("error_description")) if part)
    text = "".join(character if character.isprintable() else " " for character in text)
    return _PERSON.sub("(hidden)", _LONG_WORD.sub("(hidden)", text))[:200]


def _reference(code: str | None, reply: Mapping[str, str]) -> str:
    found = _CORRELATION.search(reply.get("error_description", ""))
    parts = [part for part in (code, f"correlation id {found.group(1)}" if found else None) if part]
    return f" ({', '.join(parts)})" if parts else ""
