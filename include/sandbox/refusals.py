"""Maskinporten's documented refusals: codes, headings and texts (docs.digdir.no, "Feilsøking", and the grant's pages).

Codes and the quoted texts are interface data and stay verbatim. The HTTP status of a single code is published for
"Bad request" (400) and "Forbidden" (403) only; every other code answers 400 here.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import orjson

from .reply import Reply

ERROR_URI = "https://docs.digdir.no/docs/Maskinporten/maskinporten_feilsoking"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused grant. `code` is empty where only a text is documented."""

    error: str
    text: str
    code: str = ""
    status: int = 400

    @property
    def result(self) -> str:
        """What the truth log says: the code, or the error's name when there is none."""
        return self.code or self.error

    def reply(self) -> Reply:
        """The documented error object, with a correlation id to quote to Digdir."""
        code = f"{self.code} " if self.code else ""
        body = {
            "error": self.error,
            "error_description": f"{code}{self.text} (correlation id: {uuid.uuid4()})",
            "error_uri": ERROR_URI,
        }
        return Reply(self.status, orjson.dumps(body), headers={"Cache-Control": "no-store"})


def malformed(text: str) -> Refusal:
    """MP-011: the request or the assertion cannot be read, or lacks something it must have."""
    return Refusal("invalid_request", text, "MP-011")


def unsupported_grant_type() -> Refusal:
    """RFC 6749 5.2."""
    return Refusal("unsupported_grant_type", "grant_type must be urn:ietf:params:oauth:grant-type:jwt-bearer")


GRANT_USED = Refusal("invalid_grant", "Grant is used before", "MP-012")
CLIENT_NOT_FOUND = Refusal("invalid_grant", "Client not found", "MP-100")
WRONG_AUDIENCE = Refusal("invalid_grant", "Invalid assertion. Wrong audience (aud)", "MP-110")
CERTIFICATE_INVALID = Refusal("invalid_grant", "Certificate is invalid", "MP-120")
KEY_EXPIRED = Refusal("invalid_grant", "The key registered on the client has expired", "MP-121")
CERTIFICATE_OF_ANOTHER = Refusal("invalid_grant", "Certificate does not belong to the owner of the client", "MP-122")
BAD_X5C = Refusal("invalid_grant", "Invalid x5c header", "MP-123")
BAD_SIGNATURE = Refusal("invalid_grant", "Invalid signature", "MP-124")
EXPIRED = Refusal("invalid_grant", "JWT has expired.", "MP-130")
UNKNOWN_KEY = Refusal("invalid_grant", "Unknown key identifier")
KID_REQUIRED = Refusal("invalid_grant", "Client has registered keys and must use kid")
TOO_LONG_LIFETIME = Refusal("invalid_grant", "JWT has too long lifetime.")
ISSUED_AHEAD = Refusal("invalid_grant", "Issue time is after now")
UNDOCUMENTED_CLAIM = Refusal("invalid_request", "Invalid assertion")
SCOPE_NOT_ON_CLIENT = Refusal("invalid_scope", "Scope is not registered on the client", "MP-200")
CONSUMER_LACKS_SCOPE = Refusal("forbidden", "Consumer does not have access to the scope", "MP-250", 403)
NOT_DELEGATED = Refusal("forbidden", "Consumer has not delegated access to the supplier", "MP-251", 403)
OWN_CONSUMER = Refusal("invalid_request", "combination consumer_org in claim and delegation scope on client is invalid")
UNKNOWN_DETAILS_TYPE = Refusal("invalid_request", "Unknown type in authorization_details", "MP-301")
