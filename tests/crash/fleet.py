"""A leasing company's folder during one case, and what has to be true of it at the end."""

from __future__ import annotations

import hashlib
import signal
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from include.sandbox.leasing import PEOPLE, FleetCar
from tests.crash.given import RED
from tests.crash.leaser import STEPS
from tests.crash.oracle import Verdict
from tests.crash.orders import Orders
from tests.crash.scene import IN_FLIGHT, ORGANISATION, Scene

MOST_LIVES = 14
_HEAD = "handling;kjennemerke;fodselsnummer;organisasjonsnummer;etternavn"
_PER_FILE = 25
_COMPANY = "310000027"
UNDECIDED = "FROM ledger.leasing_change WHERE state IN ('SENT', 'UNKNOWN')"
OPEN = "FROM ledger.leasing_change WHERE state IN ('PENDING', 'SENT', 'UNKNOWN')"
NOT_FILED = "FROM ledger.leasing_file WHERE state = 'OPEN' OR filed_at IS NULL"


@dataclass(slots=True)
class Fleet:
    """One leasing company's folder during one case. `wanted` says by plate what has to happen at the authority, once
    each and in this order; `refused` plates belong to nobody's fleet.
    """

    scene: Scene
    wanted: dict[str, list[str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    bad_rows: int = 0

    def fill(self, documents: int) -> None:
        """Files of a few rows: one row in thirty is bad, one in twenty-five refused, one in five ends what the row
        before it began, and every fourth leaseholder is a person.
        """
        lines: list[str] = []
        for number in range(documents):
            if number % 30 == 11:
                self.bad_rows += 1
                lines.append(f"OPPRETTE;?;;{_COMPANY};")
            elif number % 5 == 3 and self.wanted.get(plate := lines[-1].split(";")[1]) == ["opprette"]:
                self.wanted[plate].append("avslutte")
                lines.append(lines[-1].replace("OPPRETTE", "AVSLUTTE"))
            else:
                lines.append(self._begun(number))
        folder = self.scene.drop / "leasing"
        folder.mkdir(parents=True, exist_ok=True)
        for at in range(0, documents, _PER_FILE):
            content = "\n".join([_HEAD, *lines[at : at + _PER_FILE]]).encode()
            name = f"{at:05d}.csv"
            (folder / f"{name}.part").write_bytes(content)
            (folder / f"{name}.part").replace(folder / name)
            self.files[name] = hashlib.sha256(content).hexdigest()

    def _begun(self, number: int) -> str:
        first, second = divmod(self.scene.number % 676, 26)
        plate = f"{chr(65 + first)}{chr(65 + second)}{number:05d}"
        person, name = list(PEOPLE.items())[number % len(PEOPLE)]
        who = f"{person};;{name.split()[-1].title()}" if number % 4 == 1 else f";{_COMPANY};"
        if number % 25 == 7:
            self.refused.append(plate)
        else:
            self.wanted[plate] = ["opprette"]
            car = FleetCar(plate, ORGANISATION, f"338{plate[2:]}", f"TEST{plate}", "VOLVO", "9400", "EX30")
            self.scene.house.sandbox.leasing.fleet[plate] = car
        return f"OPPRETTE;{plate};{who}"

    def orders(self, documents: int, **more: Any) -> Orders:
        """What a sender is told."""
        sandbox = self.scene.house.sandbox
        names = ("vegvesen", "vegvesen_register", "maskinporten", "ecoc_sftp", "leasing_keys")
        party = {"id": self.scene.party, "name": "Nordleie AS", "organisation_number": ORGANISATION}
        told = self.scene.orders(
            documents,
            stream="leasing",
            steps=STEPS,
            connections={name: sandbox.connections[name] for name in names},
            party=party | {"roles": ["leasing"], "upload": "rename"},
        )
        return replace(told, **more)

    def let_it_settle(self) -> None:
        """The authority has done everything that was sent to it, so the time to settle may be over."""
        self.scene.quiet()
        self.scene.rows(
            "UPDATE ledger.leasing_change SET settle_until = now() - interval '1 second', look_again_at = NULL "
            "WHERE state IN ('SENT', 'UNKNOWN')"
        )
        self.scene.let_time_pass()

    def die(self, orders: Orders) -> int:
        """One life that must end by SIGKILL; how many changes it leaves undecided."""
        if (status := self.scene.live(orders)) != -signal.SIGKILL:
            self.scene.problems.append(f"a life ended with {status}, not by a kill: {self.scene.log()[-600:]}")
        self.scene.quiet()
        left = self.scene.count(UNDECIDED)
        if left > IN_FLIGHT:
            self.scene.problems.append(f"{left} unknown after one crash, more than {IN_FLIGHT}")
        return left

    def come_back(self, orders: Orders) -> None:
        """Fresh processes finish it: the same run as a retry does, then new runs."""
        for number in range(2, MOST_LIVES):
            if number == 2:
                self.scene.let_time_pass()  # the retry comes while unknown ones are not settled yet
            else:
                self.let_it_settle()
            run = "run-1" if number == 2 else f"run-{number}"
            status = self.scene.live(replace(orders, charges=(), dice=None, try_number=number, run=run))
            if status not in (0, RED):
                self.scene.problems.append(f"a sender broke with status {status}: {self.scene.log()[-600:]}")
                return
            if number > 2 and status == 0 and not self.scene.count(OPEN) and not self.scene.count(NOT_FILED):
                return
        self.scene.problems.append(f"after {MOST_LIVES} lives something is open still: {self.scene.log()[-600:]}")

    def judge(self) -> Verdict:
        """Compares folder, ledger and truth log."""
        verdict = Verdict(problems=list(self.scene.problems))
        happened: dict[str, list[str]] = defaultdict(list)
        for line in self.scene.truth():
            if line["result"].startswith("LEASINGTAKER_"):
                happened[line["ref"]].append(line["op"].removeprefix("leasing_"))
            elif line["result"] == "SANDKASSE_ER_IKKE_LEASINGTAKER":
                verdict.doubled.append(f"{line['ref']} was ended twice, or before it had begun")
        ends: dict[str, list[str]] = defaultdict(list)
        for row in self.scene.rows("SELECT kjennemerke, state FROM ledger.leasing_change ORDER BY id"):
            ends[row["kjennemerke"]].append(row["state"])
        verdict.created = sum(map(len, happened.values()))
        for plate, wanted in self.wanted.items():
            self._judge_plate(verdict, plate, wanted, happened[plate], ends[plate])
        for plate in self.refused:
            if happened[plate] or ends[plate] not in (["REFUSED"], ["NEEDS_PERSON"]):  # the register lacks it, too
                verdict.wrong.append(f"{plate} is {ends[plate]} and is in nobody's fleet")
        self._judge_files(verdict)
        return verdict

    def _judge_plate(self, verdict: Verdict, plate: str, wanted: list[str], did: list[str], ends: list[str]) -> None:
        undecided = sum(state in ("UNKNOWN", "SENT", "NEEDS_PERSON") for state in ends)
        verdict.unknown += undecided
        if any(did.count(one) > 1 for one in did):
            verdict.doubled.append(f"{plate}: {', '.join(did)}")
        elif undecided:
            return
        elif did != wanted:
            verdict.lost.append(f"{plate} is {ends}, and the authority: {', '.join(did) or 'nothing'}")
        elif ends != ["ACCEPTED"] * len(wanted):
            verdict.wrong.append(f"{plate} is {ends}, and the authority: {', '.join(did)}")

    def _judge_files(self, verdict: Verdict) -> None:
        drop = self.scene.drop
        left = sorted(path.name for path in (drop / "leasing").iterdir())
        verdict.problems += [f"left in the folder: {left}"] if left else []
        filed = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (drop / "archive").rglob("*.csv")]
        verdict.lost += [
            f"{name} is not in the archive once" for name, one in self.files.items() if filed.count(one) != 1
        ]
        receipts = len(list((drop / "receipts").glob("*.json")))
        if receipts != len(self.files):
            verdict.problems.append(f"{receipts} receipts for {len(self.files)} files")
        if (bad := self.scene.count("FROM ledger.leasing_change WHERE state = 'INVALID'")) != self.bad_rows:
            verdict.problems.append(f"{bad} bad rows instead of {self.bad_rows}")
