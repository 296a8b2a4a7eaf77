from __future__ import annotations

import uuid

import pytest

from include.ledger import sightings
from include.ledger.roles import grant_readers
from include.ledger.warehouse import Connection, connect

#: Number of a document, its party, file name and end.
DOCUMENTS = [
    (1, "nordbil", "ordinary.xml", "ACCEPTED"),
    (2, "nordbil", "=cmd|' /C calc'!A0.xml", "ACCEPTED"),
    (3, "nordbil", "æøå (1).xml", "REFUSED"),
    (4, "fjordimport", "other.xml", "ACCEPTED"),
    (5, "fjordimport", "fjordimport.xml", "NEEDS_PERSON"),
]


@pytest.fixture
def filled(warehouse: str) -> str:
    """A warehouse with today's documents of two parties, one of them with a name that is a formula."""
    with connect(warehouse) as connection:
        for party, name in (("nordbil", "Nordbil Import AS"), ("fjordimport", "Fjordimport AS")):
            sightings.name_party(connection, party, name, "310000019", "Europe/Oslo")
        connection.execute("SET LOCAL session_replication_role = replica")
        for number, party, name, state in DOCUMENTS:
            _document(connection, number, party, name, state)
        connection.execute(
            "INSERT INTO ledger.difference (party, day, kind, subject, sentence, owner, next_step, breaks_invariant, "
            "since) SELECT id, current_date, 'waits_for_person', 'x', 'It waits.', 'operator', 'Decide.', false, now() "
            "FROM ledger.party"
        )
        connection.commit()
        grant_readers(connection)
    return warehouse


def _document(connection: Connection, number: int, party: str, name: str, state: str) -> None:
    values = {"n": number, "party": party, "name": name, "state": state, "u": uuid.uuid4()}
    for query in (
        "INSERT INTO ledger.sighting (id, party, day, name_bytes, name, size, mtime, state, document_id, filed_at) "
        "VALUES (%(n)s, %(party)s, (now() AT TIME ZONE 'Europe/Oslo')::date, %(name)s::text::bytea, %(name)s, 1, 1, "
        "'TAKEN', %(n)s, now())",
        "INSERT INTO ledger.document (id, party, sha256, size, sighting_id, state, vin, make) OVERRIDING SYSTEM VALUE "
        "VALUES (%(n)s, %(party)s, lpad(%(n)s::text, 64, '0'), 1, %(n)s, 'VALID', 'YV1' || %(n)s, 'VOLVO')",
        "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source, state, sent_at, "
        "decided_at, decided_by, meldingskode, meldingstekst) VALUES (%(u)s, %(party)s, %(n)s, %(n)s, 1, '1', 'none', "
        "%(state)s, now(), now() + interval '3 minutes', 'answer', 'kjoretoy.coc.X', '=not a formula')",
        "INSERT INTO ledger.attempt (ended_at, submission_id, attempt_no, owner, started_at, outcome) "
        "VALUES (now(), %(u)s, 1, 'me', now(), 'accepted')",
        "INSERT INTO ledger.finding (sighting_id, document_id, source, rule_id, level, coc_entry, sentence) "
        "VALUES (%(n)s, %(n)s, 'own', 'masses.order', 'warning', '16.1', '@a sentence')",
    ):
        connection.execute(query.encode(), values)
