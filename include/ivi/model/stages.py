"""Stages of manufacture: who built the vehicle, in which order, and on which approval each stage rests.

The families differ. 1.x lists every stage with its own approval; 2.0 lists the maker of this document's stage (others
may stand beside it) and, in the same row, the approval, type, variant and version of the stage before.
Source: EReg guidelines for IVI 2.0 and its set-up manual, multi-stage vehicles.
"""

from __future__ import annotations

from collections.abc import Mapping

from include.ivi.finding import Family
from include.ivi.record import record
from include.ivi.values import whole_number
from include.ivi.view import Group

_COC: dict[Family, str] = {"1.x": "Body/CocDataGroup", "2.0": "CocDataGroup"}
_ROWS: dict[Family, str] = {
    "1.x": "StageNrOfManufacturingTable/StageNrOfManufacturingGroup",
    "2.0": "ManufacturerTable/ManufacturerGroup",
}
_CODE: dict[Family, str] = {"1.x": "StageOfCompletionCode", "2.0": "StageOfCompletion"}
_OWN = ("TypeApprovalNumber", "Type", "Variant", "Version")
NUMBER: dict[Family, str] = {"1.x": "StageManufacturerNumber", "2.0": "ManufacturerStageNumber"}
"""The element that numbers a stage, in a row."""
_NAME: dict[Family, str] = {"1.x": "StageManufacturerName", "2.0": "ManufacturerName"}
APPROVED: dict[Family, tuple[str, str, str, str]] = {
    "1.x": ("StageEcTypeApprovalNumber", "StageEcType", "StageEcVariant", "StageEcVersion"),
    "2.0": ("PreviousStageTypeApprovalNumber", "PreviousStageType", "PreviousStageVariant", "PreviousStageVersion"),
}
"""The elements of number, type, variant and version in a row: of the stage itself in 1.x, of the one before in 2.0."""


@record
class Approved:
    """The approval of a stage by its four parts, None where absent."""

    number: str | None = None
    type: str | None = None
    variant: str | None = None
    version: str | None = None

    def __bool__(self) -> bool:
        """True where any part is given."""
        return any((self.number, self.type, self.variant, self.version))


@record
class Stage:
    """One row: stage number, maker, and the approval beside it (1.x: of this stage; 2.0: of the stage before)."""

    row: int
    number: int | None
    name: str | None
    approved: Approved


@record
class Stages:
    """All rows in document order, the stage of completion (C complete, I incomplete, V completed), and its approval."""

    family: Family
    code: str | None
    own: Approved
    rows: tuple[Stage, ...]

    @property
    def last(self) -> Stage | None:
        """The row with the highest number (the last of the rows where none is numbered)."""
        if len(self.rows) == 1:  # as most vehicles have it
            return self.rows[0]
        return max(self.rows, key=lambda row: (row.number or 0, row.row), default=None)

    @property
    def previous(self) -> Approved | None:
        """The approval of the stage before the last one, None where the document names none.

        In 1.x it stands in the row before the last; in 2.0 in the last row itself.
        """
        last = self.last
        if last is None:
            return None
        if self.family == "2.0":
            return last.approved or None
        earlier = [row for row in self.rows if row is not last and row.approved]
        return max(earlier, key=lambda row: (row.number or 0, row.row)).approved if earlier else None

    def path(self, stage: Stage | None, name: str) -> str:
        """Where a value of a row stands; the row is numbered where there are several."""
        many = f"[{stage.row}]" if stage is not None and len(self.rows) > 1 else ""
        return f"{_COC[self.family]}/{_ROWS[self.family]}{many}/{name}"


def read_stages(tree: Group, family: Family) -> Stages:
    """Reads the area once. Never raises."""
    coc = tree.first(_COC[family])
    own = _approved(coc.values, _OWN)
    found = coc.all(_ROWS[family])
    rows = [_stage(number, row, family) for number, row in enumerate(found, start=1)]
    return Stages(family, _text(coc.values.get(_CODE[family])), own, tuple(rows))


def _stage(row: int, group: Group, family: Family) -> Stage:
    values = group.values
    approved = _approved(values, APPROVED[family])
    return Stage(row, whole_number(values.get(NUMBER[family])), _text(values.get(_NAME[family])), approved)


def _approved(values: Mapping[str, str], names: tuple[str, str, str, str]) -> Approved:
    number, kind, variant, version = names
    return Approved(
        _text(values.get(number)), _text(values.get(kind)), _text(values.get(variant)), _text(values.get(version))
    )


def _text(value: str | None) -> str | None:
    return value.strip() if value else None
