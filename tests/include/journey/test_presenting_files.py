"""Presentation files from the drop to the receipt, without Airflow: real SFTP, real PostgreSQL, a customs that is told
how to behave. What was presented is asked of that customs, never of our own ledger.

Rows 2 and 7 of the consequences for our client: requestId persisted before the POST, the same after a timeout, a new
one for a correction, "already used" as a proof of arrival; local checks hard and soft.
"""

# longer because a test module may not import from another one: customs and the driver of a landing stand here

from __future__ import annotations

import asyncio
import csv
import io
import json
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest

from include.config.party import Party
from include.drop.drop import Drop
from include.drop.settings import settings_from_connection
from include.errors import AccessDenied, ConfigurationError, OneDocument, RateLimited, ServiceUnavailable
from include.journey import present as present_step
from include.journey.errand import Pace, Presented
from include.journey.present import present_party
from include.journey.present_check import Checked, Checking, check_taken
from include.journey.present_take import Taken, take_files, take_form
from include.journey.present_tell import Told, tell_party
from include.ledger import stop_switch
from include.ledger.content import ContentStore
from include.ledger.locks import party_lock
from include.ledger.sightings import name_party
from include.ledger.validating import record_validations
from include.ledger.warehouse import connect, now_of
from include.outcomes import Outcome
from include.sandbox import Sandbox
from include.sandbox.keys import KeyRing
from include.toll.answer import Answer, Fault, NotAllowed
from include.toll.polling import Status
from include.toll.presentation import Consignment

pytestmark = pytest.mark.postgres

HEAD = "nivå;MRN;dokumentnummer;dokumenttype;postsekk;container;tollkontor;retter"
MRN = "23NO00000000000003"
SECONDS = 30.0


def house(number: str, kind: str = "N740", mrn: str = MRN, office: str = "NO351001", corrects: str = "") -> str:
    return f"hus;{mrn};{number};{kind};;;{office};{corrects}"


def table(*lines: str) -> bytes:
    return ("\r\n".join([HEAD, *lines]) + "\r\n").encode("cp1252")


class Customs:
    """Takes each requestId once. `next` are the ends of the coming requests, taken one after the other; else accepted.

    lost: taken, the answer is lost. never: it never arrived, and nobody knows. refused: by its MRN. busy: 429.
    denied: 403. down: 500.
    """

    def __init__(self) -> None:
        self.next: list[str] = []
        self.taken: dict[UUID, Consignment] = {}
        self.requests: list[UUID] = []
        self.at_once = 0
        self.most_at_once = 0
        self.seconds = 0.0
        self.always = ""

    @property
    def presented(self) -> Counter[tuple[str | None, str | None, str | None]]:
        """How often each consignment was presented."""
        return Counter((one.mrn, one.document_number, one.document_type) for one in self.taken.values())

    async def present(
        self,
        request_id: UUID,
        consignment: Consignment,
        *,
        may_send: Callable[[], bool] = lambda: True,
        on_wire: Callable[[], None] = lambda: None,
    ) -> Answer:
        if not may_send():
            return self._answer("not_sent", None, error_class="expired_intent")
        on_wire()
        self.requests.append(request_id)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(self.seconds)
            return self._end(request_id, consignment)
        finally:
            self.at_once -= 1

    def _end(self, request_id: UUID, consignment: Consignment) -> Answer:
        end = self.next.pop(0) if self.next else self.always
        if end == "never":
            return self._answer("unknown", None, error_class="read_timeout")
        if end == "down":
            return self._answer("unknown", 500, error_class="server_error")
        if end == "busy":
            return self._answer("not_sent", 429, error_class="slow_down", retry_after=7.0)
        if end == "denied":
            raise NotAllowed(self._answer("not_sent", 403, error_class="forbidden"))
        if end == "refused":
            return self._answer("refused", 400, faults=(Fault("mrn", "Ukjent MRN"),))
        if request_id in self.taken:
            used = Fault("requestId", "requestId is already in use")
            return self._answer("refused", 400, faults=(used,), already_used=True)
        self.taken[request_id] = consignment
        if end == "lost":
            return self._answer("unknown", None, error_class="read_timeout")
        return self._answer("accepted", 202)

    @staticmethod
    def _answer(outcome: str, http_status: int | None, **more: Any) -> Answer:
        now = datetime.now(UTC)
        return Answer(
            outcome=Outcome(outcome),
            sentence=f"It ended {outcome}, {http_status}.",
            request_sha256="0" * 64,
            started_at=now,
            ended_at=now,
            http_status=http_status,
            **more,
        )


