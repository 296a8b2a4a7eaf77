"""Check: the rows of what was taken are read and checked; good ones are opened with a requestId, bad ones keep reasons.

Each file is one transaction: a killed task finds it either untouched or done.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from include.config.party import Party
from include.errors import OneDocument, SamsvarError, TryAgain
from include.ledger import presentation_files, presentation_rows
from include.ledger.content import ContentStore
from include.ledger.presentation_files import TakenFile
from include.ledger.presentation_rows import NewRow, Verdict
from include.ledger.warehouse import Connection
from include.presentation.given import FileRefused, GivenRow
from include.presentation.reading import MOST_ROWS, ReadRow, read, read_row
from include.toll.checks import check

log = logging.getLogger(__name__)
_OF_EXPECTED = frozenset({"office", "level"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """What is checked against. `arrives_again`: after so long the same identifiers are a new arrival."""

    environment: str
    offices: Mapping[str, str] | None = None
    guessed_levels: bool = False
    max_rows: int = MOST_ROWS
    arrives_again: timedelta = timedelta(days=30)


@dataclass(slots=True)
class Checked:
    """What the rows of this try became."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    files: int = 0
    refused_files: int = 0

    def sentence(self) -> str:
        """The counts that are not zero, in words."""
        words: tuple[tuple[Verdict, str], ...] = (
            ("presented", "to present"),
            ("again", "presented already"),
            ("bad", "bad"),
            ("expected", "expected houses"),
        )
        parts = [f"{self.verdicts[verdict]} {word}" for verdict, word in words if self.verdicts[verdict]]
        parts += [f"{self.refused_files} files refused"] if self.refused_files else []
        return ", ".join(parts) or "nothing new to check"


def check_taken(connection: Connection, store: ContentStore, party: Party, checking: Checking) -> Checked:
    """Opens the rows of every file and form that was taken and not checked yet; commits each. Holds the party's lock.

    One file that cannot be read never stops the others. Raises OneDocument or ServiceUnavailable, at the end, when the
    content store lacks one: it stays as it is until the store has it again.
    """
    result = Checked()
    lacking: SamsvarError | None = None
    for file in presentation_files.to_check(connection, party.id):
        connection.commit()
        try:
            office, rows = _rows(store, file, checking)
        except (OneDocument, TryAgain) as error:
            log.error("%s: %s", file.name, error)
            lacking = error
            continue
        except FileRefused as refused:
            presentation_files.refuse(connection, file.id, refused.told)
            result.refused_files += 1
        else:
            result.verdicts += presentation_rows.open_rows(
                connection,
                party=party.id,
                sender=party.sender,
                environment=checking.environment,
                file_id=file.id,
                office=office,
                rows=[_checked(row, checking) for row in rows],
                arrives_again=checking.arrives_again,
            )
            result.files += 1
        connection.commit()
    if lacking is not None:
        raise lacking
    return result


def _rows(store: ContentStore, file: TakenFile, checking: Checking) -> tuple[str | None, Sequence[ReadRow]]:
    if file.source == "form":
        cells = {name: str(value) for name, value in (file.form or {}).items() if value}
        return None, [read_row(GivenRow(row_no=1, cells=cells), None)]
    return read(file.name_bytes, store.get(file.sha256), max_rows=checking.max_rows)


def _checked(row: ReadRow, checking: Checking) -> NewRow:
    """The row with every remark of the local checks; an error of them leaves it without a consignment."""
    if row.consignment is None:
        return NewRow(row_no=row.row_no, given=row.cells, remarks=row.faults)
    found = check(
        row.consignment, guessed_levels_allowed=checking.guessed_levels or row.expected, offices=checking.offices
    )
    remarks = [
        {"level": one.level, "rule_id": one.rule_id, "field": one.field, **one.sentence}
        for one in found
        if not (row.expected and one.field in _OF_EXPECTED)
    ]
    good = all(remark["level"] != "error" for remark in remarks)
    return NewRow(
        row_no=row.row_no,
        given=row.cells,
        remarks=remarks,
        consignment=row.consignment if good else None,
        expected=row.expected,
        corrects=row.corrects,
    )
