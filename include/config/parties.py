"""All importers: the good ones, and the broken ones with line and reason, so that one bad block never hurts another."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from include.config.blocks import Avgift, Connections, Notify, RuleSetting, Thresholds
from include.config.party import Party
from include.config.scalars import DEFAULT_SCHEDULE, ID_PATTERN
from include.config.sentences import sentence
from include.config.yaml_blocks import YamlBlock, read_blocks
from include.errors import ConfigurationError

_DEFAULT_FILE = Path(__file__).resolve().parent / "parties.yaml"


@dataclass(frozen=True, slots=True)
class BrokenParty:
    """A block that cannot be used. `line` of `file` is the line to look at, `reason` says what to change."""

    id: str
    line: int
    reason: str
    file: str = "the parties file"
    schedule: str = DEFAULT_SCHEDULE
    """When its one failing task runs: the ordinary time, since nothing of the block can be trusted."""

    @property
    def sentence(self) -> str:
        """What the failing task says."""
        end = "" if self.reason.endswith(("?", ".", "!")) else "."
        return (
            f"Party {self.id}, line {self.line} of {self.file}: {self.reason}{end} Correct it; until then nothing of "
            "this party runs."
        )


@dataclass(frozen=True, slots=True)
class Parties:
    """Both kinds by id, in the order of the file. No id is in both."""

    good: dict[str, Party] = field(default_factory=dict)
    broken: dict[str, BrokenParty] = field(default_factory=dict)


def parties_file() -> Path:
    """The file SAMSVAR_PARTIES_FILE names, else `include/config/parties.yaml`."""
    named = os.environ.get("SAMSVAR_PARTIES_FILE")
    return Path(named) if named else _DEFAULT_FILE


def load_parties(path: Path | None = None) -> Parties:
    """Read and check every block. Raises ConfigurationError only when the file as a whole cannot be read."""
    where = path or parties_file()
    blocks = read_blocks(where)
    parties = Parties()
    for party_id, same in _by_id(blocks).items():
        read = _read(party_id, same)
        (parties.good if isinstance(read, Party) else parties.broken)[party_id] = read  # type: ignore[assignment]
    _break_shared_drops(parties, blocks)
    named = {party_id: replace(broken, file=where.name) for party_id, broken in parties.broken.items()}
    return Parties(parties.good, named)


def load_party(path: Path | None, party_id: str) -> Party | BrokenParty:
    """One party, checking no other block: for a task process, which parses its DAG file for one DAG only.

    Raises ConfigurationError when the file cannot be read or has no such party. That two parties share a drop folder is
    seen by `load_parties` only.
    """
    where = path or parties_file()
    same = _by_id(read_blocks(where)).get(party_id)
    if same is None:
        raise ConfigurationError(f"The parties file {where} has no party {party_id!r}.")
    read = _read(party_id, same)
    return replace(read, file=where.name) if isinstance(read, BrokenParty) else read


def _by_id(blocks: Sequence[YamlBlock]) -> dict[str, list[YamlBlock]]:
    """Blocks by the id their DAG has, small letters; a block without a usable one is named after its line."""
    found: dict[str, list[YamlBlock]] = defaultdict(list)
    for block in blocks:
        given = str(block.raw("id") or "").lower()
        usable = re.fullmatch(ID_PATTERN, given)
        found[given if usable else f"party_line_{block.line}"].append(block)
    return found


def _read(party_id: str, same: Sequence[YamlBlock]) -> Party | BrokenParty:
    first = same[0]
    if len(same) > 1:
        lines = ", ".join(str(block.line) for block in same)
        return BrokenParty(party_id, same[1].line, f"the id {party_id!r} is used on lines {lines}; give each its own")
    if repeated := first.repeated_key():
        key, line = repeated
        return BrokenParty(party_id, line, f"`{key}` is given twice; keep one")
    try:
        return Party.model_validate(first.content())
    except ValidationError as error:
        found = sorted(error.errors(include_url=False), key=lambda one: first.line_of(one["loc"]))
        reasons = [sentence(one, _known_keys()) for one in found]
        more = f" (and {len(reasons) - 3} more)" if len(reasons) > 3 else ""
        return BrokenParty(party_id, first.line_of(found[0]["loc"]), "; ".join(reasons[:3]) + more)
    except ValueError as error:
        return BrokenParty(party_id, first.line, str(error))


def _break_shared_drops(parties: Parties, blocks: Sequence[YamlBlock]) -> None:
    """Two parties in one folder would each take the other's files, so neither may run."""
    users: dict[tuple[str, str], list[str]] = defaultdict(list)
    for party in parties.good.values():
        users[(party.connections.ecoc_sftp, party.drop.casefold())].append(party.id)
    by_id = _by_id(blocks)
    for (connection, folder), ids in users.items():
        above = [users.get((connection, parent), []) for parent in _parents(folder)]
        clash = ids[:] if len(ids) > 1 else []
        for other in above:
            clash += [*other, *ids] if other else []
        for party_id in clash:
            if party_id in parties.good:
                others = ", ".join(sorted(set(clash) - {party_id}))
                line = by_id[party_id][0].line_of(["drop"])
                del parties.good[party_id]
                parties.broken[party_id] = BrokenParty(
                    party_id, line, f"its drop folder is also that of, or lies within that of, {others}"
                )


def _parents(folder: str) -> list[str]:
    parts = folder.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts)) if "/".join(parts[:end])]


@cache
def _known_keys() -> dict[str, list[str]]:
    models: dict[str, Any] = {"": Party, "connections": Connections, "avgift": Avgift, "thresholds": Thresholds}
    models |= {f"notify.{position}": Notify for position in range(10)}
    return {place: list(model.model_fields) for place, model in models.items()} | {
        "rules": list(RuleSetting.model_fields)
    }
