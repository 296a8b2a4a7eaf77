"""The forms of the two ways to the vehicle register: KS Fiks, and Statens vegvesen's own lookup."""

from __future__ import annotations

from samsvar.forms.field import (
    CONNECT_TIMEOUT,
    ENVIRONMENT,
    LARGEST_REPLY,
    MASKINPORTEN_CONNECTION,
    NUMBER,
    TEXT,
    WHOLE,
    Fields,
    field,
)

_ASKING: Fields = {
    "environment": ENVIRONMENT,
    "maskinporten_conn_id": MASKINPORTEN_CONNECTION,
    "scope": field("Scope", "What a token is asked for.", TEXT),
    "bulk_size": field(
        "Vehicles per question",
        "The authority's limit is not published; a question that is refused is divided. Blank: 100.",
        WHOLE,
        minimum=1,
        maximum=10_000,
        default=100,
    ),
    "max_parallel": field(
        "Questions in flight",
        "How many questions of one task may wait for an answer at once. Blank: 8.",
        WHOLE,
        minimum=1,
        maximum=64,
        default=8,
    ),
    "absent_messages": field(
        "Codes for not found",
        "Comma-separated codes (feilmelding, responskoder) by which the register says that it does not know a vehicle. "
        "None is published; with none given, a code never counts as not found.",
        TEXT,
    ),
    "connect_timeout": CONNECT_TIMEOUT,
    "read_timeout": field(
        "Read timeout",
        "Seconds to wait for the next byte of an answer. Blank: 30 seconds.",
        NUMBER,
        minimum=1,
        maximum=600,
        default=30,
    ),
    "total_timeout": field(
        "Total timeout",
        "Seconds to wait for the body of an answer as a whole. Blank: 120 seconds.",
        NUMBER,
        minimum=1,
        maximum=900,
        default=120,
    ),
    "max_reply_bytes": LARGEST_REPLY,
    "owner_purpose": field(
        "Purpose of keeping owners",
        "Blank: owners are dropped. Otherwise why they are kept, with the legal ground; needs Key for owners.",
        TEXT,
    ),
    "leaseholder_path": field(
        "Path of the leaseholder",
        "Where a vehicle shows who leases it, names with dots, such as eierskap.leasingtaker. Blank: it is not read, "
        "and a person settles unknown changes. Set it once you have seen both an empty and a filled one.",
        TEXT,
    ),
    "owner_secret_key": field(
        "Key for owners",
        "Only with a purpose: the Fernet key that owners are encrypted with.",
        TEXT,
        format="password",
    ),
}

FIKS: Fields = {
    **_ASKING,
    "scope": field("Scope", "What a token is asked for.", TEXT, default="ks:fiks"),
    "fiks_org_id": field(
        "Organisation at KS Fiks",
        "The id (UUID) of the organisation whose register it is. A party's own fiks_org_id goes before it.",
        TEXT,
    ),
}

VEGVESEN_REGISTER: Fields = {
    **_ASKING,
    "scope": field("Scope", "What a token is asked for.", TEXT, default="svv:kjoretoy/kjoretoyopplysninger"),
    "item_shape": field(
        "Item shape",
        "Whether an item of a question is an object or plain text.",
        TEXT,
        enum=["object", "text"],
        default="object",
    ),
}
