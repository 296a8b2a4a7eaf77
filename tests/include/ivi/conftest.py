"""Shared by the tests of the IVI room: a context with a fixed day, and short ways to ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from include.ivi.check import CheckContext, Checked, check
from include.ivi.finding import Finding

Ask = Callable[..., dict[str, Finding]]


@pytest.fixture
def context() -> CheckContext:
    return CheckContext(environment="test", today=date(2026, 8, 1))


@pytest.fixture
def checked() -> Callable[..., Checked]:
    """`checked(content, environment="prod", …)`: the check with any part of the context changed."""

    def ask(content: bytes, **changes: object) -> Checked:
        return check(content, CheckContext(**{"today": date(2026, 8, 1), **changes}))  # type: ignore[arg-type]

    return ask


@pytest.fixture
def found(checked: Callable[..., Checked]) -> Ask:
    """The findings of a check by rule id (the first of each)."""

    def ask(content: bytes, **changes: object) -> dict[str, Finding]:
        findings: dict[str, Finding] = {}
        for finding in checked(content, **changes).findings:
            findings.setdefault(finding.rule_id, finding)
        return findings

    return ask
