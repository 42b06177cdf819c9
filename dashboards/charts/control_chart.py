"""Monthly figures between their natural limits; those that give a signal are marked and named."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.charts.base import (
    empty_figure,
    hovering,
    note,
    round_up,
    rule,
    spread,
    stacked,
    value_axis,
)
from dashboards.charts.colours import Palette
from dashboards.charts.time_series import month_axis

_HEIGHT = 340
_FOOT, _HEAD = 52, 12
_ROW_HEIGHT = 17  # pixels
_LETTER = 6.2  # pixels
_LIMIT_LETTER = 7.0  # pixels
_LIMIT_HEIGHT = 31  # pixels: two lines
# How wide the figures are drawn at least: names that would meet there stand in rows.
_NARROWEST = 430  # pixels
_USUAL_SIZE, _MARKED_SIZE = 5, 10
# A line over one month has to be seen: each goes so far beyond its months.
_BEYOND = dt.timedelta(days=10)


@dataclass(frozen=True)
class Month:
    """One figure; `symbol` marks the one that gives a signal (a shape that Plotly knows)."""

    date: dt.date
    value: float
    hover: str
    symbol: str | None = None


@dataclass(frozen=True)
class Named:
    """A stretch of months that gives a signal, and what is written above it."""

    first: dt.date
    last: dt.date
    label: str


@dataclass(frozen=True)
class Limits:
    """The mean and the natural limits, each with what is written at its end."""

    mean: float
    lower: float
    upper: float
    mean_label: str
    lower_label: str
    upper_label: str


def control_chart(
    palette: Palette,
    months: Sequence[Month],
    limits: Limits,
    named: Sequence[Named],
    write_tick: Callable[[float], str],
    write_month: Callable[[dt.date], str],
    least_step: float,
) -> go.Figure:
    """Draw the months on an axis that reaches a little beyond the limits and the figures.

    `least_step` is the smallest difference that `write_tick` can tell.
    """
    values = [month.value for month in months]
    bottom, top = min(limits.lower, *values), max(limits.upper, *values)
    air = max(0.06 * (top - bottom), least_step)
    bottom, top = bottom - air, top + air
    first, last = months[0].date, months[-1].date
    rows = _rows(named, first, last)
    head = _HEAD + _ROW_HEIGHT * (1 + max(rows, default=-1))
    labels = (limits.mean_label, limits.lower_label, limits.upper_label)
    longest = max(len(line) for label in labels for line in label.split("<br>"))
    right = round(longest * _LIMIT_LETTER) + 14
    figure = empty_figure(palette, _HEIGHT + head, l=58, r=right, t=head, b=_FOOT)
    drawn = [
        *_limits(palette, limits, (top - bottom) / (_HEIGHT - _FOOT)),
        *(_name(palette, stretch, row, last) for stretch, row in zip(named, rows, strict=True)),
    ]
    # Set at once: each that is added has all before it looked through again.
    figure.layout.shapes = [line for line, _ in drawn]
    figure.layout.annotations = [label for _, label in drawn]
    figure.add_trace(
        hovering(
            [month.date for month in months],
            values,
            [month.hover for month in months],
            mode="lines+markers",
            line={"color": palette.ink_soft, "width": 1.2},
            marker={
                "symbol": [month.symbol or "circle" for month in months],
                "size": [_MARKED_SIZE if month.symbol else _USUAL_SIZE for month in months],
                "color": [palette.accent if month.symbol else palette.ink_soft for month in months],
                "opacity": 1,
                "line": {"color": palette.paper, "width": 1},
            },
            cliponaxis=False,
        )
    )
    figure.layout.xaxis = month_axis(palette, first, last, write_month)
    steps = _steps(bottom, top, least_step)
    figure.layout.yaxis = value_axis(
        palette, steps, write_tick, range=[bottom, top], showgrid=False, gridcolor=None
    )
    return figure


def _steps(bottom: float, top: float, least: float) -> list[float]:
    """Return the round numbers between two, five of them or so."""
    step = max(least, round_up((top - bottom) / 6))
    first, last = math.ceil(bottom / step), math.floor(top / step)
    return [round(number * step, 9) for number in range(first, last + 1)]


def _limits(
    palette: Palette, limits: Limits, per_pixel: float
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the line of each limit, and its label beside the picture."""
    levels = (limits.lower, limits.mean, limits.upper)
    labels = (limits.lower_label, limits.mean_label, limits.upper_label)
    heights = spread(levels, _LIMIT_HEIGHT * per_pixel)
    for level, label, height in zip(levels, labels, heights, strict=True):
        is_mean = level is limits.mean
        yield (
            rule(
                (0, 1),
                (level, level),
                palette.ink_soft,
                1.2,
                dash="solid" if is_mean else "dash",
                xref="x domain",
                layer="below",
            ),
            note(
                1,
                height,
                f"<b>{label}</b>" if is_mean else label,
                palette.ink,
                xref="paper",
                xanchor="left",
                yanchor="middle",
                xshift=8,
                align="left",
            ),
        )


def _rows(named: Sequence[Named], first: dt.date, last: dt.date) -> list[int]:
    """Return the row of each stretch's name: no two names or lines of a row meet."""
    per_day = _NARROWEST / max(1, (last - first).days)

    def span(stretch: Named) -> tuple[float, float]:
        begins, ends = ((day - first).days * per_day for day in (stretch.first, stretch.last))
        length = len(stretch.label) * _LETTER
        if _ends_at_last(stretch, last):
            return min(begins, ends - length), max(length, ends - begins) + _LETTER
        return begins, max(length, ends - begins) + _LETTER

    spans = [span(stretch) for stretch in named]
    in_order = sorted(range(len(named)), key=lambda at: spans[at])
    found = dict(zip(in_order, stacked([spans[at] for at in in_order]), strict=True))
    return [found[at] for at in range(len(named))]


def _ends_at_last(stretch: Named, last: dt.date) -> bool:
    """Whether a name would go beyond the picture if it began where its stretch begins."""
    return stretch.last == last


def _name(
    palette: Palette, stretch: Named, row: int, last: dt.date
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a line over a stretch of months, and its name above the line."""
    height = 1 + (row * _ROW_HEIGHT + 3) / (_HEIGHT - _FOOT)
    at_last = _ends_at_last(stretch, last)
    return (
        rule(
            (stretch.first - _BEYOND, stretch.last + _BEYOND),
            (height, height),
            palette.accent,
            2,
            yref="paper",
        ),
        note(
            stretch.last if at_last else stretch.first,
            height,
            stretch.label,
            palette.ink,
            yref="paper",
            xanchor="right" if at_last else "left",
            yanchor="bottom",
            borderpad=0,
        ),
    )
