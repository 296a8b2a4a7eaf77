"""Validate: check one lot's documents by our own rules. Pure: the same bytes and rules give the same findings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Literal

from include.authority.address import Environment
from include.config.party import Party
from include.errors import BytesMissing, ConfigurationError, ContentRefused, ServiceUnavailable
from include.ivi.check import RULES_VERSION, CheckContext, Checked, check_all
from include.ivi.document import IviDocument
from include.ivi.finding import Level
from include.ivi.schema import load_schemas
from include.journey.progress import Progress
from include.ledger import validation
from include.ledger.content import ContentStore
from include.ledger.validation import ToValidate
from include.ledger.warehouse import Connection
from include.vegvesen.avgift import resolve_avgift

log = logging.getLogger(__name__)

GROUP = 250
"""Documents whose results are committed together: what a killed task checks again, in a quarter of a second."""
NO_ACCIDENT = 3
"""From so many documents on, a lot of which the store has nothing at all is no accident."""


@dataclass(slots=True)
class Validated:
    """How many documents of the lot this try checked, and how many could not be: the store lacks their bytes."""

    valid: int = 0
    invalid: int = 0
    missing: int = 0


def validate_lot(
    connection: Connection,
    store: ContentStore,
    party: Party,
    *,
    run_id: str,
    lot_no: int,
    label: str,
    circumstances: CheckContext,
) -> Validated:
    """Checks the lot's RECEIVED documents, and INVALID ones when rules or schema have changed since.

    `circumstances` come from `circumstances_of`; findings and results are committed in groups. A document whose bytes
    are missing in the store is held with a sentence and asked for again by every run. Raises ConfigurationError when
    the schema files are set up wrongly, ServiceUnavailable when the store is away or has none of the lot's documents.
    """
    load_schemas()
    work = validation.to_validate(connection, party.id, run_id, lot_no, RULES_VERSION)
    connection.commit()
    progress = Progress(f"{label} · validated", len(work))
    result = Validated()
    codes = _Codes(connection, party)

    def context_of(item: ToValidate) -> CheckContext:
        return replace(circumstances, file_name=item.file_name, avgiftskode=codes.beside(item.companion))

    for group in _groups(work):
        _record(connection, *_examine(group, store, context_of), result)
        progress.add(len(group))
    progress.finish()
    _refuse_empty_store(result, label)
    return result


def _examine(
    group: Sequence[ToValidate], store: ContentStore, context_of: Callable[[ToValidate], CheckContext]
) -> tuple[list[tuple[ToValidate, Checked]], list[tuple[ToValidate, str]]]:
    """What was found in each document, and those whose bytes the store lacks, with the sentence to hold them by.

    No threads: libxml2's schema code is not safe in them. Lots work side by side as processes. The check asks for the
    bytes of a few documents at a time, so no more are held.
    """
    there: list[ToValidate] = []
    lacking: list[tuple[ToValidate, str]] = []

    def contents() -> Iterator[tuple[bytes, CheckContext]]:
        for item in group:
            try:
                content = store.get(item.sha256)
            except BytesMissing as error:
                lacking.append((item, str(error)))
            else:
                there.append(item)
                yield content, context_of(item)

    checked = list(check_all(contents()))
    return list(zip(there, checked, strict=True)), lacking


def _record(
    connection: Connection,
    results: Sequence[tuple[ToValidate, Checked]],
    lacking: Sequence[tuple[ToValidate, str]],
    result: Validated,
) -> None:
    validation.record(connection, results, RULES_VERSION)
    validation.hold(connection, lacking)
    connection.commit()
    valid = sum(checked.valid for _, checked in results)
    result.valid += valid
    result.invalid += len(results) - valid
    result.missing += len(lacking)


def _refuse_empty_store(result: Validated, label: str) -> None:
    """One document that is missing is that document's trouble; a lot of which nothing is there is the store's."""
    if result.missing:
        log.warning("%s: %d documents are held, the content store lacks their bytes", label, result.missing)
    if result.missing >= NO_ACCIDENT and not result.valid + result.invalid:
        raise ServiceUnavailable(
            f"The content store has none of the {result.missing} documents of this lot: is SAMSVAR_STORE the same on "
            "every worker? Mend it; the retry, or the next run, checks them."
        )


def circumstances_of(
    party: Party, *, environment: Environment, today: date, versions: Collection[str] | None = None
) -> CheckContext:
    """What a check of this party's documents depends on besides the bytes.

    `environment` is test or prod (some rules are lenient in test), `versions` are the IVI versions the authority takes
    (None: all). Raises ConfigurationError when the file with the trusted issuers cannot be read.
    """
    levels: dict[str, Level | Literal["off"]] = {
        rule: "off" if level == "off" else Level(level) for rule, level in party.rule_levels().items()
    }
    return CheckContext(
        environment=environment,
        today=today,
        levels=levels,
        max_bytes=party.max_bytes,
        versions_taken=versions,
        signature=party.signature,
        trusted_issuers=_issuers(party),
    )


def _issuers(party: Party) -> bytes | None:
    if party.trusted_issuers is None:
        return None
    try:
        return Path(party.trusted_issuers).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"Party {party.id}: the file of `trusted_issuers` ({party.trusted_issuers}) cannot be read "
            f"({error.strerror}): correct the path, or put the PEM certificates there."
        ) from error


class _Codes:
    """Finds the avgiftskode that submit will send, as far as it is known when a document is checked."""

    def __init__(self, connection: Connection, party: Party) -> None:
        self._connection, self._party = connection, party.id
        self._rules = party.avgift_rules()
        self._by_vin = validation.classifies_vins(connection, party.id)

    def beside(self, companion: Mapping[str, object] | None) -> Callable[[IviDocument], str | None]:
        """How to find the code of a document with this companion; the answer None: no code, or a faulty companion."""

        def code(document: IviDocument) -> str | None:
            told = companion or self._told_by_vin(document)
            sidecar = told if told.get("source") == "sidecar" else None
            try:
                return resolve_avgift(sidecar, None if sidecar else told, self._rules, document).avgiftsKode
            except ContentRefused:
                return None

        return code

    def _told_by_vin(self, document: IviDocument) -> Mapping[str, object]:
        if not self._by_vin or not document.vin:
            return {}
        return validation.classified(self._connection, self._party, document.vin)


def _groups(work: Sequence[ToValidate]) -> Iterator[list[ToValidate]]:
    remaining = iter(work)
    while group := list(islice(remaining, GROUP)):
        yield group
