"""Release: may these goods go? The one place where customs' signals become an answer, with one sentence that says why.

Pure. `ledger.release_of` and `ledger.release_sentence` (migration customs_signals) say the same in SQL: the database
stores the decision with every consignment itself, and `mart.customs_consignment` shows both. A test compares them over
every case.

Sources of the rules (Tolletaten's pages on presentation and control routing): no signal is no release; the last signal
in feed order counts, whatever came before it; a value nobody knows holds. Ours: one TO_ENTRY does not release a house
that is known in several containers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from include.journey.release_texts import CONTROL, MANY, NOBODY_KNOWS, ONE, PLACE, SILENT, Language, filled


class Release(StrEnum):
    """What may happen with the goods."""

    RELEASE = "RELEASE"
    DELIVER_TO_CONTROL = "DELIVER_TO_CONTROL"
    HOLD = "HOLD"
    NEVER = "NEVER"


class Presented(StrEnum):
    """How far our own presentation is. NOT: none of ours, so others presented the goods or nobody did yet."""

    NOT = "not"
    UNDER_WAY = "under way"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Said:
    """One signal about a house: `routing` and `control_location` verbatim, `container` where it names one."""

    routing: str
    container: str | None = None
    control_location: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and the sentence behind it in Norwegian (nb) and English (en)."""

    release: Release
    sentence: Mapping[Language, str]


_OF_ROUTING = {
    "TO_ENTRY": Release.RELEASE,
    "TO_CONTROL": Release.DELIVER_TO_CONTROL,
    "ENTRY_DENIED": Release.NEVER,
}


def decide(
    signals: Sequence[Said],
    *,
    containers: Collection[str] = (),
    presented: Presented = Presented.NOT,
    office: str | None = None,
    place: str | None = None,
) -> Decision:
    """The decision about one house.

    `signals` in feed order, `containers` those in which the house is expected (the signals' own are added), `office`
    the customs office it was presented at, `place` the agreed place of control there.
    """
    known = sorted({*containers, *(one.container for one in signals if one.container)})
    if not signals:
        return Decision(Release.HOLD, filled(SILENT[presented.value]))
    where = _place(office, place)
    if len(known) > 1:
        return _of_many(signals, known, where)
    last = signals[-1]
    if last.routing == "TO_CONTROL":
        text = CONTROL.get(last.control_location or "", CONTROL[""])
    else:
        text = ONE.get(last.routing, NOBODY_KNOWS)
    return Decision(_release(last), filled(text, routing=last.routing, place=where))


def _of_many(signals: Sequence[Said], known: Sequence[str], where: Mapping[Language, str]) -> Decision:
    """All containers must have the same answer."""
    said = {container: _about(signals, container) for container in known}
    releases = {_release(one) for one in said.values()}
    release = releases.pop() if len(releases) == 1 else Release.HOLD
    each = ", ".join(f"{container}: {one.routing if one else '-'}" for container, one in said.items())
    return Decision(release, filled(MANY[release.value], number=str(len(known)), each=each, place=where))


def _about(signals: Sequence[Said], container: str) -> Said | None:
    """The last word about one container. A TO_ENTRY that names no container may be about another one, so it neither
    releases nor revokes a release; anything else that names none is taken to be about all."""
    own = next((one for one in reversed(signals) if one.container == container), None)
    last = next((one for one in reversed(signals) if one.container in (container, None, "")), None)
    if last is None or last.container or last.routing != "TO_ENTRY":
        return last
    return own if own is not None and own.routing == "TO_ENTRY" else None


def _release(said: Said | None) -> Release:
    return _OF_ROUTING.get(said.routing, Release.HOLD) if said else Release.HOLD


def _place(office: str | None, place: str | None) -> Mapping[Language, str]:
    if place:
        return {"nb": place, "en": place}
    return filled(PLACE["office" if office else "nobody"], office=office or "")
