"""Validate: check one lot's documents by our own rules. Pure: the same bytes and rules give the same findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Literal

from include.config.party import Party
from include.ivi.check import RULES_VERSION, CheckContext, Checked, check
from include.ivi.finding import Level
from include.journey.progress import Progress
from include.ledger import validation
from include.ledger.content import ContentStore
from include.ledger.validation import ToValidate
from include.ledger.warehouse import Connection

Environment = Literal["test", "prod"]

GROUP = 100
"""Documents whose results are committed together."""


@dataclass(slots=True)
class Validated:
    """How many documents of the lot this try checked."""

    valid: int = 0
    invalid: int = 0


def validate_lot(
    connection: Connection,
    store: ContentStore,
    party: Party,
    *,
    run_id: str,
    lot_no: int,
    label: str,
    environment: Environment,
    today: date,
) -> Validated:
    """Checks the lot's RECEIVED documents, and INVALID ones when rules or schema have changed since.

    `environment` is test or prod (some rules are lenient in test); findings and results are committed in groups.
    """
    work = validation.to_validate(connection, party.id, run_id, lot_no, RULES_VERSION)
    connection.commit()
    progress = Progress(f"{label} · validated", len(work))
    result = Validated()
    levels: dict[str, Level | Literal["off"]] = {
        rule: "off" if level == "off" else Level(level) for rule, level in party.rule_levels().items()
    }

    # One document after the other: libxml2's schema code is not safe in threads. Lots work side by side as processes.
    def examine(item: ToValidate) -> tuple[ToValidate, Checked]:
        context = CheckContext(
            environment=environment, file_name=item.file_name, today=today, levels=levels, max_bytes=party.max_bytes
        )
        return item, check(store.get(item.sha256), context)

    for group in _groups(work):
        results = [examine(item) for item in group]
        validation.record(connection, results, RULES_VERSION)
        connection.commit()
        valid = sum(checked.valid for _, checked in results)
        result.valid += valid
        result.invalid += len(results) - valid
        progress.add(len(results))
    progress.finish()
    return result


def _groups(work: Sequence[ToValidate]) -> Iterator[list[ToValidate]]:
    remaining = iter(work)
    while group := list(islice(remaining, GROUP)):
        yield group
