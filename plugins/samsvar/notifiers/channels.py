"""The channels of a party: mail and webhooks through Airflow's own hooks, from a task or from the triggerer.

The hooks are used instead of the providers' notifiers because those render subject and text as templates, and a file
may be called `{{ var.value.password }}.xml`.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from include.config.blocks import Notify
    from samsvar.notifiers.message import Message

TIMEOUT = 30.0
"""Seconds a webhook may take. Mail has its own limit in the smtp connection (`timeout`, 30 s)."""

_STATUS = re.compile(r"[1-5][0-9]{2}(?![0-9])")


def send(channel: Notify, message: Message) -> None:
    """Sends the message to one channel from a task; raises whatever the provider raises."""
    if channel.type == "smtp":
        _mail(channel, message, None)
        return
    from airflow.providers.http.hooks.http import HttpHook

    HttpHook(method="POST", http_conn_id=channel.conn_id).run(
        endpoint=_path(channel), json=message.as_json, extra_options={"timeout": TIMEOUT}
    )


async def asend(channel: Notify, message: Message) -> None:
    """The same in the triggerer, whose event loop must not wait; raises whatever the provider raises."""
    if channel.type == "smtp":
        # The hook's own coroutines begin TLS twice when the connection asks for STARTTLS, so a thread does it.
        from airflow.providers.smtp.hooks.smtp import SmtpHook

        connection = await SmtpHook.aget_connection(channel.conn_id)
        await asyncio.to_thread(_mail, channel, message, connection)
        return
    from airflow.providers.http.hooks.http import HttpAsyncHook

    async with asyncio.timeout(TIMEOUT):
        hook = HttpAsyncHook(method="POST", http_conn_id=channel.conn_id)
        await hook.run(endpoint=_path(channel), json=message.as_json)


def why(error: Exception) -> str:
    """Why a channel failed, in a few words and without the provider's text, which may hold an address or a token."""
    from airflow.sdk.exceptions import AirflowNotFoundException

    if isinstance(error, AirflowNotFoundException) or str(error) == "SMTP connection is not found.":
        return "there is no such connection"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    answered = _STATUS.match(str(error))
    return f"it answered {answered[0]}" if answered else type(error).__name__


def _mail(channel: Notify, message: Message, connection: Connection | None) -> None:
    """One mail to all addresses. A thread gets the connection with it, since only the loop may ask Airflow for it."""
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    hook: Any = SmtpHook(smtp_conn_id=channel.conn_id)
    if connection is not None:
        hook.get_connection = lambda _conn_id: connection
    with hook as smtp:
        smtp.send_email_smtp(to=list(channel.to), subject=message.subject, html_content=message.as_html)


def _path(channel: Notify) -> str | None:
    """The webhook's path. A long one is usually its password too, so it is kept out of the logs."""
    if not channel.to:
        return None
    path = channel.to[0]
    if len(path) > 16:
        from airflow.sdk.log import mask_secret

        mask_secret(path)
    return path
