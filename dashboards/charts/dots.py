"""Dots with their intervals, one group under another, and the line of everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.charts.base import SMALL_TEXT_SIZE, axis, empty_figure, round_up
from dashboards.charts.colours import Palette

_ROW_HEIGHT = 40


@dataclass(frozen=True)
class Dot:
    """One group's value; None where there is none, and the sign of it as text."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    hover: str


def dots(
    palette: Palette, groups: Sequence[Dot], everyone: Dot, write_tick: Callable[[float], str]
) -> go.Figure:
    """Draw the groups from top to bottom, and everybody's value as a line through them."""
    shown = [*groups, everyone]
    figure = empty_figure(palette, height=_ROW_HEIGHT * len(shown) + 60, t=30)
    top = round_up(max(dot.high or dot.value or 0.0 for dot in shown))
    if everyone.value is not None:
        figure.add_vline(x=everyone.value, line={"color": palette.rule, "width": 2}, layer="below")
    measured = [(row, dot, dot.value) for row, dot in enumerate(shown) if dot.value is not None]
    figure.add_trace(
        go.Scatter(
            x=[value for _, _, value in measured],
            y=[row for row, _, _ in measured],
            mode="markers",
            marker={
                "color": [
                    palette.ink if dot is everyone else palette.accent for _, dot, _ in measured
                ],
                "symbol": ["diamond" if dot is everyone else "circle" for _, dot, _ in measured],
                "size": 12,
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [(dot.high or value) - value for _, dot, value in measured],
                "arrayminus": [
                    value - (value if dot.low is None else dot.low) for _, dot, value in measured
                ],
                "color": palette.ink_soft,
                "thickness": 1.5,
                "width": 5,
            },
            hovertext=[dot.hover for _, dot, _ in measured],
            hoverinfo="text",
        )
    )
    figure.layout.yaxis = axis(
        palette,
        tickvals=list(range(len(shown))),
        ticktext=[_label(dot, everyone) for dot in shown],
        range=[len(shown) - 0.5, -0.5],
        automargin=True,
    )
    steps = [top * part / 4 for part in range(5)]
    figure.layout.xaxis = axis(
        palette,
        side="top",
        range=[0, top * 1.02],
        tickvals=steps,
        ticktext=[write_tick(step) for step in steps],
        showgrid=True,
        gridcolor=palette.rule,
        tickfont={"size": SMALL_TEXT_SIZE, "color": palette.ink_soft},
    )
    return figure


def _label(dot: Dot, everyone: Dot) -> str:
    label = f"{dot.label}: {dot.text}"
    return f"<b>{label}</b>" if dot is everyone else label