class Landing:
    """One party's presentations, step by step. Like in Airflow each step opens and closes its own connections."""

    def __init__(self, warehouse: str, sandbox: Sandbox, folder: Path) -> None:
        self.dsn = warehouse
        self.sandbox = sandbox
        self.store = ContentStore(str(folder / "store"))
        self.customs = Customs()
        self.run = "run-1"
        self.checking = Checking(environment="test")
        self.party = Party.model_validate(
            {
                "id": "nordfly",
                "name": "Nordfly AS",
                "organisation_number": "310000019",
                "roles": ["customs"],
                "upload": "rename",
            }
        )
        login = {key: value for key, value in sandbox.connections["ecoc_sftp"].items() if key != "conn_type"}
        self.drop_settings = settings_from_connection(conn_id="ecoc_sftp", **login)
        self._tries = count(1)
        (self.folder / "presentations").mkdir(parents=True)

    def configure(self, **changes: Any) -> None:
        self.party = Party.model_validate(self.party.model_dump() | changes)

    @property
    def folder(self) -> Path:
        return self.sandbox.drop_root / self.party.drop

    def put(self, name: str, content: bytes) -> None:
        (self.folder / "presentations" / name).write_bytes(content)

    def names(self, folder: str = "presentations") -> list[str]:
        return sorted(path.name for path in (self.folder / folder).rglob("*") if not path.is_dir())

    def receipt(self, ending: str, part: str = "") -> str:
        (path,) = [one for one in (self.folder / "receipts").glob(f"*{ending}") if part in one.name]
        return path.read_text("utf-8-sig")

    def told(self, part: str = "") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.receipt(".presentation.json", part))
        return found

    def sql(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        with connect(self.dsn) as connection:
            cursor = connection.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def states(self) -> Counter[str]:
        return Counter(row["state"] for row in self.sql("SELECT state FROM ledger.presentation"))

    async def take(self) -> Taken:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id):
            name_party(connection, self.party.id, self.party.name, self.party.organisation_number, "Europe/Oslo")
            async with Drop(self.drop_settings) as drop:
                return await take_files(connection, drop, self.store, self.party, now=now_of(connection))

    def form(self, run: str, **cells: str) -> bool:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id):
            name_party(connection, self.party.id, self.party.name, self.party.organisation_number, "Europe/Oslo")
            return take_form(connection, self.store, self.party, run, cells, now=now_of(connection))

    def check(self) -> Checked:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id):
            return check_taken(connection, self.store, self.party, self.checking)

    async def present(self, *, stop: asyncio.Event | None = None, try_number: int = 1) -> Presented:
        return await present_party(
            self.dsn,
            party=self.party.id,
            run_id=self.run,
            owner=f"try-{next(self._tries)}",
            pace=Pace(environment="test", max_parallel=4, total_timeout=5, settle_seconds=1),
            presenter=self.customs,
            stop=stop or asyncio.Event(),
            try_number=try_number,
        )

    async def tell(self) -> Told:
        with connect(self.dsn) as connection, party_lock(connection, self.party.id, shared=True):
            async with Drop(self.drop_settings) as drop:
                return await tell_party(connection, drop, self.store, self.party, now=now_of(connection))

    async def whole(self, run: str | None = None) -> Told:
        self.run = run or f"run-{next(self._tries)}"
        await self.take()
        self.check()
        await self.present()
        return await self.tell()

    def time_passes(self) -> None:
        """Pauses are over, and so are leases, rests and intents of tasks that ended."""
        self.sql("UPDATE ledger.presentation SET repeat_at = now()")
        self.sql("UPDATE ledger.presentation SET settle_until = now() WHERE state = 'SENT'")
        self.sql("UPDATE ledger.run_gate SET until = now()")
        self.sql("UPDATE ledger.lease SET until = now()")

    def validate(self, word: str = "SUCCESS", only: Iterable[UUID] | None = None) -> None:
        """The status feed tells of everything that customs has taken."""
        statuses = [
            Status(str(one), word, datetime.now(UTC), () if word == "SUCCESS" else (Fault("mrn", "MRN finnes ikke"),),
                   MRN, b"{}")
            for one in (only or self.customs.taken)
        ]  # fmt: skip
        with connect(self.dsn) as connection:
            record_validations(connection, statuses)
            connection.commit()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("authority") / "keys"
    return folder, {name: KeyRing(folder).pair(name) for name in ("server", "client", "business")}


