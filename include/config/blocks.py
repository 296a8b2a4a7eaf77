"""The mappings inside a party's block in `parties.yaml`: every key, with its meaning and default."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from include.config.scalars import AvgiftCode, ConnectionId, RuleLevel, Text


class Block(BaseModel):
    """A mapping in which an unknown key is a mistake, and which nobody changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
