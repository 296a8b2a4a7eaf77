"""What Airflow is told about Samsvar: its connection types and the form of each.

Airflow finds this through the entry point `apache_airflow_provider` and draws the forms from it without importing a
hook, so this module imports nothing. Each field is stored in the connection's extra under its own name.
"""

# longer because it is the table of every field of every form, drawn by processes without our code

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

_ONE_KEY = "Give one of: Private key, Private key file, Keystore."

# In the order in which one fills them in: first how the key is named, then the key itself.
_MASKINPORTEN_FIELDS: dict[str, dict[str, Any]] = {
    "environment": _ENVIRONMENT,
    "auth_mode": _field(
        "Key named by",
        "kid: by the id of a key registered on the client. x5c: by a business certificate in a keystore.",
        _TEXT,
        enum=["kid", "x5c"],
        default="kid",
    ),
    "kid": _field(
        "Key id (kid)",
        "The id of the key as Samarbeidsportalen shows it. With x5c: leave blank.",
        _TEXT,
    ),
    "key_ends": _field(
        "Key ends",
        "Day (2027-03-31) on which the registered key ends: they live a year, and only Samarbeidsportalen shows it. An "
        "alert comes before. With x5c blank: the certificate's own end.",
        _TEXT,
    ),
    "private_key": _field(
        "Private key", f"{_ONE_KEY} PEM or JWK, also on one line or as base64.", _TEXT, format="password"
    ),
    "private_key_file": _field(
        "Private key file",
        f"{_ONE_KEY} Path, on every worker, of a PEM, JWK or PKCS12 file with mode 0400.",
        _TEXT,
    ),
    "private_key_passphrase": _field(
        "Private key passphrase", "Only if Private key or Private key file is encrypted.", _TEXT, format="password"
    ),
    "keystore": _field(
        "Keystore", f"{_ONE_KEY} A PKCS12 keystore as base64; with x5c it is the one to give.", _TEXT, format="password"
    ),
    "keystore_password": _field("Keystore password", "The password of the Keystore.", _TEXT, format="password"),
    "probe_scope": _field(
        "Scope to test with",
        "The scope that the button Test asks a token for. Airflow shows the button only with test_connection = Enabled "
        "in [core].",
        _TEXT,
    ),
    "token_endpoint": _field(
        "Token endpoint",
        "Blank: the address token below the issuer. Another one must be on the issuer's server.",
        _TEXT,
    ),
    "algorithm": _field(
        "Algorithm", "How grants are signed.", _TEXT, enum=["RS256", "RS384", "RS512"], default="RS256"
    ),
    "resource_as_string": _field(
        "Resource as text", "Send the claim resource as text instead of as an array.", _FLAG, default=False
    ),
    "assertion_lifetime": _field(
        "Grant lifetime",
        "Seconds a signed grant is valid; Maskinporten takes at most 120. Blank: 120 seconds.",
        _WHOLE,
        minimum=1,
        maximum=120,
        default=120,
    ),
    "refresh_margin": _field(
        "Renewal margin",
        "Seconds before its end at which a token is renewed. Blank: 30 seconds.",
        _NUMBER,
        minimum=0,
        maximum=3600,
        default=30,
    ),
    "timeout": _field(
        "Timeout",
        "Seconds to wait for the answer to one token call. Blank: 10 seconds.",
        _NUMBER,
        minimum=0.1,
        maximum=60,
        default=10,
    ),
    "ca_file": _field(
        "CA file", "Path of a PEM file with the certificate authorities to trust. Blank: the system's.", _TEXT
    ),
    "cache_dir": _field(
        "Shared cache folder",
        "Folder (mode 0700) where the tasks of one worker host share tokens. Blank: each task fetches its own.",
        _TEXT,
    ),
}

