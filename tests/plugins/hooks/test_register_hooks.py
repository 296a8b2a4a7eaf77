"""From connections to a register that answers, through the HTTP provider's hook and over real sockets."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from include.config.party import Party
from include.errors import ConfigurationError
from include.fiks.client import FiksRegister
from include.register.port import Absent, Found
from include.sandbox import SandboxThread
from include.sandbox.ivi_reading import Ivi
from include.sandbox.registry import OWN_ORGANISATION
from include.sandbox.serving import Service
from include.vegvesen_register.client import VegvesenRegister
from samsvar.hooks.fiks import FiksHook
from samsvar.hooks.register import SETTING, register_for
from samsvar.hooks.register_http import RegisterHttpHook, transport_for
from samsvar.hooks.vegvesen_register import VegvesenRegisterHook

VIN = "DOKUMENTASJONDEMO"
HOOKS = {"fiks": FiksHook, "vegvesen_register": VegvesenRegisterHook}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with SandboxThread(tmp_path_factory.mktemp("register-hooks")) as running:
        running.vehicles.create(
            OWN_ORGANISATION, Ivi("ref-1", VIN, "VOLVO", "e6*2007/46*0289*09", "V", "W", False), "0" * 64, "101"
        )
        yield running


@pytest.fixture
def connect(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the connections named, and no other register's; `changes` go into their extra."""

    def connections(*names: str, **changes: Any) -> None:
        for name in ("fiks", "vegvesen_register"):
            monkeypatch.delenv(f"AIRFLOW_CONN_{name.upper()}", raising=False)
        for name in ("maskinporten", *names):
            given = dict(sandbox.connections[name])
            if name != "maskinporten":
                given["extra"] = given["extra"] | changes
            monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(given))

    monkeypatch.delenv(SETTING, raising=False)
    return connections


def a_party(**more: Any) -> Party:
    return Party(id="nordbil", name="Nordbil", organisation_number="310000019", **more)


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_opens_a_register_that_finds_vehicles(connect: Any, name: str) -> None:
    connect(name)
    register = HOOKS[name]().get_conn()
    looked = register.lookup_vins([VIN, "TESTSISDINKY00004"])
    register.close()
    assert (type(looked[VIN]), looked["TESTSISDINKY00004"]) == (Found, Absent())


@pytest.mark.parametrize("name", HOOKS)
async def test_the_button_test_tries_everything_even_inside_an_event_loop(connect: Any, name: str) -> None:
    connect(name)
    assert HOOKS[name]().test_connection() == (True, "The register answered (absent).")
    connect(name, scope="svv:kjoretoy/annet")
    good, sentence = HOOKS[name]().test_connection()
    assert not good and "MP-200" in sentence


def test_a_wrong_integration_is_told_by_the_button(connect: Any, monkeypatch: Any, sandbox: Any) -> None:
    connect("fiks")
    monkeypatch.setenv("AIRFLOW_CONN_FIKS", json.dumps(sandbox.connections["fiks"] | {"password": "feil-passord"}))
    good, sentence = FiksHook().test_connection()
    assert not good and "does not let integration" in sentence and "feil-passord" not in sentence


def test_only_our_own_headers_and_no_field_of_the_connection_leave(connect: Any, sandbox: Any) -> None:
    connect("fiks", owner_purpose="Tilbakekalling av kjøretøy", owner_secret_key="A" * 43 + "=")
    seen: list[dict[str, str]] = []
    service: Service = sandbox.services["fiks"]
    answer = service._answer

    def spy(call: Any) -> Any:
        seen.append(dict(call.headers))
        return answer(call)

    service._answer = spy
    try:
        register = FiksHook().register()
        register.lookup_plates(["SB 12345"])
        register.close()
    finally:
        service._answer = answer
    allowed = {
        *("host", "user-agent", "accept", "accept-encoding", "connection", "authorization"),
        *("integrasjonid", "integrasjonpassord", "content-type", "content-length"),
    }
    assert len(seen) == 1 and set(seen[0]) == allowed


@pytest.mark.parametrize("name", HOOKS)
def test_test_and_prod_are_refused_together(connect: Any, monkeypatch: Any, sandbox: Any, name: str) -> None:
    connect(name)
    given = sandbox.connections[name]
    extra = given["extra"] | {"environment": "prod"}
    monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(given | {"host": None, "extra": extra}))
    with pytest.raises(ConfigurationError, match="test and prod are never mixed"):
        HOOKS[name]().register()


