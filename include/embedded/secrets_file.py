"""The secrets of one embedded Airflow: made once, kept in a file only its user can read, never printed."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class HouseSecrets:
    """`password` is that of the user `admin` of the UI; the others never leave the processes."""

    fernet_key: str = field(repr=False)
    jwt_secret: str = field(repr=False)
    api_secret_key: str = field(repr=False)
    password: str = field(repr=False)


def house_secrets(file: Path) -> HouseSecrets:
    """Read the secrets, or make them the first time. Losing the file means a new metadata database."""
    if not file.exists():
        write_private(
            file,
            json.dumps(
                {
                    "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
                    "jwt_secret": secrets.token_urlsafe(48),
                    "api_secret_key": secrets.token_urlsafe(48),
                    "password": secrets.token_urlsafe(12),
                }
            ),
        )
    return HouseSecrets(**json.loads(file.read_text(encoding="utf-8")))


def write_private(file: Path, text: str) -> None:
    """Write a file that never exists with wider rights than 0600, and never half."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)
    part.replace(file)
