"""`dtg`, the moment a bulk question is about, as the authority writes it: `2018-11-15T23:00:00.000+01:00`."""

from __future__ import annotations

from datetime import datetime


def dtg(at: datetime | None) -> dict[str, str]:
    """The field to add to each item; none for now. Raises ValueError for a moment without time zone."""
    if at is None:
        return {}
    if at.tzinfo is None:
        raise ValueError("A lookup at a moment needs the moment's time zone.")
    return {"dtg": at.isoformat(timespec="milliseconds")}
