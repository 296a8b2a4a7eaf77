"""The analysts' ten questions of docs/analysts.md, asked as an analyst and as an importer's own people."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from include.ledger.roles import ANALYST, grant_readers, party_role
from include.ledger.warehouse import connect

pytestmark = pytest.mark.postgres

PAGE = Path(__file__).parents[3] / "docs" / "analysts.md"
QUESTIONS = re.findall(r"^## (\d+)\. (.+?)\n+```sql\n(.+?)```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
async def answered(night: Any) -> str:
    """A night in which every question has something to find, and a day on which nobody came."""
    night.put_many(range(3))
    night.put("broken.xml", b"<not-an-ivi/>")
    await night.whole()
    with connect(night.dsn) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(_PLANTS.encode())
        connection.commit()
        grant_readers(connection)
    return str(night.dsn)


_PLANTS = """
UPDATE ledger.document SET vin = 'YV1AA1234N1000001', make = 'VOLVO'
WHERE id = (SELECT min(id) FROM ledger.document);

UPDATE ledger.submission SET state = 'REFUSED', meldingskode = 'kjoretoy.coc.KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES',
    meldingstekst = 'Ingen typegodkjenning: e6*2018/858*00001 | V1 | W1 tilgjengelig for importør: 310000019 '
        || 'med ønsket avgiftskode: 101.'
WHERE document_id = (SELECT min(id) FROM ledger.document);

INSERT INTO ledger.party_day (party, day, due) VALUES ('nordbil', current_date - 3, true);

INSERT INTO ledger.difference (party, day, kind, subject, sentence, owner, next_step, breaks_invariant, since)
VALUES ('nordbil', current_date - 3, 'party_did_not_run', 'x', 'It did not run.', 'operator', 'Run it.', false, now());

INSERT INTO ledger.register_difference (submission_id, document_id, party, kind, sentence, next_step)
SELECT id, document_id, party, 'make', 'It differs.', 'Look.' FROM ledger.submission LIMIT 1;

INSERT INTO ledger.finding (document_id, source, rule_id, level, coc_entry, sentence)
SELECT id, 'own', 'masses.order', 'warning', '16.1', 'The masses are in no order.' FROM ledger.document
"""


def test_there_are_ten_questions() -> None:
    assert [number for number, _, _ in QUESTIONS] == [str(number) for number in range(1, 11)]
    assert all(title.endswith("?") for _, title, _ in QUESTIONS)


async def test_each_question_has_an_answer_for_an_analyst_and_for_the_party(answered: str) -> None:
    for role, schema, answers in ((ANALYST, "mart", True), (party_role("nordbil"), "mart_party", True)):
        with connect(answered) as connection:
            connection.execute(f"SET ROLE {role}".encode())
            for number, title, query in QUESTIONS:
                rows = connection.execute(query.replace("mart.", f"{schema}.").encode()).fetchall()
                assert bool(rows) is answers, f"{number}. {title} ({schema})"


async def test_another_party_gets_no_answer(answered: str) -> None:
    with connect(answered) as connection:
        connection.execute("INSERT INTO ledger.party (id, name, organisation_number) VALUES ('sorbil', 'S', '1')")
        connection.commit()
        grant_readers(connection)
        connection.execute(f"SET ROLE {party_role('sorbil')}".encode())
        for number, _, query in QUESTIONS:
            assert connection.execute(query.replace("mart.", "mart_party.").encode()).fetchall() == [], number
