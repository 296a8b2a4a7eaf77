"""What is to be moved away and told: the last leg of a leasing file, and the end of what was known of people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from include.ledger.leasing_intake import LIVE
from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasingFile:
    """A file that was read. `status` says which states its rows are in; the receipt told `told`."""

    id: int
    name_bytes: bytes
    name: str
    source: str
    state: str
    day: str
    rule_id: str | None
    reason: str | None
    mark: str | None
    size: int
    leave_in_place: bool
    filed_as: str | None
    is_filed: bool
    told: str | None
    status: str
    changes: list[dict[str, Any]] = field(repr=False)

    @property
    def is_bad(self) -> bool:
        """Whether nothing in it could be used."""
        return self.state == "INVALID"


_TO_FILE = """
SELECT f.id, f.name_bytes, f.name, f.source, f.state, to_char(f.day, 'YYYY/MM/DD') AS day, f.rule_id, f.reason, f.mark,
    f.size, f.leave_in_place, f.filed_as, f.filed_at IS NOT NULL AS is_filed, f.told, t.status,
    coalesce(t.changes, '[]') AS changes
FROM ledger.leasing_file f
CROSS JOIN LATERAL (
    SELECT f.state || ':' || coalesce(md5(string_agg(c.id || c.state || c.version, ',' ORDER BY c.id)), '') AS status,
        jsonb_agg(jsonb_build_object('id', c.id, 'place', c.place, 'handling', c.handling,
            'kjennemerke', c.kjennemerke, 'state', c.state, 'rule_id', c.rule_id, 'reason', c.reason,
            'merknader', c.merknader, 'kuid', c.kuid, 'understellsnummer', c.understellsnummer,
            'duplicate_of', c.duplicate_of, 'decided_by', c.decided_by) ORDER BY c.row_no) AS changes
    FROM ledger.leasing_change c WHERE c.file_id = f.id) t
WHERE f.party = %(party)s AND f.state IN ('TAKEN', 'INVALID') AND f.id > %(after)s
  AND ((f.filed_at IS NULL AND NOT f.leave_in_place) OR f.told IS NULL
       OR (f.told IS DISTINCT FROM t.status AND f.told NOT LIKE '%%.done'))
ORDER BY f.id LIMIT %(most)s
"""


def to_file(connection: Connection, party: str, *, after: int, most: int) -> list[LeasingFile]:
    """The next `most` files that are not filed, or whose receipt is behind their states."""
    rows = connection.execute(_TO_FILE, {"party": party, "after": after, "most": most})
    return [LeasingFile(**{**row, "name_bytes": bytes(row["name_bytes"])}) for row in rows]


def plan_move(connection: Connection, file_id: int, target: str) -> None:
    """Writes down where the file is about to go, so that a killed task can be taken up again; commits."""
    connection.execute("UPDATE ledger.leasing_file SET filed_as = %s WHERE id = %s", (target, file_id))
    connection.commit()


def mark_filed(connection: Connection, file_id: int) -> None:
    """The file lies where `filed_as` says; commits."""
    connection.execute("UPDATE ledger.leasing_file SET filed_at = now() WHERE id = %s AND filed_at IS NULL", (file_id,))
    connection.commit()


def mark_told(connection: Connection, file: LeasingFile) -> None:
    """The receipt says what `status` says; commits. Once no row can change any more, it is never asked about again."""
    live = any(change["state"] in ("PENDING", "SENT", "UNKNOWN", "NEEDS_PERSON") for change in file.changes)
    connection.execute(
        "UPDATE ledger.leasing_file SET told = %s, told_at = now() WHERE id = %s",
        (file.status if live else f"{file.status}.done", file.id),
    )
    connection.commit()


_FORGET = f"""
WITH over AS (
    SELECT c.id, c.party, p.sealed FROM ledger.leasing_change c JOIN ledger.leasing_person p ON p.change_id = c.id
    WHERE c.party = %(party)s AND c.state IN ('ACCEPTED', 'REFUSED')
      AND c.decided_at < now() - make_interval(secs => %(seconds)s)
      AND NOT EXISTS (SELECT FROM ledger.leasing_change l WHERE l.party = c.party AND l.kjennemerke = c.kjennemerke
                      AND l.environment = c.environment AND l.state IN {LIVE})
    ORDER BY c.id LIMIT %(most)s FOR UPDATE OF p SKIP LOCKED),
proof AS (
    INSERT INTO ledger.leasing_erasure (party, change_id, what, why, ciphertext_sha256)
    SELECT party, id, 'national number and surname', %(why)s, encode(sha256(sealed), 'hex') FROM over
    RETURNING change_id)
