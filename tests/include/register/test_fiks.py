"""What is special to KS Fiks: its messages, its two 401s, its searches, and its silence about people."""

from __future__ import annotations

import json
import logging
import socket
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from include.errors import AccessDenied, ConfigurationError, RateLimited, ServiceUnavailable
from include.fiks.client import FiksRegister
from include.fiks.settings import settings_from_connection
from include.register.port import Absent, Found, NotAsked
from include.register.transport import Reply, Request
from include.sandbox.faults import FaultKind, FaultPlan
from include.sandbox.fiks import FIKS_ORG_ID, INTEGRATION_ID
from include.sandbox.register_view import OWNER_CANARY, owner_id
from include.sandbox.registry import OWN_ORGANISATION

GOLDEN = Path(__file__).parent / "golden"
VIN = "DOKUMENTASJONDEMO"
ROOT = f"/kjoretoyregister/api/{FIKS_ORG_ID}/rest/distribusjon/kjoretoy/v2.0"
KEY = "c2Ftc3ZhciBzYW1zdmFyIHNhbXN2YXIgc2Ftc3ZhciE="


class Recorder:
    """A transport that keeps the requests and answers each with the same reply."""

    def __init__(self, reply: Reply) -> None:
        self.requests: list[Request] = []
        self._reply = reply

    def send(self, request: Request) -> Reply:
        self.requests.append(request)
        return self._reply

    def forget_token(self) -> None:
        return None

    def consumer(self) -> str | None:
        return None

    def close(self) -> None:
        return None


@pytest.fixture
def settings() -> Any:
    return settings_from_connection(
        conn_id="fiks",
        host=None,
        login=INTEGRATION_ID,
        password="hemmelig-passord",
        extra={"environment": "test", "fiks_org_id": FIKS_ORG_ID},
    )


def test_the_published_bulk_request_is_sent_to_the_letter(settings: Any) -> None:
    recorder = Recorder(Reply(204))
    moment = datetime(2018, 11, 15, 23, tzinfo=timezone(timedelta(hours=1)))
    FiksRegister(settings, recorder).lookup_plates(["br12345"], at=moment)
    (sent,) = recorder.requests
    published = json.loads((GOLDEN / "fiks_bulk_kjennemerke_request.json").read_text())
    published[0]["kjennemerke"] = published[0]["kjennemerke"].upper()  # a plate is compared and asked for in capitals
    assert (sent.method, sent.path, sent.content) == ("POST", f"{ROOT}/bulk/kjennemerke", published)
    assert sent.headers == {"IntegrasjonId": INTEGRATION_ID, "IntegrasjonPassord": "hemmelig-passord"}


def test_the_other_lookups_go_to_their_published_paths(settings: Any) -> None:
    recorder = Recorder(Reply(204))
    register = FiksRegister(settings, recorder)
    assert register.lookup_vins(["TEST/Ø 1"]) == {"TEST/Ø 1": Absent()}
    register.lookup_kuids(["1234567890"])
    register.search("eiernavn", navn="Kari Nordmann", erPerson=True)
    by_vin, by_kuid, by_name = recorder.requests
    assert (by_vin.method, by_vin.path) == ("GET", f"{ROOT}/bulk/understellsnummer/TEST%2F%C3%981")
    assert (by_kuid.method, by_kuid.path, by_kuid.content) == ("POST", f"{ROOT}/bulk/kuid", [{"kuid": "1234567890"}])
    assert (by_name.method, by_name.path) == ("GET", f"{ROOT}/sok/eiernavn")
    assert by_name.query == (("navn", "Kari Nordmann"), ("erPerson", "true"), ("antall", "100"))


def test_a_moment_without_its_time_zone_is_refused(settings: Any) -> None:
    with pytest.raises(ValueError, match="time zone"):
        FiksRegister(settings, Recorder(Reply(204))).lookup_plates(["BR12345"], at=datetime(2018, 11, 15))


