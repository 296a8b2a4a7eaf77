"""Who polls customs, and what others hear of a control signal."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.ledger import feeds, sightings, signals
from include.ledger.feeds import Watched
from include.ledger.signal_copy import ready
from include.ledger.warehouse import connect
from include.toll.polling import Page, Signal
from samsvar.customs_asset import CONTROL_SIGNALS, announce, control_of
from samsvar.customs_dag import polling_parties

USUAL = {"organisation_number": "310000019", "schedule": None}


def test_parties_of_one_organisation_share_its_feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parties = [
        {"id": "first", "name": "First", **USUAL, "roles": ["customs"]},
        {"id": "same_number", "name": "Second", **USUAL, "roles": ["ecoc", "customs"]},
        {"id": "other", "name": "Other", **USUAL, "organisation_number": "310000027", "roles": ["customs"]},
        {"id": "no_customs", "name": "None", **USUAL, "organisation_number": "310000035"},
        {"id": "switched_off", "name": "Off", **USUAL, "organisation_number": "310000035", "roles": ["customs"]},
    ]
    parties[4]["enabled"] = False
    file = tmp_path / "parties.yaml"
    file.write_text(yaml.safe_dump({"parties": parties}), encoding="utf-8")
    monkeypatch.setenv("SAMSVAR_PARTIES_FILE", str(file))
    assert polling_parties("customs_routing") == ["first", "other"]


class Outlet:
    """What a task gives its events to."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, dict[str, Any]]] = []

    def add(self, asset: Any, extra: dict[str, Any]) -> None:
        self.events.append((asset, extra))


def test_each_control_signal_is_one_event_without_anything_about_anybody(warehouse: str) -> None:
    def signal(identity: str, routing: str) -> Signal:
        fields: dict[str, Any] = dict.fromkeys(Signal.__slots__)
        named = {"document_number": "OLA NORDMANN", "document_type": "N740", "raw": b"{}"}
        return Signal(**{**fields, **named, "id": identity, "routing": routing})

    with connect(warehouse) as connection:
        sightings.name_party(connection, "nordbil", "Nordbil", "310000019", "Europe/Oslo")
        watched = Watched(validation_minutes=1, signal_minutes=1, control_places={})
        organisation = feeds.organisation_of(connection, "nordbil", "test", "310000019", watched)
        feed = feeds.feed_of(connection, organisation, "house-consignment")
        items = (signal("a", "TO_CONTROL"), signal("b", "TO_ENTRY"), signal("c", "TO_CONTROL"))
        signals.store_page(connection, feed, ready(Page(items, "c"), feed.endpoint))
        connection.commit()
        outlets: dict[Any, Outlet] = defaultdict(Outlet)
        context: Any = {"outlet_events": outlets}
        assert announce(context, connection, organisation, "nordbil") == 2
        assert announce(context, connection, organisation, "nordbil") == 0, "one event per signal, not per poll"
    (outlet,) = outlets.values()
    assert set(outlets) == {CONTROL_SIGNALS}
    own = control_of("nordbil")
    assert own != control_of("fjordimport"), "two parties' first events would meet in one row of Airflow's"
    assert [(asset, extra["signal_id"]) for asset, extra in outlet.events] == [(own, "a"), (own, "c")]
    assert "NORDMANN" not in str(outlet.events)
