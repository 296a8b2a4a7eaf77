"""The customs part of the demo: the playground's two matrices presented by file, polled, and shown as they stand.

One importer presents the current matrix on three levels. Another presents the matrix of 2024, in which only one house
has signals, one for each of its two containers: it waits for a person, and the other six are held and overdue. The
expected ends below are the published tables, written here once more and not read from the sandbox.
"""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Callable
from typing import Any

from include.drop.drop import Drop
from include.drop.settings import settings_from_connection
from include.embedded.house import House
from include.ledger.warehouse import connect
from include.sandbox.connections import Connections
from include.sandbox.registry import TOLL_SCOPE

CURRENT, OLDER = "nordbil", "fjordimport"
SUPPLIER_CONNECTION = "toll_supplier"
_OFFICE = "NO351001"
_BAG = "GBASFZMLBKONAUN30001001019999"
_M = tuple(f"23NO0000000000000{number}" for number in range(6))
_HEAD = "level;MRN;document number;document type;receptacle;container;customs office"
_FILES = {
    CURRENT: (
        f"receptacle;;;;{_BAG};;{_OFFICE}",
        f"ens;{_M[3]};;;;;{_OFFICE}",
        f"house;{_M[4]};HC001;N703;;;{_OFFICE}",
        f"house;{_M[4]};HC002;N703;;;{_OFFICE}",
        f"ens;{_M[5]};;;;;{_OFFICE}",
    ),
    OLDER: (
        f"receptacle;;;;{_BAG};;{_OFFICE}",
        f"expected;{_M[1]};NO100000001MU;N750;{_BAG};;",
        f"expected;{_M[2]};NO100000002MU;N750;{_BAG};;",
        f"ens;{_M[3]};;;;;{_OFFICE}",
        f"expected;{_M[3]};HC001;N740;;;",
        f"expected;{_M[3]};HC002;N740;;;",
        f"house;{_M[4]};HC001;N703;;;{_OFFICE}",
        f"house;{_M[4]};HC002;N703;;;{_OFFICE}",
        f"ens;{_M[5]};;;;;{_OFFICE}",
        f"expected;{_M[5]};HC004;N714;;JARU0000010;",
        f"expected;{_M[5]};HC004;N714;;JARU0000026;",
    ),
}
_OPEN = (None, "HOLD", "signal")
_ENDS: dict[str, dict[tuple[str, str, str], tuple[str | None, str, str | None]]] = {
    CURRENT: {
        (_M[1], "NO100000001MU", "N750"): ("TO_CONTROL", "DELIVER_TO_CONTROL", None),
        (_M[2], "NO100000002MU", "N750"): ("TO_ENTRY", "RELEASE", None),
        (_M[3], "HC001", "N740"): ("TO_ENTRY", "RELEASE", None),
        (_M[3], "HC002", "N740"): ("TO_CONTROL", "DELIVER_TO_CONTROL", None),
        (_M[4], "HC001", "N703"): ("TO_CONTROL", "DELIVER_TO_CONTROL", None),
        (_M[4], "HC002", "N703"): ("TO_ENTRY", "RELEASE", None),
        (_M[5], "HC003", "N714"): ("TO_CONTROL", "DELIVER_TO_CONTROL", None),
        (_M[5], "HC004", "N714"): ("TO_ENTRY", "RELEASE", None),
    },
    OLDER: {
        (_M[1], "NO100000001MU", "N750"): _OPEN,
        (_M[2], "NO100000002MU", "N750"): _OPEN,
        (_M[3], "HC001", "N740"): _OPEN,
        (_M[3], "HC002", "N740"): _OPEN,
        (_M[4], "HC001", "N703"): _OPEN,
        (_M[4], "HC002", "N703"): _OPEN,
        (_M[5], "HC004", "N714"): ("TO_ENTRY", "HOLD", None),
    },
}
_POLLS = ("customs_validation_status", "customs_routing")
_PRESENT = "customs_presentation"


