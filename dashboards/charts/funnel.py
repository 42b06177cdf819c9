"""The funnel: values by how many they are of, between the limits of chance about the group's."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.analysis.funnel import LimitPoint
from dashboards.charts.base import (
    LABEL_SIZE,
    empty_figure,
    hovering,
    legend,
    note,
    quarters,
    round_up,
    value_axis,
)
from dashboards.charts.colours import Palette

_HEIGHT = 460
_SHAPES = {"A": "circle", "B": "square", "C": "triangle-up"}
_MARKER_SIZE = 11
_STEPS_OF_TEN = (1, 2, 5)


@dataclass(frozen=True)
class FunnelDot:
    """One part of the group; `label` stands beside it where it is to be found by its name."""

    denominator: float
    value: float
    grade: str
    label: str
    hover: str
    stands_out: bool = False


@dataclass(frozen=True)
class FunnelLimit:
    """One pair of limits and what it is called."""

    label: str
    lower: Sequence[LimitPoint]
    upper: Sequence[LimitPoint]
    is_outer: bool


def funnel(
    palette: Palette,
    parts: Sequence[FunnelDot],
    limits: Sequence[FunnelLimit],
    pooled: float,
    pooled_label: str,
    *,
    write_grade: Callable[[str], str],
    write_tick: Callable[[float], str],
    write_size: Callable[[int], str],
    of_what: str,
) -> go.Figure:
    """Draw the parts, the group's value as a line and its limits; grades have their shapes."""
    figure = empty_figure(palette, height=_HEIGHT, l=8, r=66, t=44, b=30)
    smallest, largest = size_range([part.denominator for part in parts])
    drawn = [point.value for limit in limits for point in limit.upper if not limit.is_outer]
    top = max([part.value for part in parts] + drawn + [pooled])
    top = min(1.0, round_up(top * 1.05)) if top <= 1 else round_up(top * 1.05)
    soft = palette.ink_soft
    beside: dict[str, Any] = {"xanchor": "left", "xshift": 4}
    notes = [note(math.log10(largest), pooled, f"<b>{pooled_label}</b>", palette.ink, **beside)]
    for limit in limits:
        dash = {"color": soft, "width": 1.2, "dash": "dot" if limit.is_outer else "dash"}
        for curve in (limit.lower, limit.upper):
            sizes = [point.denominator for point in curve]
            figure.add_trace(_curve(sizes, [point.value for point in curve], dash))
        # Where few are counted the limits are far enough apart to be named.
        named = next((point for point in limit.upper if point.value < 0.97 * top), None)
        if named is not None:
            at = math.log10(named.denominator)
            notes.append(note(at, named.value, limit.label, soft, yanchor="bottom", **beside))
    group = {"color": palette.ink, "width": 1.5}
    figure.add_trace(_curve([smallest, largest], [pooled, pooled], group))
    for grade in sorted({part.grade for part in parts}):
        of_grade = [part for part in parts if part.grade == grade]
        figure.add_trace(
            hovering(
                [part.denominator for part in of_grade],
                [part.value for part in of_grade],
                [part.hover for part in of_grade],
                mode="markers+text",
                name=write_grade(grade),
                marker={
                    "symbol": _SHAPES.get(grade, "diamond"),
                    "size": _MARKER_SIZE,
                    "color": [
                        palette.accent if part.stands_out else palette.taken_away
                        for part in of_grade
                    ],
                    "line": {"color": palette.paper, "width": 1},
                },
                text=[part.label for part in of_grade],
                textposition=[
                    "top center" if part.value >= pooled else "bottom center" for part in of_grade
                ],
                textfont={"size": LABEL_SIZE, "color": palette.ink},
                cliponaxis=False,
            )
        )
    figure.layout.xaxis = value_axis(
        palette,
        _round_sizes(smallest, largest),
        write_size,
        type="log",
        range=[math.log10(smallest), math.log10(largest)],
        showgrid=False,
        gridcolor=None,
        title={"text": of_what, "font": {"size": LABEL_SIZE, "color": soft}, "standoff": 12},
        automargin=True,
    )
    figure.layout.yaxis = value_axis(
        palette, quarters(top), write_tick, range=[0, top * 1.03], automargin=True
    )
    above = legend(palette, y=1.02, yanchor="bottom")
    figure.update_layout(annotations=notes, showlegend=True, legend=above)
    return figure


def _curve(x: Sequence[float], y: Sequence[float], line: dict[str, Any]) -> go.Scatter:
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False)


def size_range(sizes: Sequence[float]) -> tuple[float, float]:
    """Return from where to where the denominators are drawn, with some room on both sides."""
    return min(sizes) / 1.4, max(sizes) * 1.4


def _round_sizes(smallest: float, largest: float) -> list[int]:
    """Return the round numbers (1, 2, 5 times a power of ten) within the range."""
    powers = range(math.floor(math.log10(smallest)), math.ceil(math.log10(largest)) + 1)
    sizes = [step * 10**power for power in powers if power >= 0 for step in _STEPS_OF_TEN]
    return [size for size in sizes if smallest <= size <= largest]
