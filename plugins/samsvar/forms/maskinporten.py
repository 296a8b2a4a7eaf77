"""The form of a Maskinporten connection: who we are, and the key that proves it."""

from __future__ import annotations

from samsvar.forms.field import ENVIRONMENT, FLAG, NUMBER, TEXT, WHOLE, Fields, field

_ONE_KEY = "Give one of: Private key, Private key file, Keystore."

# In the order in which one fills them in: first how the key is named, then the key itself.
MASKINPORTEN: Fields = {
    "environment": ENVIRONMENT,
    "auth_mode": field(
        "Key named by",
        "kid: by the id of a key registered on the client. x5c: by a business certificate in a keystore.",
        TEXT,
        enum=["kid", "x5c"],
        default="kid",
    ),
    "kid": field(
        "Key id (kid)",
        "The id of the key as Samarbeidsportalen shows it. With x5c: leave blank.",
        TEXT,
    ),
    "key_ends": field(
        "Key ends",
        "Day (2027-03-31) on which the registered key ends: they live a year, and only Samarbeidsportalen shows it. An "
        "alert comes before. With x5c blank: the certificate's own end.",
        TEXT,
    ),
    "private_key": field(
        "Private key", f"{_ONE_KEY} PEM or JWK, also on one line or as base64.", TEXT, format="password"
    ),
    "private_key_file": field(
        "Private key file",
        f"{_ONE_KEY} Path, on every worker, of a PEM, JWK or PKCS12 file with mode 0400.",
        TEXT,
    ),
    "private_key_passphrase": field(
        "Private key passphrase", "Only if Private key or Private key file is encrypted.", TEXT, format="password"
    ),
    "keystore": field(
        "Keystore", f"{_ONE_KEY} A PKCS12 keystore as base64; with x5c it is the one to give.", TEXT, format="password"
    ),
    "keystore_password": field("Keystore password", "The password of the Keystore.", TEXT, format="password"),
    "probe_scope": field(
        "Scope to test with",
        "The scope that the button Test asks a token for. Airflow shows the button only with test_connection = Enabled "
        "in [core].",
        TEXT,
    ),
    "token_endpoint": field(
        "Token endpoint",
        "Blank: the address token below the issuer. Another one must be on the issuer's server.",
        TEXT,
    ),
    "algorithm": field("Algorithm", "How grants are signed.", TEXT, enum=["RS256", "RS384", "RS512"], default="RS256"),
    "resource_as_string": field(
        "Resource as text", "Send the claim resource as text instead of as an array.", FLAG, default=False
    ),
    "assertion_lifetime": field(
        "Grant lifetime",
        "Seconds a signed grant is valid; Maskinporten takes at most 120. Blank: 120 seconds.",
        WHOLE,
        minimum=1,
        maximum=120,
        default=120,
    ),
    "refresh_margin": field(
        "Renewal margin",
        "Seconds before its end at which a token is renewed. Blank: 30 seconds.",
        NUMBER,
        minimum=0,
        maximum=3600,
        default=30,
    ),
    "timeout": field(
        "Timeout",
        "Seconds to wait for the answer to one token call. Blank: 10 seconds.",
        NUMBER,
        minimum=0.1,
        maximum=60,
        default=10,
    ),
    "ca_file": field(
        "CA file", "Path of a PEM file with the certificate authorities to trust. Blank: the system's.", TEXT
    ),
    "cache_dir": field(
        "Shared cache folder",
        "Folder (mode 0700) where the tasks of one worker host share tokens. Blank: each task fetches its own.",
        TEXT,
    ),
}
