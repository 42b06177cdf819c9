"""What all pictures share: type, margins, axes without ornament."""

from __future__ import annotations

import datetime as dt
import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.charts.colours import Palette, transparent

# The fonts of the reader's own system: nothing is fetched.
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"
TEXT_SIZE = 13
LABEL_SIZE = 12
SMALL_TEXT_SIZE = 11
# Months, or quarters, apart: a longer way between two points is a gap, not a line.
A_MONTH = dt.timedelta(days=45)
A_QUARTER = dt.timedelta(days=100)
_BAND_OPACITY = 0.16
# Of one point alone no field can be seen; its interval is a rule of so many pixels.
_BAND_OF_ONE = 6

# A picture is looked at, not worked: no tool bar, no zoom that a phone's reader falls into.
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


@dataclass(frozen=True)
class SeriesPoint:
    """One point of a line; the interval may be missing.

    Points of different segments are not joined: the series breaks between them. What few persons
    are behind is drawn as a hollow point.
    """

    date: dt.date
    value: float
    low: float | None
    high: float | None
    hover: str
    segment: int = 0
    is_small: bool = False


def empty_figure(palette: Palette, height: int, **margins: int) -> go.Figure:
    """Return a figure with the shared looks and nothing in it."""
    return go.Figure(
        layout={
            "template": "none",
            "height": height,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8, **margins},
            "font": {"family": FONT, "size": TEXT_SIZE, "color": palette.ink},
            "paper_bgcolor": palette.paper,
            "plot_bgcolor": palette.paper,
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": palette.paper,
                "bordercolor": palette.ink_soft,
                "font": {"family": FONT, "size": TEXT_SIZE, "color": palette.ink},
                "align": "left",
                "namelength": 0,
            },
        }
    )


def axis(palette: Palette, **settings: Any) -> dict[str, Any]:
    """Return an axis without ornament that cannot be zoomed."""
    return {
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickfont": {"size": TEXT_SIZE, "color": palette.ink},
        "ticklabelstandoff": 8,
        **settings,
    }


def rows_axis(
    palette: Palette, labels: Sequence[str], places: Sequence[float] = (), **settings: Any
) -> dict[str, Any]:
    """Return the axis of rows, the first on top; `places` are theirs where they have gaps."""
    places = places or [float(row) for row in range(len(labels))]
    return axis(
        palette,
        tickvals=places,
        ticktext=labels,
        range=[(places[-1] if places else -1.0) + 0.5, -0.5],
        automargin=True,
        **settings,
    )


def value_axis(
    palette: Palette, ticks: Sequence[float], write: Callable[[Any], str], **settings: Any
) -> dict[str, Any]:
    """Return the axis of values, with a faint line at each of its ticks."""
    usual = {
        "tickvals": ticks,
        "ticktext": [write(tick) for tick in ticks],
        "showgrid": True,
        "gridcolor": palette.rule,
        "tickfont": {"size": SMALL_TEXT_SIZE, "color": palette.ink_soft},
    }
    return axis(palette, **(usual | settings))


def outside(palette: Palette) -> dict[str, Any]:
    """Return the settings of an axis with a line, and its ticks outside of it."""
    return {
        "ticks": "outside",
        "tickcolor": palette.rule,
        "showline": True,
        "linecolor": palette.rule,
    }


def quarters(top: float) -> list[float]:
    """Return the ends of the quarters from zero to a top."""
    return [top * part / 4 for part in range(5)]


def legend(palette: Palette, **settings: Any) -> dict[str, Any]:
    """Return the names of the parts in one row, in their order; nothing happens at a click."""
    return {
        "orientation": "h",
        "traceorder": "normal",
        "x": 0,
        "itemclick": False,
        "itemdoubleclick": False,
        "font": {"size": LABEL_SIZE, "color": palette.ink},
        **settings,
    }


def note(
    x: Any, y: float, text: str, colour: str, size: int = SMALL_TEXT_SIZE, **settings: Any
) -> dict[str, Any]:
    """Return a text at a place in the picture."""
    font = {"size": size, "color": colour}
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": font, **settings}


