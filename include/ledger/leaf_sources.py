"""Which tables are evidence, and what of their rows is sealed."""

# longer because it is one table of sources

from __future__ import annotations

from dataclasses import dataclass

INSTALLATION = ""
"""The party of what belongs to no party."""


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of evidence: the append-only table it lies in, and the column whose UTC day it is sealed with.

    `recorded` has to be given out by the warehouse (`DEFAULT clock_timestamp()`) and to have an index. `fields` are SQL
    expressions by the leaf's keys over `rows`, which names the table `x`; nothing in them may ever change. `id` is a
    number by which people find the row.
    """

    name: str
    table: str
    recorded: str
    party: str
    rows: str
    fields: dict[str, str]
    id: str = "x.id"


def _time(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def _plain(*columns: str) -> dict[str, str]:
    return {column: f"x.{column}" for column in columns}


#: Evidence of streams that come later is added here: a table with triggers `refuse_change`, and one entry.
SOURCES: tuple[Source, ...] = (
    Source(
        name="attempt",
        table="ledger.attempt",
        recorded="x.recorded_at",
        party=f"coalesce(u.party, '{INSTALLATION}')",
        rows="ledger.attempt x LEFT JOIN ledger.submission u ON u.id = x.submission_id "
        "LEFT JOIN ledger.document d ON d.id = u.document_id",
        fields={
            **_plain("id", "attempt_no", "owner", "outcome", "http_status", "error_class", "sentence"),
            **_plain("request_sha256", "reply_sha256", "token_fingerprint", "submission_id"),
            **{column: _time(f"x.{column}") for column in ("recorded_at", "started_at", "ended_at")},
            **{"operation": "u.operation", "authority": "u.authority", "document_sha256": "d.sha256"},
        },
    ),
    Source(
        name="decision",
        table="ledger.decision",
        recorded="x.decided_at",
        party=f"coalesce(d.party, '{INSTALLATION}')",
        rows="ledger.decision x LEFT JOIN ledger.document d ON d.id = x.document_id",
        fields={
            **_plain("id", "submission_id", "attempt_no", "decided_by", "from_state", "to_state", "reason", "evidence"),
            **{"decided_at": _time("x.decided_at"), "document_sha256": "d.sha256"},
        },
    ),
    Source(
        name="payload_removal",
        table="ledger.payload_removal",
        recorded="x.removed_at",
        party=f"'{INSTALLATION}'",
        rows="ledger.payload_removal x",
        fields={
            **_plain("id", "kind", "sha256", "keep_months"),
            **{column: _time(f"x.{column}") for column in ("removed_at", "stored_at")},
        },
    ),
    Source(
        name="presentation_attempt",
        table="ledger.presentation_attempt",
        recorded="x.recorded_at",
        party=f"coalesce(p.party, '{INSTALLATION}')",
        rows="ledger.presentation_attempt x LEFT JOIN ledger.presentation p ON p.request_id = x.request_id",
        fields={
            **_plain(
                "id", "request_id", "attempt_no", "owner", "outcome", "already_used", "http_status", "error_class"
            ),
            **_plain("sentence", "correlation_id", "request_sha256", "reply_sha256", "token_fingerprint"),
            **{column: _time(f"x.{column}") for column in ("recorded_at", "started_at", "ended_at")},
        },
    ),
    Source(
        name="customs_signal",
        table="ledger.customs_signal",
        recorded="x.recorded_at",
        party=f"coalesce('customs ' || o.environment || ' ' || o.organisation, '{INSTALLATION}')",
        rows="ledger.customs_signal x LEFT JOIN ledger.marker m ON m.id = x.feed "
        "LEFT JOIN ledger.customs_organisation o ON o.id = m.organisation_id",
        fields={
            **_plain("id", "position", "mrn", "document_number", "document_type", "routing", "late", "malformed"),
            **{column: _time(f"x.{column}") for column in ("recorded_at", "received_at", "issued_at")},
            **{"endpoint": "m.endpoint", "raw_sha256": "encode(sha256(x.raw), 'hex')"},
        },
        id="x.position",
    ),
    Source(
        name="leasing_attempt",
        table="ledger.leasing_attempt",
        recorded="x.recorded_at",
        party=f"coalesce(c.party, '{INSTALLATION}')",
        rows="ledger.leasing_attempt x LEFT JOIN ledger.leasing_change c ON c.id = x.change_id",
        fields={
            **_plain("id", "change_id", "attempt_no", "owner", "outcome", "http_status", "error_class", "sentence"),
            **_plain("request_mark", "token_fingerprint", "told"),
            **{column: _time(f"x.{column}") for column in ("recorded_at", "started_at", "ended_at")},
        },
    ),
    Source(
        name="leasing_decision",
        table="ledger.leasing_decision",
        recorded="x.decided_at",
        party=f"coalesce(c.party, '{INSTALLATION}')",
        rows="ledger.leasing_decision x LEFT JOIN ledger.leasing_change c ON c.id = x.change_id",
        fields={
            **_plain("id", "change_id", "attempt_no", "decided_by", "from_state", "to_state", "reason", "evidence"),
            "decided_at": _time("x.decided_at"),
        },
    ),
    Source(
        name="leasing_erasure",
        table="ledger.leasing_erasure",
        recorded="x.erased_at",
        party="x.party",
        rows="ledger.leasing_erasure x",
        fields={
            **_plain("id", "party", "change_id", "file_id", "what", "why", "ciphertext_sha256"),
            "erased_at": _time("x.erased_at"),
        },
    ),
)