@pytest.fixture
async def landing(
    warehouse: str, keys: tuple[Path, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Landing]:
    monkeypatch.setattr(present_step, "_GATE_POLL_SECONDS", 0.02)
    folder, pairs = keys
    shutil.copytree(folder, tmp_path / "sandbox" / "keys")
    monkeypatch.setattr(KeyRing, "pair", lambda _, name: pairs[name])
    async with Sandbox(tmp_path / "sandbox", seed=7) as sandbox:
        yield Landing(warehouse, sandbox, tmp_path)


async def test_good_rows_are_presented_and_bad_rows_come_back_with_a_reason_each(landing: Landing) -> None:
    lines = [house("HC001"), house("HC002", kind="X999"), house("HC003", mrn="23NO1"), house("HC001"), "kiste;;;;;;;"]
    landing.put("fly 17 (ny).csv", table(*lines, "forventet;;HC009;N740;;;;"))

    told = await landing.whole()

    assert landing.customs.presented == {(MRN, "HC001", "N740"): 1}
    assert told.failed == 0 and landing.names() == []
    (name,) = landing.names("archive")
    assert name.endswith("_fly_17_ny_.csv")
    record = landing.told()
    assert [row["standing"] for row in record["rows"]] == ["taken", "bad", "bad", "again", "bad", "expected"]
    assert [row["row"] for row in record["rows"]] == [2, 3, 4, 5, 6, 7]
    rules = [[remark["rule_id"] for remark in row["remarks"] if remark["level"] == "error"] for row in record["rows"]]
    assert rules == [[], ["toll.document.type"], ["toll.mrn.form"], [], ["row.level"], []]
    text = landing.receipt(".presentation.txt")
    assert "Flyfraktbrev" in text and "Rad 3: hus" in text and "Rett raden" in text


async def test_a_wrong_check_digit_is_a_warning_and_a_wrong_length_an_error(landing: Landing) -> None:
    landing.put("a.csv", table(f"ens;{MRN};;;;;NO351001;", "ens;23NO0000000000003;;;;;NO351001;"))
    await landing.whole()
    (good, bad) = landing.told()["rows"]
    assert (good["standing"], [one["level"] for one in good["remarks"]]) == ("taken", ["warning"])
    assert (bad["standing"], [one["level"] for one in bad["remarks"]]) == ("bad", ["error"])
    assert [one.mrn for one in landing.customs.taken.values()] == [MRN]


async def test_the_receipts_speak_the_party_s_language_and_a_spreadsheet_meets_no_formula(landing: Landing) -> None:
    landing.configure(language="en")
    landing.put("a.csv", table(house("=1+1"), house("HC002", kind="X999")))
    await landing.whole()
    assert "Air waybill" in landing.receipt(".presentation.txt")
    rows = list(csv.reader(io.StringIO(landing.receipt(".presentation.csv")), delimiter=";"))
    assert rows[0][:4] == ["level", "MRN", "document number", "document type"]
    assert rows[1][2] == "'=1+1" and rows[2][9] == "bad"


async def test_workbook_and_json_present_like_csv(landing: Landing) -> None:
    book = openpyxl.Workbook()
    for line in (HEAD.split(";"), house("0017").split(";"), ["hus", MRN, 18, "N740", None, None, "NO351001"]):
        book.active.append(line)
    packed = io.BytesIO()
    book.save(packed)
    landing.put("b.xlsx", packed.getvalue())
    told = {"customsOfficeOfPresentation": "NO351001", "consignments": [{"level": "ens", "mrn": MRN}]}
    landing.put("c.json", json.dumps(told).encode())
    await landing.whole()
    assert set(landing.customs.presented) == {(MRN, "0017", "N740"), (MRN, "18", "N740"), (MRN, None, None)}
    assert len(landing.names("archive")) == 2


async def test_the_same_file_again_is_a_duplicate_and_presents_nothing(landing: Landing) -> None:
    content = table(house("HC001"))
    landing.put("a.csv", content)
    await landing.whole()
    landing.put("a.csv", content)
    landing.put("b.csv", content)
    await landing.whole()
    assert len(landing.customs.requests) == 1
    states = landing.sql("SELECT name, state FROM ledger.presentation_file ORDER BY id")
    assert [row["state"] for row in states] == ["CHECKED", "DUPLICATE", "DUPLICATE"]
    assert landing.names() == [] and len(landing.names("archive")) == 3
    assert "kom før, som a.csv" in landing.receipt(".presentation.txt", "b.csv")
    assert landing.told("b.csv")["state"] == "duplicate"


async def test_a_file_of_which_nothing_can_be_read_goes_to_rejected_with_the_reason(landing: Landing) -> None:
    landing.put("a.csv", b"mrn;office\n1;2\n")
    landing.put("b.pdf", b"%PDF")
    (landing.folder / "presentations" / "link.csv").symlink_to("/etc/hostname")
    await landing.whole()
    assert [name.partition("_")[2] for name in landing.names("rejected")] == ["a.csv", "b.pdf"]
    assert landing.names() == ["link.csv"], "a link is not touched"
    assert landing.told("a.csv")["reason"].startswith("Første rad må ha kolonnenavnene")
    assert len(list((landing.folder / "receipts").glob("*.txt"))) == 3
    assert (await landing.whole()).receipts == 0, "nothing new to tell"
    assert len(landing.sql("SELECT id FROM ledger.presentation_file")) == 3


async def test_a_file_that_is_still_growing_waits_until_it_lies_quiet(landing: Landing) -> None:
    landing.configure(upload="quiet", quiet_seconds=30)
    landing.put("a.csv", table(house("HC001")))
    landing.put("b.csv.part", table(house("HC002")))
    first = await landing.take()
    assert first.wait_seconds > 0 and first.files == 0
    landing.sql("UPDATE ledger.presentation_file SET stable_since = now() - interval '20 seconds'")
    landing.put("a.csv", table(house("HC001"), house("HC002")))
    landing.sql("UPDATE ledger.presentation_file SET mtime = mtime - 1")
    assert (await landing.take()).files == 0, "it changed: the quiet period begins anew"
    landing.sql("UPDATE ledger.presentation_file SET stable_since = now() - interval '31 seconds'")
    assert (await landing.take()).files == 1
    landing.check()
    assert landing.states() == {"PENDING": 2}


async def test_a_lost_answer_is_repeated_under_its_id_and_validation_confirms_it(landing: Landing) -> None:
    landing.customs.next = ["", "lost", "never", "refused"]
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(4))))
    await landing.whole()
    assert landing.states() == {"ACCEPTED": 1, "UNKNOWN": 2, "REFUSED": 1}
    standings = [row["standing"] for row in landing.told()["rows"]]
    assert sorted(standings) == ["refused", "taken", "unknown", "unknown"]

    await landing.whole()
    assert len(landing.customs.requests) == 4, "not before the pause"
    landing.time_passes()
    told = await landing.whole()

    assert landing.states() == {"ACCEPTED": 2, "UNKNOWN": 1, "REFUSED": 1} and told.receipts == 1
    assert len(landing.customs.requests) == 6 and len(set(landing.customs.requests)) == 4
    landing.validate()
    assert landing.states() == {"ACCEPTED": 3, "REFUSED": 1}
    landing.time_passes()
    await landing.whole()
    assert len(landing.customs.requests) == 6
    assert set(landing.customs.presented.values()) == {1}
    standings = [row["standing"] for row in landing.told()["rows"]]
    assert sorted(standings) == ["refused", "validated", "validated", "validated"]
    assert "Ukjent MRN" in landing.receipt(".presentation.txt")


