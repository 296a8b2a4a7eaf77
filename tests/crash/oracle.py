"""What really happened, asked of the authority's truth log and of the drop itself; the ledger is what is judged."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.scene import Scene

UNDECIDED = {"SENT", "UNKNOWN", "NEEDS_PERSON"}
_STILL_OPEN = "FROM ledger.sighting_status WHERE party = %s AND state IN ('OPEN', 'RECEIVED', 'VALID', 'PENDING')"
_NOT_FILED = (
    "FROM ledger.sighting_status WHERE party = %s AND filed_at IS NULL "
    "AND status IN ('accepted', 'refused', 'invalid', 'duplicate')"
)
_ENDS = (
    "SELECT t.name, t.state, coalesce(d.sha256, s.file_sha256) AS sha256, t.receipt_state "
    "FROM ledger.sighting_status t JOIN ledger.sighting s ON s.id = t.id "
    "LEFT JOIN ledger.document d ON d.id = t.document_id "
    "WHERE t.party = %s AND t.state <> 'WITHDRAWN'"
)


@dataclass(slots=True)
class Verdict:
    """Sentences, one for each document that is not where it must be; all empty is what the suite wants."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unknown: int = 0
    created: int = 0

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.wrong or self.problems)

    def sentences(self) -> list[str]:
        """Everything that is not as it must be."""
        kinds = ("lost", "doubled", "wrong")
        return [f"{kind}: {one}" for kind in kinds for one in getattr(self, kind)] + self.problems


def is_open(scene: Scene) -> bool:
    """Whether another life of a sender still has something to do."""
    return bool(scene.count(_STILL_OPEN, scene.party) or scene.count(_NOT_FILED, scene.party))


def judge(scene: Scene) -> Verdict:
    """Compares drop, ledger and truth log at the end of a case."""
    verdict = Verdict(problems=list(scene.problems))
    created = scene.created()
    states: dict[str, set[str]] = defaultdict(set)
    names: dict[str, set[str]] = defaultdict(set)
    for row in scene.rows(_ENDS, scene.party):
        states[row["sha256"]].add(row["state"])
        names[row["name"]].add(row["sha256"])
        if row["receipt_state"] != row["state"]:
            verdict.problems.append(f"{row['name']}: its receipt tells {row['receipt_state']}, it is {row['state']}")
    for dropped in scene.dropped:
        if dropped.sha256 not in names[dropped.name]:
            verdict.lost.append(f"{dropped.name} has no row")
    for sha256, fate in {dropped.sha256: dropped.fate for dropped in scene.dropped}.items():
        _judge_one(verdict, sha256, fate, states[sha256] - {"DUPLICATE"}, created[sha256])
    strangers = set(created) - {dropped.sha256 for dropped in scene.dropped}
    verdict.wrong += [f"{sha256[:12]} was created and never dropped" for sha256 in strangers]
    verdict.created = sum(created.values())
    _judge_files(verdict, scene, states)
    return verdict


def _judge_one(verdict: Verdict, sha256: str, fate: str, states: set[str], created: int) -> None:
    short = sha256[:12]
    if created > 1:
        verdict.doubled.append(f"{short} was created {created} times")
    if len(states) != 1:
        if not states:
            verdict.lost.append(f"{short} is in no state")
        else:
            verdict.wrong.append(f"{short} is in several states: {sorted(states)}")
        return
    state = next(iter(states))
    if state in UNDECIDED:
        verdict.unknown += 1
    elif state == "ACCEPTED":
        if not created:
            verdict.wrong.append(f"{short} is ACCEPTED and was never created")
    elif state in ("REFUSED", "INVALID", "HELD"):
        if created:
            verdict.wrong.append(f"{short} is {state} and was created")
        if fate != {"REFUSED": "refused", "INVALID": "invalid", "HELD": "held"}[state]:
            verdict.wrong.append(f"{short} is {state}, it should have been {fate}")
    else:
        verdict.lost.append(f"{short} is still {state}" + (" although it was created" if created else ""))


def _judge_files(verdict: Verdict, scene: Scene, states: dict[str, set[str]]) -> None:
    """Every file lies in exactly one place: decided ones in archive or rejected, the others in the inbox."""
    inbox = _hashes(scene.inbox)
    filed = _hashes(scene.drop / "archive") + _hashes(scene.drop / "rejected")
    for sha256, times in Counter(dropped.sha256 for dropped in scene.dropped).items():
        waits = bool(states[sha256] & (UNDECIDED | {"HELD"}))
        there, elsewhere = (inbox, filed) if waits else (filed, inbox)
        if inbox[sha256] + filed[sha256] < times:
            verdict.lost.append(f"{sha256[:12]}: {inbox[sha256] + filed[sha256]} of {times} files are left at the drop")
        elif elsewhere[sha256] and not (waits and times > 1):
            verdict.problems.append(f"{sha256[:12]} is {sorted(states[sha256])} and lies in the wrong folder")
        elif there[sha256] > times:
            verdict.problems.append(f"{sha256[:12]} lies in {there[sha256]} places instead of {times}")
    receipts = sum(path.suffix == ".json" for path in (scene.drop / "receipts").glob("*"))
    if receipts < len({(dropped.name, dropped.sha256) for dropped in scene.dropped}):
        verdict.problems.append(f"only {receipts} receipts for {len(scene.dropped)} files")
    parts = [path.name for path in scene.inbox.iterdir() if path.name.endswith(".part")]
    if parts:
        verdict.problems.append(f"left in the inbox: {parts}")


def _hashes(folder: Path) -> Counter[str]:
    return Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file())
