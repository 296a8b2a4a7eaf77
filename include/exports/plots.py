"""Plots of the monthly report, drawn by matplotlib as SVG that stands inside a page and loads nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Told apart by people who see colours otherwise, too (Okabe and Ito).
COLOURS = {
    "accepted": "#009E73",
    "refused": "#D55E00",
    "invalid": "#E69F00",
    "duplicate": "#999999",
    "unknown": "#CC79A7",
    "open": "#56B4E9",
}
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "samsvar",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#e5e5e5",
}


def volumes(days: Sequence[date], counts: Mapping[str, Sequence[int]], names: dict[str, str], title: str) -> str:
    """Files by day, stacked by state; states that never occur are left out."""
    with _drawing(8.4, 2.9) as (figure, axes):
        foot = [0] * len(days)
        for state, numbers in counts.items():
            if any(numbers):
                axes.bar(range(len(days)), numbers, 0.8, bottom=foot, label=names[state], color=COLOURS[state])
                foot = [below + number for below, number in zip(foot, numbers, strict=True)]
        _days(axes, days)
        _whole_numbers(axes)
        if any(foot):
            axes.legend(ncols=6, frameon=False, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
        return _svg(figure, title)


def pace(days: Sequence[date], median: Sequence[float | None], high: Sequence[float | None], words: Words) -> str:
    """Minutes from the drop to the acceptance: half were quicker, 95 in 100 were quicker."""
    with _drawing(8.4, 2.3) as (figure, axes):
        places = range(len(days))
        for values, label, colour in ((median, words["median"], "#0072B2"), (high, words["p95"], "#E69F00")):
            axes.plot(
                places,
                [float("nan") if value is None else value for value in values],
                marker="o",
                markersize=3,
                linewidth=1.2,
                label=label,
                color=colour,
            )
        _days(axes, days)
        axes.set_ylim(bottom=0)
        axes.set_ylabel(words["minutes"])
        axes.legend(ncols=2, frameon=False, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
        return _svg(figure, words["pace"])


def bars(names: Sequence[str], numbers: Sequence[int], title: str, colour: str = COLOURS["refused"]) -> str:
    """One bar a name, the first on top, each with its number."""
    with _drawing(8.4, 0.5 + 0.28 * max(len(names), 1)) as (figure, axes):
        places = list(range(len(names)))
        drawn = axes.barh(places, numbers, 0.65, color=colour)
        axes.bar_label(drawn, padding=3)
        axes.set_yticks(places, [_short(name) for name in names])
        axes.invert_yaxis()
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        return _svg(figure, title)


Words = dict[str, str]


class _drawing:  # noqa: N801 - used as a block, like a function
    """A figure without pyplot: that one keeps every figure for the process's life, and wants a screen."""

    def __init__(self, width: float, height: float) -> None:
        self._size = (width, height)

    def __enter__(self) -> tuple[Figure, Axes]:
        import matplotlib as mpl
        from matplotlib.figure import Figure

        self._context: Any = mpl.rc_context(_STYLE)
        self._context.__enter__()
        figure = Figure(figsize=self._size, layout="constrained")
        axes = figure.add_subplot()
        axes.grid(visible=True, axis="y")
        return figure, axes

    def __exit__(self, *_: object) -> None:
        self._context.__exit__(None, None, None)


def _days(axes: Axes, days: Sequence[date]) -> None:
    step = max(1, -(-len(days) // 16))
    axes.set_xticks(range(0, len(days), step), [f"{day.day}." for day in days[::step]])
    axes.set_xlim(-0.6, max(len(days), 1) - 0.4)


def _whole_numbers(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))


def _short(name: str, most: int = 60) -> str:
    # Dollar signs would begin a formula of matplotlib's own.
    plain = name.replace("$", r"\$")
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _svg(figure: Figure, title: str) -> str:
    """The drawing alone, without an XML head, date or maker, so that the same figures give the same page."""
    from html import escape

    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    inner = text[text.index("<svg") :].replace("<metadata>", "<metadata hidden>", 1)
    inner = re.sub(r"<metadata.*?</metadata>", "", inner, count=1, flags=re.DOTALL)
    inner = re.sub(r' width="[^"]+pt"| height="[^"]+pt"', "", inner, count=2)
    return inner.replace("<svg ", f'<svg role="img" aria-label="{escape(title, quote=True)}" ', 1)
