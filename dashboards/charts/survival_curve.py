"""How the share for whom something has happened grows with the days, with its band."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.charts.base import (
    TEXT_SIZE,
    axis,
    empty_figure,
    hovering,
    note,
    outside,
    quarters,
    value_axis,
)
from dashboards.charts.colours import Palette, transparent

_HEIGHT = 380


@dataclass(frozen=True)
class Reached:
    """From a day on: the share for whom it has happened, and its limits where it has any."""

    days: int
    share: float
    low: float | None
    high: float | None
    hover: str


@dataclass(frozen=True)
class Named:
    """A point of the curve that is named: the day and the share, and what is written there."""

    days: int
    share: float
    text: str


def survival_curve(
    palette: Palette,
    steps: Sequence[Reached],
    last: int,
    named: Sequence[Named],
    days_title: str,
    write_share: Callable[[float], str],
) -> go.Figure:
    """Draw the steps up to a last day, from nobody to everybody."""
    shown = [step for step in steps if step.days <= last]
    figure = empty_figure(palette, _HEIGHT, l=50, r=16, t=16, b=56)
    ends = [*(step.days for step in shown), last]
    for band in _with_limits(shown, last):
        days, lows, highs = zip(*band, strict=True)
        figure.add_trace(_edge(days, lows))
        figure.add_trace(
            _edge(days, highs, fill="tonexty", fillcolor=transparent(palette.accent, 0.16))
        )
    figure.add_trace(
        hovering(
            ends,
            [*(step.share for step in shown), shown[-1].share],
            [*(step.hover for step in shown), shown[-1].hover],
            mode="lines",
            line={"color": palette.accent, "width": 3, "shape": "hv"},
        )
    )
    outline = {"color": palette.paper, "width": 2}
    figure.add_trace(
        go.Scatter(
            x=[point.days for point in named],
            y=[point.share for point in named],
            mode="markers",
            marker={"color": palette.accent, "size": 10, "line": outline},
            hoverinfo="skip",
        )
    )
    figure.update_layout(annotations=_names(palette, named, last))
    figure.layout.yaxis = value_axis(palette, quarters(1), write_share, range=[0, 1.02])
    step_of_ticks = next((size for size in (5, 10, 30, 60, 90) if last / size <= 9), 180)
    figure.layout.xaxis = axis(
        palette,
        range=[0, last],
        tickvals=list(range(0, last + 1, step_of_ticks)),
        title={"text": days_title, "font": {"size": TEXT_SIZE, "color": palette.ink}},
        **outside(palette),
    )
    return figure


def _names(palette: Palette, named: Sequence[Named], last: int) -> list[dict[str, Any]]:
    """Write the names below the curve, where nothing is drawn; each below the one before it."""
    written = []
    for number, point in enumerate(sorted(named, key=lambda point: -point.days)):
        is_early = point.days < last * 0.6
        written.append(
            note(
                point.days,
                point.share,
                f"<b>{point.text}</b>",
                palette.ink,
                TEXT_SIZE,
                xanchor="left" if is_early else "right",
                yanchor="top",
                xshift=8 if is_early else -2,
                yshift=-14 - 20 * number,
            )
        )
    return written


def _with_limits(steps: Sequence[Reached], last: int) -> list[list[tuple[int, float, float]]]:
    """Return the stretches that have limits: days, low and high, held until the next step."""
    stretches: list[list[tuple[int, float, float]]] = []
    goes_on = False
    for step, until in zip(steps, [*(step.days for step in steps[1:]), last], strict=True):
        if step.low is None or step.high is None:
            goes_on = False
            continue
        if not goes_on:
            stretches.append([])
        stretches[-1] += [(step.days, step.low, step.high), (until, step.low, step.high)]
        goes_on = True
    return stretches


def _edge(days: Sequence[int], shares: Sequence[float], **fill: str) -> go.Scatter:
    return go.Scatter(
        x=days, y=shares, mode="lines", line={"width": 0, "shape": "hv"}, hoverinfo="skip", **fill
    )