@pytest.mark.parametrize(
    "changes",
    [{"integration_password": "feil-passord"}, {"integration_id": "5d1f0c1e-0000-4f6e-9a53-5a3d0c5a0099"}],
)
def test_a_refused_integration_is_told_apart_from_a_refused_token_and_never_tried_again(
    fiks: Any, sandbox: Any, changes: dict[str, str]
) -> None:
    register = fiks(**changes)
    with pytest.raises(AccessDenied) as refused:
        register.lookup_vins([VIN])
    sentence = str(refused.value)
    assert changes.get("integration_id", INTEGRATION_ID) in sentence
    assert f"0192:{OWN_ORGANISATION}" in sentence and "errorId" in sentence
    assert "feil-passord" not in sentence
    assert sandbox.services["fiks"].requests == 1


def test_a_refused_token_is_renewed_once_and_then_told(fiks: Any, sandbox: Any) -> None:
    with pytest.raises(AccessDenied, match="refused the access token twice"):
        fiks(scope="svv:kjoretoy/ecoc").lookup_vins([VIN])
    assert sandbox.services["fiks"].requests == 2


def test_a_withdrawn_access_is_a_persons_matter(fiks: Any, sandbox: Any) -> None:
    sandbox.knobs.turn({"fiks_access": "withdrawn"})
    with pytest.raises(AccessDenied, match="no right to the register"):
        fiks().lookup_vins([VIN])


def test_a_foreign_organisation_in_the_path_is_a_wrong_setting_or_reads_nothing(fiks: Any) -> None:
    looked = fiks(fiks_org_id="c5b1a2f0-0000-4c0e-8f5e-5a3d0c5a0010").lookup_vins([VIN])[VIN]
    assert type(looked).__name__ == "Unreadable" and looked.support_id.startswith("errorId ")


def test_a_search_goes_through_all_pages_and_gives_every_vehicle_once(fiks: Any, put: Any) -> None:
    made = {put(f"TESTSISDINKY0{number:04}").kuid for number in range(35)}
    for page in (7, 10, 34, 35, 36):
        hits = fiks(bulk_size=page).search("understellsnummer", understellsnummer="TESTSISDINKY0*")
        assert ({one.kuid for one in hits.vehicles}, len(hits.vehicles), hits.whole) == (made, 35, True), page
    cut = fiks(bulk_size=10).search("understellsnummer", understellsnummer="TESTSISDINKY0*", limit=12)
    assert (len(cut.vehicles), cut.whole) == (12, False)


def test_searches_by_person_find_vehicles_and_keep_nobody(fiks: Any, put: Any) -> None:
    vehicle = put(VIN)
    register = fiks()
    for subject, criteria in {
        "eiernavn": {"navn": f"kari {OWNER_CANARY}{vehicle.kuid[-4:]}"},
        "fodselsnummer": {"fodselsnummer": owner_id(vehicle)},
        "kundeid": {"kundeid": f"K{vehicle.kuid}"},
    }.items():
        hits = register.search(subject, **criteria)
        assert [one.kuid for one in hits.vehicles] == [vehicle.kuid], subject
        assert OWNER_CANARY not in repr(hits)
    (customer,) = register.search_customers(eiertype="PERSON", navn="Kari")
    assert (customer.kunde_id, customer.antall_kjoretoy) == (f"K{vehicle.kuid}", 1)
    assert vehicle.kuid not in repr(customer)
    assert register.search("organisasjonsnummer", organisasjonsnummer="310000019").vehicles == ()
    assert register.search_customers(eiertype="PERSON", navn="Ingen") == ()


def test_a_wrong_criterion_is_named_without_its_value(fiks: Any) -> None:
    with pytest.raises(ValueError, match="does not take fornavn") as unknown:
        fiks().search("eiernavn", navn=OWNER_CANARY, fornavn=OWNER_CANARY)
    with pytest.raises(ValueError, match="needs navn"):
        fiks().search("eiernavn", navn=" ")
    with pytest.raises(ValueError, match="search_customers"):
        fiks().search("kunde", eiertype="PERSON")
    with pytest.raises(ValueError, match="Check the criteria") as refused:
        fiks().search_customers(eiertype="HVEMSOMHELST", navn=OWNER_CANARY)
    assert OWNER_CANARY not in f"{unknown.value}{refused.value}"


