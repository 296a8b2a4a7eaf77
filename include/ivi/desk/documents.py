"""From what was named on the command line to the documents in it, one after the other: nothing is ever listed whole.

The names of one folder are sorted, so that two runs give the same order; that list is all that grows with the work.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from include.errors import ContentRefused
from include.ivi.finding import Finding, Level
from include.ivi.reading import MAX_BYTES

from .packed import MAX_ARCHIVE, gunzipped, unzipped

_DOCUMENTS = (".xml", ".xml.gz", ".zip")


@dataclass(frozen=True, slots=True)
class Found:
    """One document: `place` is its file, with the name inside an archive; `name` is its own file name.

    `content` is None where it cannot be had, and `refusal` says why.
    """

    place: str
    name: str
    content: bytes | None
    refusal: Finding | None = None


def documents(paths: Iterable[Path]) -> Iterator[Found]:
    """Every document in files, folders (with those below them) and archives, in the order they are named.

    A file that is named is always taken; in a folder only `.xml`, `.xml.gz` and `.zip` count. Links to folders are not
    followed. Never raises: what cannot be read is a finding (`file.unreadable`, `name.not_a_file`, `archive.…`).
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path)
        else:
            yield from _in_file(path)


def _in_folder(folder: Path) -> Iterator[Found]:
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError as error:
        yield _refused(folder, "file.unreadable", f"The folder cannot be read ({error.strerror}): allow it.")
        return
    for name in names:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            yield from _in_folder(path)
        elif name.lower().endswith(_DOCUMENTS) and path.is_file():
            yield from _in_file(path)


def _in_file(path: Path) -> Iterator[Found]:
    name = path.name.lower()
    is_zip = name.endswith(".zip")
    try:
        content = _read(path, MAX_ARCHIVE if is_zip else MAX_BYTES)
        if not is_zip:
            yield Found(str(path), path.name, gunzipped(content) if name.endswith(".gz") else content)
            return
        for inside, found in unzipped(content):
            place = f"{path}/{inside}"
            if isinstance(found, bytes):
                yield Found(place, inside, found)
            else:
                yield _refused(Path(place), found.rule_id, str(found))
    except OSError as error:
        yield _refused(
            path, "file.unreadable", f"The file cannot be read ({error.strerror}): correct its name or place."
        )
    except ContentRefused as refusal:
        yield _refused(path, refusal.rule_id, str(refusal))


def _read(path: Path, most: int) -> bytes:
    """The bytes of a regular file. Raises OSError, or ContentRefused where it is none or too large."""
    # Asked before opening: opening a pipe waits for whoever writes into it.
    if not stat.S_ISREG(path.stat().st_mode):
        raise ContentRefused("This is no regular file: name the document itself.", rule_id="name.not_a_file")
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ContentRefused(
            f"The file has more than {most:,} bytes, which is the most that is taken: an IVI document is about 20,000 "
            "bytes, so look for a wrong export.",
            rule_id="file.too_large",
        )
    return content


def _refused(path: Path, rule_id: str, sentence: str) -> Found:
    return Found(str(path), path.name, None, Finding(rule_id, Level.ERROR, "", None, sentence))