def rule(
    x: tuple[Any, Any], y: tuple[float, float], colour: str, width: float, **settings: Any
) -> dict[str, Any]:
    """Return a straight line between two places; `dash` parts it."""
    line = {"color": colour, "width": width}
    if "dash" in settings:
        line["dash"] = settings.pop("dash")
    ends = {"x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1]}
    return {"type": "line", **ends, "line": line, **settings}


def hovering(
    x: Sequence[Any], y: Sequence[Any], hovers: Sequence[str], **settings: Any
) -> go.Scatter:
    """Return points that say something where they are pointed at."""
    return go.Scatter(x=x, y=y, hovertext=hovers, hoverinfo="text", **settings)


def points_of(points: Sequence[SeriesPoint], **settings: Any) -> go.Scatter:
    """Return points of a line that say what they are."""
    return hovering(
        [point.date for point in points],
        [point.value for point in points],
        [point.hover for point in points],
        **settings,
    )


def broken(label: str, letters: int) -> str:
    """Return a label broken into lines of so many letters; a longer word is left whole."""
    return "<br>".join(textwrap.wrap(label, letters, break_long_words=False))


def round_up(number: float) -> float:
    """Return the next round number (1, 2, 2.5, 4, 5, 6 or 8 times a power of ten)."""
    if number <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(number))
    steps = (1.0, 2.0, 2.5, 4.0, 5.0, 6.0, 8.0, 10.0)
    return next(step * power for step in steps if step * power >= number * (1 - 1e-9))


def spread(heights: Sequence[float], apart: float) -> list[float]:
    """Return rising heights, moved as little as it takes to keep them apart."""
    clusters: list[list[float]] = []
    for height in heights:
        clusters.append([height])
        while (
            len(clusters) > 1 and _bottom(clusters[-1], apart) < _top(clusters[-2], apart) + apart
        ):
            clusters[-2:] = [clusters[-2] + clusters[-1]]
    return [
        _bottom(cluster, apart) + apart * place
        for cluster in clusters
        for place in range(len(cluster))
    ]


def _bottom(cluster: Sequence[float], apart: float) -> float:
    return sum(cluster) / len(cluster) - apart * (len(cluster) - 1) / 2


def _top(cluster: Sequence[float], apart: float) -> float:
    return _bottom(cluster, apart) + apart * (len(cluster) - 1)


def stacked(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Return the row of each text that begins at a place and is so wide, in rising places.

    A text begins at a rule that comes up from below. No text meets another, and no rule goes
    through one: where they would, what stands further left stands higher.
    """
    rows: list[int] = []
    free_until: list[float] = []  # how far to the right each row is free yet
    for place, length in reversed(spans):
        row = next(
            (row for row, end in enumerate(free_until) if place + length <= end), len(free_until)
        )
        # Its own row, and those below, which its rule goes through.
        free_until[: row + 1] = [place] * (row + 1)
        rows.append(row)
    return rows[::-1]


def joined(points: Sequence[SeriesPoint], longest_step: dt.timedelta) -> list[list[SeriesPoint]]:
    """Return the points in runs: those that a line joins, without a gap or a break between."""
    runs: list[list[SeriesPoint]] = []
    for point in points:
        before = runs[-1][-1] if runs else None
        if (
            before is None
            or point.date - before.date > longest_step
            or point.segment != before.segment
        ):
            runs.append([])
        runs[-1].append(point)
    return runs


def bands(
    points: Sequence[SeriesPoint], longest_step: dt.timedelta, colour: str
) -> Iterator[go.Scatter]:
    """Return the field of the intervals, parted wherever the line is and a point has none.

    Each part is a trace of its own: a fill goes on across whatever its points leave out.
    """
    with_interval = [point for point in points if point.low is not None and point.high is not None]
    for run in joined(with_interval, longest_step):
        days = [point.date for point in run]
        yield go.Scatter(
            x=days + days[::-1],
            y=[point.high for point in run] + [point.low for point in reversed(run)],
            fill="toself",
            fillcolor=transparent(colour, _BAND_OPACITY),
            line={
                "width": _BAND_OF_ONE if len(run) == 1 else 0,
                "color": transparent(colour, _BAND_OPACITY),
            },
            mode="lines",
            hoverinfo="skip",
        )
