"""Which files are renamed together, and where each sighting lies afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from include.ledger.filing import ToFile


@dataclass(slots=True)
class Moves:
    """One rename per file at the drop, however many members or sightings it has."""

    first: dict[bytes, ToFile] = field(default_factory=dict)
    target: dict[bytes, bytes] = field(default_factory=dict)
    source_of: dict[int, bytes] = field(default_factory=dict)
    overwritten: list[tuple[ToFile, bytes]] = field(default_factory=list)

    def add(self, item: ToFile, source: bytes, target: bytes) -> None:
        """Items come in order of id. Of two contents under one name only the newer can still lie there."""
        known = self.first.get(source)
        if known is not None and known.file_sha256 != item.file_sha256:
            if known.file_sha256:
                self.overwritten.append((known, self.target[source]))
            self.source_of = {item_id: other for item_id, other in self.source_of.items() if other != source}
            del self.first[source]
        if source not in self.first:
            self.first[source], self.target[source] = item, target
        self.source_of[item.id] = source

    def planned(self) -> list[tuple[ToFile, str]]:
        """Where each file is about to go."""
        return [(item, self.target[source].decode()) for source, item in self.first.items()]

    def places(self, proven: Mapping[int, str]) -> dict[int, str]:
        """Where every sighting of the proven files lies, by its id."""
        found = {source: proven[item.id] for source, item in self.first.items() if item.id in proven}
        return {item_id: found[source] for item_id, source in self.source_of.items() if source in found}
