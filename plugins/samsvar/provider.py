"""What Airflow is told about Samsvar: its connection types and the form of each.

Airflow finds this through the entry point `apache_airflow_provider` and draws the forms from it without importing a
hook, so this module imports nothing. Each field is stored in the connection's extra under its own name.
"""

from __future__ import annotations

from typing import Any

_TEXT = ["string", "null"]
_NUMBER = ["number", "null"]
_WHOLE = ["integer", "null"]
_FLAG = ["boolean", "null"]


def _field(label: str, description: str, type_: list[str], **more: Any) -> dict[str, Any]:
    return {"label": label, "description": description, "schema": {"type": type_, **more}}


_ENVIRONMENT = _field(
    "Environment", "test or prod. The two are never mixed.", _TEXT, enum=["test", "prod"], default="test"
)

_MASKINPORTEN_FIELDS: dict[str, dict[str, Any]] = {
    "environment": _ENVIRONMENT,
    "token_endpoint": _field(
        "Token endpoint", "Leave blank: `token` below the issuer. Another one must be on the issuer's server.", _TEXT
    ),
    "kid": _field("Key id (kid)", "The id of the key registered on the client. Blank with x5c.", _TEXT),
    "private_key": _field(
        "Private key",
        "PEM or JWK, also on one line or as base64. Give one of the three key fields.",
        _TEXT,
        format="password",
    ),
    "private_key_file": _field(
        "Private key file", "Path on the workers to a PEM, JWK or PKCS12 file with mode 0400.", _TEXT
    ),
    "private_key_passphrase": _field("Private key passphrase", "Only for an encrypted key.", _TEXT, format="password"),
    "keystore": _field("Keystore", "A PKCS12 keystore as base64.", _TEXT, format="password"),
    "keystore_password": _field("Keystore password", "The password of the keystore.", _TEXT, format="password"),
    "auth_mode": _field(
        "Key named by", "kid: a registered key. x5c: a business certificate.", _TEXT, enum=["kid", "x5c"], default="kid"
    ),
    "algorithm": _field(
        "Algorithm", "How grants are signed.", _TEXT, enum=["RS256", "RS384", "RS512"], default="RS256"
    ),
    "resource_as_string": _field(
        "Resource as text", "Send the claim `resource` as text instead of as an array.", _FLAG, default=False
    ),
    "assertion_lifetime": _field(
        "Grant lifetime", "Seconds, at most 120.", _WHOLE, minimum=1, maximum=120, default=120
    ),
    "refresh_margin": _field(
        "Renewal margin", "Seconds before its end that a token is renewed.", _NUMBER, minimum=0, default=30
    ),
    "timeout": _field("Timeout", "Seconds for one token call.", _NUMBER, minimum=0.1, maximum=60, default=10),
    "ca_file": _field("CA file", "PEM file of the authorities to trust, if not the system's.", _TEXT),
    "cache_dir": _field(
        "Shared cache folder", "Folder (mode 0700) where the tasks of one worker host share tokens. Blank: none.", _TEXT
    ),
    "probe_scope": _field("Scope to test with", "The scope that the button Test asks a token for.", _TEXT),
}

_VEGVESEN_FIELDS: dict[str, dict[str, Any]] = {
    "environment": _ENVIRONMENT,
    "maskinporten_conn_id": _field(
        "Maskinporten connection", "The connection that fetches the tokens.", _TEXT, default="maskinporten"
    ),
    "scope": _field("Scope", "For one's own documents.", _TEXT, default="svv:kjoretoy/ecoc"),
    "delegated_scope": _field(
        "Delegated scope", "For a supplier on behalf of an importer.", _TEXT, default="svv:kjoretoy/ecoc.delegert"
    ),
    "resource": _field("Resource", "The audience of the token, exactly as Statens vegvesen gives it.", _TEXT),
    "request_shape": _field(
        "Request shape",
        "Whether a request is an object or an array of one.",
        _TEXT,
        enum=["object", "array"],
        default="object",
    ),
    "delete_by_merkekode_path": _field(
        "Deletion by merkekode", "Path of the deletion by merkekode, where it differs.", _TEXT
    ),
    "settle_seconds": _field(
        "Settle time", "Seconds after which an unanswered send may be looked up.", _NUMBER, minimum=0, default=300
    ),
    "max_parallel": _field(
        "Requests in flight", "For the whole installation.", _WHOLE, minimum=1, maximum=1024, default=16
    ),
    "rate_per_second": _field("Requests per second", "Blank or 0: no limit.", _NUMBER, minimum=0),
    "connect_timeout": _field("Connect timeout", "Seconds.", _NUMBER, minimum=0.1, maximum=60, default=5),
    "read_timeout": _field("Read timeout", "Seconds.", _NUMBER, minimum=1, maximum=600, default=60),
    "total_timeout": _field(
        "Total timeout",
        "Seconds for one send. Blank: connect and read timeout and 25.",
        _NUMBER,
        minimum=1,
        maximum=900,
    ),
    "max_reply_bytes": _field("Largest reply", "Bytes.", _WHOLE, minimum=1_000, maximum=50_000_000, default=1_000_000),
    "leasing_scope": _field("Leasing scope", "For changes of leasingtaker.", _TEXT),
}


def get_provider_info() -> dict[str, Any]:
    """The provider's description, in the form of Airflow's `provider_info.schema.json`."""
    return {
        "package-name": "samsvar",
        "name": "Samsvar",
        "description": "Vehicle documents and customs consignments to Norwegian authorities.",
        "connection-types": [
            {
                "connection-type": "maskinporten",
                "hook-class-name": "samsvar.hooks.maskinporten.MaskinportenHook",
                "hook-name": "Maskinporten",
                "conn-fields": _MASKINPORTEN_FIELDS,
                "ui-field-behaviour": {
                    "hidden-fields": ["port", "password", "schema"],
                    "relabeling": {"host": "Issuer", "login": "Client id"},
                    "placeholders": {"host": "blank: the official issuer of the environment"},
                },
            },
            {
                "connection-type": "vegvesen",
                "hook-class-name": "samsvar.hooks.vegvesen.VegvesenHook",
                "hook-name": "Statens vegvesen eCoC",
                "conn-fields": _VEGVESEN_FIELDS,
                "ui-field-behaviour": {
                    "hidden-fields": ["port", "login", "password", "schema"],
                    "relabeling": {"host": "Base URL"},
                    "placeholders": {"host": "blank: the official address of the environment"},
                },
            },
        ],
    }
