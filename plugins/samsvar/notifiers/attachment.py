"""A mail with a file, to the smtp channels of a party. A broken channel never breaks a run."""

from __future__ import annotations

import html
import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from include.config.blocks import Notify
    from include.config.party import Party

log = logging.getLogger(__name__)


def mail_attached(party: Party, sentence: str, name: str, content: bytes) -> bool:
    """Mails the file to every smtp channel; true when at least one took it. Never raises for a channel that is down."""
    from samsvar.notifiers.channels import why

    taken = False
    for channel in (one for one in party.notify if one.type == "smtp"):
        try:
            _mail(channel, sentence, name, content)
            taken = True
        except Exception as error:
            log.error(
                "%s: the report was not mailed through %s: %s; it lies in the party's receipts.",
                party.id,
                channel.conn_id,
                why(error),
            )
    return taken


def _mail(channel: Notify, sentence: str, name: str, content: bytes) -> None:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        with SmtpHook(smtp_conn_id=channel.conn_id) as smtp:
            smtp.send_email_smtp(
                to=list(channel.to),
                subject=" ".join(f"Samsvar · {sentence}".split()),
                html_content=f"<p>{html.escape(sentence)}</p>",
                files=[str(path)],
            )
