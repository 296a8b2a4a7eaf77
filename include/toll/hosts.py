"""Which hosts belong to which environment of Tolletaten (its ICS2 pages name one for each)."""

from __future__ import annotations

from include.authority.address import Environment
from include.authority.hosts import Hosts


def environment_of(host: str) -> Environment | None:
    """`api.toll.no` is production; a host below toll.no with `test` in its name is test; no other is Tolletaten's."""
    if host == "api.toll.no":
        return "prod"
    return "test" if host.endswith(".toll.no") and "test" in host.removesuffix(".toll.no") else None


HOSTS = Hosts("Tolletaten", {"prod": "https://api.toll.no", "test": "https://api-test.toll.no"}, environment_of)
