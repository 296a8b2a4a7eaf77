"""Watch customs: what should have come by now and has not, and what is about to end. Looks, and changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from include.config.party import Party
from include.errors import SamsvarError
from include.journey.read_feed import FeedTurnsInCircles, TooManyPages
from include.ledger.alerts import Alert
from include.ledger.feeds import STATUSES, Feed
from include.ledger.warehouse import Connection
from include.toll.polling import MarkerRefused

NO_VALIDATION, NO_SIGNAL, LAGGING, KEY_ENDS, MARKER_REFUSED, CIRCLE, ENDLESS, LATE = (
    "customs_no_validation",
    "customs_no_signal",
    "customs_poll_lagging",
    "key_near_expiry",
    "customs_marker_refused",
    "customs_feed_circle",
    "customs_feed_endless",
    "customs_signals_late",
)
_WITHIN = timedelta(days=3)
"""How far back presentations are looked at: older ones were alerts when they became overdue."""


def overdue(connection: Connection, party: Party) -> list[Alert]:
    """One alert per presentation without validation status, and one per presentation without its signals, in time.

    A presentation that customs refused, or never took, is not waited for.
    """
    rows = connection.execute(
        "SELECT p.request_id, p.level, p.mrn, p.document_number, p.receptacle, p.container, p.first_sent_at, "
        "p.validation IS NULL AND p.first_sent_at <= now() - make_interval(mins => %(validation)s) AS unvalidated, "
        "p.first_sent_at <= now() - make_interval(mins => %(signal)s) AND (c.known = 0 OR c.waiting > 0) AS silent, "
        "c.known, c.waiting "
        "FROM ledger.presentation p CROSS JOIN LATERAL (SELECT count(*) AS known, "
        "count(*) FILTER (WHERE signals = 0) AS waiting FROM ledger.customs_consignment "
        "WHERE request_id = p.request_id) c "
        "WHERE p.party = %(party)s AND p.live AND p.state = 'ACCEPTED' AND coalesce(p.validation, '') <> 'FAILURE' "
        "AND p.opened_at > now() - %(within)s "
        "AND p.first_sent_at <= now() - make_interval(mins => least(%(validation)s, %(signal)s)) "
        "ORDER BY p.first_sent_at, p.request_id",
        {
            "party": party.id,
            "validation": party.thresholds.validation_minutes,
            "signal": party.thresholds.signal_minutes,
            "within": _WITHIN,
        },
    )
    found = []
    for row in rows:
        what = row["document_number"] or row["receptacle"] or row["container"] or row["mrn"]
        name, since = f"{row['level']} {what}", row["first_sent_at"].astimezone().strftime("%Y-%m-%d %H:%M")
        if row["unvalidated"]:
            found.append(_unvalidated(party.id, str(row["request_id"]), name, since))
        if row["silent"]:
            found.append(_silent(party.id, str(row["request_id"]), name, since, row["known"], row["waiting"]))
    return found


def _unvalidated(party: str, request: str, name: str, since: str) -> Alert:
    sentence = f"{party}: {name}, presented {since}, has no validation status: ask Tolletaten about {request}."
    return Alert(NO_VALIDATION, party, request, sentence)


def _silent(party: str, request: str, name: str, since: str, known: int, waiting: int) -> Alert:
    part = f" for {waiting} of its {known} house consignments" if known > 1 else ""
    sentence = f"{party}: {name}, presented {since}, has no control signal{part}: hold the goods and ask Tolletaten."
    return Alert(NO_SIGNAL, party, request, sentence)


def lagging(party: Party, feeds: list[Feed], now: datetime) -> list[Alert]:
    """One alert per feed and silence: nobody reached its end for longer than the party's `poll_minutes`."""
    late = timedelta(minutes=party.thresholds.poll_minutes)
    found = []
    for feed in feeds:
        since = feed.read_at or feed.first_asked_at
        if now - since > late:
            dag = "customs_validation_status" if feed.endpoint == STATUSES else "customs_routing"
            sentence = (
                f"{party.id}: the feed {feed.endpoint} was last read to its end {since.astimezone():%Y-%m-%d %H:%M}; "
                f"look at the DAG {dag}. Until it is read, hold all goods without a signal."
            )
            found.append(Alert(LAGGING, party.id, f"{feed.id}:{since.isoformat()}", sentence))
    return found


def key_ends(party: Party, conn_id: str, ends: datetime | None, now: datetime) -> list[Alert]:
    """An alert when the certificate of the Maskinporten connection ends within the party's `key_days`."""
    if ends is None or ends - now > timedelta(days=party.thresholds.key_days):
        return []
    sentence = (
        f"{party.id}: the key or certificate of connection {conn_id} ends {ends:%Y-%m-%d}; after that customs gives no "
        "signals and takes no presentations. Put a new one into the connection before."
    )
    return [Alert(KEY_ENDS, party.id, f"{party.id}:{conn_id}:{ends:%Y-%m-%d}", sentence)]


_STOPS: dict[type[SamsvarError], str] = {
    MarkerRefused: MARKER_REFUSED,
    FeedTurnsInCircles: CIRCLE,
    TooManyPages: ENDLESS,
}


def stopped_by(party: str, feed: Feed, error: SamsvarError) -> list[Alert]:
    """The alert of a feed that turns in a circle, never ends or refuses its marker; none for what passes by itself.

    The fact is the feed and where the poll began.
    """
    kind = next((kind for stop, kind in _STOPS.items() if isinstance(error, stop)), None)
    if kind is None:
        return []
    todo = " The DAG customs_rewind sets the marker back, on purpose and by name." if kind == MARKER_REFUSED else ""
    return [Alert(kind, party, f"{feed.id}:{feed.marker}", f"{party}: {feed.endpoint}: {error}{todo}")]


def found_late(party: str, feed: Feed, ids: list[str]) -> Alert:
    """The alert of the nightly reading: customs put signals in behind the marker."""
    number = f"{len(ids)} signals" if len(ids) > 1 else "a signal"
    sentence = (
        f"{party}: the nightly reading of {feed.endpoint} found {number} that customs put in behind the marker "
        f"(the first is {ids[0]}). They are stored in their place and count; tell Tolletaten, and look at "
        "mart.customs_signal where late is true."
    )
    return Alert(LATE, party, f"{feed.id}:{ids[0]}", sentence)
