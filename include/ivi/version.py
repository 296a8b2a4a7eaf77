"""The version of the rules: it changes whenever a check could come to another result.

Documents that were refused are checked again when it differs from the one stored with them.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from .schemas.official import pins

_PACKAGE = __package__ or "include.ivi"
_NO_RULES = ("sample", "generate.py", "__main__.py")


def _sources(folder: Traversable) -> list[tuple[str, bytes]]:
    """Name and bytes of every file that decides about a finding, sorted by name."""
    wanted = (entry for entry in folder.iterdir() if entry.name.endswith((".py", ".xsd", ".tsv")))
    chosen = [entry for entry in wanted if not entry.name.startswith(_NO_RULES)]
    return sorted((entry.name, entry.read_bytes()) for entry in chosen)


def rules_version() -> str:
    """Twelve hexadecimal digits over the rules, the schemas (pinned ones too) and the code that reads documents."""
    home = files(_PACKAGE)
    digest = sha256()
    for folder in (home, home / "model", home / "rules", home / "schemas"):
        for name, content in _sources(folder):
            digest.update(f"{name} {len(content)}\n".encode())
            digest.update(content.replace(b"\r\n", b"\n"))
    digest.update(pins().encode())
    return digest.hexdigest()[:12]


RULES_VERSION = rules_version()
