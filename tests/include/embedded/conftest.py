from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A short folder that any user can enter (pytest's own is private to the user and often has a long path)."""
    with tempfile.TemporaryDirectory(prefix="st", dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)
