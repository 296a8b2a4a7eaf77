"""A connection becomes settings, or one sentence that names it and the field."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import ConfigurationError
from include.vegvesen.settings import VegvesenSettings, refuse_mixed_environments, settings_from_extra


def read(host: str | None = None, **extra: Any) -> VegvesenSettings:
    return settings_from_extra(conn_id="svv", host=host, extra={"environment": "test"} | extra)


def test_blank_fields_take_the_published_values_of_their_environment() -> None:
    blank = {"scope": " ", "max_parallel": "", "resource": None}
    test, prod = read(**blank), read(environment="prod", **blank)
    assert (test.base_url, prod.base_url) == ("https://synt.utv.vegvesen.no", "https://www.vegvesen.no")
    assert (test.resource, prod.resource) == ("https://www.utv.vegvesen.no", "https://www.vegvesen.no")
    assert (prod.scope, prod.delegated_scope) == ("svv:kjoretoy/ecoc", "svv:kjoretoy/ecoc.delegert")
    assert (prod.request_shape, prod.max_parallel, prod.rate_per_second) == ("object", 16, None)
    assert (prod.settle_seconds, prod.connect_timeout, prod.read_timeout) == (300.0, 5.0, 60.0)
    assert prod.total_timeout > prod.connect_timeout + prod.read_timeout


def test_fields_of_the_form_arrive_as_text_and_are_read_as_numbers() -> None:
    found = read(max_parallel="64", rate_per_second="2.5", read_timeout=30, request_shape="array", settle_seconds="7")
    assert (found.max_parallel, found.rate_per_second, found.read_timeout) == (64, 2.5, 30.0)
    assert (found.request_shape, found.settle_seconds) == ("array", 7.0)


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ("prod", "https://www.vegvesen.no"),
        ("prod", "https://www.vegvesen.no/"),
        ("prod", "https://autosys-kjoretoy-api.atlas.vegvesen.no/base/"),
        ("test", "https://synt.utv.vegvesen.no"),
        ("test", "https://SYNT.UTV.vegvesen.no:8443"),
        ("test", "https://sis3.miljo.autodev.no"),
        ("test", "http://127.0.0.1:8081"),
        ("test", "http://localhost:1"),
        ("test", "http://[::1]:8081"),
    ],
)
def test_hosts_of_the_environment_are_taken(environment: str, host: str) -> None:
    assert read(host, environment=environment).base_url == host.rstrip("/")


@pytest.mark.parametrize(
    ("environment", "host", "says"),
    [
        ("prod", "http://www.vegvesen.no", "use https"),
        ("test", "http://synt.utv.vegvesen.no", "use https"),
        ("prod", "www.vegvesen.no", "write it like https://www.vegvesen.no"),
        ("prod", "ftp://www.vegvesen.no", "not a URL"),
        ("prod", "https://vegvesen.no", "write https://www.vegvesen.no"),
        ("prod", "https://synt.utv.vegvesen.no", "belongs to test but the connection's environment is prod"),
        ("test", "https://www.vegvesen.no", "belongs to prod but the connection's environment is test"),
        ("prod", "http://127.0.0.1:8081", "belongs to test"),
        ("prod", "https://www.vegvesen.no.evil.example", "is not a host of Statens vegvesen"),
        ("prod", "https://evilvegvesen.no", "is not a host of Statens vegvesen"),
        ("test", "https://169.254.169.254", "is not a host of Statens vegvesen"),
        ("test", "http://169.254.169.254", "use https"),
        ("test", "https://10.0.0.1", "is not a host of Statens vegvesen"),
        ("prod", "https://user:pw@www.vegvesen.no", "no user name, password, query or fragment"),
        ("prod", "https://www.vegvesen.no@evil.example", "no user name, password, query or fragment"),
        ("prod", "https://www.vegvesen.no?x=1", "no user name, password, query or fragment"),
        ("prod", "https://www.vegvesen.no:port", "not a URL"),
        ("prod", "https://[::1", "not a URL"),
    ],
)
def test_every_other_host_is_refused_in_one_sentence(environment: str, host: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(host, environment=environment)
    sentence = str(refused.value)
    assert says in sentence
    assert "'svv'" in sentence
    assert "field host" in sentence
    assert "pw" not in sentence


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("environment", "production"),
        ("environment", None),
        ("environment", ["test"]),
        ("request_shape", "list"),
        ("max_parallel", 0),
        ("max_parallel", "many"),
        ("max_parallel", True),
        ("rate_per_second", -1),
        ("read_timeout", "nan"),
        ("read_timeout", "inf"),
        ("connect_timeout", 0),
        ("scope", 5),
        ("verify", False),
        ("verify", "false"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"Connection `svv`, field `{field}`: "):
        read(**{field: value})


def test_an_extra_that_is_no_object_is_refused() -> None:
    broken: Any = ["environment"]
    with pytest.raises(ConfigurationError, match="'svv': its extra is no JSON object"):
        settings_from_extra(conn_id="svv", host=None, extra=broken)


def test_a_port_of_its_own_becomes_part_of_the_base_url() -> None:
    found = settings_from_extra(conn_id="svv", host="http://127.0.0.1", port=8081, extra={"environment": "test"})
    assert found.base_url == "http://127.0.0.1:8081"


def test_test_and_prod_are_never_mixed() -> None:
    refuse_mixed_environments(read(), maskinporten_conn_id="mp", maskinporten_environment="test")
    with pytest.raises(ConfigurationError) as refused:
        refuse_mixed_environments(read(environment="prod"), maskinporten_conn_id="mp", maskinporten_environment="test")
    assert str(refused.value).startswith("Connection 'svv' is prod but its Maskinporten connection 'mp' is test;")
