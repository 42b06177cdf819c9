"""Dots with their intervals, one group under another: values, or differences about zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.charts.base import (
    empty_figure,
    hovering,
    quarters,
    round_up,
    rows_axis,
    value_axis,
)
from dashboards.charts.colours import Palette

_ROW_HEIGHT = 40


@dataclass(frozen=True)
class Dot:
    """One group's value; None where there is none, and the sign of it as text.

    Of differences those that are sure are filled, the others hollow.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    hover: str
    is_sure: bool = True

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the interval, or the value itself where it has none."""
        value = self.value or 0.0
        return (
            value if self.low is None else self.low,
            value if self.high is None else self.high,
        )


def dots(
    palette: Palette,
    groups: Sequence[Dot],
    everyone: Dot,
    write_tick: Callable[[float], str],
    *,
    about_zero: bool = False,
) -> go.Figure:
    """Draw the groups from top to bottom, everybody as the last of them.

    A line goes through everybody's value; about zero it stands there, in the middle.
    """
    shown = [*groups, everyone]
    figure = empty_figure(
        palette, height=_ROW_HEIGHT * len(shown) + 60, t=30, r=30 if about_zero else 8
    )
    measured = [(row, dot, dot.value) for row, dot in enumerate(shown) if dot.value is not None]
    if about_zero:
        figure.add_vline(x=0, line={"color": palette.ink_soft, "width": 1.5}, layer="below")
    elif everyone.value is not None:
        figure.add_vline(x=everyone.value, line={"color": palette.rule, "width": 2}, layer="below")
    colours = [palette.ink if dot is everyone else palette.accent for _, dot, _ in measured]
    outline: dict[str, Any] = (
        {"opacity": 1, "line": {"color": colours, "width": 2}} if about_zero else {}
    )
    figure.add_trace(
        hovering(
            [value for _, _, value in measured],
            [row for row, _, _ in measured],
            [dot.hover for _, dot, _ in measured],
            mode="markers",
            marker={
                "color": [
                    colour if dot.is_sure else palette.paper
                    for colour, (_, dot, _) in zip(colours, measured, strict=True)
                ],
                "symbol": ["diamond" if dot is everyone else "circle" for _, dot, _ in measured],
                "size": 12,
                **outline,
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [dot.ends[1] - value for _, dot, value in measured],
                "arrayminus": [value - dot.ends[0] for _, dot, value in measured],
                "color": palette.ink_soft,
                "thickness": 1.5,
                "width": 5,
            },
        )
    )
    figure.layout.yaxis = rows_axis(palette, [_label(dot, everyone) for dot in shown])
    if about_zero:
        reach = round_up(max(abs(end) for _, dot, _ in measured for end in dot.ends))
        ticks, beginning, top = [reach * part / 2 for part in (-2, -1, 0, 1, 2)], -reach, reach
    else:
        top = round_up(max(dot.ends[1] for dot in shown))
        ticks, beginning = quarters(top), 0.0
    ends = [beginning * 1.02, top * 1.02]
    figure.layout.xaxis = value_axis(palette, ticks, write_tick, side="top", range=ends)
    return figure


def _label(dot: Dot, everyone: Dot) -> str:
    label = f"{dot.label}: {dot.text}"
    return f"<b>{label}</b>" if dot is everyone else label
