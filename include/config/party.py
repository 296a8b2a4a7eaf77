"""One importer as the configuration describes it: every key of a block in `parties.yaml`, with its meaning and default.

The descriptions of the fields are the published schema (`parties.schema.json`), which editors show while one types.
"""

# longer because every key of a block stands here with its meaning, in one table

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from include.config.scalars import (
    DEFAULT_SCHEDULE,
    AvgiftCode,
    ConnectionId,
    Cron,
    DropFolder,
    OrganisationNumber,
    PartyId,
    RuleLevel,
    Text,
    TimeOfDay,
    TimeZone,
)

if TYPE_CHECKING:
    from include.vegvesen.avgift import AvgiftRules

Role = Literal["ecoc", "leasing", "customs"]
RoutingFeed = Literal["house-consignment", "transport"]


class Block(BaseModel):
    """A mapping in which an unknown key is a mistake, and which nobody changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Connections(Block):
    """Ids of the Airflow connections a party uses; what is left out has the ordinary name."""

    maskinporten: ConnectionId | None = None
    """Left out: the one named in the authority's connection (`maskinporten_conn_id`), usually `maskinporten`."""
    vegvesen: ConnectionId = "vegvesen"
    """Type vegvesen: the eCoC interface that documents are sent to."""
    vegvesen_register: ConnectionId = "vegvesen_register"
    """Type vegvesen_register: Statens vegvesen's own look-up of vehicles, which settles unknown outcomes."""
    toll: ConnectionId = "toll"
    """Type toll: the presentation and routing of consignments at Tolletaten."""
    fiks: ConnectionId = "fiks"
    """Type fiks: the register at KS Fiks, for public bodies; asked instead of vegvesen_register where it exists."""
    ecoc_sftp: ConnectionId = "ecoc_sftp"
    """Type sftp: the drop with the party's folder."""
    leasing_keys: ConnectionId = "leasing_keys"
    """Type leasing_keys: the keys that leaseholders' national numbers rest under."""
    warehouse: ConnectionId = "warehouse"
    """Type postgres: the ledger and the marts. All parties share one."""


class Avgift(Block):
    """Where a document's avgiftsKode comes from when neither a sidecar nor the manifest gives one.

    Tried in this order: type approval with variant and version, with variant; the variant; the type approval alone; the
    category; the default.
    """

    default: AvgiftCode | None = None
    """The code for everything no rule below names."""
    by_category: dict[Text, AvgiftCode] = {}
    """Vehicle category (M1, N1, L3e …) to code."""
    by_type_approval: dict[Text, AvgiftCode] = {}
    """`e6*2007/46*0289*09`, the same with `|variant`, or with `|variant|version`, to code."""
    by_variant: dict[Text, AvgiftCode] = {}
    """Variant to code."""
    seats: Annotated[int, Field(ge=0, le=200)] | None = None
    """Seats in the Norwegian approval (sitteplasserNorskGodkjenning), sent when nobody else gives them."""
    camper_beds: Annotated[int, Field(ge=0, le=50)] | None = None
    """Beds of a motor caravan (sengeplasserCampingbil), sent for camper codes only."""
    missing: Literal["send", "hold"] = "send"
    """No code from anywhere: send the document without one (the authority allows it), or hold it for a person."""


class RuleSetting(Block):
    """Another level for one content rule, with the reason for those who ask later."""

    level: RuleLevel
    """error stops the document; warning and info are only told; off is not looked at."""
    reason: Text
    """Who agreed to it, when and why."""


class Thresholds(Block):
    """When a night that is green by itself still deserves an alert.

    Refusals need both more than the number and the share. A run of three documents or more, all refused, always is one.
    """

    refused_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    """Share of the run's decided documents that may be refused (0.05 is five in a hundred); both must be passed."""
    refused_number: Annotated[int, Field(ge=0)] = 10
    """Refusals a run may have before the share is looked at, so that one of three is no alarm; both must be passed."""
    unknown_minutes: Annotated[int, Field(ge=1)] = 30
    """Minutes an outcome may stay unknown."""
    incomplete_hours: Annotated[int, Field(ge=1, le=24 * 14)] = 24
    """Hours a file may take to become whole."""
    validation_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 15
    """Customs: minutes a presentation may be without validation status."""
    signal_minutes: Annotated[int, Field(ge=0, le=14 * 24 * 60)] = 60
    """Customs: minutes presented goods may be without a control signal."""
    poll_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 10
    """Customs: minutes a feed may stay unread."""
    key_days: Annotated[int, Field(ge=0, le=365)] = 30
    """Days before its end at which the certificate of the party's Maskinporten connection is an alert."""


class Registration(Block):
    """How often the register is asked whether an accepted vehicle is registered: nightly, weekly, then each 30 days."""

    daily_days: Annotated[int, Field(ge=1, le=365)] = 14
    """Days after the acceptance with a lookup every night."""
    weekly_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """Days after the acceptance until which it is looked up once a week; from then on every 30 days."""
    stop_days: Annotated[int, Field(ge=1, le=3650)] = 730
    """Days after the acceptance when nobody looks any more: it was never registered."""
    lag_minutes: Annotated[int, Field(ge=0, le=10_080)] = 60
    """Minutes an accepted vehicle may be missing in the register before that is a difference."""
    keep_quota: Annotated[int, Field(ge=0)] = 1_000
    """Vehicles of a day's quota that are left for settling unknown outcomes, where the register tells what is left."""


class Notify(Block):
    """Somebody to tell: an address through an smtp connection, or an http connection that takes JSON."""

    type: Literal["smtp", "http"]
    """smtp: a mail to the addresses in `to`. http: a POST of JSON, to a webhook for example."""
    conn_id: ConnectionId
    """The Airflow connection of that type, which holds the server and the login."""
    to: tuple[Text, ...] = ()
    """Mail addresses; for http the path below the connection's host, one at most."""

    @model_validator(mode="after")
    def _has_receiver(self) -> Self:
        if self.type == "smtp" and not all("@" in address for address in self.to or ("",)):
            raise ValueError("notify by smtp needs `to` with at least one mail address")
        if self.type == "http" and len(self.to) > 1:
            raise ValueError("notify by http takes one path in `to` at most")
        return self


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
    rules: dict[Text, RuleSetting] = {}
    """Rule id to another level."""
    signature: Literal["off", "report", "require"] = "report"
    """XML signatures: not looked at, verified where present, or a document without a good one is refused."""
    trusted_issuers: Text | None = None
    """File with PEM certificates of issuers or signers; with none, a signature proves wholeness and no origin."""
    thresholds: Thresholds = Thresholds()
    control_places: dict[Text, Text] = {}
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