_VEGVESEN_FIELDS: dict[str, dict[str, Any]] = {
    "environment": _ENVIRONMENT,
    "maskinporten_conn_id": _field(
        "Maskinporten connection",
        "Id of the connection that fetches the tokens. It must be of the same environment.",
        _TEXT,
        default="maskinporten",
    ),
    "scope": _field("Scope", "For one's own documents.", _TEXT, default="svv:kjoretoy/ecoc"),
    "delegated_scope": _field(
        "Delegated scope", "For a supplier on behalf of an importer.", _TEXT, default="svv:kjoretoy/ecoc.delegert"
    ),
    "resource": _field(
        "Resource",
        "The audience of the token, exactly as Statens vegvesen gives it. Blank: that of the environment.",
        _TEXT,
    ),
    "max_parallel": _field(
        "Requests in flight",
        "How many requests may wait for an answer at once, for the whole installation. Blank: 16.",
        _WHOLE,
        minimum=1,
        maximum=1024,
        default=16,
    ),
    "rate_per_second": _field(
        "Requests per second", "The most requests to start in one second. Blank or 0: no limit.", _NUMBER, minimum=0
    ),
    "settle_seconds": _field(
        "Settle time",
        "Seconds to wait after an unanswered send before it is looked up. Blank: 300 seconds.",
        _NUMBER,
        minimum=0,
        maximum=86400,
        default=300,
    ),
    "connect_timeout": _field(
        "Connect timeout",
        "Seconds to wait for a connection. Blank: 5 seconds.",
        _NUMBER,
        minimum=0.1,
        maximum=60,
        default=5,
    ),
    "read_timeout": _field(
        "Read timeout",
        "Seconds to wait for the next byte of an answer. Blank: 60 seconds.",
        _NUMBER,
        minimum=1,
        maximum=600,
        default=60,
    ),
    "total_timeout": _field(
        "Total timeout",
        "Seconds to wait for a send as a whole. Blank: Connect timeout and Read timeout and 25 seconds.",
        _NUMBER,
        minimum=1,
        maximum=900,
    ),
    "max_reply_bytes": _field(
        "Largest reply",
        "Bytes of an answer that are read at most. Blank: 1 000 000 bytes (1 MB).",
        _WHOLE,
        minimum=1_000,
        maximum=50_000_000,
        default=1_000_000,
    ),
    "ivi_versions": _field(
        "IVI versions taken",
        "IVI versions that documents may have here, such as 1.6, 2.0. Blank: every version there is.",
        _TEXT,
    ),
    "request_shape": _field(
        "Request shape",
        "Whether a request is an object or an array of one.",
        _TEXT,
        enum=["object", "array"],
        default="object",
    ),
    "delete_by_merkekode_path": _field(
        "Deletion by merkekode",
        "Path of a deletion by VIN and make, with {vin} and {merkekode} in it; its form is not published. "
        "Blank: /slette/understellsnummer/{vin}/{merkekode}.",
        _TEXT,
    ),
    "leasing_scope": _field(
        "Leasing scope",
        "The scope for changes of leaseholders, as Statens vegvesen told you; needed for them only.",
        _TEXT,
    ),
}


_REGISTER_FIELDS: dict[str, dict[str, Any]] = {
    "environment": _ENVIRONMENT,
    "maskinporten_conn_id": _VEGVESEN_FIELDS["maskinporten_conn_id"],
    "scope": _field("Scope", "What a token is asked for.", _TEXT),
    "bulk_size": _field(
        "Vehicles per question",
        "The authority's limit is not published; a question that is refused is divided. Blank: 100.",
        _WHOLE,
        minimum=1,
        maximum=10_000,
        default=100,
    ),
    "max_parallel": _field(
        "Questions in flight",
        "How many questions of one task may wait for an answer at once. Blank: 8.",
        _WHOLE,
        minimum=1,
        maximum=64,
        default=8,
    ),
    "absent_messages": _field(
        "Codes for not found",
        "Comma-separated codes (feilmelding, responskoder) by which the register says that it does not know a vehicle. "
        "None is published; with none given, a code never counts as not found.",
        _TEXT,
    ),
    "connect_timeout": _VEGVESEN_FIELDS["connect_timeout"],
    "read_timeout": _field(
        "Read timeout",
        "Seconds to wait for the next byte of an answer. Blank: 30 seconds.",
        _NUMBER,
        minimum=1,
        maximum=600,
        default=30,
    ),
    "total_timeout": _field(
        "Total timeout",
        "Seconds to wait for the body of an answer as a whole. Blank: 120 seconds.",
        _NUMBER,
        minimum=1,
        maximum=900,
        default=120,
    ),
    "max_reply_bytes": _field(
        "Largest reply",
        "Bytes of an answer that are read at most. Blank: 20 000 000 bytes (20 MB).",
        _WHOLE,
        minimum=1_000,
        maximum=200_000_000,
        default=20_000_000,
    ),
    "owner_purpose": _field(
        "Purpose of keeping owners",
        "Blank: owners are dropped. Otherwise why they are kept, with the legal ground; needs Key for owners.",
        _TEXT,
    ),
    "leaseholder_path": _field(
        "Path of the leaseholder",
        "Where a vehicle shows who leases it, names with dots, such as eierskap.leasingtaker. Blank: it is not read, "
        "and a person settles unknown changes. Set it once you have seen both an empty and a filled one.",
        _TEXT,
    ),
    "owner_secret_key": _field(
        "Key for owners",
        "Only with a purpose: the Fernet key that owners are encrypted with.",
        _TEXT,
        format="password",
    ),
}

