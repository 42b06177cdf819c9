"""Dots on either side of no difference, with their intervals, one group under another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.charts.base import SMALL_TEXT_SIZE, axis, empty_figure, round_up
from dashboards.charts.colours import Palette

_ROW_HEIGHT = 40


@dataclass(frozen=True)
class Difference:
    """One group's difference; None where there is none, and the sign of it in the label.

    `is_sure` is filled, whatever else is hollow; the whole stands out by its shape.
    """

    label: str
    value: float | None
    low: float
    high: float
    hover: str
    is_sure: bool = False
    is_whole: bool = False


def differences(
    palette: Palette, groups: Sequence[Difference], write_tick: Callable[[float], str]
) -> go.Figure:
    """Draw the groups from top to bottom on an axis with no difference in its middle."""
    figure = empty_figure(palette, height=_ROW_HEIGHT * len(groups) + 60, t=30, r=30)
    shown = [(row, each, each.value) for row, each in enumerate(groups) if each.value is not None]
    reach = round_up(max(max(abs(each.low), abs(each.high)) for _, each, _ in shown))
    figure.add_vline(x=0, line={"color": palette.ink_soft, "width": 1.5}, layer="below")
    colours = [palette.ink if each.is_whole else palette.accent for _, each, _ in shown]
    figure.add_trace(
        go.Scatter(
            x=[value for _, _, value in shown],
            y=[row for row, _, _ in shown],
            mode="markers",
            marker={
                "color": [
                    colour if each.is_sure else palette.paper
                    for colour, (_, each, _) in zip(colours, shown, strict=True)
                ],
                "symbol": ["diamond" if each.is_whole else "circle" for _, each, _ in shown],
                "size": 12,
                "opacity": 1,
                "line": {"color": colours, "width": 2},
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [each.high - value for _, each, value in shown],
                "arrayminus": [value - each.low for _, each, value in shown],
                "color": palette.ink_soft,
                "thickness": 1.5,
                "width": 5,
            },
            hovertext=[each.hover for _, each, _ in shown],
            hoverinfo="text",
        )
    )
    figure.layout.yaxis = axis(
        palette,
        tickvals=list(range(len(groups))),
        ticktext=[f"<b>{each.label}</b>" if each.is_whole else each.label for each in groups],
        range=[len(groups) - 0.5, -0.5],
        automargin=True,
    )
    steps = [reach * part / 2 for part in (-2, -1, 0, 1, 2)]
    figure.layout.xaxis = axis(
        palette,
        side="top",
        range=[-reach * 1.02, reach * 1.02],
        tickvals=steps,
        ticktext=[write_tick(step) for step in steps],
        showgrid=True,
        gridcolor=palette.rule,
        tickfont={"size": SMALL_TEXT_SIZE, "color": palette.ink_soft},
    )
    return figure
