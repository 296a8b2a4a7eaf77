"""The monthly report of one party: one HTML file that needs nothing else, read with the party's own rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import sql

from include.exports import plots
from include.exports.audience import Audience, Period
from include.exports.cells import OSLO
from include.exports.report_words import Language, month_name, words
from include.exports.summary import Summary, summarise
from include.ledger.warehouse import Connection, Row

_PAGE = Path(__file__).with_name("report.html.j2")
_MOST = 10
_STATES = ("accepted", "refused", "invalid", "duplicate", "unknown", "open")
_TILES = (
    "files",
    "sent",
    "accepted",
    "rate",
    "refused",
    "invalid",
    "duplicate",
    "unknown",
    "open",
    "created",
    "registered",
)
_REFUSALS = """
SELECT coalesce(make, '–') AS make, coalesce(meldingskode, '–') AS meldingskode, count(*)::int AS refusals,
    min(meldingstekst) AS example FROM {}
WHERE state = 'REFUSED' AND decided_at >= %(first)s::timestamp AT TIME ZONE 'Europe/Oslo'
    AND decided_at < (%(last)s::date + 1)::timestamp AT TIME ZONE 'Europe/Oslo'
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT %(most)s
"""
_RULES = """
SELECT coc_entry, rule_id, level, sum(documents)::int AS documents, min(example) AS example FROM {}
WHERE source = 'own' AND day BETWEEN %(first)s AND %(last)s
GROUP BY 1, 2, 3 ORDER BY array_position(ARRAY['error', 'warning', 'info'], level), 4 DESC, 1, 2 LIMIT %(most)s
"""
_DIFFERENCES = """
SELECT day, sentence, owner, next_step FROM {} WHERE is_open ORDER BY breaks_invariant DESC, since LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Report:
    """A finished page, and one plain sentence for the mail it may go with."""

    html: str
    sentence: str


def monthly_report(
    connection: Connection, party: str, name: str, month: Period, language: Language, made: datetime
) -> Report:
    """Draws the report of a month. Raises ConfigurationError when the party's role is not there."""
    audience = Audience(party)
    span = {"first": month.first, "last": month.last, "most": _MOST}
    with audience.reading(connection):
        now, before = summarise(connection, audience, month), summarise(connection, audience, month.before)
        refusals, rules, differences = (
            connection.execute(sql.SQL(query).format(sql.Identifier(audience.schema, relation)), span).fetchall()
            for query, relation in (
                (_REFUSALS, "ecoc_document"),
                (_RULES, "ecoc_rule_breach"),
                (_DIFFERENCES, "difference"),
            )
        )
    said = words(language)
    title = f"{month_name(language, month.first.month)} {month.first.year}"
    html = _page().render(
        language=language,
        name=name,
        month=title,
        w=said,
        totals=now.totals,
        tiles=[_tile(key, said, now, before) for key in _TILES],
        plots=_plots(now, refusals, said),
        refusals=refusals,
        rules=rules,
        differences=differences,
        made=made.astimezone(OSLO).strftime("%Y-%m-%d %H:%M"),
    )
    figures = ", ".join(f"{said[key].lower()}: {_shown(key, now)}" for key in ("files", "accepted", "refused"))
    return Report(html, f"{name}, {title}: {figures}.")


def _page() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(_PAGE.read_text(encoding="utf-8"))


def _tile(key: str, said: dict[str, str], now: Summary, before: Summary) -> dict[str, str]:
    return {
        "name": said[key] + (f" {said['rate_about']}" if key == "rate" else ""),
        "value": _shown(key, now),
        "before": f"{_shown(key, before)} {said['before']}",
    }


def _shown(key: str, summary: Summary) -> str:
    totals = summary.totals
    if key != "rate":
        return f"{totals[key]:,}".replace(",", " ")
    decided = totals["accepted"] + totals["refused"]
    return f"{totals['accepted'] / decided:.1%}" if decided else "–"


def _plots(summary: Summary, refusals: list[Row], said: dict[str, str]) -> dict[str, str]:
    days = [row[0] for row in summary.days]
    counts = {state: [row[place] for row in summary.days] for place, state in enumerate(_STATES, start=1)}
    median, high = [row[8] for row in summary.days], [row[9] for row in summary.days]
    timed = any(value is not None for value in median)
    return {
        "volumes": plots.volumes(days, counts, said, said["volumes"]) if days else "",
        "pace": plots.pace(days, median, high, said) if timed else "",
        "refusals": plots.bars(
            [f"{row['make']} · {row['meldingskode']}" for row in refusals],
            [row["refusals"] for row in refusals],
            said["refusals"],
        )
        if refusals
        else "",
    }
