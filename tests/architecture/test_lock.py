"""The lock files fit what people edit. Nothing is resolved, so this works without a network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)


def _wanted(name: str) -> list[Requirement]:
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def _locked(name: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for package, version in PIN.findall((ROOT / name).read_text(encoding="utf-8")):
        pins.setdefault(canonicalize_name(package), set()).add(version)
    return pins


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_requirement_is_locked_at_a_version_it_allows(name: str) -> None:
    locked = _locked(f"{name}.txt") | (_locked("requirements.txt") if name.endswith("dev") else {})
    for wanted in _wanted(f"{name}.in"):
        versions = locked.get(canonicalize_name(wanted.name))
        assert versions, f"{wanted.name} is not in {name}.txt: run `make lock`"
        for version in versions:
            assert wanted.specifier.contains(version, prereleases=True), f"{wanted}: locked {version}, run `make lock`"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_a_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)
    without = [entry.split()[0] for entry in entries if PIN.match(entry) and "--hash=sha256:" not in entry]
    assert without == []


def test_both_lock_files_agree_on_what_they_share() -> None:
    ours, tools = _locked("requirements.txt"), _locked("requirements-dev.txt")
    assert {name for name in ours.keys() & tools.keys() if ours[name] != tools[name]} == set()
