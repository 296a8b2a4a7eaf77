"""What Airflow is told about Samsvar: its connection types and the form of each.

Airflow finds this through the entry point `apache_airflow_provider` and draws the forms from it without importing a
hook, so neither this module nor the forms import anything else of ours.
"""

from __future__ import annotations

from typing import Any

from samsvar.forms.field import Fields
from samsvar.forms.leasing_keys import LEASING_KEYS
from samsvar.forms.maskinporten import MASKINPORTEN
from samsvar.forms.register import FIKS, VEGVESEN_REGISTER
from samsvar.forms.toll import TOLL
from samsvar.forms.vegvesen import VEGVESEN


def _type(
    kind: str, hook: str, name: str, fields: Fields, hidden: list[str], labels: dict[str, str], blank: str = ""
) -> dict[str, Any]:
    return {
        "connection-type": kind,
        "hook-class-name": f"samsvar.hooks.{kind}.{hook}",
        "hook-name": name,
        "conn-fields": fields,
        "ui-field-behaviour": {
            "hidden-fields": hidden,
            "relabeling": labels,
            "placeholders": {"host": blank or "blank: the official address of the environment"},
        },
    }


_NOTHING = ["host", "port", "login", "password", "schema"]
_NO_LOGIN = ["port", "login", "password", "schema"]
_BASE_URL = {"host": "Base URL"}
_INTEGRATION = _BASE_URL | {"login": "Integration id", "password": "Integration password"}
_CLIENT = {"host": "Issuer", "login": "Client id"}
_ISSUER = "blank: the official issuer of the environment"

_TYPES = [
    _type(
        *("maskinporten", "MaskinportenHook", "Maskinporten", MASKINPORTEN),
        *(["port", "password", "schema"], _CLIENT, _ISSUER),
    ),
    _type("vegvesen", "VegvesenHook", "Statens vegvesen eCoC", VEGVESEN, _NO_LOGIN, _BASE_URL),
    _type("leasing_keys", "LeasingKeysHook", "Keys for leaseholders", LEASING_KEYS, _NOTHING, {}),
    _type("fiks", "FiksHook", "KS Fiks Kjøretøyregister", FIKS, ["port", "schema"], _INTEGRATION),
    _type(
        *("vegvesen_register", "VegvesenRegisterHook", "Statens vegvesen register", VEGVESEN_REGISTER),
        *(_NO_LOGIN, _BASE_URL),
    ),
    _type("toll", "TollHook", "Tolletaten ICS2", TOLL, _NO_LOGIN, _BASE_URL),
]


def get_provider_info() -> dict[str, Any]:
    """The provider's description, in the form of Airflow's `provider_info.schema.json`."""
    return {
        "package-name": "samsvar",
        "name": "Samsvar",
        "description": "Vehicle documents and customs consignments to Norwegian authorities.",
        "connection-types": _TYPES,
    }
