"""Small answers about bytes that many tests ask for."""

from __future__ import annotations

import hashlib
import io
import zipfile


def sha(content: bytes) -> str:
    """The SHA-256 by which the ledger and the authority's truth log know a content."""
    return hashlib.sha256(content).hexdigest()


def zipped(**members: bytes) -> bytes:
    """A flat archive of XML files, each by its name without the ending."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.xml", content)
    return buffer.getvalue()
