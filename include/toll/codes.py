"""The code lists of a presentation: transport documents (CL754) and customs offices (CL141).

Source: the code lists of Tolletaten's movement pages. Those are excerpts: CL141 holds the Norwegian offices and may be
replaced by a newer file, named in the connection (`customs_offices_file`).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from include.errors import ConfigurationError

_DATA = Path(__file__).parent / "data"


@lru_cache(maxsize=1)
def document_types() -> Mapping[str, tuple[str, str]]:
    """Code of CL754 to its name in Norwegian and in English."""
    return MappingProxyType({row["code"]: (row["no"], row["en"]) for row in _rows(_DATA / "cl754.csv")})


def customs_offices(file: Path | None = None) -> Mapping[str, str]:
    """Code of CL141 to the name of the office, from `file` (CSV with the columns code and office) or our own table.

    Raises ConfigurationError when the file cannot be read or holds no office.
    """
    return _offices(file or _DATA / "cl141.csv")


@lru_cache(maxsize=8)
def _offices(file: Path) -> Mapping[str, str]:
    try:
        found = {row["code"].strip(): row["office"].strip() for row in _rows(file) if row["code"].strip()}
    except (OSError, UnicodeDecodeError, KeyError, AttributeError, csv.Error):
        found = {}
    if not found:
        raise ConfigurationError(
            f"The list of customs offices {file} cannot be read; write a UTF-8 CSV file with the columns code and "
            "office, or leave `customs_offices_file` of the connection blank."
        )
    return MappingProxyType(found)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))
