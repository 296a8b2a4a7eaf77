"""Warnings about the form of a file: they keep nothing from being sent."""

from __future__ import annotations

from collections.abc import Iterator

from .document import IviDocument
from .encoding import FoundEncoding
from .finding import Finding, Level, quoted
from .view import View

_MOST_NAMED = 5


def form_findings(encoding: FoundEncoding, view: View, document: IviDocument) -> Iterator[Finding]:
    """`form.declared_encoding`, `form.empty_elements` (one for all of them) and `form.version_missing`."""
    if encoding.contradicts:
        actual = "UTF-8" if encoding.actual == "utf-8" else "UTF-16"
        sentence = (
            f"The XML declaration says {quoted(encoding.declared or '')}, but the file is written in {actual}: let the "
            "export write what it declares, since a strict reader refuses this."
        )
        yield Finding("form.declared_encoding", Level.WARNING, "", None, sentence)
    if view.empty:
        path = view.empty[0] if len(view.empty) == 1 else ""
        yield Finding("form.empty_elements", Level.WARNING, path, None, _empty_sentence(view.empty))
    if document.version is None and document.family == "1.x":
        sentence = "VersionNumberXsd is not given, so the document is read as IVI 1.x: fill it in, such as 1.6."
        yield Finding("form.version_missing", Level.WARNING, document.path("version"), None, sentence)


def _empty_sentence(paths: list[str]) -> str:
    names = list(dict.fromkeys(path.rpartition("/")[2] for path in paths))
    if len(paths) == 1:
        return f"{names[0]} is empty and counts as absent: fill it in or leave it out."
    some = ", ".join(names[:_MOST_NAMED]) + (" and others" if len(names) > _MOST_NAMED else "")
    return f"{len(paths)} empty elements count as absent ({some}): fill them in or leave them out."
