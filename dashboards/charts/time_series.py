"""Lines over months, named where they end, the first with its interval as a band."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.charts.base import (
    A_MONTH,
    SMALL_TEXT_SIZE,
    TEXT_SIZE,
    SeriesPoint,
    axis,
    bands,
    empty_figure,
    hovering,
    joined,
    note,
    outside,
    points_of,
    quarters,
    round_up,
    rule,
    spread,
    stacked,
    value_axis,
)
from dashboards.charts.colours import Palette, transparent

_HEIGHT = 360
_FOOT, _HEAD = 52, 16
_NAME_OF_BREAK_HEIGHT = 16  # pixels
_NAME_OF_BREAK_LETTER = 6.5  # pixels
# How wide the lines may be drawn at least: names of breaks that would meet there stand in rows.
_NARROWEST = 220  # pixels
_LABEL_HEIGHT = 17  # pixels
_LABEL_WIDTH = 8.0  # pixels for a letter
_YEARS_FOR_YEARLY_TICKS = 4
# How many points a value written at the end of a line stands over, and how low there is no room.
_WRITTEN_OVER = 6
_GROUND = 0.15
_A_YEAR = dt.timedelta(days=370)
# On a phone more years than these stand beside each other in small type only.
_MANY_TICKS = 6


@dataclass(frozen=True)
class BreakMark:
    """A day on which the chosen series breaks, and what is written there in a word or two."""

    date: dt.date
    label: str


@dataclass(frozen=True)
class Series:
    """One line and its name; one that is set apart is not compared with the others.

    `is_spread`: its intervals are how far many lie apart, known of a month a year, and are drawn.
    """

    name: str
    points: Sequence[SeriesPoint]
    is_apart: bool = False
    is_spread: bool = False


def time_series(
    palette: Palette,
    lines: Sequence[Series],
    marked: dt.date,
    breaks: Sequence[BreakMark],
    write_value: Callable[[float], str],
    write_tick: Callable[[float], str],
    write_month: Callable[[dt.date], str],
    longest_step: dt.timedelta = A_MONTH,
) -> go.Figure:
    """Draw the lines from zero; the first is the chosen one, with its band and the marked date.

    `breaks` are those of the chosen series: each a dotted line from top to foot, with its name.
    Points further apart than `longest_step` are not joined.
    """
    drawn = [line for line in lines if line.points]
    top = round_up(max(point.high or point.value for line in drawn for point in line.points))
    days = [point.date for line in drawn for point in line.points]
    named = _rows_of_breaks(breaks, min(days), max(days))
    right = round(max(len(line.name) for line in drawn) * _LABEL_WIDTH) + 36
    # The name of a break near the end goes on beside the lines.
    right = max([right, *(round(_width_of_name(mark)) for mark, _ in named)])
    head = _NAME_OF_BREAK_HEIGHT * (1 + max((row for _, row in named), default=-1))
    figure = empty_figure(palette, _HEIGHT + head, l=50, r=right, t=_HEAD + head, b=_FOOT)
    colours = [
        palette.taken_away if line.is_apart else colour
        for line, colour in zip(drawn, palette.lines, strict=False)
    ]
    for line, colour in reversed(list(zip(drawn, colours, strict=True))):
        step = _A_YEAR if line.is_spread else longest_step
        if line is drawn[0] or line.is_spread:
            figure.add_traces(list(bands(line.points, step, colour)))
        width = 3.0 if line is drawn[0] else 1.8
        _add_line(palette, figure, line, colour, width, step)
    _mark(palette, figure, drawn[0], marked, write_value)
    _name_lines(palette, figure, drawn, colours, top)
    for mark, row in named:
        _add_break(palette, figure, mark, row)
    figure.layout.xaxis = month_axis(palette, min(days), max(days), write_month)
    figure.layout.yaxis = value_axis(palette, quarters(top), write_tick, range=[0, top * 1.02])
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


def month_axis(
    palette: Palette, first: dt.date, last: dt.date, write_month: Callable[[dt.date], str]
) -> dict[str, Any]:
    """Return the axis of the days between two, with its years or months named."""
    ticks = month_ticks(first, last)
    yearly = len({tick.month for tick in ticks}) == 1 and len(ticks) > 1
    return axis(
        palette,
        type="date",
        range=[first, last],
        tickvals=ticks,
        ticktext=[
            str(tick.year) if yearly else write_month(tick).replace(" ", "<br>") for tick in ticks
        ],
        tickangle=0,
        tickfont={
            "size": SMALL_TEXT_SIZE if len(ticks) >= _MANY_TICKS else TEXT_SIZE,
            "color": palette.ink,
        },
        **outside(palette),
    )


def _add_line(
    palette: Palette,
    figure: go.Figure,
    line: Series,
    colour: str,
    width: float,
    longest_step: dt.timedelta,
) -> None:
    x: list[dt.date | None] = []
    y: list[float | None] = []
    hover: list[str] = []
    runs = joined(line.points, longest_step)
    for run in runs:
        if x:
            x.append(None)
            y.append(None)
            hover.append("")
        x.extend(point.date for point in run)
        y.extend(point.value for point in run)
        hover.extend(point.hover for point in run)
    figure.add_trace(
        hovering(
            x,
            y,
            hover,
            name=line.name,
            mode="lines",
            line={"color": colour, "width": width, "dash": "dot" if line.is_apart else "solid"},
        )
    )
    small = [point for point in line.points if point.is_small]
    # What no line leads to would not be seen.
    alone = [run[0] for run in runs if len(run) == 1 and not run[0].is_small]
    hollow = {"color": palette.paper, "size": 6, "line": {"color": colour, "width": 1.5}}
    for points, marker in ((alone, {"color": colour, "size": 6}), (small, hollow)):
        if points:
            figure.add_trace(points_of(points, mode="markers", marker=marker, cliponaxis=False))


def _rows_of_breaks(
    breaks: Sequence[BreakMark], first: dt.date, last: dt.date
) -> list[tuple[BreakMark, int]]:
    """Return the breaks that lie between two days, and the row that each one's name stands in."""
    shown = [mark for mark in breaks if first < mark.date <= last]
    per_day = _NARROWEST / max(1, (last - first).days)
    spans = [((mark.date - first).days * per_day, _width_of_name(mark)) for mark in shown]
    return list(zip(shown, stacked(spans), strict=True))