SELECT change_id FROM proof
"""  # noqa: S608 - a constant


def forget_people(connection: Connection, party: str, *, keep_seconds: float, why: str, most: int = 1_000) -> int:
    """Erases people whose change was decided long ago, with proof, in one transaction; commits. Returns how many.

    The keyed hash goes too: with the key it would still tell who it was.
    """
    rows = connection.execute(_FORGET, {"party": party, "seconds": keep_seconds, "why": why, "most": most}).fetchall()
    ids = [int(row["change_id"]) for row in rows]
    connection.execute("DELETE FROM ledger.leasing_person WHERE change_id = ANY(%s)", (ids,))
    connection.execute("UPDATE ledger.leasing_change SET holder_mark = NULL WHERE id = ANY(%s)", (ids,))
    connection.commit()
    return len(ids)


def files_to_forget(connection: Connection, party: str, keep_seconds: float) -> list[tuple[int, str]]:
    """Filed files of which no person is kept any more: id and place at the drop."""
    rows = connection.execute(
        "SELECT f.id, f.filed_as FROM ledger.leasing_file f WHERE f.party = %s AND f.source = 'file' "
        "AND f.filed_at < now() - make_interval(secs => %s) AND f.erased_at IS NULL AND f.filed_as IS NOT NULL "
        "AND NOT EXISTS (SELECT FROM ledger.leasing_change c JOIN ledger.leasing_person p ON p.change_id = c.id "
        "WHERE c.file_id = f.id) ORDER BY f.id LIMIT 1000",
        (party, keep_seconds),
    )
    return [(int(row["id"]), str(row["filed_as"])) for row in rows]


def file_forgotten(connection: Connection, party: str, file_id: int, why: str) -> None:
    """The archived file is removed, with proof; commits."""
    cursor = connection.execute(
        "UPDATE ledger.leasing_file SET erased_at = now() WHERE id = %s AND erased_at IS NULL", (file_id,)
    )
    if cursor.rowcount:
        connection.execute(
            "INSERT INTO ledger.leasing_erasure (party, file_id, what, why) VALUES (%s, %s, 'archived file', %s)",
            (party, file_id, why),
        )
    connection.commit()


def sealed_with_other_keys(connection: Connection, party: str, key_id: str, *, most: int) -> list[tuple[int, bytes]]:
    """Persons sealed with another key than the newest, locked until the caller commits."""
    rows = connection.execute(
        "SELECT p.change_id, p.sealed FROM ledger.leasing_person p JOIN ledger.leasing_change c ON c.id = p.change_id "
        "WHERE c.party = %s AND p.key_id <> %s ORDER BY p.change_id LIMIT %s FOR UPDATE OF p SKIP LOCKED",
        (party, key_id, most),
    )
    return [(int(row["change_id"]), bytes(row["sealed"])) for row in rows]


def sealed_anew(connection: Connection, key_id: str, sealed: list[tuple[int, bytes]]) -> None:
    """Stores them under the newest key; commits."""
    connection.cursor().executemany(
        "UPDATE ledger.leasing_person SET sealed = %s, key_id = %s, sealed_at = now() WHERE change_id = %s",
        [(content, key_id, change) for change, content in sealed],
    )
    connection.commit()


def broken_sums(connection: Connection, party: str) -> list[str]:
    """What must never be, in words: rows that are missing, and outcomes without evidence. Looks at the last 40 days."""
    rows = connection.execute(
        "SELECT 'file ' || f.id || ' has ' || f.rows || ' rows and ' || count(c.id) || ' changes' AS fault "
        "FROM ledger.leasing_file f LEFT JOIN ledger.leasing_change c ON c.file_id = f.id "
        "WHERE f.party = %(party)s AND f.state = 'TAKEN' AND f.seen_at > now() - interval '40 days' "
        "GROUP BY f.id HAVING f.rows <> count(c.id) "
        "UNION ALL SELECT 'change ' || c.id || ' is ' || c.state || ' without evidence' FROM ledger.leasing_change c "
        "WHERE c.party = %(party)s AND c.state IN ('ACCEPTED', 'REFUSED') AND c.opened_at > now() - interval '40 days' "
        "AND NOT EXISTS (SELECT FROM ledger.leasing_attempt a WHERE a.change_id = c.id AND a.outcome = lower(c.state)) "
        "AND NOT EXISTS (SELECT FROM ledger.leasing_decision d WHERE d.change_id = c.id AND d.to_state = c.state) "
        "ORDER BY 1 LIMIT 5",
        {"party": party},
    )
    return [str(row["fault"]) for row in rows]


def count_states(connection: Connection, party: str) -> dict[str, int]:
    """How many changes of the last 40 days are in each state, and all that are not decided."""
    rows = connection.execute(
        "SELECT state, count(*) AS n FROM ledger.leasing_change WHERE party = %s "  # noqa: S608 - a constant
        f"AND (state IN {LIVE} OR opened_at > now() - interval '40 days') GROUP BY state",
        (party,),
    )
    return {str(row["state"]): int(row["n"]) for row in rows}
