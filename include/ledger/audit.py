"""What `make verify-ledger` prints: everything that differs, one sentence a line, and one line at the end."""

from __future__ import annotations

from collections.abc import Callable, Collection

from include.ledger.verifying import Verified, verify
from include.ledger.warehouse import Connection


def audit(connection: Connection, say: Callable[[str], None], anchors: Collection[str] = ()) -> bool:
    """True when nothing differs from what was sealed; then each party's newest root is said, to be kept elsewhere."""
    result, found = Verified(), 0
    for sentence in verify(connection, result, anchors):
        say(sentence)
        found += 1
    if found:
        things = "1 thing differs" if found == 1 else f"{found} things differ"
        say(
            f"{things} from what was sealed. Do not mend anything in the ledger; see the operator's runbook, Tampering."
        )
        return False
    for party, root in sorted(result.heads.items()):
        say(f"{party or 'the installation'}: newest root {root}")
    say(result.sentence())
    return True
