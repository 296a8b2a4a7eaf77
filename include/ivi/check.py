"""The check of one document: from bytes to findings, never an exception.

Order: the bytes (size, kind, encoding), safe parsing, the family and version, one reading pass, the signature, the
schema, the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from include.errors import ContentRefused

from .assemble import build_document
from .context import CheckContext
from .document import IviDocument
from .finding import Family, Finding, Level, quoted
from .form import form_findings
from .mending import mended
from .reading import read_root
from .registry import apply_rules, party_level
from .schema import ONE_AT_A_TIME, check_schema
from .schemas.tables import NAMESPACES, ROOT, load_tables
from .signature import SignatureReport, signature_findings, signature_report
from .version import RULES_VERSION
from .view import read_view

__all__ = ["RULES_VERSION", "CheckContext", "Checked", "check", "check_all", "known_versions"]

_TOGETHER, _TOGETHER_BYTES = 16, 500_000
"""So many documents, or so many bytes, are read before the rules look at them: memory stays that of a few."""

_VERSION_CODES: dict[Family, str] = {"1.x": "VersionNumberXsd", "2.0": "IviVersionNumberXsd"}


@dataclass(frozen=True, slots=True)
class Checked:
    """The end of a check. `valid`: no finding is an error; `document` is None where nothing could be read.

    `signature` is None where the document could not be read or signatures are not looked at.
    """

    document: IviDocument | None
    findings: tuple[Finding, ...]
    valid: bool
    signature: SignatureReport | None = None


@dataclass(slots=True)
class _Read:
    """A document that was read and held against the schema. `findings` so far; `goes_on` where the rules still look."""

    context: CheckContext
    document: IviDocument | None
    findings: list[Finding]
    signature: SignatureReport | None = None
    goes_on: bool = False
    by_rules: list[Finding] = field(default_factory=list)


def check(content: bytes, context: CheckContext) -> Checked:
    """Check one document. Never raises, whatever the bytes are; opens no file and no socket.

    Memory and time are bounded by the caps on bytes, markup and depth. Threads take turns; use processes for speed.
    """
    return next(check_all([(content, context)]))


def check_all(documents: Iterable[tuple[bytes, CheckContext]]) -> Iterator[Checked]:
    """Check many documents, one result for each, in order. Raises nothing but what `documents` itself raises.

    A few are read at a time, and each rule looks at all of these before the next rule does: the processor keeps the
    rule at hand, which makes a check a fifth quicker than one document after the other.
    """
    for few in _few_by_few(documents):
        yield from _checked(few)


def _checked(few: list[tuple[bytes, CheckContext]]) -> Iterator[Checked]:
    with ONE_AT_A_TIME:
        read = [_read(content, context) for content, context in few]
    apply_rules([(one.document, one.context, one.by_rules) for one in read if one.document and one.goes_on])
    return map(_ended, read)


def _few_by_few(documents: Iterable[tuple[bytes, CheckContext]]) -> Iterator[list[tuple[bytes, CheckContext]]]:
    few: list[tuple[bytes, CheckContext]] = []
    size = 0
    for content, context in documents:
        few.append((content, context))
        size += len(content)
        if len(few) >= _TOGETHER or size >= _TOGETHER_BYTES:
            yield few
            few, size = [], 0
    if few:
        yield few


def _read(content: bytes, context: CheckContext, *, is_copy: bool = False) -> _Read:
    try:
        root, encoding = read_root(content, context.max_bytes)
        family = _family(root)
        view = read_view(root, family)
    except ContentRefused as refused:
        return _refused(None if is_copy else content, refused, context)
    document = build_document(family, view)
    refusal = _version_refusal(document)
    if refusal is not None:
        return _Read(context, document, [refusal])
    signature = signature_report(content, root, encoding, context)
    found = [*form_findings(encoding, view, document), *signature_findings(signature, context)]
    findings = list(_levelled([*found, *check_schema(root, family)], context))
    return _Read(context, document, findings, signature, goes_on=True)


def _refused(content: bytes | None, refused: ContentRefused, context: CheckContext) -> _Read:
    """The refusal, and what else is wrong where only a slip inside a value keeps the document from being XML."""
    finding = Finding(refused.rule_id, Level.ERROR, "", None, str(refused))
    copy = mended(content) if content is not None and refused.rule_id == "xml.not_well_formed" else None
    rest = None if copy is None else _read(copy, context, is_copy=True)
    if rest is None or rest.document is None:
        return _Read(context, None, [finding])
    others = [other for other in rest.findings if not other.rule_id.startswith("signature.")]
    return _Read(context, rest.document, [finding, *others], goes_on=rest.goes_on)


def _ended(read: _Read) -> Checked:
    findings = _own_words_first(read.findings, read.by_rules)
    valid = all(finding.level is not Level.ERROR for finding in findings)
    return Checked(read.document, tuple(findings), valid, read.signature)


def _family(root: etree._Element) -> Family:
    """The family by root element and namespace. Raises ContentRefused (`ivi.root`, `ivi.namespace`)."""
    namespace, _, name = root.tag.rpartition("}")
    if name != ROOT:
        raise ContentRefused(
            f"The root element is {quoted(name)}, and an IVI document begins with {ROOT}: drop the IVI document.",
            rule_id="ivi.root",
        )
    for family, known in NAMESPACES.items():
        if namespace.removeprefix("{") == known:
            return family
    raise ContentRefused(
        f"The namespace {quoted(namespace[1:])} is that of no IVI version: 1.x has none and 2.0 has "
        f"{NAMESPACES['2.0']}. Export the document again in one of these.",
        rule_id="ivi.namespace",
    )


def known_versions() -> tuple[str, ...]:
    """Every version of IVI a document may call itself, both families."""
    return tuple(version for family, name in _VERSION_CODES.items() for version in load_tables(family).codes[name])


def _version_refusal(document: IviDocument) -> Finding | None:
    codes = _VERSION_CODES[document.family]
    known = load_tables(document.family).codes[codes]
    if document.version is None or document.version in known:
        return None
    path = document.path("version")
    sentence = (
        f"{codes} says {quoted(document.version)}, and a document of this form is one of {', '.join(known)}: correct "
        "it or export the document in a version that is taken."
    )
    return Finding("ivi.version", Level.ERROR, path, None, sentence)


def _levelled(findings: Iterable[Finding], context: CheckContext) -> Iterator[Finding]:
    for finding in findings:
        level = party_level(context, finding.rule_id, finding.level)
        if level is finding.level:
            yield finding
        elif level is not None:
            yield Finding(finding.rule_id, level, finding.path, finding.coc_entry, finding.sentence)


def _own_words_first(schema: list[Finding], rules: list[Finding]) -> list[Finding]:
    """Where a rule's error stands at the same place as a schema error, the rule's words are the better ones."""
    said = {finding.path for finding in rules if finding.level is Level.ERROR}
    kept = [finding for finding in schema if not (finding.rule_id.startswith("schema.") and finding.path in said)]
    return [*kept, *rules]
