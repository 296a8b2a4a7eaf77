"""One importer as the configuration describes it: every key of a block in `parties.yaml`, with its meaning and default.

The descriptions of the fields are the published schema (`parties.schema.json`), which editors show while one types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from include.config.blocks import Avgift, Block, Connections, Notify, Registration, RuleSetting, Thresholds
from include.config.scalars import (
    DEFAULT_SCHEDULE,
    Cron,
    DropFolder,
    OrganisationNumber,
    PartyId,
    Text,
    TimeOfDay,
    TimeZone,
)

if TYPE_CHECKING:
    from include.vegvesen.avgift import AvgiftRules

Role = Literal["ecoc", "leasing", "customs"]
RoutingFeed = Literal["house-consignment", "transport"]


class Party(Block):
    """One importer."""

    id: PartyId
    """Small letters, digits and `_`, 2 to 40. Part of the DAG id and of the rows in the ledger: never change it."""
    name: Text
    """The importer's name as receipts, alerts and the list of DAGs show it; it may change."""
    organisation_number: OrganisationNumber
    """Nine digits. A Norwegian branch of a foreign company (NUF) has an ordinary one of its own."""
    roles: Annotated[tuple[Role, ...], Field(min_length=1)] = ("ecoc",)
    """The streams this party takes part in."""
    access: Literal["own", "supplier", "reported"] = "own"
    """own: the party's own Maskinporten client sends. supplier: we send on its behalf. reported: another sends."""
    consumer_org: OrganisationNumber | None = None
    """With `access: supplier` only: the organisation that delegated its scope to us in Altinn."""
    connections: Connections = Connections()
    fiks_org_id: Text | None = None
    """The party's organisation id at KS Fiks, where it may look up the register there."""
    drop: DropFolder = ""
    """The party's folder on the drop. Left out: its id. No two parties share one."""
    schedule: Cron | None = DEFAULT_SCHEDULE
    """Five cron fields in `timezone`; null: only by hand."""
    timezone: TimeZone = "Europe/Oslo"
    """IANA time zone of `schedule`, `deadline` and of the days in the folders, such as Europe/Oslo."""
    upload: Literal["rename", "quiet"] = "quiet"
    """rename: uploaded under another name, then renamed. quiet: a file counts when it has stopped changing."""
    quiet_seconds: Annotated[int, Field(ge=0, le=3600)] = 60
    """With `upload: quiet`: seconds a file must lie unchanged before it counts as done."""
    max_bytes: Annotated[int, Field(ge=1_000, le=50_000_000)] = 2_000_000
    """Largest document, in bytes after unpacking."""
    lot_size: Annotated[int, Field(ge=1, le=20_000)] = 500
    """Documents in one task; larger nights get larger lots so that there are at most 200."""
    resubmit: Literal["auto", "hold"] = "auto"
    """A refused document that is dropped again: send it, or hold it until a person says so."""
    revision: Literal["hold", "replace"] = "hold"
    """A corrected document of an accepted vehicle: held for a person, or its deletion is asked for, to be approved."""
    baseline: bool = True
    """Ask the register about each vehicle before its document is sent, so that a lookup can settle a lost answer."""
    avgift: Avgift = Avgift()
    rules: dict[Text, RuleSetting] = Field(default={})
    """Rule id to another level."""
    signature: Literal["off", "report", "require"] = "report"
    """XML signatures: not looked at, verified where present, or a document without a good one is refused."""
    trusted_issuers: Text | None = None
    """File with PEM certificates of issuers or signers; with none, a signature proves wholeness and no origin."""
    thresholds: Thresholds = Thresholds()
    control_places: dict[Text, Text] = Field(default={})
    """Customs office code to the place of control presented there."""
    routing_feeds: Annotated[tuple[RoutingFeed, ...], Field(min_length=1)] = ("house-consignment",)
    """Feeds of control signals that are polled. transport is for those who move means of transport."""
    registration: Registration = Registration()
    notify: tuple[Notify, ...] = ()
    monthly_report: Literal["off", "drop", "mail"] = "drop"
    """Of the month that ended: none, into `receipts/` of the drop, or there and by mail to the smtp addresses above."""
    language: Literal["nb", "en"] = "nb"
    """Of receipts and messages to the importer."""
    enabled: bool = True
    """false: no DAG; what the ledger knows stays."""
    deadline: TimeOfDay | None = "06:00"
    """Time of day by which the night must be done; null: no deadline."""
    expect_weekdays: bool = False
    """true: no file at all on a working day is an alert."""

    @model_validator(mode="before")
    @classmethod
    def _drop_is_the_id(cls, block: Any) -> Any:
        if isinstance(block, dict) and "drop" not in block and "id" in block:
            return {**block, "drop": block["id"]}
        return block

    @model_validator(mode="after")
    def _delegation_is_told(self) -> Self:
        if self.access == "supplier" and self.consumer_org is None:
            raise ValueError("`access: supplier` needs `consumer_org`, the organisation that delegated to us")
        if self.access != "supplier" and self.consumer_org is not None:
            raise ValueError("`consumer_org` belongs to `access: supplier` only")
        return self

    @property
    def sender(self) -> str:
        """Organisation number in whose name documents are sent."""
        return self.consumer_org or self.organisation_number

    @property
    def wait_seconds(self) -> int:
        """How long a file must lie unchanged before it counts; names that are renamed when done need no wait."""
        return 0 if self.upload == "rename" else self.quiet_seconds

    @property
    def holds_without_avgift(self) -> bool:
        """True when a document without avgiftsKode waits for a person."""
        return self.avgift.missing == "hold"

    def rule_levels(self) -> Mapping[str, Literal["error", "warning", "info", "off"]]:
        """Rule id to the level this party gave it."""
        return {rule_id: setting.level for rule_id, setting in self.rules.items()}

    def avgift_rules(self) -> AvgiftRules:
        """The rules as `include.vegvesen` takes them."""
        from include.vegvesen.avgift import AvgiftRules

        return AvgiftRules(**self.avgift.model_dump(exclude={"missing"}))
