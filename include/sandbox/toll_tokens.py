"""The token exchange of the sandbox's Tolletaten, and the gateway that asks for its tokens.

Source: Tolletaten's Maskinporten pages (form fields, answer, 970 seconds). Toll tokens are opaque here: nobody has
published what they hold. They are forgotten when the sandbox restarts, as tokens are.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

import orjson

from .bearer import Bearer, Caller
from .clock import Clock
from .knobs import Knobs
from .registry import TOLL_SCOPE
from .reply import Call, Reply, gateway
from .truth import TruthLog

EXCHANGE = "/api/access/external/oauth/token"
_MOST_TOKENS = 10_000


@dataclass(slots=True)
class _Issued:
    organisation: str
    expires_at: float
    uses: int = 0


class TollTokens:
    """Gives Toll tokens for living Maskinporten tokens with the scope, and knows the ones it gave."""

    def __init__(self, bearer: Bearer, truth: TruthLog, clock: Clock, knobs: Knobs) -> None:
        self._bearer = bearer
        self._truth = truth
        self._clock = clock
        self._knobs = knobs
        self._issued: dict[str, _Issued] = {}

    def exchange(self, call: Call) -> Reply:
        """One exchange: 400 for a form that is not the published one, 401 or 403 for the token in it."""
        form = parse_qs(call.body.decode("ascii", "replace"))
        wanted = {"grant_type": ["token-exchange"], "subject_token_type": ["access_token"]}
        if any(form.get(name) != value for name, value in wanted.items()) or len(form.get("subject_token", [])) != 1:
            return Reply(400, orjson.dumps({"error": "invalid_request"}))
        inner = replace(call, headers={"authorization": f"Bearer {form['subject_token'][0]}"})
        caller = self._bearer.caller(inner, TOLL_SCOPE)
        if isinstance(caller, Reply):
            self._truth.add("toll", "exchange", str(caller.status))
            return caller
        lifetime = self._knobs.toll_token_lifetime
        token = secrets.token_urlsafe(32)
        if len(self._issued) >= _MOST_TOKENS:
            self._issued.clear()
        self._issued[token] = _Issued(caller.organisation, self._clock.now() + lifetime)
        self._truth.add("toll", "exchange", "granted", sender=caller.organisation, ref=TOLL_SCOPE)
        body = {
            "issued_token_type": "access_token",
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": lifetime,
        }
        return Reply(200, orjson.dumps(body), headers={"Cache-Control": "no-store"})

    def caller(self, call: Call) -> Caller | Reply:
        """Who calls, or the gateway's 401 or 403. Which kind of token is taken is a knob."""
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        issued = self._issued.get(token) if scheme.lower() == "bearer" else None
        if issued is not None and self._knobs.toll_token != "maskinporten":  # noqa: S105 - a kind, no secret
            issued.uses += 1
            worn = self._knobs.toll_token_uses is not None and issued.uses > self._knobs.toll_token_uses
            if not worn and self._clock.now() < issued.expires_at:
                return Caller(issued.organisation)
        elif self._knobs.toll_token != "exchanged":  # noqa: S105 - a kind, no secret
            return self._bearer.caller(call, TOLL_SCOPE)
        return gateway(401, "Unauthorized", call.path, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})

    def revoke_all(self) -> None:
        """Every Toll token has ended from now on."""
        self._issued.clear()
