"""The funnel: values by how many they are of, between the limits of chance about the group's."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.analysis.funnel import LimitPoint
from dashboards.charts.base import LABEL_SIZE, SMALL_TEXT_SIZE, axis, empty_figure, round_up
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
    notes = [_beside(palette, largest, pooled, pooled_label)]
    for limit in limits:
        dash = "dot" if limit.is_outer else "dash"
        for curve in (limit.lower, limit.upper):
            figure.add_trace(
                go.Scatter(
                    x=[point.denominator for point in curve],
                    y=[point.value for point in curve],
                    mode="lines",
                    line={"color": palette.ink_soft, "width": 1.2, "dash": dash},
                    hoverinfo="skip",
                    showlegend=False,
                )
            )
        # Where few are counted the limits are far enough apart to be named.
        named = next((point for point in limit.upper if point.value < 0.97 * top), None)
        if named is not None:
            notes.append(_above(palette, named, limit.label))
    figure.add_trace(
        go.Scatter(
            x=[smallest, largest],
            y=[pooled, pooled],
            mode="lines",
            line={"color": palette.ink, "width": 1.5},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    for grade in sorted({part.grade for part in parts}):
        of_grade = [part for part in parts if part.grade == grade]
        figure.add_trace(
            go.Scatter(
                x=[part.denominator for part in of_grade],
                y=[part.value for part in of_grade],
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
                hovertext=[part.hover for part in of_grade],
                hoverinfo="text",
                cliponaxis=False,
            )
        )
    sizes = _round_sizes(smallest, largest)
    figure.layout.xaxis = axis(
        palette,
        type="log",
        range=[math.log10(smallest), math.log10(largest)],
        tickvals=sizes,
        ticktext=[write_size(size) for size in sizes],
        title={
            "text": of_what,
            "font": {"size": LABEL_SIZE, "color": palette.ink_soft},
            "standoff": 12,
        },
        automargin=True,
        tickfont={"size": SMALL_TEXT_SIZE, "color": palette.ink_soft},
    )
    steps = [top * part / 4 for part in range(5)]
    figure.layout.yaxis = axis(
        palette,
        range=[0, top * 1.03],
        automargin=True,
        tickvals=steps,
        ticktext=[write_tick(step) for step in steps],
        showgrid=True,
        gridcolor=palette.rule,
        tickfont={"size": SMALL_TEXT_SIZE, "color": palette.ink_soft},
    )
    figure.update_layout(
        annotations=notes,
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": LABEL_SIZE, "color": palette.ink},
            "itemclick": False,
            "itemdoubleclick": False,
        },
    )
    return figure


def size_range(sizes: Sequence[float]) -> tuple[float, float]:
    """Return from where to where the denominators are drawn, with some room on both sides."""
    return min(sizes) / 1.4, max(sizes) * 1.4


def _beside(palette: Palette, size: float, value: float, text: str) -> dict[str, Any]:
    return {
        "x": math.log10(size),
        "y": value,
        "text": f"<b>{text}</b>",
        "xanchor": "left",
        "xshift": 4,
        "showarrow": False,
        "font": {"size": SMALL_TEXT_SIZE, "color": palette.ink},
    }


def _above(palette: Palette, point: LimitPoint, text: str) -> dict[str, Any]:
    return {
        "x": math.log10(point.denominator),
        "y": point.value,
        "text": text,
        "xanchor": "left",
        "yanchor": "bottom",
        "xshift": 4,
        "showarrow": False,
        "font": {"size": SMALL_TEXT_SIZE, "color": palette.ink_soft},
    }


def _round_sizes(smallest: float, largest: float) -> list[int]:
    """Return the round numbers (1, 2, 5 times a power of ten) within the range."""
    powers = range(math.floor(math.log10(smallest)), math.ceil(math.log10(largest)) + 1)
    sizes = [step * 10**power for power in powers if power >= 0 for step in _STEPS_OF_TEN]
    return [size for size in sizes if smallest <= size <= largest]
