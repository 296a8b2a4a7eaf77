"""The monthly report: one page that loads nothing, holds one party's rows, and shows strangers' texts as text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from lxml import etree

from include.exports import plots
from include.exports.audience import Period
from include.exports.report import Report, monthly_report
from include.exports.report_words import Language, words
from include.ledger.warehouse import connect

pytestmark = pytest.mark.postgres

MONTH = Period.month(date.today())
MADE = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def report(dsn: str, party: str = "nordbil", language: Language = "en", name: str = "Nordbil <Import> & Co") -> Report:
    with connect(dsn) as connection:
        return monthly_report(connection, party, name, MONTH, language, MADE)


class _Tags(HTMLParser):
    """The tags of a page, and everything it could load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loads: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            outside = name in ("src", "href", "xlink:href", "action") and not (value or "").startswith("#")
            if outside or name.startswith("on"):
                self.loads.append(f"{tag} {name}={value}")


def test_the_page_has_the_figures_the_plots_and_what_to_do(filled: str) -> None:
    made = report(filled)
    text = " ".join(re.sub(r"<[^>]+>", " ", made.html).split())
    for said in ("Files seen at the drop 3", "Accepted 2", "Acceptance rate of the decided 66.7%", "VOLVO", "16.1"):
        assert said in text, said
    assert "It waits. operator Decide." in text and made.html.count("<svg") == 3
    assert made.sentence.endswith("files seen at the drop: 3, accepted: 2, refused: 1.")


def test_no_other_partys_row_is_in_it(filled: str) -> None:
    assert "fjordimport" not in report(filled).html
    assert "YV14" not in report(filled).html


def test_it_loads_nothing_and_runs_nothing(filled: str) -> None:
    page = _Tags(report(filled).html)
    assert page.loads == [] and not page.tags & {"script", "link", "img", "iframe", "object", "base"}
    assert "default-src 'none'" in report(filled).html


def test_texts_of_strangers_are_text(filled: str) -> None:
    with connect(filled) as connection:
        connection.execute("UPDATE ledger.document SET make = '<script>alert(1)</script> $x$'")
        connection.execute("UPDATE ledger.finding SET sentence = '<img src=x onerror=alert(2)>'")
        connection.commit()
    html = report(filled).html
    assert "&lt;script&gt;alert(1)" in html and "Nordbil &lt;Import&gt; &amp; Co" in html
    page = _Tags(html)
    assert not page.tags & {"script", "img"} and page.loads == []


def test_every_drawing_is_well_formed_and_the_same_again(filled: str) -> None:
    first, again = report(filled).html, report(filled).html
    assert first == again
    for drawing in re.findall(r"<svg.*?</svg>", first, re.DOTALL):
        root = etree.fromstring(drawing.encode())
        assert root.get("role") == "img" and root.get("aria-label") and root.get("viewBox")


def test_it_speaks_the_partys_language(filled: str) -> None:
    html = report(filled, language="nb").html
    assert '<html lang="nb">' in html and "Månedsrapport" in html and "Andel godtatt" in html
    assert set(words("nb")) == set(words("en"))


def test_a_month_without_files_says_so(filled: str) -> None:
    with connect(filled) as connection:
        made = monthly_report(connection, "nordbil", "N", MONTH.before, "en", MADE)
    assert "No files came this month." in made.html and "<svg" not in made.html


def test_a_plot_of_nothing_is_still_a_plot() -> None:
    said = words("en")
    assert "<svg" in plots.volumes([date(2026, 1, 1)], {"accepted": [0]}, said, "t")
    assert "<svg" in plots.bars([], [], "t")
