"""Which accepted document a request for deletion means, whether it may be deleted now, and how it can be named.

Only documents of the party itself are looked at: whoever asks for a vehicle of somebody else learns nothing about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from include.ledger.warehouse import Connection, Row
from include.vegvesen.deletion import Way

State = Literal["ASKED", "WAITING", "IMPOSSIBLE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a request came to. ASKED: it may be deleted. WAITING: later, perhaps. IMPOSSIBLE: `sentence` says why."""

    request_id: int
    state: State
    sentence: str | None
    document_id: int | None = None
    creation: UUID | None = None
    ways: tuple[Way, ...] = ()


def match_all(connection: Connection, party: str, sender: str, requests: Sequence[Row]) -> list[Match]:
    """Matches a party's requests (id, key, vin, merkekode, document_id) with its documents, in the order they came."""
    keys = sorted({str(row["key"]).strip() for row in requests})
    known = {int(row["document_id"]) for row in requests if row["document_id"] is not None}
    rows = connection.execute(_CANDIDATES, {"party": party, "keys": keys, "documents": list(known)}).fetchall()
    return _each_once([_match(row, rows, sender) for row in requests])


# The latest creation of every document that one of the keys may mean; by three ways, each of which has its index.
_CANDIDATES = """
WITH meant AS (
    SELECT id FROM ledger.document
        WHERE party = %(party)s AND vin IN (SELECT upper(key) FROM unnest(%(keys)s::text[]) key)
    UNION SELECT id FROM ledger.document WHERE party = %(party)s AND ivi_reference = ANY(%(keys)s)
    UNION SELECT document_id FROM ledger.submission
        WHERE party = %(party)s AND operation = 'opprette' AND returned_reference = ANY(%(keys)s)
    UNION SELECT unnest(%(documents)s::bigint[]))
SELECT d.id AS document_id, d.vin, d.ivi_reference, u.id AS creation, u.state, u.sender,
    u.ivi_reference AS sent_reference, u.returned_reference, u.merkekode,
    EXISTS (SELECT FROM ledger.submission x WHERE x.document_id = d.id AND x.operation = 'slette'
            AND x.state IN ('PENDING', 'SENT', 'UNKNOWN', 'NEEDS_PERSON')) AS being_deleted,
    coalesce((SELECT jsonb_agg(jsonb_build_object('vin', o.vin, 'merkekode', x.merkekode, 'state', x.state,
                                                  'references', ARRAY[x.ivi_reference, x.returned_reference]))
        FROM ledger.document o JOIN ledger.submission x ON x.document_id = o.id AND x.operation = 'opprette'
        WHERE o.id <> d.id AND x.sender = u.sender
          AND x.state IN ('PENDING', 'SENT', 'UNKNOWN', 'NEEDS_PERSON', 'ACCEPTED')
          AND (o.vin = d.vin OR (o.party = d.party AND o.ivi_reference = d.ivi_reference))), '[]') AS others
FROM meant JOIN ledger.document d ON d.id = meant.id
LEFT JOIN LATERAL (SELECT * FROM ledger.submission x WHERE x.document_id = d.id AND x.operation = 'opprette'
    ORDER BY x.n DESC LIMIT 1) u ON true
ORDER BY d.id
"""


def _match(request: Row, rows: Sequence[Row], sender: str) -> Match:
    key = str(request["key"]).strip()
    fits = [row for row in rows if _means(request, key, row)]
    if request["vin"] and fits and not [row for row in fits if row["vin"] == request["vin"].upper()]:
        return _no(request, f"{key}: its VIN is not {request['vin']}; correct one of the two.")
    live = [row for row in fits if row["state"] == "ACCEPTED"]
    if request["merkekode"]:
        live = [row for row in live if str(row["merkekode"] or "").lstrip("0") == request["merkekode"].lstrip("0")]
    if len(live) > 1:
        return _no(request, f"{key}: {len(live)} accepted documents go by it; give the reference of the right one.")
    if not live:
        return _not_live(request, key, fits)
    return _of_live(request, key, live[0], sender)


