"""A connection that is not there is one plain sentence that says what to create, for every hook of ours."""

from __future__ import annotations

import pytest

from include.errors import ConfigurationError
from samsvar.hooks.ecoc_drop import EcocDropHook
from samsvar.hooks.fiks import FiksHook
from samsvar.hooks.leasing_keys import LeasingKeysHook
from samsvar.hooks.maskinporten import MaskinportenHook
from samsvar.hooks.toll import TollHook
from samsvar.hooks.vegvesen import VegvesenHook
from samsvar.hooks.vegvesen_register import VegvesenRegisterHook
from samsvar.hooks.warehouse import WarehouseHook

HOOKS = (
    EcocDropHook,
    FiksHook,
    LeasingKeysHook,
    MaskinportenHook,
    TollHook,
    VegvesenHook,
    VegvesenRegisterHook,
    WarehouseHook,
)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_a_missing_connection_is_told_in_one_sentence(hook: type) -> None:
    made = hook("nowhere_to_be_found")
    with pytest.raises(ConfigurationError) as told:
        made.dsn() if hook is WarehouseHook else made.settings()
    assert str(told.value).startswith("There is no connection nowhere_to_be_found: create it with type ")
    assert "AIRFLOW_CONN_NOWHERE_TO_BE_FOUND" in str(told.value)