_FIKS_FIELDS: dict[str, dict[str, Any]] = {
    **_REGISTER_FIELDS,
    "scope": _field("Scope", "What a token is asked for.", _TEXT, default="ks:fiks"),
    "fiks_org_id": _field(
        "Organisation at KS Fiks",
        "The id (UUID) of the organisation whose register it is. A party's own fiks_org_id goes before it.",
        _TEXT,
    ),
}

_VEGVESEN_REGISTER_FIELDS: dict[str, dict[str, Any]] = {
    **_REGISTER_FIELDS,
    "scope": _field("Scope", "What a token is asked for.", _TEXT, default="svv:kjoretoy/kjoretoyopplysninger"),
    "item_shape": _field(
        "Item shape",
        "Whether an item of a question is an object or plain text.",
        _TEXT,
        enum=["object", "text"],
        default="object",
    ),
}


_TOLL_FIELDS: dict[str, dict[str, Any]] = {
    "environment": _ENVIRONMENT,
    "maskinporten_conn_id": _VEGVESEN_FIELDS["maskinporten_conn_id"],
    "scope": _field(
        "Scope",
        "For presentation and routing. Foreign businesses with an eSeal: toll:eu/movement/entry.",
        _TEXT,
        default="toll:movement/entry",
    ),
    "token_exchange": _field(
        "Token exchange",
        "Exchange the Maskinporten token for one of Tolletaten's own before each use.",
        _FLAG,
        default=True,
    ),
    "token_exchange_path": _field(
        "Path of the exchange", "On the base URL. Blank: /api/access/external/oauth/token.", _TEXT
    ),
    "token_margin": _field(
        "Renewal margin",
        "Seconds before its end at which a Toll token is renewed. Blank: 60 seconds.",
        _NUMBER,
        minimum=0,
        maximum=3600,
        default=60,
    ),
    "delegation": _field(
        "Scope can be delegated",
        "Ask tokens on behalf of a party's consumer_org. Without it, a party with access supplier is refused.",
        _FLAG,
        default=False,
    ),
    "presentation_path": _field("Path of presentation", "Blank: /api/movement/presentation/v1.", _TEXT),
    "routing_path": _field("Path of routing", "Blank: /api/movement/routing/v1.", _TEXT),
    "guessed_levels": _field(
        "Levels whose message is a guess",
        "Present master consignments and containers too; their messages are not published.",
        _FLAG,
        default=False,
    ),
    "house_mrn": _field(
        "MRN with a house consignment",
        "Send the declaration's MRN with a house consignment; whether it may be there is not published.",
        _FLAG,
        default=False,
    ),
    "field_names": _field(
        "Other field names",
        'A JSON object that renames fields of a presentation, such as {"mrn": "movementReferenceNumber"}.',
        _TEXT,
    ),
    "reuse_refusal": _field(
        "Reuse of a requestId is refused",
        "At once (synchronous), with the validation status (asynchronous), either way (both), or never.",
        _TEXT,
        enum=["both", "synchronous", "asynchronous", "never"],
        default="both",
    ),
    "reuse_texts": _field(
        "Texts of that refusal",
        "Parts of its text, separated by semicolons. Blank: already; in use; been used; not unique; and the like.",
        _TEXT,
    ),
    "validation_status_mode": _field(
        "Validation status asked",
        "list: of all requests at once. query: by ?requestId=. path: by the requestId in the path.",
        _TEXT,
        enum=["list", "query", "path"],
        default="list",
    ),
    "validation_status_marker": _field(
        "Marker of the list",
        "Field of a status that is sent as marker for the ones after it; none: the whole list is read each time.",
        _TEXT,
        enum=["none", "id", "requestId"],
        default="none",
    ),
    "validation_status_missing": _field(
        "404 from the list",
        "What 404 means there: nothing to tell yet, or an error in the settings.",
        _TEXT,
        enum=["nothing", "error"],
        default="nothing",
    ),
    "page_size": _field(
        "Signals on a page",
        "How many signals a full page of routing holds. Blank: 1000.",
        _WHOLE,
        minimum=1,
        maximum=100_000,
        default=1000,
    ),
    "settle_seconds": _field(
        "Settle time",
        "Seconds an unanswered presentation may still be worked on before it is looked for. Blank: 60 seconds.",
        _NUMBER,
        minimum=0,
        maximum=86400,
        default=60,
    ),
    "max_parallel": _field(
        "Requests in flight",
        "How many requests of one task may wait for an answer at once. Blank: 8.",
        _WHOLE,
        minimum=1,
        maximum=256,
        default=8,
    ),
    "rate_per_second": _VEGVESEN_FIELDS["rate_per_second"],
    "connect_timeout": _VEGVESEN_FIELDS["connect_timeout"],
    "read_timeout": _field(
        "Read timeout",
        "Seconds to wait for the next byte of an answer. Blank: 30 seconds.",
        _NUMBER,
        minimum=0.1,
        maximum=600,
        default=30,
    ),
    "total_timeout": _field(
        "Total timeout",
        "Seconds to wait for an answer as a whole. Blank: 60 seconds.",
        _NUMBER,
        minimum=0.1,
        maximum=900,
        default=60,
    ),
    "max_reply_bytes": _REGISTER_FIELDS["max_reply_bytes"],
    "customs_offices_file": _field(
        "List of customs offices",
        "Path, on every worker, of a CSV file (code, office) with a newer CL141. Blank: the list that comes along.",
        _TEXT,
    ),
}

