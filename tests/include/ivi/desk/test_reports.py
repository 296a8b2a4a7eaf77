"""What is written can be read: no formula in a spreadsheet, no control character on a screen."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest

from include.ivi.desk.checking import Result
from include.ivi.desk.reports import FORMATS, cell, harmless, new_report
from include.ivi.finding import Finding, Level

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠x"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_spreadsheet_would_take_for_a_formula_begins_with_an_apostrophe(text):
    assert cell(text) == f"'{text}"
    out = io.StringIO(newline="")
    report = new_report("csv", out, every=False)
    report.add(Result(text, text, True, (Finding("a.b", Level.INFO, text, text, text),)))
    (row,) = list(csv.reader(io.StringIO(out.getvalue(), newline="")))[1:]
    assert [row[place] for place in (0, 1, 4, 5, 6)] == [f"'{text}"] * 5


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "Body/CocDataGroup", "blå bil.xml", "'quoted'"])
def test_ordinary_text_is_left_as_it_is(text):
    assert cell(text) == harmless(text) == text


@pytest.mark.parametrize(
    ("text", "shown"), [("a\x1b[2Jb", "a<U+001B>[2Jb"), ("x\u202ey", "x<U+202E>y"), ("\udcff", "<U+DCFF>")]
)
def test_what_could_move_the_cursor_is_written_out(text, shown):
    assert harmless(text) == shown


def test_the_worst_level_is_that_of_the_document():
    def level(*levels):
        return Result("a", None, True, tuple(Finding("a.b", one, "", None, "x.") for one in levels)).level

    assert level() is None
    assert level(Level.INFO, Level.WARNING) is Level.WARNING
    assert level(Level.WARNING, Level.ERROR, Level.INFO) is Level.ERROR


@pytest.mark.parametrize("form", FORMATS)
def test_no_document_at_all_still_makes_a_whole_report(form):
    out = io.StringIO()
    new_report(form, out, every=True).end(Counter())
    assert (
        out.getvalue().strip() in ("[]", "file,vin,level,rule,place,coc_entry,sentence")
        or "0 documents" in out.getvalue()
    )


def test_long_sentences_are_wrapped_below_their_rule(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    out = io.StringIO()
    report = new_report("table", out, every=False)
    report.add(Result("a.xml", None, True, (Finding("a.b", Level.ERROR, "", None, "word " * 40),)))
    assert max(map(len, out.getvalue().splitlines())) <= 80
