"""What is masked in logs, and no warning about what needs no mask.

Airflow masks every value in a connection's extra by itself and warns, once in each process, about one that is too short
for it. In our connections that is `environment` (test or prod): no secret, and a warning in every healthy log.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from airflow.sdk.configuration import conf
from airflow.sdk.log import amask_secret, mask_secret

from samsvar.hooks.masked_forms import ADAPTER, bundle

_SHORTEST = 5
_MASKER = "airflow.sdk._shared.secrets_masker.secrets_masker"
_WARNING = "Skipping masking for a secret"


def worth_masking(secrets: Iterable[str]) -> Iterator[str]:
    """Those that Airflow can mask: with fewer than five characters it masks nothing and warns."""
    return (secret for secret in secrets if len(secret) >= _SHORTEST)


def mask(secrets: Iterable[str]) -> None:
    """Mask every one of them in the task and in its supervisor."""
    for told in _told(secrets):
        mask_secret(told)


async def amask(secrets: Iterable[str]) -> None:
    """The same from inside an event loop."""
    for told in _told(secrets):
        await amask_secret(told)


async def amask_long(secret: str) -> None:
    """Mask a token or assertion from inside an event loop."""
    await amask([secret])


def _told(secrets: Iterable[str]) -> list[str]:
    """What Airflow is told: all in one where its adapter takes them apart again, else one by one."""
    worth = list(dict.fromkeys(worth_masking(secrets)))
    if len(worth) > 1 and conf.get("logging", "secret_mask_adapter", fallback="") == ADAPTER:
        return [bundle(worth)]
    return worth


@contextmanager
def no_warning_about_short_values() -> Iterator[None]:
    """Reading a connection inside says nothing about short values in it; every other log record passes."""
    logger = logging.getLogger(_MASKER)

    def passes(record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith(_WARNING)

    logger.addFilter(passes)
    try:
        yield
    finally:
        logger.removeFilter(passes)
