"""How sightings are counted. The states themselves and their legal moves are enforced by the database."""

from __future__ import annotations

#: The reconciliation's columns, in their published order; each sighting is in exactly one.
COLUMNS = ("accepted", "refused", "invalid", "duplicate", "unknown", "open")
