"""The plain values a party block is made of, checked so that the sentence says what to write instead.

YAML reads `310000019` as a number, `off` as false and `16:30` as 990; a person who writes them means text, so they are
taken as such.
"""

from __future__ import annotations

import re
from datetime import time
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

ID_PATTERN = r"^[a-z0-9_]{2,40}$"
_CODE = re.compile(r"[0-9]{3}")
_CONN_ID = re.compile(r"[A-Za-z0-9_.\-]{1,200}")
_CRON_FIELD = re.compile(r"[0-9A-Za-z*/,\-#?]+")


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _off(value: object) -> object:
    return "off" if value is False else value


def _clock(value: object) -> object:
    """YAML 1.1 reads 16:30 as base sixty."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return f"{value // 60:02d}:{value % 60:02d}"
    return value


@lru_cache(maxsize=4096)
def _organisation(value: str) -> str:
    from stdnum.no import orgnr

    compact = value.replace(" ", "")
    if not orgnr.is_valid(compact):
        raise ValueError(f"{value!r} is not a Norwegian organisation number: nine digits whose last is a check digit")
    return compact


@lru_cache(maxsize=256)
def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError(f"{value!r} is not a time zone such as Europe/Oslo") from None
    return value


@lru_cache(maxsize=1024)
def _cron(value: str) -> str:
    fields = value.split()
    if len(fields) != 5 or not all(_CRON_FIELD.fullmatch(field) for field in fields):
        raise ValueError(f"{value!r} is not a schedule of five cron fields such as '15 1 * * *'")
    from croniter import croniter  # type: ignore[import-untyped]

    if not croniter.is_valid(value):
        raise ValueError(f"{value!r} is not a schedule cron understands, such as '15 1 * * *'")
    return value


def _known_cron(value: str) -> str:
    """The default is known to be right; checking it would import a parser into every process that reads a DAG file."""
    return value if value == DEFAULT_SCHEDULE else _cron(value)


def _avgift_code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise ValueError(f"{value!r} is not an avgiftskode: three digits such as '101'")
    return value


def _connection_id(value: str) -> str:
    if not _CONN_ID.fullmatch(value):
        raise ValueError(f"{value!r} is not a connection id: letters, digits, '_', '-' and '.'")
    return value


def _folder(value: str) -> str:
    trimmed = value.rstrip("/")
    parts = trimmed.lstrip("/").split("/")
    if any(part in ("", ".", "..") for part in parts) or not trimmed.isprintable() or "\\" in trimmed:
        raise ValueError(f"{value!r} is not a folder on the drop such as 'nordbil': no '..', no '//', no backslash")
    return trimmed


def _deadline(value: str) -> str:
    try:
        time.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is not a time of day such as '06:00'") from None
    return value


DEFAULT_SCHEDULE = "15 1 * * *"

Text = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=200)]
PartyId = Annotated[str, BeforeValidator(_text), Field(pattern=ID_PATTERN)]
OrganisationNumber = Annotated[str, BeforeValidator(_text), AfterValidator(_organisation)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
Cron = Annotated[str, AfterValidator(_known_cron)]
AvgiftCode = Annotated[str, BeforeValidator(_text), AfterValidator(_avgift_code)]
ConnectionId = Annotated[str, AfterValidator(_connection_id)]
DropFolder = Annotated[str, BeforeValidator(_text), AfterValidator(_folder)]
TimeOfDay = Annotated[str, BeforeValidator(_clock), Field(pattern=r"^\d\d:\d\d$"), AfterValidator(_deadline)]
RuleLevel = Annotated[Literal["error", "warning", "info", "off"], BeforeValidator(_off)]
