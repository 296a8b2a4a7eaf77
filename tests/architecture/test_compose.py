"""docker-compose.yaml gives nothing away: no default password, nothing but loopback, no secret where it is not used."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yaml"
EXAMPLE = ROOT / ".env.example"
TEXT = FILE.read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]

VARIABLE = re.compile(r"\$\{([A-Z_]+)(:[?-])?([^}]*)\}")
SECRET = re.compile(r"PASSWORD|SECRET(?!S)|FERNET|_KEY$|AIRFLOW_CONN_")
#: A public key tells nobody anything.
NO_SECRET = {"SAMSVAR_DROP_PUBLIC_KEY", "DROP_PUBLIC_KEY"}
AIRFLOW = ("init", "api-server", "scheduler", "dag-processor", "triggerer")


def _names(text: str) -> list[tuple[str, str, str]]:
    return VARIABLE.findall(text)


def test_the_services_of_the_design_are_there() -> None:
    assert set(AIRFLOW) | {"metadb", "warehouse", "drop", "sandbox"} == set(SERVICES)
    assert SERVICES["drop"]["profiles"] == ["dev"]
    assert SERVICES["sandbox"]["profiles"] == ["sandbox"]


def test_every_secret_is_required_and_says_in_words_what_is_missing() -> None:
    secrets = [(name, how, told) for name, how, told in _names(TEXT) if SECRET.search(name) and name not in NO_SECRET]
    assert len({name for name, _, _ in secrets}) == 9
    for name, how, told in secrets:
        assert how == ":?", f"{name} must be required"
        assert "missing in .env" in told, name


def test_no_secret_has_a_value_in_the_file() -> None:
    for service, block in SERVICES.items():
        for name, value in (block.get("environment") or {}).items():
            if SECRET.search(name) and name not in NO_SECRET:
                passed_on = value is None  # an optional connection: what .env names, or nothing
                assert passed_on or re.search(r"\$\{[A-Z_]+:\?", str(value)), f"{service}: {name}"
    stripped = VARIABLE.sub("", TEXT)
    assert not re.search(r"(?i)(password|secret)\"?[ \t]*[:=][ \t]*\"?[a-z0-9]{3,}", stripped)
    assert not re.search(r"://[^/\s:@]+:[^@\s]+@", stripped.replace("airflow:@", "airflow@"))


def test_the_example_names_every_variable_and_gives_none_of_them_a_value() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    given = {line.split("=", 1)[0]: line.split("=", 1)[1] for line in lines if re.match(r"[A-Z_]+=", line)}
    optional = {match[1] for line in lines if (match := re.match(r"#([A-Z_]+)=", line))}
    assert set(given.values()) == {""}
    required = {name for name, how, _ in _names(TEXT) if how == ":?"}
    assert set(given) == required
    assert {name for name, how, _ in _names(TEXT) if how == ":-"} <= optional


def test_ports_are_bound_to_loopback_only() -> None:
    ports = [port for block in SERVICES.values() for port in block.get("ports", [])]
    assert len(ports) == 3
    assert all(str(port).startswith("127.0.0.1:") for port in ports)
    assert not any(block.get("network_mode") == "host" for block in SERVICES.values())


def test_code_is_mounted_read_only_and_the_docker_socket_not_at_all() -> None:
    mounts = [mount for block in SERVICES.values() for mount in block.get("volumes", [])]
    host = [mount for mount in mounts if mount.startswith((".", "/"))]
    assert host
    assert all(mount.endswith(":ro") for mount in host)


def test_what_signs_tokens_and_opens_the_authorities_is_only_where_it_is_used() -> None:
    def holders(name: str) -> set[str]:
        return {service for service, block in SERVICES.items() if name in (block.get("environment") or {})}

    assert holders("AIRFLOW__API_AUTH__JWT_SECRET") == {"api-server", "scheduler"}
    assert holders("AIRFLOW_CONN_MASKINPORTEN") == {"api-server", "scheduler", "triggerer"}
    assert holders("SAMSVAR_ADMIN_PASSWORD") == {"init"}


def test_every_service_has_log_rotation_and_no_new_privileges_and_a_way_to_stop_in_order() -> None:
    for service, block in SERVICES.items():
        assert block["logging"]["options"].keys() == {"max-size", "max-file"}, service
        assert "no-new-privileges:true" in block["security_opt"], service
        if service != "init":
            assert "stop_grace_period" in block, service
            assert block["restart"] == "unless-stopped", service


def test_health_is_asked_by_curl_and_never_by_the_airflow_command() -> None:
    for service in AIRFLOW[1:]:
        asked = SERVICES[service]["healthcheck"]["test"]
        assert "curl" in " ".join(asked)
        assert "airflow " not in " ".join(asked)


def test_the_image_is_made_from_the_lock_and_runs_as_an_ordinary_user() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    installs = re.findall(r"pip install[^\n]*(?:\\\n[^\n]*)*", text)
    assert installs
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)
    assert re.search(r"^ARG PYTHON=3\.1[123]$", text, re.MULTILINE)
    assert "compileall" in text
    assert re.findall(r"^USER (\w+)$", text, re.MULTILINE)[-1] == "airflow"


@pytest.mark.parametrize("missing", [None, *sorted({name for name, how, _ in _names(TEXT) if how == ":?"})])
def test_compose_itself_takes_the_file_and_refuses_it_when_a_secret_is_missing(
    tmp_path: Path, missing: str | None
) -> None:
    required = {name for name, how, _ in _names(TEXT) if how == ":?"} - {missing}
    environment = tmp_path / "env"
    environment.write_text("".join(f"{name}=canary\n" for name in sorted(required)))
    command = _compose()
    if command is None:
        # No compose on this machine: the rules of substitution are applied here instead.
        left = [name for name, how, _ in _names(TEXT) if how == ":?" and name not in required]
        assert set(left) == ({missing} if missing else set())
        return
    done = subprocess.run(
        [*command, "--env-file", str(environment), "-f", str(FILE), "config", "-q"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode == 0) == (missing is None), done.stderr
    assert missing is None or "missing in .env" in done.stderr


def _compose() -> list[str] | None:
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and subprocess.run([*command, "version"], capture_output=True).returncode == 0:
            return command
    return None
