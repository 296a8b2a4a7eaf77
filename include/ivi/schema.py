"""Checks a document against the schema of its family, and says each error in plain words.

The schemas are loaded once per process, from the bytes of this package: nothing is opened while a document is checked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from typing import cast

from lxml import etree

from .finding import Family, Finding, Level
from .places import coc_entry, element_at
from .schema_words import SchemaError, Trouble, explain
from .schemas import tables
from .schemas.generate import SIGNATURE_FILE

MOST_FINDINGS = 20
_MOST_ROUNDS = 4
_MOST_ENTRIES = 2 * MOST_FINDINGS

#: Held by a check from its first to its last call of libxml2. Its schema code shares tables between threads without a
#: lock of its own: threads that loaded or validated side by side saw good documents refused and a validation that
#: never ended. Processes work side by side instead: one per lot.
ONE_AT_A_TIME = threading.RLock()


@lru_cache(maxsize=4)
def schema_bytes(file_name: str) -> bytes:
    """The bytes of a schema file of this package, read once per process."""
    return files(tables.__package__).joinpath(file_name).read_bytes()


class _PackageOnly(etree.Resolver):
    """Answers every import of a schema from this package, so that no file or address is ever opened."""

    def resolve(self, url: str, _public_id: str, context: object) -> object:  # type: ignore[override]
        known = url.rpartition("/")[2] == SIGNATURE_FILE
        content = schema_bytes(SIGNATURE_FILE) if known else b"<refused/>"
        return self.resolve_string(content, context)  # type: ignore[call-arg]


@lru_cache(maxsize=2)
def _schema(family: Family) -> etree.XMLSchema:
    """The schema of a family; used under ONE_AT_A_TIME only, since its error log is its own."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    parser.resolvers.add(_PackageOnly())
    file_name = f"{tables.FILE_STEMS[family]}.xsd"
    return etree.XMLSchema(etree.fromstring(schema_bytes(file_name), parser, base_url=f"samsvar:/{file_name}"))


def check_schema(root: etree._Element, family: Family) -> list[Finding]:
    """Findings for what the schema refuses, at most MOST_FINDINGS; none where it accepts.

    The validator stops looking into a group at its first wrong element, so wrong elements are taken out of `root` and
    the rest is looked at again, a few times: the importer sees more than the first slip.
    """
    schema = _schema(family)
    found: dict[tuple[str, str], Trouble] = {}
    for _ in range(_MOST_ROUNDS):
        if _accepts(schema, root):
            break
        wrong: list[etree._Element] = []
        for error in _errors(schema, root):
            for trouble in explain(error, family):
                if len(found) < MOST_FINDINGS:
                    found.setdefault((trouble.rule_id, trouble.path), trouble)
            if error.element_is_wrong:
                wrong.append(error.element)
        if not wrong or len(found) >= MOST_FINDINGS:
            break
        _take_out(wrong)
    return [
        Finding(trouble.rule_id, Level.ERROR, trouble.path, coc_entry(family, trouble.path), trouble.sentence)
        for trouble in found.values()
    ]


def _accepts(schema: etree.XMLSchema, root: etree._Element) -> bool:
    try:
        return bool(schema.validate(root))
    except etree.LxmlError:
        return False


def _errors(schema: etree.XMLSchema, root: etree._Element) -> Iterator[SchemaError]:
    for number, entry in enumerate(cast("Iterable[etree._LogEntry]", schema.error_log)):
        if number >= _MOST_ENTRIES:
            return
        yield SchemaError(entry.type_name, entry.message, entry.line, element_at(root, entry.path), entry.path)


def _take_out(elements: list[etree._Element]) -> None:
    for element in elements:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
