"""Tells the people of a party what is new, once for each fact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from include.ledger import alerts
from samsvar.notifiers.samsvar_notifier import notify

if TYPE_CHECKING:
    from include.config.party import Party
    from include.ledger.alerts import Alert
    from include.ledger.warehouse import Connection


MOST = 50
"""Sentences of one message: whoever gets thousands reads none. All of them are in mart.alert."""


def tell(connection: Connection, party: Party, found: Iterable[Alert]) -> None:
    """Records the alerts and tells those that nobody was told yet; commits. Channels that are down hear it later."""
    fresh = alerts.raise_new(connection, party.id, found)
    connection.commit()
    sentences = [alert.sentence for alert in fresh[:MOST]]
    if len(fresh) > MOST:
        sentences.append(f"{party.id}: and {len(fresh) - MOST} more, which are in mart.alert.")
    if fresh and (notify(party, sentences) or not party.notify):
        alerts.mark_notified(connection, fresh)
        connection.commit()
