"""A barometer: where one stands in the spread of all, by indicator, the better to the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.charts.base import SMALL_TEXT_SIZE, empty_figure, hovering, note, rows_axis, rule
from dashboards.charts.colours import Palette

_ROW_HEIGHT = 46
_HALF = 0.17
_EDGE = 1.08


@dataclass(frozen=True)
class SpineRow:
    """One indicator: the spread of all, and where one stands in it.

    Places are from -1 to 1: 0 is the group's value, and the end furthest from it is at an edge.
    `stands_out` is whether its place is beyond chance; quartiles are None of few.
    """

    label: str
    place: float
    lowest: float
    highest: float
    quartiles: tuple[float, float] | None
    stands_out: bool
    hover: str
    low_text: str
    high_text: str


def scaled(values: Sequence[float], middle: float, *, less_is_better: bool) -> list[float]:
    """Return values as places about a middle: the furthest at -1 or 1, the better above 0."""
    furthest = max((abs(value - middle) for value in values), default=0.0)
    sign = -1 if less_is_better else 1
    return [sign * (value - middle) / furthest if furthest else 0.0 for value in values]


def spine(
    palette: Palette, rows: Sequence[SpineRow], middle: str, worse: str, better: str
) -> go.Figure:
    """Draw the spreads one below the other, the group's value as a line through all."""
    figure = empty_figure(palette, height=_ROW_HEIGHT * len(rows) + 50, t=40, r=12)
    for at, row in enumerate(rows):
        ends = sorted((row.lowest, row.highest))
        figure.add_shape(_box(at, ends[0], ends[1], palette.rule))
        if row.quartiles:
            first, third = sorted(row.quartiles)
            figure.add_shape(_box(at, first, third, palette.accent_light))
        soft: dict[str, Any] = {"yshift": -17, "yanchor": "middle"}
        figure.add_annotation(
            note(ends[0], at, row.low_text, palette.ink_soft, xanchor="left", **soft)
        )
        figure.add_annotation(
            note(ends[1], at, row.high_text, palette.ink_soft, xanchor="right", **soft)
        )
    figure.add_shape(rule((0, 0), (-0.5, len(rows) - 0.5), palette.ink_soft, 1.5))
    figure.add_trace(
        hovering(
            [row.place for row in rows],
            list(range(len(rows))),
            [row.hover for row in rows],
            mode="markers",
            marker={
                "symbol": "diamond",
                "size": 13,
                "color": [palette.ink if row.stands_out else palette.paper for row in rows],
                "line": {"color": palette.ink, "width": 2},
                "opacity": 1,
            },
            cliponaxis=False,
        )
    )
    top: dict[str, Any] = {"yref": "paper", "yanchor": "bottom"}
    for x, text, anchor in ((-1, worse, "left"), (0, middle, "center"), (1, better, "right")):
        figure.add_annotation(
            note(x, 1.0, text, palette.ink_soft, SMALL_TEXT_SIZE, xanchor=anchor, **top)
        )
    figure.layout.yaxis = rows_axis(palette, [row.label for row in rows])
    figure.layout.xaxis = {"visible": False, "fixedrange": True, "range": [-_EDGE, _EDGE]}
    return figure


def _box(row: int, left: float, right: float, colour: str) -> dict[str, object]:
    return {
        "type": "rect",
        "x0": left,
        "x1": right,
        "y0": row - _HALF,
        "y1": row + _HALF,
        "fillcolor": colour,
        "line": {"width": 0},
        "layer": "below",
    }
