"""The form of Statens vegvesen's eCoC interface."""

from __future__ import annotations

from samsvar.forms.field import (
    CONNECT_TIMEOUT,
    ENVIRONMENT,
    MASKINPORTEN_CONNECTION,
    NUMBER,
    RATE_PER_SECOND,
    TEXT,
    WHOLE,
    Fields,
    field,
)

VEGVESEN: Fields = {
    "environment": ENVIRONMENT,
    "maskinporten_conn_id": MASKINPORTEN_CONNECTION,
    "scope": field("Scope", "For one's own documents.", TEXT, default="svv:kjoretoy/ecoc"),
    "delegated_scope": field(
        "Delegated scope", "For a supplier on behalf of an importer.", TEXT, default="svv:kjoretoy/ecoc.delegert"
    ),
    "resource": field(
        "Resource",
        "The audience of the token, exactly as Statens vegvesen gives it. Blank: that of the environment.",
        TEXT,
    ),
    "max_parallel": field(
        "Requests in flight",
        "How many requests may wait for an answer at once, for the whole installation. Blank: 16.",
        WHOLE,
        minimum=1,
        maximum=1024,
        default=16,
    ),
    "rate_per_second": RATE_PER_SECOND,
    "settle_seconds": field(
        "Settle time",
        "Seconds to wait after an unanswered send before it is looked up. Blank: 300 seconds.",
        NUMBER,
        minimum=0,
        maximum=86400,
        default=300,
    ),
    "connect_timeout": CONNECT_TIMEOUT,
    "read_timeout": field(
        "Read timeout",
        "Seconds to wait for the next byte of an answer. Blank: 60 seconds.",
        NUMBER,
        minimum=1,
        maximum=600,
        default=60,
    ),
    "total_timeout": field(
        "Total timeout",
        "Seconds to wait for a send as a whole. Blank: Connect timeout and Read timeout and 25 seconds.",
        NUMBER,
        minimum=1,
        maximum=900,
    ),
    "max_reply_bytes": field(
        "Largest reply",
        "Bytes of an answer that are read at most. Blank: 1 000 000 bytes (1 MB).",
        WHOLE,
        minimum=1_000,
        maximum=50_000_000,
        default=1_000_000,
    ),
    "ivi_versions": field(
        "IVI versions taken",
        "IVI versions that documents may have here, such as 1.6, 2.0. Blank: every version there is.",
        TEXT,
    ),
    "request_shape": field(
        "Request shape",
        "Whether a request is an object or an array of one.",
        TEXT,
        enum=["object", "array"],
        default="object",
    ),
    "delete_by_merkekode_path": field(
        "Deletion by merkekode",
        "Path of a deletion by VIN and make, with {vin} and {merkekode} in it; its form is not published. "
        "Blank: /slette/understellsnummer/{vin}/{merkekode}.",
        TEXT,
    ),
    "leasing_scope": field(
        "Leasing scope",
        "The scope for changes of leaseholders, as Statens vegvesen told you; needed for them only.",
        TEXT,
    ),
}
