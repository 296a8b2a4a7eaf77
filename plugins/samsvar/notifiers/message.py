"""What a notification says, in the three forms its channels take."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """Sentences about one party. They may hold file names of strangers, so nothing here is rendered as a template."""

    party_id: str
    subject: str
    sentences: tuple[str, ...]

    @classmethod
    def of(cls, party_id: str, sentences: Sequence[str], subject: str | None = None) -> Message:
        """A message with its subject on one line; without one, the subject says how much there is to read."""
        number = f"{len(sentences)} alerts" if len(sentences) != 1 else "an alert"
        return cls(party_id, " ".join((subject or f"Samsvar · {party_id}: {number}").split()), tuple(sentences))

    @property
    def as_html(self) -> str:
        """A mail's body: one paragraph per sentence, every character as text."""
        return "".join(f"<p>{html.escape(sentence)}</p>\n" for sentence in self.sentences)

    @property
    def as_json(self) -> dict[str, Any]:
        """A webhook's body. `text` is what chat services show; the other keys are for programs."""
        text = "\n".join((self.subject, *(f"- {sentence}" for sentence in self.sentences)))
        return {"text": text, "party": self.party_id, "subject": self.subject, "sentences": list(self.sentences)}
