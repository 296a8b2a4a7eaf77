"""What a check needs to know besides the bytes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from .finding import Level
from .reading import MAX_BYTES

if TYPE_CHECKING:
    from .document import IviDocument


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Circumstances of one check.

    `file_name` is shown to nobody; it is only searched for an identification number. `levels` are a party's own levels
    by rule id (`off` silences a rule); safety refusals (`file.…`, `xml.…`, `ivi.…`) cannot be changed.
    `versions_taken` are the IVI versions the authority takes, such as 1.6 and 2.0; None: every version there is.
    `signature`: off (not looked at), report (verified where present, never a gate) or require (a document whose
    signature is absent, invalid, expired or of an unknown issuer is refused). `trusted_issuers` are certificates as PEM
    text, of issuers or of signers themselves; None: any certificate will do, so only wholeness is proven.
    `avgiftskode` is the code that will be sent with the document, or how to find it once the document has been read;
    None: none, or not known yet.
    """

    environment: Literal["test", "prod"] = "test"
    file_name: str | None = None
    today: date = field(default_factory=date.today)
    levels: Mapping[str, Level | Literal["off"]] = field(default_factory=dict)
    max_bytes: int = MAX_BYTES
    versions_taken: Collection[str] | None = None
    signature: Literal["off", "report", "require"] = "report"
    trusted_issuers: bytes | None = None
    avgiftskode: str | Callable[[IviDocument], str | None] | None = None

    def code_for(self, document: IviDocument) -> str | None:
        """The avgiftskode that will be sent with this document, None where none is known."""
        return self.avgiftskode(document) if callable(self.avgiftskode) else self.avgiftskode
