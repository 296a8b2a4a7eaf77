"""The shapes in which a register may answer a bulk question. Only `request` and `request_list` have a published page.

| register_shape | body |
|---|---|
| `list` | `[Kjoretoy, …]` |
| `responses` | `[{kjoretoy, responskoder}, …]` |
| `search` | `{kjoretoyresponser: [{kjoretoy, responskoder}], antallITreffliste, …}` |
| `single` | one `Kjoretoy` when there is just one, else as `list` |
| `request` | `{gjenstaendeKvote, responser: [{request, kjoretoydata, feilmelding}]}` |
| `request_list` | the same with `kjoretoydataListe` |

What stands for "not found" (`register_absent`): `empty` nothing or an empty list, `message` an own SANDKASSE_ code,
`omitted` no row at all, `null` an explicit null, `204` no body when nothing at all was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from .knobs import Knobs
from .reply import Reply

NOT_FOUND = "SANDKASSE_KJORETOY_IKKE_FUNNET"
UNREADABLE_ROW = {"kjoretoydata": {"noe": "annet"}}


@dataclass(frozen=True, slots=True)
class Answered:
    """One item of a question and what the register holds for it; `broken` makes its row unreadable."""

    request: Any
    vehicles: list[dict[str, Any]]
    broken: bool = False


def shaped(answers: list[Answered], knobs: Knobs, own: str, quota: int | None) -> Reply:
    """The reply in the shape of the knobs; `own` is the shape of the register that answers."""
    shape = own if knobs.register_shape == "own" else knobs.register_shape
    if knobs.register_absent == "204" and not any(one.vehicles or one.broken for one in answers):
        return Reply(204, b"")
    if shape in ("request", "request_list"):
        echoed = [_with_request(one, shape, knobs.register_absent) for one in answers]
        content: Any = {"gjenstaendeKvote": quota, "responser": [row for row in echoed if row is not None]}
    elif shape in ("list", "single"):
        listed = [each for one in answers for each in _plain(one)]
        content = listed[0] if shape == "single" and len(listed) == 1 else listed
    else:
        rows = [row for one in answers for row in _responses(one, knobs.register_absent)]
        content = rows if shape == "responses" else search_answer(rows, len(rows))
    return Reply(200, orjson.dumps(content))


def search_answer(rows: list[dict[str, Any]], total: int) -> dict[str, Any]:
    """A KjoretoysokResponse."""
    return {
        "kjoretoyresponser": rows,
        "responskoder": [],
        "antallITreffliste": len(rows),
        "antallTreffTotalt": total,
    }


def _plain(one: Answered) -> list[dict[str, Any]]:
    return [UNREADABLE_ROW] if one.broken else one.vehicles


def _responses(one: Answered, absent: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"kjoretoy": each, "responskoder": []} for each in _plain(one)]
    if not found and absent == "message":
        return [{"kjoretoy": None, "responskoder": [{"kode": NOT_FOUND, "beskrivelse": "Kjøretøyet finnes ikke."}]}]
    return [{"kjoretoy": None, "responskoder": []}] if not found and absent == "null" else found


def _with_request(one: Answered, shape: str, absent: str) -> dict[str, Any] | None:
    if one.broken:
        return {"request": one.request, **UNREADABLE_ROW}
    many = shape == "request_list"
    name = "kjoretoydataListe" if many else "kjoretoydata"
    if one.vehicles:
        # The shape with one vehicle has no room for a second make, so it becomes a list.
        return {"request": one.request, name: one.vehicles if many or len(one.vehicles) > 1 else one.vehicles[0]}
    if absent == "omitted":
        return None
    if absent == "message":
        return {"request": one.request, "feilmelding": NOT_FOUND}
    return {"request": one.request, name: [] if many and absent == "empty" else None}
