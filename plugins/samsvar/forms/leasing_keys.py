"""The form of the keys that national numbers rest under."""

from __future__ import annotations

from samsvar.forms.field import NUMBER, TEXT, Fields, field

LEASING_KEYS: Fields = {
    "keys": field(
        "Keys",
        "Fernet keys that national numbers rest under, with commas between them: the first seals, all of them open. To "
        "change the key, put a new one in front; take the old one out after the next run.",
        TEXT,
        format="password",
    ),
    "lookup_key": field(
        "Lookup key",
        "Another Fernet key, by which equal numbers are recognised. It is not changed: what was taken before would not "
        "be recognised any more.",
        TEXT,
        format="password",
    ),
    "keep_days": field(
        "Days to keep",
        "Days after the decision about a change until number and surname are erased.",
        NUMBER,
        minimum=0,
        maximum=3650,
        default=30,
    ),
}