def give_roles(content: dict[str, Any], *, signal_minutes: int | None = None) -> None:
    """Two of the shipped importers get the role customs. `signal_minutes` 0: what has no signal is overdue at once."""
    for party in content["parties"]:
        if party["id"] not in _FILES:
            continue
        party["roles"] = [*party.get("roles", ["ecoc"]), "customs"]
        party["control_places"] = {_OFFICE: "Gardermoen, control hall 4"}
        if signal_minutes is not None:
            party["thresholds"] = {**party.get("thresholds", {}), "signal_minutes": signal_minutes}
        if party["id"] == OLDER:
            party["connections"] = {**party.get("connections", {}), "toll": SUPPLIER_CONNECTION}


def more_connections(known: Connections) -> Connections:
    """The way to Tolletaten on behalf of another, which nobody has published to be allowed: only in the sandbox."""
    supplier = copy.deepcopy(known["toll"])
    supplier["extra"] |= {"delegation": True}
    return {SUPPLIER_CONNECTION: supplier}


def run_customs(house: House, say: Callable[[str], None]) -> list[str]:
    """Presents both matrices, polls, shows where each consignment stands. Returns what is not as it should be."""
    began = time.monotonic()
    house.sandbox.registry.delegate("310000027", scope=TOLL_SCOPE)
    api = house.airflow.api
    api.wait_for_dags([_PRESENT, *_POLLS])
    problems: list[str] = []
    for party, matrix in ((CURRENT, "current"), (OLDER, "2024")):
        house.sandbox.knobs.playground = matrix
        asyncio.run(_drop(house, party))
        say(f"customs: {party} presents the matrix {matrix}, {len(_FILES[party])} rows by file")
        problems += _run(house, (_PRESENT,))
    say("customs: polling validation status and control signals")
    problems += _run(house, _POLLS)
    for party in _FILES:
        problems += _show(house, party, say)
    say(f"customs: done in {time.monotonic() - began:.0f} s")
    return problems


async def _drop(house: House, party: str) -> None:
    connection = house.sandbox.connections["ecoc_sftp"]
    login = {key: connection[key] for key in ("host", "port", "login", "password", "extra")}
    async with Drop(settings_from_connection(conn_id="ecoc_sftp", **login)) as drop:
        await drop.make_folders(f"{party}/presentations")
        await drop.write(f"{party}/presentations/matrise.csv".encode(), "\n".join((_HEAD, *_FILES[party])).encode())


def _run(house: House, dag_ids: tuple[str, ...]) -> list[str]:
    """Triggers the DAGs side by side and waits for all; a sentence for each that did not end well."""
    api = house.airflow.api
    for dag_id in dag_ids:
        api.set_paused(dag_id, paused=False)
    runs = {dag_id: api.trigger(dag_id) for dag_id in dag_ids}
    states = {dag_id: api.wait_for_run(dag_id, run, timeout=180) for dag_id, run in runs.items()}
    return [f"the run of {dag_id} ended {state}" for dag_id, state in states.items() if state != "success"]


def _show(house: House, party: str, say: Callable[[str], None]) -> list[str]:
    with connect(house.dsn) as connection:
        rows = connection.execute(
            "SELECT * FROM mart.customs_consignment WHERE importer = %s ORDER BY mrn, document_number", (party,)
        ).fetchall()
    say("")
    say(f"{party:<20}{'house':<14}{'type':<6}{'containers':<25}{'routing':<12}{'release':<20}overdue")
    found = {}
    for row in rows:
        key = (row["mrn"], row["document_number"], row["document_type"])
        found[key] = (row["routing"], row["release"], row["overdue"])
        say(
            f"{key[0] or '-':<20}{key[1] or '-':<14}{key[2] or '-':<6}{' '.join(row['containers']) or '-':<25}"
            f"{row['routing'] or '-':<12}{row['release']:<20}{row['overdue'] or '-'}"
        )
        if len(row["containers"]) > 1:
            say(f"{'':<20}{row['why']}")
    say("")
    wanted = _ENDS[party]
    differing = sorted(key for key in {*wanted, *found} if wanted.get(key) != found.get(key))
    return [f"{party}, {'/'.join(map(str, key))}: {found.get(key)}, not {wanted.get(key)}" for key in differing]
