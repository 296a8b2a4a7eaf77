"""Tells people what a run noticed, by the channels of the party's `notify`. A broken channel never breaks a run."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from airflow.sdk import BaseNotifier

from samsvar.notifiers.message import Message

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.config.blocks import Notify
    from include.config.party import Party

log = logging.getLogger(__name__)


class SamsvarNotifier(BaseNotifier):
    """Sends a subject and sentences about a party to each of its channels; never raises.

    Without channels the sentences are logged as warnings, with channels the log stays silent unless every one of them
    failed. `told` says afterwards whether anybody was reached. Nothing is a template field, on purpose.
    """

    def __init__(
        self,
        *,
        party_id: str,
        sentences: Sequence[str],
        channels: Sequence[Notify] = (),
        subject: str | None = None,
        context: Context | None = None,
    ) -> None:
        super().__init__(context)
        self.message = Message.of(party_id, sentences, subject)
        self.channels = tuple(channels)
        self.told = False

    def notify(self, context: Context) -> None:  # noqa: ARG002 - Airflow's signature
        """Sends from a task or a callback of one."""
        from samsvar.notifiers.channels import send

        for channel in self.channels:
            try:
                send(channel, self.message)
                self.told = True
            except Exception as error:
                self._failed(channel, error)
        self._log_unless_told()

    async def async_notify(self, context: Context) -> None:  # noqa: ARG002 - Airflow's signature
        """Sends from the triggerer."""
        from samsvar.notifiers.channels import asend

        for channel in self.channels:
            try:
                await asend(channel, self.message)
                self.told = True
            except Exception as error:
                self._failed(channel, error)
        self._log_unless_told()

    def _failed(self, channel: Notify, error: Exception) -> None:
        from samsvar.notifiers.channels import why

        log.error(
            "%s: nobody was told through the %s connection %s: %s; check the connection and `notify` of the party.",
            self.message.party_id,
            channel.type,
            channel.conn_id,
            why(error),
        )

    def _log_unless_told(self) -> None:
        if not self.told:
            for sentence in self.message.sentences:
                log.warning("%s", sentence)


def notify(party: Party, sentences: Sequence[str], subject: str | None = None) -> bool:
    """Tells the party's channels and returns whether anybody was reached; false without channels."""
    notifier = SamsvarNotifier(party_id=party.id, sentences=sentences, channels=party.notify, subject=subject)
    notifier({})
    return notifier.told
