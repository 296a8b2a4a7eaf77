"""The environment of the embedded Airflow: every setting that differs from Airflow's default, with the reason."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from include.embedded.secrets_file import HouseSecrets

USER = "admin"
ROOT = Path(__file__).resolve().parents[2]

#: Names Airflow does not mask by itself in connection extras, variables and rendered fields.
SENSITIVE_NAMES = (
    "assertion",
    "client_assertion",
    "fodselsnummer",
    "integrasjon_passord",
    "integrasjonpassord",
    "jwk",
    "keystore",
    "pem",
    "signing_key",
)

#: Of the caller's environment only these go on: no connection, proxy, token or Python setting of the user leaks in.
_INHERITED = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "SSL_CERT_FILE", "TERM", "TMPDIR", "TZ", "USER")


def airflow_environment(
    home: Path,
    *,
    secrets: HouseSecrets,
    metadata_url: str,
    port: int,
    dags_folder: Path,
    plugins_folder: Path,
    parallelism: int,
    connections: Mapping[str, Mapping[str, Any]],
    parties_file: Path | None,
    extra_env: Mapping[str, str],
) -> dict[str, str]:
    """Build the environment of all Airflow processes. It holds secrets: never log it."""
    address = f"http://127.0.0.1:{port}"
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {
        **inherited,
        "AIRFLOW_HOME": str(home),
        # `include` is importable by its place; `samsvar` is installed into the virtual environment.
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "SCARF_ANALYTICS": "false",
        **_core(home, dags_folder, plugins_folder, parallelism, address),
        **_secret(secrets, metadata_url),
        **_pace(home),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__WORKERS": "1",
        **{f"AIRFLOW_CONN_{name.upper()}": json.dumps(dict(value)) for name, value in connections.items()},
        **({"SAMSVAR_PARTIES_FILE": str(parties_file.absolute())} if parties_file else {}),
        **extra_env,
    }


def _core(home: Path, dags: Path, plugins: Path, parallelism: int, address: str) -> dict[str, str]:
    return {
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags.absolute()),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins.absolute()),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(parallelism),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",  # everything here is loopback; production leaves it off
        # A timetable that does not catch up still fires its last missed run the moment a DAG is unpaused; whoever
        # starts the house decides when that may happen.
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__CORE__AUTH_MANAGER": (
            "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
        ),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__CORE__SENSITIVE_VAR_CONN_NAMES": ",".join(SENSITIVE_NAMES),
        # The default asks the name service, which a machine without a network answers late.
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs" / "tasks"),
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "AIRFLOW__LOGGING__SECRET_MASK_ADAPTER": "samsvar.hooks.masked_forms.forms",
    }


def _secret(secrets: HouseSecrets, metadata_url: str) -> dict[str, str]:
    return {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata_url,
        "AIRFLOW__CORE__FERNET_KEY": secrets.fernet_key,
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.jwt_secret,
        "AIRFLOW__API__SECRET_KEY": secrets.api_secret_key,
    }


def _pace(home: Path) -> dict[str, str]:
    """How often things are looked at, and how patient a worker is with a busy API server."""
    return {
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        # Parsing costs a second of one core; only a changed parties file has to wait for it.
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "45",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(home / "bundles"),
        # With the defaults (3, 5 s) a slow API server makes a worker kill a healthy task.
        "AIRFLOW__WORKERS__MAX_FAILED_HEARTBEATS": "20",
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
        # A task that was killed together with whoever watched it is noticed after this, not after five minutes.
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "90",
        # Both would listen on every network interface; task logs are read from the disk.
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
    }
