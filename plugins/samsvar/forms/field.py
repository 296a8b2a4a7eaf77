"""One field of a form, and the fields that several forms share.

Airflow draws a form in processes without our code, so nothing here imports more than its neighbours.
"""

from __future__ import annotations

from typing import Any

Fields = dict[str, dict[str, Any]]

TEXT = ["string", "null"]
NUMBER = ["number", "null"]
WHOLE = ["integer", "null"]
FLAG = ["boolean", "null"]


def field(label: str, description: str, type_: list[str], **more: Any) -> dict[str, Any]:
    """A field that is stored in the connection's extra under its own name; `more` are keywords of JSON Schema."""
    return {"label": label, "description": description, "schema": {"type": type_, **more}}


ENVIRONMENT = field(
    "Environment", "test or prod. The two are never mixed.", TEXT, enum=["test", "prod"], default="test"
)
MASKINPORTEN_CONNECTION = field(
    "Maskinporten connection",
    "Id of the connection that fetches the tokens. It must be of the same environment.",
    TEXT,
    default="maskinporten",
)
RATE_PER_SECOND = field(
    "Requests per second", "The most requests to start in one second. Blank or 0: no limit.", NUMBER, minimum=0
)
CONNECT_TIMEOUT = field(
    "Connect timeout",
    "Seconds to wait for a connection. Blank: 5 seconds.",
    NUMBER,
    minimum=0.1,
    maximum=60,
    default=5,
)
#: Of an answer that holds many vehicles or signals.
LARGEST_REPLY = field(
    "Largest reply",
    "Bytes of an answer that are read at most. Blank: 20 000 000 bytes (20 MB).",
    WHOLE,
    minimum=1_000,
    maximum=200_000_000,
    default=20_000_000,
)
