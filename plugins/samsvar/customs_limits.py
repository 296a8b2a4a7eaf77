"""Limits of presentations that are settings of the installation, read when a task runs."""

from __future__ import annotations

import os

from include.errors import ConfigurationError


def max_rows() -> int:
    """Rows that one presentation file may have: SAMSVAR_PRESENTATION_MAX_ROWS."""
    return _whole("SAMSVAR_PRESENTATION_MAX_ROWS", 20_000, 1, 200_000)


def again_days() -> int:
    """Days after which the same identifiers (never an MRN) are a new arrival: SAMSVAR_PRESENTATION_AGAIN_DAYS."""
    return _whole("SAMSVAR_PRESENTATION_AGAIN_DAYS", 30, 1, 3_650)


def _whole(name: str, default: int, least: int, most: int) -> int:
    text = os.environ.get(name, "").strip()
    try:
        number = int(text) if text else default
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise ConfigurationError(f"The setting {name} must be a whole number from {least} to {most}; correct it.")
    return number
