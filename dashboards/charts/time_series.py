"""Lines over months, named where they end, the first with its interval as a band."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.charts.base import SMALL_TEXT_SIZE, TEXT_SIZE, axis, empty_figure, round_up
from dashboards.charts.colours import Palette, transparent

_HEIGHT = 360
_FOOT, _HEAD = 52, 16
_LABEL_HEIGHT = 17  # pixels
_LABEL_WIDTH = 8.0  # pixels for a letter
# Months, or quarters, apart: a longer way between two points is a gap, not a line.
A_MONTH = dt.timedelta(days=45)
A_QUARTER = dt.timedelta(days=100)
_YEARS_FOR_YEARLY_TICKS = 4


@dataclass(frozen=True)
class SeriesPoint:
    """One point of a line; the interval may be missing.

    Points of different segments are not joined: the series breaks between them.
    """

    date: dt.date
    value: float
    low: float | None
    high: float | None
    hover: str
    segment: int = 0


@dataclass(frozen=True)
class Series:
    """One line and its name."""

    name: str
    points: Sequence[SeriesPoint]


def time_series(
    palette: Palette,
    lines: Sequence[Series],
    marked: dt.date,
    breaks: Sequence[dt.date],
    write_value: Callable[[float], str],
    write_tick: Callable[[float], str],
    write_month: Callable[[dt.date], str],
    longest_step: dt.timedelta = A_MONTH,
) -> go.Figure:
    """Draw the lines from zero; the first is the chosen one, with its band and the marked date.

    `breaks` are the days on which the chosen series breaks: each a dotted line from top to foot.
    Points further apart than `longest_step` are not joined.
    """
    drawn = [line for line in lines if line.points]
    top = round_up(max(point.high or point.value for line in drawn for point in line.points))
    right = round(max(len(line.name) for line in drawn) * _LABEL_WIDTH) + 30
    figure = empty_figure(palette, _HEIGHT, l=50, r=right, t=_HEAD, b=_FOOT)
    for line, colour in reversed(list(zip(drawn, palette.lines, strict=False))):
        if line is drawn[0]:
            _add_band(figure, line, colour)
        _add_line(figure, line, colour, 3.0 if line is drawn[0] else 1.8, longest_step)
    _mark(palette, figure, drawn[0], marked, write_value)
    _name_lines(palette, figure, drawn, top)
    days = [point.date for line in drawn for point in line.points]
    for day in breaks:
        if min(days) < day <= max(days):
            figure.add_vline(
                x=day, line={"color": palette.ink_soft, "width": 1, "dash": "dot"}, layer="below"
            )
    ticks = month_ticks(min(days), max(days))
    yearly = len({tick.month for tick in ticks}) == 1 and len(ticks) > 1
    figure.update_xaxes(
        axis(
            palette,
            type="date",
            range=[min(days), max(days)],
            tickvals=ticks,
            ticktext=[
                str(tick.year) if yearly else write_month(tick).replace(" ", "<br>")
                for tick in ticks
            ],
            tickangle=0,
            ticks="outside",
            tickcolor=palette.rule,
            showline=True,
            linecolor=palette.rule,
        )
    )
    steps = [top * part / 4 for part in range(5)]
    figure.update_yaxes(
        axis(
            palette,
            range=[0, top * 1.02],
            tickvals=steps,
            ticktext=[write_tick(step) for step in steps],
            showgrid=True,
            gridcolor=palette.rule,
            tickfont={"size": SMALL_TEXT_SIZE, "color": palette.ink_soft},
        )
    )
    return figure


def month_ticks(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the months to name between two days: each January, or some months of few years."""
    months = [
        dt.date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= dt.date(year, month, 1) <= last
    ]
    if last.year - first.year >= _YEARS_FOR_YEARLY_TICKS:
        return [month for month in months if month.month == 1]
    every = 6 if len(months) > 18 else 3 if len(months) > 6 else 1
    return [month for month in months if (month.month - 1) % every == 0]


def _add_line(
    figure: go.Figure, line: Series, colour: str, width: float, longest_step: dt.timedelta
) -> None:
    x: list[dt.date | None] = []
    y: list[float | None] = []
    hover: list[str] = []
    before: SeriesPoint | None = None
    for point in line.points:
        if before is not None and (
            point.date - before.date > longest_step or point.segment != before.segment
        ):
            x.append(None)
            y.append(None)
            hover.append("")
        x.append(point.date)
        y.append(point.value)
        hover.append(point.hover)
        before = point
    figure.add_trace(
        go.Scatter(
            name=line.name,
            x=x,
            y=y,
            hovertext=hover,
            hoverinfo="text",
            # One point makes no line.
            mode="lines" if len(line.points) > 1 else "markers",
            line={"color": colour, "width": width},
            marker={"color": colour, "size": 8},
        )
    )


def _add_band(figure: go.Figure, line: Series, colour: str) -> None:
    for _, points in itertools.groupby(line.points, key=lambda point: point.segment):
        whole = [(p.date, p.low, p.high) for p in points if p.low is not None]
        figure.add_trace(
            go.Scatter(
                x=[day for day, _, _ in whole] + [day for day, _, _ in reversed(whole)],
                y=[high for _, _, high in whole] + [low for _, low, _ in reversed(whole)],
                fill="toself",
                fillcolor=transparent(colour, 0.16),
                line={"width": 0},
                mode="lines",
                hoverinfo="skip",
            )
        )


def _mark(
    palette: Palette,
    figure: go.Figure,
    line: Series,
    marked: dt.date,
    write_value: Callable[[float], str],
) -> None:
    point = next((point for point in line.points if point.date == marked), None)
    if point is None:
        return
    figure.add_trace(
        go.Scatter(
            x=[point.date],
            y=[point.value],
            mode="markers",
            marker={
                "color": palette.lines[0],
                "size": 10,
                "line": {"color": palette.paper, "width": 2},
            },
            hovertext=[point.hover],
            hoverinfo="text",
            cliponaxis=False,
        )
    )
    is_last = point is line.points[-1]
    figure.add_annotation(
        x=point.date,
        y=point.value,
        text=f"<b>{write_value(point.value)}</b>",
        xanchor="right" if is_last else "center",
        yanchor="bottom",
        yshift=8,
        showarrow=False,
        font={"size": TEXT_SIZE, "color": palette.ink},
        bgcolor=transparent(palette.paper, 0.75),
    )


def _name_lines(palette: Palette, figure: go.Figure, lines: Sequence[Series], top: float) -> None:
    """Write each line's name at its end, apart where ends lie close."""
    per_pixel = top * 1.02 / (_HEIGHT - _FOOT - _HEAD)
    apart = _LABEL_HEIGHT * per_pixel
    ends = sorted(range(len(lines)), key=lambda number: lines[number].points[-1].value)
    heights = _spread([lines[number].points[-1].value for number in ends], apart)
    last_day = max(line.points[-1].date for line in lines)
    for number, height in zip(ends, heights, strict=True):
        dot = f'<span style="color:{palette.lines[number]}">●</span>'
        name = lines[number].name
        text = f"<b>{name}</b>" if number == 0 else name
        figure.add_annotation(
            x=last_day,
            y=height,
            text=f"{dot} {text}" if len(lines) > 1 else text,
            xanchor="left",
            yanchor="middle",
            xshift=8,
            showarrow=False,
            font={"size": TEXT_SIZE, "color": palette.ink},
        )


def _spread(heights: Sequence[float], apart: float) -> list[float]:
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