async def test_a_correction_is_a_new_request_that_names_the_old_one(landing: Landing) -> None:
    landing.put("a.csv", table(house("HC001"), house("HC002")))
    await landing.whole()
    first = {row["given"]["document_number"]: row["requestId"] for row in landing.told()["rows"]}
    landing.validate("FAILURE", [UUID(first["HC001"])])
    landing.validate("SUCCESS", [UUID(first["HC002"])])
    await landing.whole()
    (failed, _) = landing.told("a.csv")["rows"]
    assert failed["standing"] == "failed" and failed["faults"] == [{"path": "mrn", "text": "MRN finnes ikke"}]

    landing.put(
        "b.csv", table(house("HC001"), house("HC002"), house("HC002", office="NO371001", corrects=first["HC002"]))
    )
    await landing.whole()

    rows = landing.told("b.csv")["rows"]
    assert [row["standing"] for row in rows] == ["taken", "again", "taken"]
    assert [row["corrects"] for row in rows] == [first["HC001"], None, first["HC002"]]
    assert rows[0]["requestId"] != first["HC001"] and len(set(landing.customs.requests)) == 4


async def test_the_form_presents_once_however_often_its_task_is_cleared(landing: Landing) -> None:
    cells = {"level": "house-consignment", "document_number": "HC001", "document_type": "n740", "office": "NO351001"}
    for _ in range(3):
        landing.form("manual-1", **cells)
        landing.check()
        await landing.present(try_number=2)
        await landing.tell()
    assert landing.form("manual-2", **cells)
    landing.check()
    await landing.present()
    assert landing.customs.presented == {(None, "HC001", "N740"): 1} and len(landing.customs.requests) == 1
    verdicts = landing.sql("SELECT verdict FROM ledger.presentation_row ORDER BY file_id")
    assert [row["verdict"] for row in verdicts] == ["presented", "again"]


