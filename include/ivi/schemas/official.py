"""EReg's own schema files, where an installation has them: named by settings and pinned by SHA-256.

Samsvar may not hand these files out, so it comes with schemas of its own. A setting is `<path>#sha256=<64 hex digits>`,
such as `SAMSVAR_IVI1_XSD=/etc/samsvar/IVI_1.11.xsd#sha256=9f2c…`; one word, so that path and hash cannot drift apart.

    SAMSVAR_IVI1_XSD      the schema of IVI 1.x
    SAMSVAR_IVI2_XSD      the schema of IVI 2.0
    SAMSVAR_XMLDSIG_XSD   the W3C's xmldsig-core-schema.xsd, which both import; blank: a stand-in that takes any content
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from include.errors import ConfigurationError
from include.ivi.finding import Family

SETTINGS: dict[Family, str] = {"1.x": "SAMSVAR_IVI1_XSD", "2.0": "SAMSVAR_IVI2_XSD"}
SIGNATURE_SETTING = "SAMSVAR_XMLDSIG_XSD"

_MARK = "#sha256="
_HASH = re.compile(r"[0-9a-f]{64}")
_MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A schema file outside the package: the setting that names it, its place, and the hash it must have."""

    setting: str
    path: Path
    sha256: str

    def content(self) -> bytes:
        """Its bytes. Raises ConfigurationError where it cannot be read or has another hash."""
        try:
            with self.path.open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
        except OSError as error:
            raise ConfigurationError(
                f"The schema file {self.path} of {self.setting} cannot be read ({error.strerror}): put it there or "
                "leave the setting blank."
            ) from None
        actual = sha256(content).hexdigest()
        if actual != self.sha256:
            raise ConfigurationError(
                f"The schema file {self.path} of {self.setting} has the SHA-256 {actual}, and {self.sha256} is pinned: "
                "put the right file there, or pin this one after comparing it with the published one."
            )
        return content


def pinned(setting: str) -> PinnedFile | None:
    """The file a setting names, None where it is blank. Raises ConfigurationError where it is written wrongly."""
    text = os.environ.get(setting, "").strip()
    if not text:
        return None
    place, mark, digest = text.rpartition(_MARK)
    if not mark or not place.strip() or not _HASH.fullmatch(digest.strip().lower()):
        raise ConfigurationError(
            f"{setting} is no pinned file: write the path, {_MARK} and the 64 hexadecimal digits that sha256sum prints."
        )
    return PinnedFile(setting, Path(place.strip()), digest.strip().lower())


def pins(settings: Iterable[str] = (*SETTINGS.values(), SIGNATURE_SETTING)) -> str:
    """What pinned files change about a check, as text: their hashes, empty without any. Never raises."""
    known = {setting: os.environ.get(setting, "").rpartition(_MARK)[2].strip().lower() for setting in settings}
    return "".join(f"{setting} {digest}\n" for setting, digest in known.items() if digest)
