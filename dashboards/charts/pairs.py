"""Two counts of the same thing, one pair under another, with the way between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.charts.base import (
    LABEL_SIZE,
    empty_figure,
    hovering,
    legend,
    round_up,
    rows_axis,
    rule,
    value_axis,
)
from dashboards.charts.colours import Palette

_ROW_HEIGHT = 34
_STEPS = 4


@dataclass(frozen=True)
class Pair:
    """The two counts of one row; `is_marked` where their difference is to be looked at."""

    label: str
    first: int
    second: int
    text: str
    hover: str
    is_marked: bool


def pairs(
    palette: Palette,
    rows: Sequence[Pair],
    first_name: str,
    second_name: str,
    write_tick: Callable[[int], str],
) -> go.Figure:
    """Draw the first count as a full dot and the second as a ring."""
    figure = empty_figure(palette, height=_ROW_HEIGHT * len(rows) + 90, t=56, r=8)
    places = list(range(len(rows)))
    figure.layout.shapes = [
        rule(
            (row.first, row.second),
            (place, place),
            palette.lines[1] if row.is_marked else palette.taken_away,
            4 if row.is_marked else 2,
            layer="below",
        )
        for place, row in enumerate(rows)
    ]
    full = {"symbol": "circle", "color": palette.accent, "size": 9, "line": {"width": 0}}
    ring = {"symbol": "circle-open", "color": palette.ink, "size": 14, "line": {"width": 2}}
    hovers = [row.hover for row in rows]
    for name, marker, counts in (
        (first_name, full, [row.first for row in rows]),
        (second_name, ring, [row.second for row in rows]),
    ):
        figure.add_trace(
            hovering(
                counts, places, hovers, mode="markers", name=name, marker=marker, cliponaxis=False
            )
        )
    figure.layout.yaxis = rows_axis(
        palette,
        [f"{row.label}: {row.text}" for row in rows],
        tickfont={"size": LABEL_SIZE, "color": palette.ink},
    )
    top = max(_STEPS, round(round_up(max(max(row.first, row.second) for row in rows))))
    ticks = sorted({round(top * step / _STEPS) for step in range(_STEPS + 1)})
    ends = [-top * 0.02, top * 1.03]
    figure.layout.xaxis = value_axis(palette, ticks, write_tick, side="top", range=ends)
    above = legend(palette, y=1, yref="container", yanchor="top")
    figure.update_layout(showlegend=True, legend=above)
    return figure
