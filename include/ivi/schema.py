"""Checks a document against the schema of its family, and says each error in plain words.

The schemas are loaded once per process, from the bytes of this package or of EReg's own files where settings name them
(schemas/official.py), and must refuse known-bad documents first: nothing is opened while a document is checked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from typing import cast

from lxml import etree

from include.errors import ConfigurationError

from .finding import Family, Finding, Level, quoted
from .places import coc_entry, element_at
from .schema_words import SchemaError, Trouble, explain
from .schemas import tables
from .schemas.generate import SIGNATURE_FILE
from .schemas.official import SETTINGS, SIGNATURE_SETTING, pinned
from .schemas.proof import wrongly_accepted

MOST_FINDINGS = 20
_XS = "http://www.w3.org/2001/XMLSchema"
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


class _SignatureOnly(etree.Resolver):
    """Answers the one import an IVI schema has, so that no other file or address is ever opened."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = content

    def resolve(self, url: str, _public_id: str, context: object) -> object:  # type: ignore[override]
        known = url.rpartition("/")[2] == SIGNATURE_FILE
        return self.resolve_string(self._content if known else b"<refused/>", context)  # type: ignore[call-arg]


def load_schemas() -> None:
    """Load both schemas and prove that they refuse: for the start of a run, so that a wrong setting is met there.

    Raises ConfigurationError, as one sentence, where a file of a setting is missing, not the pinned one, no IVI schema,
    or accepts a document that is known to be bad.
    """
    with ONE_AT_A_TIME:
        for family in tables.NAMESPACES:
            _schema(family)


@lru_cache(maxsize=2)
def _schema(family: Family) -> etree.XMLSchema:
    """The schema of a family; used under ONE_AT_A_TIME only, since its error log is its own."""
    file_name = f"{tables.FILE_STEMS[family]}.xsd"
    official = pinned(SETTINGS[family])
    source = f"of {official.setting}" if official else f"{file_name} of this package"
    signature = pinned(SIGNATURE_SETTING)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    parser.resolvers.add(_SignatureOnly(signature.content() if signature else schema_bytes(SIGNATURE_FILE)))
    content = official.content() if official else schema_bytes(file_name)
    try:
        root = etree.fromstring(content, parser, base_url=f"samsvar:/{file_name}")
        _own_imports(root, family, source)
        schema = etree.XMLSchema(root)
    except etree.LxmlError as error:
        raise ConfigurationError(
            f"The schema {source} cannot be used ({quoted(str(error))[1:-1]}): set the setting to EReg's own file of "
            f"IVI {family}, or leave it blank."
        ) from None
    for name in wrongly_accepted(schema, family):
        raise ConfigurationError(
            f"The schema {source} does not refuse a document with a wrong {name}, so it is not the schema of IVI "
            f"{family}: set the setting to EReg's own file, or leave it blank."
        )
    return schema


def _own_imports(root: etree._Element, family: Family, source: str) -> None:
    """Leave the schema no import but that of signatures, from our hands. Raises ConfigurationError for any other."""
    namespace = root.get("targetNamespace", "")
    if namespace != tables.NAMESPACES[family]:
        raise ConfigurationError(
            f"The schema {source} is for the namespace {quoted(namespace)}, not for IVI {family}: set the setting to "
            "EReg's own file of this version, or leave it blank."
        )
    for name in ("include", "redefine", "import"):
        for element in root.iter(f"{{{_XS}}}{name}"):
            if name != "import" or element.get("namespace") != tables.SIGNATURE_NAMESPACE:
                other = quoted(element.get("schemaLocation", ""))
                raise ConfigurationError(
                    f"The schema {source} brings in {other}, and only the schema of signatures may be brought in: use "
                    "EReg's file unchanged, which is one file."
                )
            element.set("schemaLocation", SIGNATURE_FILE)


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