async def test_a_customs_that_is_down_stops_the_run_after_five_and_nothing_is_lost(landing: Landing) -> None:
    landing.customs.always = "down"
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(40))))
    with pytest.raises(ServiceUnavailable, match="in a row"):
        await landing.whole()
    assert 5 <= len(landing.customs.requests) <= 9
    await landing.tell()
    assert landing.names() == ["a.csv"], "what was not tried yet keeps the file where it is"
    landing.customs.always = ""
    landing.time_passes()
    await landing.whole()
    assert landing.states() == {"ACCEPTED": 40} and set(landing.customs.presented.values()) == {1}
    assert landing.names() == []


async def test_access_that_is_refused_is_red_at_once_and_stays_unsent(landing: Landing) -> None:
    landing.customs.always = "denied"
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(10))))
    with pytest.raises(AccessDenied):
        await landing.whole()
    assert landing.states() == {"PENDING": 10} and len(landing.customs.requests) == 1
    landing.customs.always = ""
    await landing.present(try_number=2)
    assert landing.states() == {"ACCEPTED": 10}


async def test_a_request_to_slow_down_is_honoured(landing: Landing) -> None:
    landing.customs.next = ["", "busy"]
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(3))))
    with pytest.raises(RateLimited) as limited:
        await landing.whole()
    assert limited.value.retry_after == 7.0
    landing.time_passes()
    await landing.whole()
    assert landing.states() == {"ACCEPTED": 3}


async def test_a_stop_switch_holds_everything_and_says_so(landing: Landing) -> None:
    landing.put("a.csv", table(house("HC001")))
    with connect(landing.dsn) as connection:
        stop_switch.stop(connection, "toll", "", reason="maintenance", by="Kari")
    with pytest.raises(ConfigurationError, match="Kari"):
        await landing.whole()
    assert landing.customs.requests == []
    with connect(landing.dsn) as connection:
        stop_switch.go(connection, "toll", "", reason="done", by="Kari")
    await landing.present(try_number=2)
    assert landing.states() == {"ACCEPTED": 1}


async def test_no_more_are_in_flight_than_the_installation_allows_and_one_goes_first(landing: Landing) -> None:
    landing.customs.seconds = 0.02
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(30))))
    await landing.take()
    landing.check()
    await asyncio.gather(landing.present(), landing.present())
    assert landing.customs.most_at_once <= 4 and set(landing.customs.presented.values()) == {1}
    assert landing.states() == {"ACCEPTED": 30}
    assert landing.sql("SELECT * FROM ledger.lease") == []


async def test_a_task_that_is_asked_to_stop_claims_no_more_and_a_retry_sends_the_rest(landing: Landing) -> None:
    landing.customs.seconds = 0.05
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(30))))
    await landing.take()
    landing.check()
    stop = asyncio.Event()
    sending = asyncio.create_task(landing.present(stop=stop))
    while len(landing.customs.taken) < 6:
        await asyncio.sleep(0.005)
    stop.set()
    with pytest.raises(ServiceUnavailable, match="asked to stop"):
        await sending
    assert landing.states()["SENT"] == 0 and 0 < landing.states()["PENDING"] < 25
    await landing.present(try_number=2)
    assert landing.states() == {"ACCEPTED": 30} and set(landing.customs.presented.values()) == {1}


