"""`python -m samsvar open`, `stop` and `go`: what an operator asks and does without SQL."""

from __future__ import annotations

import json
import uuid

import pytest

from include.ledger import sightings
from include.ledger.warehouse import connect
from samsvar import __main__ as command

pytestmark = pytest.mark.postgres


@pytest.fixture
def dsn(postgres, copy_of_warehouse, monkeypatch):
    name = copy_of_warehouse()
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps(postgres.connection(name)))
    yield postgres.dsn(name)
    postgres.drop_database(name)


@pytest.fixture
def unknown(dsn):
    """A document of nordbil whose answer was lost."""
    with connect(dsn) as connection:
        sightings.name_party(connection, "nordbil", "Nordbil Import AS", "310000019", "Europe/Oslo")
        sighting = connection.execute(
            "INSERT INTO ledger.sighting (party, day, name_bytes, name, size, mtime) "
            "VALUES ('nordbil', current_date, 'a', 'a.xml', 1, 1) RETURNING id"
        ).fetchone()["id"]
        document = connection.execute(
            "INSERT INTO ledger.document (party, sha256, size, sighting_id, state, vin) "
            "VALUES ('nordbil', repeat('a', 64), 1, %s, 'VALID', 'TESTSISDINKY00004') RETURNING id",
            (sighting,),
        ).fetchone()["id"]
        connection.execute("UPDATE ledger.sighting SET state = 'TAKEN', document_id = %s", (document,))
        connection.execute(
            "INSERT INTO ledger.submission (id, party, document_id, sighting_id, n, sender, avgift_source) "
            "VALUES (%s, 'nordbil', %s, %s, 1, '310000019', 'none')",
            (uuid.uuid4(), document, sighting),
        )
        for state in ("SENT", "UNKNOWN"):
            connection.execute(
                "UPDATE ledger.submission SET state = %s, version = version + 1, owner = 'me', sent_at = now(), "
                "settle_until = now(), reason = E'The answer\\nwas lost.'",
                (state,),
            )


def test_nothing_waits_in_an_empty_ledger(dsn, capsys):
    assert command.main(["open"]) == 0
    assert capsys.readouterr().out == "Nothing waits.\n"


@pytest.mark.usefixtures("unknown")
def test_what_waits_stands_on_one_line_with_reason_and_next_step(capsys):
    assert command.main(["open", "--party", "nordbil"]) == 0
    line, end = capsys.readouterr().out.splitlines()
    assert line.startswith("nordbil  a.xml  VIN TESTSISDINKY00004  UNKNOWN since 20")
    assert "The answer was lost." in line and "→ Do not send it again; the DAG ecoc_resolution" in line
    assert end == "1 document waits."
    assert command.main(["open", "--party", "another"]) == 0
    assert capsys.readouterr().out == "Nothing waits.\n"


def test_the_stop_switch_is_set_and_taken_out_and_both_are_remembered(dsn, capsys):
    assert command.main(["stop", "--party", "nordbil", "--reason", "asked by the importer", "--by", "Kari"]) == 0
    assert command.main(["stop", "--authority", "vegvesen", "--reason", "maintenance", "--by", "Ola"]) == 0
    assert "set: every party: maintenance (set by Ola)" in capsys.readouterr().out
    assert command.main(["go", "--reason", "over", "--by", "Kari"]) == 0
    assert "set: nordbil: asked by the importer (set by Kari)" in capsys.readouterr().out
    with connect(dsn) as connection:
        assert [row["party"] for row in connection.execute("SELECT party FROM ledger.stop_switch")] == ["nordbil"]
        rows = connection.execute("SELECT action, party, by_whom, reason FROM ledger.stop_switch_log ORDER BY id")
        assert [tuple(row.values()) for row in rows] == [
            ("stop", "nordbil", "Kari", "asked by the importer"),
            ("stop", "", "Ola", "maintenance"),
            ("go", "", "Kari", "over"),
        ]


def test_going_on_where_nothing_was_stopped_says_so(dsn, capsys):
    assert command.main(["go", "--reason", "over"]) == 1
    assert "No stop switch is set for vegvesen, every party" in capsys.readouterr().err


def test_a_switch_needs_a_reason(capsys):
    with pytest.raises(SystemExit):
        command.main(["stop"])
    assert "--reason" in capsys.readouterr().err


def test_verify_ledger_says_that_nothing_differs_and_names_what_does(unknown, dsn, capsys):
    from datetime import timedelta

    from include.ledger.sealing import seal
    from include.ledger.warehouse import now_of

    assert command.main(["verify-ledger"]) == 0
    assert "Nothing is sealed yet" in capsys.readouterr().out
    with connect(dsn) as connection:
        connection.execute(
            "INSERT INTO ledger.attempt (ended_at, submission_id, attempt_no, owner, started_at, outcome) "
            "SELECT now(), id, 1, 'me', now(), 'unknown' FROM ledger.submission"
        )
        connection.commit()
        head = seal(connection, now=now_of(connection) + timedelta(days=2)).heads["nordbil"]

    assert command.main(["verify-ledger", "--anchor", head]) == 0
    assert f"nordbil: newest root {head}" in capsys.readouterr().out
    assert command.main(["verify-ledger", "--anchor", "ab" * 32]) == 1
    capsys.readouterr()

    with connect(dsn) as connection:
        connection.execute("ALTER TABLE ledger.attempt DISABLE TRIGGER ALL")
        connection.execute("UPDATE ledger.attempt SET outcome = 'accepted'")
        connection.commit()
    assert command.main(["verify-ledger"]) == 1
    assert "1 row of attempt was changed (id 1)." in capsys.readouterr().out


def test_a_presentation_is_settled_by_name_and_an_unknown_one_is_said(dsn, capsys):
    arguments = [str(uuid.uuid4()), "accepted", "--reason", "Told by telephone.", "--by", "Kari"]
    assert command.main(["presentation", *arguments]) == 1
    assert "There is no presentation with requestId" in capsys.readouterr().err