def test_connections_are_kept_between_questions(connect: Any, sandbox: Any) -> None:
    connect("fiks", max_parallel=4)
    settings = FiksHook().settings()
    transport = transport_for(settings)
    register = FiksRegister(settings, transport)
    register.lookup_vins([f"TESTSISDINKY{number:05}" for number in range(80)])
    (pool,) = (transport._session.get_adapter("http://x").poolmanager.pools._container or {}).values()
    assert pool.num_requests == 80 and pool.num_connections <= 4
    register.close()


def test_the_session_ignores_proxies_and_passwords_of_the_environment(connect: Any, monkeypatch: Any) -> None:
    connect("fiks")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    register = FiksHook().register()
    assert isinstance(register.lookup_vins([VIN])[VIN], Found)
    register.close()


def test_the_provider_s_hook_sees_the_base_url_only(connect: Any) -> None:
    connect("fiks")
    settings = FiksHook().settings()
    seen = RegisterHttpHook(settings, auth=SimpleNamespace()).get_connection("fiks")  # type: ignore[arg-type]
    assert (seen.host, seen.login, seen.password, seen.extra) == (settings.base_url, None, None, None)


def test_secrets_are_masked_from_the_moment_they_are_read(connect: Any, sandbox: Any, monkeypatch: Any) -> None:
    masked: list[str] = []
    monkeypatch.setattr("samsvar.hooks.masking.mask_secret", masked.append)
    connect("fiks", owner_purpose="Tilbakekalling av kjøretøy", owner_secret_key="A" * 43 + "=")
    FiksHook().settings()
    assert masked == [sandbox.connections["fiks"]["password"], "A" * 43 + "="]


def test_no_task_log_holds_a_vin_or_a_secret(
    connect: Any, sandbox: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    connect("fiks")
    with caplog.at_level(logging.DEBUG):
        register = FiksHook().register()
        register.lookup_vins([VIN])
        register.search("eiernavn", navn="Kanarifugl")
        register.close()
    said = caplog.text + "".join(capfd.readouterr())
    for canary in (VIN, "Kanarifugl", sandbox.connections["fiks"]["password"]):
        assert canary not in said


@pytest.mark.parametrize(
    ("there", "setting", "chosen"),
    [
        ((), None, None),
        ((), "auto", None),
        (("fiks",), None, FiksRegister),
        (("vegvesen_register",), "", VegvesenRegister),
        (("fiks", "vegvesen_register"), None, FiksRegister),
        (("fiks", "vegvesen_register"), "vegvesen_register", VegvesenRegister),
        (("fiks", "vegvesen_register"), "none", None),
    ],
)
def test_the_register_is_chosen_by_the_setting_and_by_what_is_there(
    connect: Any, monkeypatch: Any, there: tuple[str, ...], setting: str | None, chosen: Any
) -> None:
    connect(*there)
    if setting is not None:
        monkeypatch.setenv(SETTING, setting)
    register = register_for(a_party())
    assert type(register) is (chosen or type(None))
    if register is not None:
        register.close()


def test_a_register_that_is_asked_for_and_not_there_is_named(connect: Any, monkeypatch: Any) -> None:
    connect()
    with pytest.raises(ConfigurationError, match="There is no connection fiks"):
        register_for(a_party(), "fiks")
    monkeypatch.setenv(SETTING, "brreg")
    with pytest.raises(ConfigurationError, match="write auto, fiks, vegvesen_register or none"):
        register_for(a_party())


def test_a_party_has_its_own_connection_and_organisation(connect: Any, monkeypatch: Any, sandbox: Any) -> None:
    connect()
    monkeypatch.setenv("AIRFLOW_CONN_FIKS_KOMMUNE", json.dumps(sandbox.connections["fiks"]))
    organisation = "c5b1a2f0-0000-4c0e-8f5e-5a3d0c5a0010"
    register = register_for(a_party(connections={"fiks": "fiks_kommune"}, fiks_org_id=organisation))
    assert isinstance(register, FiksRegister)
    assert (register.name, register._settings.fiks_org_id) == ("fiks_kommune", organisation)
    register.close()


def test_a_connection_that_is_wrong_is_told_and_never_taken_for_missing(connect: Any) -> None:
    connect("fiks", environment="staging")
    with pytest.raises(ConfigurationError, match="environment"):
        register_for(a_party())
