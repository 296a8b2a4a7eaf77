from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from include.config.parties import Parties, load_parties


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Parties]:
    """Loads a parties file from its text."""

    def read(text: str) -> Parties:
        file = tmp_path / "parties.yaml"
        file.write_text(text, encoding="utf-8")
        return load_parties(file)

    return read
