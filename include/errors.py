"""Every error Samsvar raises on purpose, sorted by what happens next.

    SamsvarError                  its text is one plain sentence for an operator, and never holds a secret
    ├── PersonMustAct             a retry cannot help: the task fails at once and the sentence says what to do
    │   ├── ConfigurationError    a setting, connection or party block is wrong
    │   ├── AccessDenied          the authority knows us and says no: scope, delegation, expired key
    │   └── SumsDiffer            reconciliation does not add up
    ├── TryAgain                  the same call may work later: the task is retried after a pause
    │   ├── ServiceUnavailable    an authority, the drop or the warehouse does not answer
    │   ├── RateLimited           asked to slow down; `retry_after` says for how long
    │   └── Busy                  another run of the same party holds the lock
    └── OneDocument               this file only: it is recorded and everything else goes on
        ├── NameRefused           a file name or kind that cannot be handled safely
        ├── ContentRefused        bytes that cannot be taken: empty, too large, a hostile archive
        └── BytesMissing          the content store lacks this document, or holds it damaged

An unknown outcome is not here on purpose. It is a state in the ledger, raises nothing and is never re-sent blindly.
"""

from __future__ import annotations


class SamsvarError(Exception):
    """Root of the tree. `str(error)` is what the operator reads first."""


class PersonMustAct(SamsvarError):
    """Retrying cannot help; a person has to change something."""


class ConfigurationError(PersonMustAct):
    """A setting, a connection or a party block is wrong or missing."""


class AccessDenied(PersonMustAct):
    """The authority identified us and refuses: scope, delegation, expired or unknown key."""


class SumsDiffer(PersonMustAct):
    """Counts that must be equal are not; the sentence names both sides."""


class TryAgain(SamsvarError):
    """The same call may work later. `retry_after` is the wanted pause in seconds, when somebody named one."""

    def __init__(self, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class ServiceUnavailable(TryAgain):
    """An authority, the drop or the warehouse does not answer."""


class RateLimited(TryAgain):
    """The other side asked us to slow down."""


class Busy(TryAgain):
    """Another run of the same party is at work."""


class OneDocument(SamsvarError):
    """Concerns one file only; everything else goes on. `rule_id` names the rule in findings and receipts."""

    def __init__(self, sentence: str, *, rule_id: str) -> None:
        super().__init__(sentence)
        self.rule_id = rule_id


class NameRefused(OneDocument):
    """A file name or file kind that cannot be handled safely."""


class ContentRefused(OneDocument):
    """Bytes that cannot be taken: empty, too large, a hostile archive."""


class BytesMissing(OneDocument):
    """The content store lacks this document's bytes, or they are not what they were."""