def test_owners_are_kept_only_for_a_stated_purpose_and_only_encrypted(fiks: Any, put: Any) -> None:
    put(VIN)
    purpose = {"owner_purpose": "Varsel om tilbakekalling, vegtrafikkloven", "owner_secret_key": KEY}
    register = fiks(purpose)
    (record,) = register.lookup_vins([VIN])[VIN].vehicles
    assert record.eierskap is not None and OWNER_CANARY.encode() not in record.eierskap
    assert "eierskap" not in repr(record)
    opened = register._settings.vault.opened(record.eierskap)
    assert OWNER_CANARY in opened["eierskap"]["eier"]["person"]["etternavn"]
    assert opened["purpose"] == purpose["owner_purpose"]
    for alone in ("owner_purpose", "owner_secret_key"):
        with pytest.raises(ConfigurationError, match="is given without"):
            fiks({alone: purpose[alone]})
    with pytest.raises(ConfigurationError, match="no Fernet key") as refused:
        fiks(purpose | {"owner_secret_key": "hemmelig"})
    assert "hemmelig" not in str(refused.value)


def _everything(register: Any, vehicle: Any, sandbox: Any) -> list[str]:
    """Every kind of call and failure; returns what their errors say."""
    name = f"{OWNER_CANARY}{vehicle.kuid[-4:]}"
    said: list[str] = []
    for fault in (None, *FaultKind):
        plan = FaultPlan(rates={fault: 1.0}, slow_seconds=0.5) if fault else FaultPlan()
        sandbox.knobs.faults["fiks"] = plan
        for call in (
            lambda: register.lookup_vins([VIN]),
            lambda: register.lookup_plates([vehicle.plate]),
            lambda: register.search("eiernavn", navn=name),
            lambda: register.search("fodselsnummer", fodselsnummer=owner_id(vehicle)),
            lambda: register.search_customers(eiertype="PERSON", navn=name),
        ):
            try:
                said.append(repr(call()) if fault else "")
            except Exception as error:
                said += [str(error), repr(error), repr(error.__cause__), repr(error.__context__)]
    return said


def test_no_log_and_no_error_holds_a_password_a_token_a_vin_or_an_owner(
    fiks: Any, put: Any, sandbox: Any, source: Any, caplog: pytest.LogCaptureFixture
) -> None:
    vehicle = put(VIN)
    sandbox.vehicles.register(VIN)
    register = fiks(read_timeout=0.3)
    with caplog.at_level(logging.DEBUG):
        for name in ("urllib3", "urllib3.connectionpool", "requests"):
            caplog.set_level(logging.DEBUG, logger=name)
        said = _everything(register, vehicle, sandbox)
        register._settings = replace(register._settings, vault=None)
        said.append(f"{register!r} {register._settings!r} {register._transport!r}")
    tokens = [token.value for token in source._tokens.values()]
    assert tokens
    logged = caplog.text + "\n".join(str(vars(record)) for record in caplog.records)
    # The found vehicle's own record is not logged; its VIN is the answer to the question, so it is not in `said`.
    for canary in (sandbox.connections["fiks"]["password"], OWNER_CANARY, owner_id(vehicle), VIN, *tokens):
        assert canary not in logged, canary
        errors = [one for one in said if canary in one]
        assert errors == [] or canary == VIN, canary


def test_a_register_that_is_away_is_told_without_the_question(fiks: Any) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        register = fiks(base_url=f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(ServiceUnavailable, match="cannot be reached") as away:
            register.search("eiernavn", navn=OWNER_CANARY)
        looked = register.lookup_vins([VIN])[VIN]
    assert (away.value.__cause__, away.value.__context__) == (None, None)
    assert OWNER_CANARY not in str(away.value)
    assert isinstance(looked, NotAsked) and VIN not in looked.sentence


def test_a_quota_ends_a_search_with_the_wanted_pause(settings: Any) -> None:
    recorder = Recorder(Reply(422, {"retry-after": "120"}, b'{"svvguid": "0f3c-11"}'))
    with pytest.raises(RateLimited, match="svvguid 0f3c-11") as limited:
        FiksRegister(settings, recorder).search("kundeid", kundeid="1")
    assert limited.value.retry_after == 120


def test_found_is_found(fiks: Any, put: Any) -> None:
    put(VIN)
    assert isinstance(fiks().lookup_vins([VIN.lower()])[VIN.lower()], Found)
