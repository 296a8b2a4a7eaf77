"""Which avgiftsklassifisering is open to which importer: ordered rules, the last that fits decides, default open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from include.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class AvgiftPattern:
    """Fits when every field that is given is equal; None fits anything. (No wildcards: approval numbers hold `*`.)"""

    type_approval: str | None = None
    variant: str | None = None
    version: str | None = None
    avgiftskode: str | None = None
    importer: str | None = None

    def fits(self, case: AvgiftPattern) -> bool:
        """`case` is one request with all that is known about it."""
        return (
            self.avgiftskode in (None, case.avgiftskode)
            and self.importer in (None, case.importer)
            and self.type_approval in (None, case.type_approval)
            and self.variant in (None, case.variant)
            and self.version in (None, case.version)
        )


class AvgiftRules:
    """What `close` and `open` said so far, in their order."""

    def __init__(self) -> None:
        self._rules: list[tuple[AvgiftPattern, bool]] = []

    def close(self, pattern: AvgiftPattern) -> None:
        """From now on what fits is refused."""
        self._set(pattern, is_open=False)

    def open(self, pattern: AvgiftPattern) -> None:
        """From now on what fits is accepted."""
        self._set(pattern, is_open=True)

    def clear(self) -> None:
        """Everything is open again."""
        self._rules.clear()

    def is_open(self, case: AvgiftPattern) -> bool:
        """Whether this request may be classified."""
        for pattern, is_open in reversed(self._rules):
            if pattern.fits(case):
                return is_open
        return True

    def plain(self) -> list[dict[str, Any]]:
        """The rules for /state."""
        return [asdict(pattern) | {"open": is_open} for pattern, is_open in self._rules]

    def _set(self, pattern: AvgiftPattern, *, is_open: bool) -> None:
        self._rules = [rule for rule in self._rules if rule[0] != pattern]
        self._rules.append((pattern, is_open))


def avgift_pattern(settings: Mapping[str, Any]) -> AvgiftPattern:
    """A pattern from JSON. Raises ConfigurationError for a field it does not have or a value that is no text."""
    known = {one.name for one in fields(AvgiftPattern)}
    for name, value in settings.items():
        if name not in known or not (value is None or isinstance(value, str)):
            raise ConfigurationError(
                f"An avgift rule cannot take {name}; it takes texts for {', '.join(sorted(known))}."
            )
    return AvgiftPattern(**settings)
