"""Which refusal says "this requestId was used before", for the text of it is published nowhere.

The text decides nothing but this one question: a refusal stays a refusal. What it proves (that the first send arrived)
is for the journey to decide, which knows whether there was a first send.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from include.toll.answer import Fault

Refusal = Literal["both", "synchronous", "asynchronous", "never"]

DEFAULT_TEXTS = ("already", "in use", "been used", "not unique", "must be unique", "duplicate", "allerede", "brukt før")
"""Parts of such a text, in small letters. "… is already in use" was seen in the movement interfaces."""

_REQUEST_ID = "requestid"


@dataclass(frozen=True, slots=True)
class Reuse:
    """`refusal`: whether reuse is refused at once (400), with the validation status, either way, or never.

    `texts` are parts of the refusal's text, in small letters.
    """

    refusal: Refusal = "both"
    texts: tuple[str, ...] = DEFAULT_TEXTS

    def at_once(self, faults: Iterable[Fault]) -> bool:
        """Whether a refusal by the POST itself says so."""
        return self.refusal in ("both", "synchronous") and self._said(faults)

    def later(self, faults: Iterable[Fault]) -> bool:
        """Whether a failed validation status says so."""
        return self.refusal in ("both", "asynchronous") and self._said(faults)

    def _said(self, faults: Iterable[Fault]) -> bool:
        """Every fault must be about the requestId: with any other beside it, the message itself was at fault."""
        told = [(fault.path.casefold(), fault.text.casefold()) for fault in faults]
        return bool(told) and all(self._one(path, text) for path, text in told)

    def _one(self, path: str, text: str) -> bool:
        about = path.rpartition(".")[2] == _REQUEST_ID or (not path and _REQUEST_ID in text.replace(" ", ""))
        return about and any(part in text for part in self.texts)


EVERY_WAY = Reuse()
"""The default: any of the texts, at once or later."""