async def test_a_file_that_was_overwritten_before_it_was_filed_comes_back_as_a_new_one(landing: Landing) -> None:
    old, new = table(house("HC001")), table(house("HC001"), house("HC002"))
    landing.put("a.csv", old)
    await landing.take()
    landing.check()
    await landing.present()
    landing.put("a.csv", new)
    told = await landing.tell()
    assert told.came_back == 1 and landing.names() == ["a.csv"]
    (archived,) = (landing.folder / "archive").rglob("*_a.csv")
    assert archived.read_bytes() == old and (landing.folder / "presentations" / "a.csv").read_bytes() == new
    await landing.whole()
    assert landing.names() == [] and len(landing.names("archive")) == 2
    assert landing.customs.presented == {(MRN, "HC001", "N740"): 1, (MRN, "HC002", "N740"): 1}


async def test_filing_that_was_killed_after_the_rename_is_taken_up_again(landing: Landing) -> None:
    landing.put("a.csv", table(house("HC001")))
    await landing.whole()
    landing.sql("UPDATE ledger.presentation_file SET filed_at = NULL")
    assert (await landing.tell()).filed == 1
    (row,) = landing.sql("SELECT filed_as FROM ledger.presentation_file")
    assert (landing.sandbox.drop_root / row["filed_as"]).is_file() and len(landing.names("archive")) == 1


async def test_a_level_whose_message_is_a_guess_is_a_bad_row_until_a_setting_allows_it(landing: Landing) -> None:
    line = "container;;;;;JARU0000010;NO351001;"
    landing.put("a.csv", table(line))
    await landing.whole()
    (row,) = landing.told()["rows"]
    assert row["standing"] == "bad" and row["remarks"][0]["rule_id"] == "toll.level.guessed"
    landing.checking = Checking(environment="test", guessed_levels=True)
    landing.put("b.csv", table(line, ""))
    await landing.whole()
    assert landing.told("b.csv")["rows"][0]["standing"] == "taken"


async def test_more_rows_than_the_limit_is_one_clear_sentence(landing: Landing) -> None:
    landing.checking = Checking(environment="test", max_rows=5)
    landing.put("a.csv", table(*(house(f"HC{number}") for number in range(6))))
    await landing.whole()
    assert landing.told()["reason"].startswith("Filen har flere enn 5 rader") and landing.customs.requests == []


async def test_a_file_that_the_content_store_lacks_keeps_no_other_back(landing: Landing) -> None:
    landing.put("a.csv", table(house("HC001")))
    landing.put("b.csv", table(house("HC002")))
    await landing.take()
    (first, _) = landing.sql("SELECT sha256 FROM ledger.presentation_file ORDER BY id")
    kept = landing.store.get(first["sha256"])
    (path,) = landing.sandbox.home.parent.glob(f"store/*/{first['sha256']}")
    path.unlink()
    with pytest.raises(OneDocument, match="lacks document"):
        landing.check()
    await landing.present()
    assert landing.customs.presented == {(MRN, "HC002", "N740"): 1}
    landing.store.put(kept, first["sha256"])
    await landing.whole()
    assert set(landing.customs.presented.values()) == {1} and len(landing.customs.presented) == 2


async def test_a_folder_that_is_not_there_is_no_error(landing: Landing) -> None:
    (landing.folder / "presentations").rmdir()
    assert (await landing.take()).listed == 0


async def test_a_person_s_case_is_never_sent_again_and_can_be_corrected(landing: Landing) -> None:
    landing.put("a.csv", table(house("HC001")))
    await landing.take()
    landing.check()
    (row,) = landing.sql("SELECT request_id FROM ledger.presentation")
    landing.customs.taken[row["request_id"]] = Consignment("house-consignment", "NO351001")  # type: ignore[arg-type]
    await landing.present()
    await landing.tell()
    assert landing.states() == {"NEEDS_PERSON": 1}
    assert landing.told()["rows"][0]["standing"] == "needs_person"
    landing.time_passes()
    await landing.whole()
    assert len(landing.customs.requests) == 1
    landing.put("b.csv", table(house("HC001"), house("HC001", corrects=str(row["request_id"]))))
    await landing.whole()
    assert [one["standing"] for one in landing.told("b.csv")["rows"]] == ["again", "taken"]
