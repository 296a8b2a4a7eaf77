"""Who the sandbox knows: clients with their keys, who may use which scope, and who delegated what to whom.

The real tables lie at Digdir (Samarbeidsportalen) and in Altinn. Organisation numbers here are synthetic: nine digits
with a right modulus 11 check digit, in the range test systems use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from .keys import KeyRing

ECOC_SCOPE = "svv:kjoretoy/ecoc"
ECOC_DELEGATED_SCOPE = "svv:kjoretoy/ecoc.delegert"
FIKS_SCOPE = "ks:fiks"
REGISTER_SCOPE = "svv:kjoretoy/kjoretoyopplysninger"
TOLL_SCOPE = "toll:movement/entry"
LEASING_SCOPE = "svv:kjoretoy/leasingtaker"  # the real name is published nowhere

OWN_ORGANISATION = "310000019"
DELEGATING_ORGANISATIONS = ("310000027", "310000035", "310000043", "310000051")
NOT_DELEGATING_ORGANISATION = "310000078"
ORGANISATION_WITHOUT_SCOPE = "310000086"

CLIENT_ID = "5e1f0c1e-54a8-4f6e-9a53-5a3d0c5a0001"
CERTIFICATE_CLIENT_ID = "5e1f0c1e-54a8-4f6e-9a53-5a3d0c5a0002"
KID = "samsvar-sandbox-key-1"
EXPIRED_KID = "samsvar-sandbox-key-expired"

_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A public key registered on a client. `expires_at` in seconds since the epoch (a year from upload at Digdir)."""

    public_key: RSAPublicKey
    expires_at: float = _NEVER


@dataclass(frozen=True, slots=True)
class Client:
    """One Maskinporten client. Without registered keys it identifies itself with a business certificate (x5c)."""

    client_id: str
    organisation: str
    scopes: frozenset[str]
    keys: dict[str, RegisteredKey] = field(default_factory=dict)


@dataclass(slots=True)
class Registry:
    """`access`: (organisation, scope) pairs. `delegations`: (consumer, supplier, scope) triples, as given in Altinn."""

    clients: dict[str, Client] = field(default_factory=dict)
    access: set[tuple[str, str]] = field(default_factory=set)
    delegations: set[tuple[str, str, str]] = field(default_factory=set)

    def delegate(self, consumer: str, supplier: str = OWN_ORGANISATION, scope: str = ECOC_DELEGATED_SCOPE) -> None:
        """The consumer has the scope and lets the supplier use it on its behalf."""
        self.access.add((consumer, scope))
        self.delegations.add((consumer, supplier, scope))

    def withdraw(self, consumer: str, supplier: str = OWN_ORGANISATION, scope: str = ECOC_DELEGATED_SCOPE) -> None:
        """Takes a delegation back; the consumer keeps its scope."""
        self.delegations.discard((consumer, supplier, scope))


MakeRegistry = Callable[[KeyRing], Registry]


def default_registry(keys: KeyRing) -> Registry:
    """One organisation with a key client and a certificate client, both with all scopes; four importers delegated."""
    scopes = frozenset({ECOC_SCOPE, ECOC_DELEGATED_SCOPE, FIKS_SCOPE, REGISTER_SCOPE, TOLL_SCOPE, LEASING_SCOPE})
    public = keys.pair("client").public_key()
    registered = {KID: RegisteredKey(public), EXPIRED_KID: RegisteredKey(public, expires_at=0.0)}
    registry = Registry()
    registry.clients[CLIENT_ID] = Client(CLIENT_ID, OWN_ORGANISATION, scopes, registered)
    registry.clients[CERTIFICATE_CLIENT_ID] = Client(CERTIFICATE_CLIENT_ID, OWN_ORGANISATION, scopes)
    registry.access |= {(OWN_ORGANISATION, ECOC_SCOPE), (OWN_ORGANISATION, LEASING_SCOPE)}
    for consumer in DELEGATING_ORGANISATIONS:
        registry.delegate(consumer)
        registry.delegate(consumer, scope=LEASING_SCOPE)
    registry.access.add((NOT_DELEGATING_ORGANISATION, ECOC_DELEGATED_SCOPE))
    return registry


def is_organisation_number(text: str) -> bool:
    """Nine digits whose last is the modulus 11 check digit (weights 3 2 7 6 5 4 3 2, Brønnøysundregistrene)."""
    if len(text) != 9 or not (text.isascii() and text.isdigit()):
        return False
    weights = (3, 2, 7, 6, 5, 4, 3, 2)
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(weights, text[:8], strict=True)) % 11
    return rest % 11 == int(text[8]) and rest != 10
