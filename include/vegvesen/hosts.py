"""Which hosts belong to which environment of Statens vegvesen: an edited connection cannot send an eCoC elsewhere.

Hosts are those named on the authority's pages: `www.vegvesen.no` is production and `synt.utv.vegvesen.no` is test.
The older test hosts under `autodev.no` and every `vegvesen.no` host with a test word among its labels count as test.
`vegvesen.no` without `www` answers with a redirect that loses the token, so it is no host of the authority here.
"""

from __future__ import annotations

from include.authority.address import Environment
from include.authority.hosts import Hosts

BASE_URLS: dict[Environment, str] = {"prod": "https://www.vegvesen.no", "test": "https://synt.utv.vegvesen.no"}
"""The base URL of each environment when the connection names none."""

RESOURCES: dict[Environment, str] = {"prod": "https://www.vegvesen.no", "test": "https://www.utv.vegvesen.no"}
"""The Maskinporten `resource` of each environment when the connection names none (an exact string to the authority)."""

_TEST_WORDS = ("utv", "test", "synt", "sis", "dink", "atm")


def environment_of(host: str) -> Environment | None:
    """The environment a host belongs to; None for a host that is not the authority's."""
    if host.endswith(".autodev.no"):
        return "test"
    if not host.endswith(".vegvesen.no"):
        return None
    labels = host.removesuffix(".vegvesen.no").split(".")
    return "test" if any(label.startswith(_TEST_WORDS) for label in labels) else "prod"


HOSTS = Hosts("Statens vegvesen", BASE_URLS, environment_of)
