"""All forms of a secret reach Airflow's masker, one by one or, where its adapter is set, in one bundle."""

from __future__ import annotations

import pytest
from airflow.sdk._shared.secrets_masker.secrets_masker import SecretsMasker

from samsvar.hooks import masking
from samsvar.hooks.masked_forms import ADAPTER, forms

SECRETS = ["canary-line-one", "canary-line-two", "abc", "canary-line-one"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(masking, "mask_secret", found.append)
    return found


def test_without_the_adapter_each_secret_is_told_by_itself(told: list[str]) -> None:
    masking.mask(SECRETS)
    assert told == ["canary-line-one", "canary-line-two"]


def test_with_the_adapter_one_call_masks_every_form(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__LOGGING__SECRET_MASK_ADAPTER", ADAPTER)
    masking.mask(SECRETS)
    assert len(told) == 1
    masker = SecretsMasker()
    masker.secret_mask_adapter = forms
    masker.add_mask(told[0])
    assert masker.redact("a canary-line-one b canary-line-two c abc") == "a *** b *** c abc"


def test_a_single_token_is_told_as_it_is(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__LOGGING__SECRET_MASK_ADAPTER", ADAPTER)
    masking.mask(["canary-token"])
    assert told == ["canary-token"]


def test_any_other_secret_has_no_further_forms() -> None:
    assert forms("canary\0token") == []
