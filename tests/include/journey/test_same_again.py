from __future__ import annotations

import hashlib
from typing import Any

import pytest

pytestmark = pytest.mark.postgres
Night = Any


async def test_a_night_creates_every_document_once_and_files_it(night: Night) -> None:
    contents = night.put_many(range(1, 6))

    result = await night.whole()

    assert night.truth() == {hashlib.sha256(content).hexdigest(): 1 for content in contents.values()}
    assert result.run.received == result.run.accepted == 5
    assert night.names() == []
    assert len(night.names("archive")) == 5
    assert len(night.names("receipts")) == 10
