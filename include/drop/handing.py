"""The settings of a drop as JSON, for a process of our own at the other end of a pipe.

They hold secrets: they go through a pipe only, never into arguments, environment, files or logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from include.drop.settings import DropSettings, Hidden

_HIDDEN = ("password", "private_key", "passphrase")
_PATHS = ("key_file", "known_hosts")
_SEVERAL = ("host_keys", "ciphers")


def handed(settings: DropSettings) -> dict[str, Any]:
    """Every field in a form that JSON has; secrets in plain."""
    found = {field.name: getattr(settings, field.name) for field in fields(settings)}
    hidden = {name: found[name] and found[name].value for name in _HIDDEN}
    return found | hidden | {name: found[name] and str(found[name]) for name in _PATHS}


def received(told: Mapping[str, Any]) -> DropSettings:
    """The settings that `handed` was given."""
    secret = {name: Hidden(told[name]) for name in _HIDDEN if told[name]}
    paths = {name: Path(told[name]) for name in _PATHS if told[name]}
    several = {name: tuple(told[name]) for name in _SEVERAL}
    return DropSettings(**{**told, **secret, **paths, **several})