def _of_live(request: Row, key: str, row: Row, sender: str) -> Match:
    """The one accepted document that is meant: ours to delete, and now?"""
    if row["sender"] != sender:
        return _no(
            request,
            f"{key}: it was sent in the name of {row['sender']}, and only its sender can delete it; this party sends "
            f"in the name of {sender} now.",
        )
    if row["being_deleted"]:
        return _no(request, f"{key}: it is being deleted already; look at mart.ecoc_deletion.")
    busy = [one for one in row["others"] if one["vin"] == row["vin"] and one["state"] != "ACCEPTED"]
    if busy:
        return replace(
            _wait(
                request, f"{key}: another document of this VIN is on its way; the deletion waits until it is decided."
            ),
            document_id=row["document_id"],
        )
    ways = ways_of(row)
    if not ways:
        return _no(
            request, f"{key}: nothing tells it from another accepted vehicle; ask Statens vegvesen to delete it."
        )
    return Match(
        request_id=request["id"],
        state="ASKED",
        sentence=None,
        document_id=row["document_id"],
        creation=row["creation"],
        ways=ways,
    )


def _means(request: Row, key: str, row: Row) -> bool:
    if request["document_id"] is not None:
        return bool(row["document_id"] == request["document_id"])
    return key in (row["ivi_reference"], row["sent_reference"], row["returned_reference"]) or key.upper() == row["vin"]


def _not_live(request: Row, key: str, fits: Sequence[Row]) -> Match:
    states = {row["state"] for row in fits}
    if not fits or (request["merkekode"] and "ACCEPTED" in states):
        make = f" and make code {request['merkekode']}" if request["merkekode"] else ""
        return _no(
            request,
            f"{key}: no document with this reference or VIN{make} was accepted for this party here; only the sender of "
            "a vehicle can delete it.",
        )
    if states & {"PENDING", "SENT", "UNKNOWN", "NEEDS_PERSON"}:
        return _wait(request, f"{key}: its creation is not decided yet; the deletion waits until it is.")
    if "DELETED" in states:
        return _no(request, f"{key}: it is deleted already; there is nothing to do.")
    if "REFUSED" in states:
        return _no(request, f"{key}: Statens vegvesen did not take it, so there is nothing to delete.")
    return _no(request, f"{key}: it was never sent, so there is nothing to delete.")


def ways_of(row: Mapping[str, object]) -> tuple[Way, ...]:
    """How the vehicle can be named so that only it is meant, the surest way first.

    A reference or VIN that another live document of the same sender has too would name that one as well.
    """
    others: Sequence[Mapping[str, object]] = row["others"]  # type: ignore[assignment]  # JSON of the query above
    taken = {reference for one in others for reference in one["references"]}  # type: ignore[attr-defined]  # the same
    returned, own = row["returned_reference"], row["sent_reference"]
    same_vin = [one for one in others if one["vin"] == row["vin"]]
    makes = {one["merkekode"] for one in same_vin}
    ways: list[Way] = []
    if returned and returned not in taken:
        ways.append("returned_reference")
    if own and own != returned and own not in taken:
        ways.append("own_reference")
    if row["vin"] and not same_vin:
        ways.append("vin")
    if row["vin"] and row["merkekode"] and not makes & {None, row["merkekode"]}:
        ways.append("vin_merkekode")
    return tuple(ways)


def _each_once(matched: Sequence[Match]) -> list[Match]:
    """The second request for one document in the same batch has nothing to ask for."""
    seen: set[int] = set()
    found = []
    for one in matched:
        if one.state == "ASKED" and one.document_id in seen:
            sentence = "The same vehicle is asked for more than once here; one deletion is enough."
            one = replace(one, state="IMPOSSIBLE", sentence=sentence)
        elif one.state == "ASKED" and one.document_id is not None:
            seen.add(one.document_id)
        found.append(one)
    return found


def _no(request: Row, sentence: str) -> Match:
    return Match(request_id=request["id"], state="IMPOSSIBLE", sentence=sentence, document_id=request["document_id"])


def _wait(request: Row, sentence: str) -> Match:
    return Match(request_id=request["id"], state="WAITING", sentence=sentence, document_id=request["document_id"])
