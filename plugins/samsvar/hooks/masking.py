"""What is masked in logs, and no warning about what needs no mask.

Airflow masks every value in a connection's extra by itself and warns, once in each process, about one that is too short
for it. In our connections that is `environment` (test or prod): no secret, and a warning in every healthy log.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from airflow.sdk.log import amask_secret

_SHORTEST = 5
_MASKER = "airflow.sdk._shared.secrets_masker.secrets_masker"
_WARNING = "Skipping masking for a secret"


def worth_masking(secrets: Iterable[str]) -> Iterator[str]:
    """Those that Airflow can mask: with fewer than five characters it masks nothing and warns."""
    return (secret for secret in secrets if len(secret) >= _SHORTEST)


async def amask_long(secret: str) -> None:
    """Mask a token or assertion from inside an event loop."""
    for long in worth_masking([secret]):
        await amask_secret(long)


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
