"""The connections that lead to the sandbox, in the form Airflow reads from its environment or a JSON secrets file."""

from __future__ import annotations

import base64
from typing import Any

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from .drop import USERNAME, DropService
from .fiks import FIKS_ORG_ID, INTEGRATION_ID
from .keys import KeyRing, TestIssuer, private_pem
from .registry import (
    CERTIFICATE_CLIENT_ID,
    CLIENT_ID,
    ECOC_DELEGATED_SCOPE,
    ECOC_SCOPE,
    FIKS_SCOPE,
    KID,
    LEASING_SCOPE,
    OWN_ORGANISATION,
    REGISTER_SCOPE,
    TOLL_SCOPE,
)

HOST = "127.0.0.1"
CERTIFICATE_CONNECTION = "maskinporten_certificate"

LEASEHOLDER_PATH = "eierskap.leasingtaker"

Connections = dict[str, dict[str, Any]]


def maskinporten_connection(issuer: str, keys: KeyRing) -> dict[str, Any]:
    """The client with a registered key (`kid`)."""
    extra = {
        "environment": "test",
        "token_endpoint": f"{issuer}token",
        "kid": KID,
        "private_key": private_pem(keys.pair("client")).decode("ascii"),
        "auth_mode": "kid",
    }
    return {"conn_type": "maskinporten", "host": issuer, "login": CLIENT_ID, "extra": extra}


def certificate_connection(issuer: str, keys: KeyRing, authority: TestIssuer) -> dict[str, Any]:
    """The client without registered keys, which sends its business certificate (`x5c`)."""
    key = keys.pair("business")
    password = keys.password("keystore")
    store = pkcs12.serialize_key_and_certificates(
        b"samsvar-sandbox",
        key,
        authority.issue(key, OWN_ORGANISATION),
        None,
        BestAvailableEncryption(password.encode()),
    )
    extra = {
        "environment": "test",
        "token_endpoint": f"{issuer}token",
        "keystore": base64.b64encode(store).decode("ascii"),
        "keystore_password": password,
        "auth_mode": "x5c",
    }
    return {"conn_type": "maskinporten", "host": issuer, "login": CERTIFICATE_CLIENT_ID, "extra": extra}


def vegvesen_connection(base_url: str) -> dict[str, Any]:
    """The authority; `maskinporten_conn_id` names the connection above."""
    extra = {
        "environment": "test",
        "maskinporten_conn_id": "maskinporten",
        "scope": ECOC_SCOPE,
        "delegated_scope": ECOC_DELEGATED_SCOPE,
        "leasing_scope": LEASING_SCOPE,
        "resource": "https://www.utv.vegvesen.no",
    }
    return {"conn_type": "vegvesen", "host": base_url, "extra": extra}


def fiks_connection(base_url: str, password: str) -> dict[str, Any]:
    """The register at KS Fiks."""
    extra = {
        "environment": "test",
        "maskinporten_conn_id": "maskinporten",
        "scope": FIKS_SCOPE,
        "leaseholder_path": LEASEHOLDER_PATH,
        "fiks_org_id": FIKS_ORG_ID,
    }
    return {"conn_type": "fiks", "host": base_url, "login": INTEGRATION_ID, "password": password, "extra": extra}


def vegvesen_register_connection(base_url: str) -> dict[str, Any]:
    """Statens vegvesen's own lookup."""
    extra = {
        "environment": "test",
        "maskinporten_conn_id": "maskinporten",
        "scope": REGISTER_SCOPE,
        "leaseholder_path": LEASEHOLDER_PATH,
    }
    return {"conn_type": "vegvesen_register", "host": base_url, "extra": extra}


def toll_connection(base_url: str) -> dict[str, Any]:
    """Tolletaten's movement interfaces."""
    extra = {"environment": "test", "maskinporten_conn_id": "maskinporten", "scope": TOLL_SCOPE}
    return {"conn_type": "toll", "host": base_url, "extra": extra}


def leasing_keys_connection(keys: KeyRing) -> dict[str, Any]:
    """The keys that leaseholders' numbers are sealed with; made once for a home."""
    extra = {"keys": keys.fernet("leasing"), "lookup_key": keys.fernet("leasing-lookup"), "keep_days": 30}
    return {"conn_type": "leasing_keys", "extra": extra}


def drop_connection(drop: DropService) -> dict[str, Any]:
    """The drop, with its host key: checking stays on."""
    return {
        "conn_type": "sftp",
        "host": HOST,
        "port": drop.port,
        "login": USERNAME,
        "password": drop.password,
        "extra": {"host_key": drop.host_key, "no_host_key_check": False},
    }
