"""Where in a session the windows and random nights are judged."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the tests that kill parts of a real house, which run beside the lanes; all others stay where they are."""
    killing = [at for at, item in enumerate(items) if item.path.stem == "test_worker_killed"]
    judges = [item for item in items if "ran" in getattr(item, "fixturenames", ())]
    if killing and judges:
        last = items[killing[-1]]
        others = [item for item in items if item not in set(judges)]
        at = others.index(last) + 1
        items[:] = [*others[:at], *judges, *others[at:]]
