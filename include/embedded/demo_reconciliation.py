"""The demo's last look: do all systems agree, and is a difference seen when there is one?

Differences are planted into the night's own rows inside one transaction, looked for, named, and taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from include.config.parties import load_parties
from include.errors import SumsDiffer
from include.journey.reconcile_days import reconcile_days
from include.ledger import reconciling
from include.ledger.warehouse import Connection, connect

if TYPE_CHECKING:
    from include.config.party import Party
    from include.embedded.house import House

#: How many submissions of each state the plants need.
_NEEDED = {"ACCEPTED": 3, "REFUSED": 2}

#: Kind of difference, and what makes it out of rows that agree. `{accepted0}` and so on are submissions.
PLANTS: tuple[tuple[str, str], ...] = (
    ("accepted_without_evidence", "DELETE FROM ledger.attempt WHERE submission_id = {accepted0}"),
    (
        "document_in_two_states",
        "UPDATE ledger.document SET state = 'INVALID' WHERE id = (SELECT document_id FROM ledger.submission "
        "WHERE id = {accepted1})",
    ),
    (
        "receipt_behind",
        "UPDATE ledger.sighting SET receipt_state = 'UNKNOWN', filed_at = now() - interval '2 days' WHERE id = "
        "(SELECT sighting_id FROM ledger.submission WHERE id = {accepted2})",
    ),
    (
        "not_in_register",
        "INSERT INTO ledger.register_difference (submission_id, document_id, party, kind, sentence, next_step) SELECT "
        "id, document_id, party, 'not_in_register', 'Planted: the register does not show the vehicle.', 'Look.' "
        "FROM ledger.submission WHERE id = {accepted0}",
    ),
    (
        "vin_accepted_twice",
        "UPDATE ledger.document SET vin = (SELECT d.vin FROM ledger.document d JOIN ledger.submission u "
        "ON u.document_id = d.id WHERE u.id = {accepted0}) WHERE id = (SELECT document_id FROM ledger.submission "
        "WHERE id = {accepted2})",
    ),
    (
        "unknown_overdue",
        "UPDATE ledger.submission SET state = 'UNKNOWN', settle_until = now() - interval '2 hours' "
        "WHERE id = {refused0}",
    ),
    (
        "evidence_without_acceptance",
        "INSERT INTO ledger.attempt (ended_at, submission_id, attempt_no, owner, started_at, outcome) "
        "SELECT now(), id, 9, 'planted', now(), 'accepted' FROM ledger.submission WHERE id = {refused1}",
    ),
    (
        "party_did_not_run",
        "INSERT INTO ledger.party_day (party, day, due) SELECT min(id), current_date - 9, true FROM ledger.party",
    ),
)


def show_reconciliation(house: House, say: Callable[[str], None]) -> None:
    """Reconciles the night, then plants differences. Raises SumsDiffer when one is not found, or is found unplanted."""
    with connect(house.dsn) as connection:
        look_and_plant(connection, load_parties(house.parties_file).good.values(), say)


def look_and_plant(connection: Connection, parties: Iterable[Party], say: Callable[[str], None]) -> None:
    """The same for any warehouse that was played a night; what is planted is rolled back."""
    result = reconcile_days(connection, parties)
    say(f"the reconciliation looked at {result.sentence()}")
    before = _open(connection)
    connection.commit()
    connection.execute("SET LOCAL session_replication_role = replica")  # the triggers would refuse all of this
    there = _submissions(connection)
    for _, query in PLANTS:
        connection.execute(query.format_map(there).encode())
    days = [row["day"] for row in connection.execute("SELECT DISTINCT day FROM ledger.party_day ORDER BY day")]
    reconciling.find_differences(connection, days, result.parties)
    after = _open(connection)
    connection.rollback()
    found = [(kind, sentence) for kind, sentence in after if (kind, sentence) not in before]
    _tell(found, say)


def _tell(found: Sequence[tuple[str, str]], say: Callable[[str], None]) -> None:
    planted = {kind for kind, _ in PLANTS}
    for kind, sentence in found:
        say(f"  planted and found: {kind}: {sentence}")
    if missed := planted - {kind for kind, _ in found}:
        raise SumsDiffer(f"Differences were planted and not found: {', '.join(sorted(missed))}")
    say(f"all {len(planted)} planted differences were found and named, and were taken back")


def _open(connection: Connection) -> list[tuple[str, str]]:
    rows = connection.execute("SELECT kind, sentence FROM mart.difference WHERE is_open ORDER BY kind, sentence")
    return [(row["kind"], row["sentence"]) for row in rows]


def _submissions(connection: Connection) -> dict[str, str]:
    """Submissions to plant into, as SQL literals, by the names the plants use."""
    found: dict[str, str] = {}
    for state, number in _NEEDED.items():
        rows = connection.execute(
            "SELECT id FROM ledger.submission WHERE state = %s AND operation = 'opprette' ORDER BY id LIMIT %s",
            (state, number),
        ).fetchall()
        if len(rows) < number:
            raise SumsDiffer(f"The night has {len(rows)} documents {state}, and the plants need {number}")
        found |= {f"{state.lower()}{n}": f"'{row['id']}'" for n, row in enumerate(rows)}
    return found