_LEASING_KEYS_FIELDS: dict[str, dict[str, Any]] = {
    "keys": _field(
        "Keys",
        "Fernet keys that national numbers rest under, with commas between them: the first seals, all of them open. To "
        "change the key, put a new one in front; take the old one out after the next run.",
        _TEXT,
        format="password",
    ),
    "lookup_key": _field(
        "Lookup key",
        "Another Fernet key, by which equal numbers are recognised. It is not changed: what was taken before would not "
        "be recognised any more.",
        _TEXT,
        format="password",
    ),
    "keep_days": _field(
        "Days to keep",
        "Days after the decision about a change until number and surname are erased.",
        _NUMBER,
        minimum=0,
        maximum=3650,
        default=30,
    ),
}


def _type(
    kind: str, hook: str, name: str, fields: dict[str, Any], hidden: list[str], labels: dict[str, str], blank: str = ""
) -> dict[str, Any]:
    return {
        "connection-type": kind,
        "hook-class-name": f"samsvar.hooks.{kind}.{hook}",
        "hook-name": name,
        "conn-fields": fields,
        "ui-field-behaviour": {
            "hidden-fields": hidden,
            "relabeling": labels,
            "placeholders": {"host": blank or "blank: the official address of the environment"},
        },
    }


_NOTHING = ["host", "port", "login", "password", "schema"]
_NO_LOGIN = ["port", "login", "password", "schema"]
_BASE_URL = {"host": "Base URL"}
_INTEGRATION = _BASE_URL | {"login": "Integration id", "password": "Integration password"}
_CLIENT = {"host": "Issuer", "login": "Client id"}
_ISSUER = "blank: the official issuer of the environment"

_TYPES = [
    _type(
        *("maskinporten", "MaskinportenHook", "Maskinporten", _MASKINPORTEN_FIELDS),
        *(["port", "password", "schema"], _CLIENT, _ISSUER),
    ),
    _type("vegvesen", "VegvesenHook", "Statens vegvesen eCoC", _VEGVESEN_FIELDS, _NO_LOGIN, _BASE_URL),
    _type("leasing_keys", "LeasingKeysHook", "Keys for leaseholders", _LEASING_KEYS_FIELDS, _NOTHING, {}),
    _type("fiks", "FiksHook", "KS Fiks Kjøretøyregister", _FIKS_FIELDS, ["port", "schema"], _INTEGRATION),
    _type(
        *("vegvesen_register", "VegvesenRegisterHook", "Statens vegvesen register", _VEGVESEN_REGISTER_FIELDS),
        *(_NO_LOGIN, _BASE_URL),
    ),
    _type("toll", "TollHook", "Tolletaten ICS2", _TOLL_FIELDS, _NO_LOGIN, _BASE_URL),
]


def get_provider_info() -> dict[str, Any]:
    """The provider's description, in the form of Airflow's `provider_info.schema.json`."""
    return {
        "package-name": "samsvar",
        "name": "Samsvar",
        "description": "Vehicle documents and customs consignments to Norwegian authorities.",
        "connection-types": _TYPES,
    }
