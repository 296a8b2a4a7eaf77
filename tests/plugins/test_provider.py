from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest

from samsvar.provider import get_provider_info

TABLE = {
    "maskinporten": {
        "environment", "token_endpoint", "kid", "private_key", "private_key_file", "keystore", "keystore_password",
        "auth_mode", "algorithm", "resource_as_string", "assertion_lifetime", "refresh_margin", "timeout", "ca_file",
    },
    "vegvesen": {
        "environment", "maskinporten_conn_id", "scope", "delegated_scope", "resource", "request_shape",
        "delete_by_merkekode_path", "settle_seconds", "max_parallel", "connect_timeout", "read_timeout",
        "leasing_scope",
    },
    "fiks": {"environment", "maskinporten_conn_id", "scope", "fiks_org_id", "bulk_size"},
    "vegvesen_register": {"environment", "maskinporten_conn_id", "scope", "bulk_size"},
    "toll": {
        "environment", "maskinporten_conn_id", "scope", "token_exchange", "token_exchange_path",
        "validation_status_mode", "page_size",
    },
    "leasing_keys": {"keys", "lookup_key", "keep_days"},
}  # fmt: skip

# A process of its own: Airflow reads its home when it is imported, and imports hooks as the API server does.
ASK_AIRFLOW = """
import json
from airflow.providers_manager import ProvidersManager
from airflow.api_fastapi.core_api.services.ui.connections import HookMetaService
from airflow.cli.commands.connection_command import _get_connection_types

NAMES = ("maskinporten", "vegvesen", "fiks", "vegvesen_register", "toll", "leasing_keys")
manager = ProvidersManager()
forms = {meta.connection_type: meta.model_dump() for meta in HookMetaService.hook_meta_data()}
print("ANSWER" + json.dumps({
    "version": manager.providers["samsvar"].version,
    "forms": {name: forms[name] for name in NAMES},
    "sensitive": sorted(
        key for key, widget in manager._connection_form_widgets_from_metadata.items()
        if widget.is_sensitive and widget.package_name == "samsvar"
    ),
    "types": _get_connection_types(),
    "hooks": {name: manager.hooks[name].hook_class_name for name in NAMES},
}))
"""


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    environment = os.environ | {
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "0",
    }
    environment.pop("_AIRFLOW_PROCESS_CONTEXT", None)
    done = subprocess.run(
        [sys.executable, "-W", "error::airflow.exceptions.AirflowProviderDeprecationWarning", "-c", ASK_AIRFLOW],
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert "ANSWER" in done.stdout, done.stderr
    return json.loads(done.stdout.split("ANSWER")[1])


@pytest.mark.parametrize("kind", TABLE)
def test_every_field_of_the_connection_table_has_a_place_in_the_form(kind):
    (described,) = (entry for entry in get_provider_info()["connection-types"] if entry["connection-type"] == kind)
    assert TABLE[kind] <= described["conn-fields"].keys()
    for field in described["conn-fields"].values():
        assert field["label"] and field["description"]


def test_the_words_of_a_form_are_plain():
    for described in get_provider_info()["connection-types"]:
        for name, field in described["conn-fields"].items():
            assert "`" not in field["label"] + field["description"], name
            if name.endswith(("timeout", "seconds", "lifetime", "margin")):
                assert "Seconds " in field["description"] and "Blank: " in field["description"], name


def test_the_form_asks_how_the_key_is_named_before_it_asks_for_the_key():
    fields = list(get_provider_info()["connection-types"][0]["conn-fields"])
    assert fields[:3] == ["environment", "auth_mode", "kid"]
    assert {"private_key", "private_key_file", "keystore"} <= set(fields[3:8])


@pytest.mark.parametrize("name", ["private_key", "private_key_file", "keystore"])
def test_each_key_field_names_its_alternatives_by_their_labels(name):
    fields = get_provider_info()["connection-types"][0]["conn-fields"]
    others = ("private_key", "private_key_file", "keystore")
    assert all(fields[other]["label"] in fields[name]["description"] for other in others)


def test_a_blank_number_has_the_default_that_the_form_tells():
    from include.fiks.settings import FiksSettings
    from include.leasing.settings import LeasingKeys
    from include.maskinporten.settings import MaskinportenSettings
    from include.toll.settings import TollSettings
    from include.vegvesen.settings import VegvesenSettings
    from include.vegvesen_register.settings import VegvesenRegisterSettings

    settings_in_order = (
        *(MaskinportenSettings, VegvesenSettings, LeasingKeys, FiksSettings, VegvesenRegisterSettings, TollSettings),
    )
    for described, settings in zip(get_provider_info()["connection-types"], settings_in_order, strict=True):
        for name, field in described["conn-fields"].items():
            if (
                "default" in field["schema"]
                and name in settings.__dataclass_fields__
                and name not in ("environment", "scope")
            ):
                default = settings.__dataclass_fields__[name].default
                assert field["schema"]["default"] == default, name
                if "Blank: " in field["description"] and name != "maskinporten_conn_id":
                    assert f"Blank: {default:g}" in field["description"].replace("1 000 000", "1e+06").replace(
                        "20 000 000", "2e+07"
                    ), name


def test_the_description_keeps_to_airflows_own_schemas():
    # Found without importing it, since importing Airflow makes a home for it.
    (folder,) = (Path(place) for place in find_spec("airflow").submodule_search_locations)
    jsonschema.validate(get_provider_info(), json.loads((folder / "provider_info.schema.json").read_text()))


def test_the_installed_package_tells_airflow_about_itself():
    (found,) = (point for point in entry_points(group="apache_airflow_provider") if point.dist.name == "samsvar")
    assert found.load()() == get_provider_info()
    assert get_provider_info()["package-name"] == found.dist.name


@pytest.mark.parametrize("kind", TABLE)
def test_airflows_connection_form_shows_the_fields(airflow, kind):
    form = airflow["forms"][kind]
    assert TABLE[kind] <= form["extra_fields"].keys()
    if kind != "leasing_keys":  # keys belong to no environment: what they seal says for which it was checked
        assert form["extra_fields"]["environment"]["schema"]["enum"] == ["test", "prod"]
    assert form["standard_fields"]["port"]["hidden"] is True


def test_the_form_names_the_standard_fields_in_maskinportens_words(airflow):
    standard = airflow["forms"]["maskinporten"]["standard_fields"]
    assert (standard["host"]["title"], standard["login"]["title"]) == ("Issuer", "Client id")


def test_every_secret_field_is_a_password_field(airflow):
    names = ("keystore", "keystore_password", "private_key", "private_key_passphrase")
    assert airflow["sensitive"] == [
        "extra__fiks__owner_secret_key",
        "extra__leasing_keys__keys",
        "extra__leasing_keys__lookup_key",
        *(f"extra__maskinporten__{name}" for name in names),
        "extra__vegvesen_register__owner_secret_key",
    ]


@pytest.mark.parametrize("kind", TABLE)
def test_the_command_line_knows_the_type_and_does_not_make_it_generic(airflow, kind):
    assert kind in airflow["types"]
    assert airflow["hooks"][kind].startswith(f"samsvar.hooks.{kind}.")