def _width_of_name(mark: BreakMark) -> float:
    return len(mark.label) * _NAME_OF_BREAK_LETTER


def _add_break(palette: Palette, figure: go.Figure, mark: BreakMark, row: int) -> None:
    """Draw a rule up to the row of its name; the name stands beside its end."""
    plot = _HEIGHT - _FOOT - _HEAD
    top = 1 + (row + 1) * _NAME_OF_BREAK_HEIGHT / plot
    soft, day = palette.ink_soft, (mark.date, mark.date)
    figure.add_shape(rule(day, (0, top), soft, 1, dash="dot", yref="paper", layer="below"))
    figure.add_annotation(
        note(mark.date, top, mark.label, soft, yref="paper", xanchor="left", yanchor="top")
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
    outline = {"color": palette.paper, "width": 2}
    dot = {"color": palette.lines[0], "size": 10, "line": outline}
    figure.add_trace(points_of([point], mode="markers", marker=dot, cliponaxis=False))
    is_below = _falls_to(line, point)
    figure.add_annotation(
        note(
            point.date,
            point.value,
            f"<b>{write_value(point.value)}</b>",
            palette.ink,
            TEXT_SIZE,
            xanchor="right" if point is line.points[-1] else "center",
            yanchor="top" if is_below else "bottom",
            yshift=-8 if is_below else 8,
            bgcolor=transparent(palette.paper, 0.75),
        )
    )


def _falls_to(line: Series, point: SeriesPoint) -> bool:
    """Whether a line comes down to a point: a value written above it would hide the fall.

    Near the ground it is written above all the same, for below stand the years.
    """
    before = [each.value for each in line.points if each.date < point.date]
    above = before[-_WRITTEN_OVER:]
    has_room = point.value > max([point.value, *before]) * _GROUND
    return has_room and bool(above) and sum(above) / len(above) > point.value


def _name_lines(
    palette: Palette,
    figure: go.Figure,
    lines: Sequence[Series],
    colours: Sequence[str],
    top: float,
) -> None:
    """Write each line's name at its end, apart where ends lie close; hollow if it is set apart."""
    per_pixel = top * 1.02 / (_HEIGHT - _FOOT - _HEAD)
    apart = _LABEL_HEIGHT * per_pixel
    ends = sorted(range(len(lines)), key=lambda number: lines[number].points[-1].value)
    heights = spread([lines[number].points[-1].value for number in ends], apart)
    last_day = max(line.points[-1].date for line in lines)
    for number, height in zip(ends, heights, strict=True):
        sign = "○" if lines[number].is_apart else "●"
        dot = f'<span style="color:{colours[number]}">{sign}</span>'
        name = lines[number].name
        text = f"<b>{name}</b>" if number == 0 else name
        figure.add_annotation(
            note(
                last_day,
                height,
                f"{dot} {text}" if len(lines) > 1 else text,
                palette.ink,
                TEXT_SIZE,
                xanchor="left",
                yanchor="middle",
                xshift=8,
            )
        )
