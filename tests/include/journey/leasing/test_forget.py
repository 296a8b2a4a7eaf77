"""People are erased on schedule, with proof; keys change without a gap; what is not decided is kept."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet

from include.leasing.vault import Vault

pytestmark = pytest.mark.postgres


async def test_people_are_erased_with_proof_and_the_archived_file_goes(leasing: Any) -> None:
    leasing.put("a.csv", ("OPPRETTE", "CU10001", *leasing.FIRKANT), ("OPPRETTE", "CU10012", leasing.FIRKANT[0], "Galt"))
    await leasing.whole()
    assert (await leasing.forget(keep_days=30)).sentence() == ""
    assert len(leasing.sql("SELECT change_id FROM ledger.leasing_person")) == 2
    assert (await leasing.forget()).sentence() == "2 people erased, 1 archived files removed"
    assert leasing.sql("SELECT * FROM ledger.leasing_person") == []
    assert {row["holder_mark"] for row in leasing.sql("SELECT holder_mark FROM ledger.leasing_change")} == {None}
    proof = leasing.sql("SELECT change_id, file_id, what, why FROM ledger.leasing_erasure ORDER BY id")
    assert [(row["change_id"], row["file_id"]) for row in proof] == [(1, None), (2, None), (None, 1)]
    assert "schedule" in proof[0]["why"]
    assert list((leasing.folder / "archive").rglob("*.csv")) == []
    rows = leasing.sql("SELECT leaseholder, erased_at FROM mart.leasing_change")
    assert all(row["leaseholder"] == "erased" and row["erased_at"] for row in rows)
    assert (await leasing.forget()).sentence() == ""


async def test_what_is_not_decided_is_kept(leasing: Any) -> None:
    leasing.put("a.csv", ("OPPRETTE", "CU10001", *leasing.FIRKANT))
    await leasing.collect()
    leasing.fault("lost_answer")
    await leasing.send()
    await leasing.file()
    assert (await leasing.forget()).sentence() == ""
    assert len(list((leasing.folder / "archive").rglob("*.csv"))) == 1


async def test_the_database_refuses_an_erasure_without_proof_and_a_change_of_proof(leasing: Any) -> None:
    leasing.put("a.csv", ("OPPRETTE", "CU10001", *leasing.FIRKANT))
    await leasing.whole()
    with psycopg.connect(leasing.dsn) as connection, pytest.raises(psycopg.errors.CheckViolation, match="proof"):
        connection.execute("DELETE FROM ledger.leasing_person")
    await leasing.forget()
    for statement in ("DELETE FROM ledger.leasing_erasure", "UPDATE ledger.leasing_erasure SET why = ''"):
        with psycopg.connect(leasing.dsn) as connection, pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(statement)  # type: ignore[arg-type]


async def test_a_new_key_seals_the_rest_anew_and_the_old_one_may_go(leasing: Any) -> None:
    leasing.put("a.csv", ("OPPRETTE", "CU10001", *leasing.FIRKANT))
    await leasing.collect()
    new, old = Fernet.generate_key().decode(), leasing.keys.keys[0]
    leasing.vault = Vault(keys=[new, old], lookup_key=leasing.keys.lookup_key, conn_id="leasing_keys")
    assert (await leasing.forget(30)).sentence() == "1 people sealed with the newest key"
    leasing.vault = Vault(keys=[new], lookup_key=leasing.keys.lookup_key, conn_id="leasing_keys")
    assert (await leasing.send()).sentence() == "1 accepted"


async def test_numbers_and_names_are_in_no_table(leasing: Any) -> None:
    leasing.put(
        "a.csv", ("OPPRETTE", "CU10001", *leasing.FIRKANT), ("OPPRETTE", "CU10012", leasing.FIRKANT[0], "Galtnavn")
    )
    await leasing.whole()
    names = leasing.sql(
        "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables "
        "WHERE table_schema IN ('ledger', 'mart')"
    )
    assert len(names) > 40
    for row in names:
        told = repr(leasing.sql(f"SELECT t::text FROM {row['name']} t"))
        for canary in ("63888700414", "3633383838373030343134", "Firkant", "FIRKANT", "Galtnavn"):
            assert canary not in told, row["name"]
