"""Two counts of the same thing, one pair under another, with the way between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.charts.base import LABEL_SIZE, SMALL_TEXT_SIZE, axis, empty_figure, round_up
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
    for place, row in zip(places, rows, strict=True):
        figure.add_shape(
            type="line",
            x0=row.first,
            x1=row.second,
            y0=place,
            y1=place,
            line={
                "color": palette.lines[1] if row.is_marked else palette.taken_away,
                "width": 4 if row.is_marked else 2,
            },
            layer="below",
        )
    for name, symbol, counts in (
        (first_name, "circle", [row.first for row in rows]),
        (second_name, "circle-open", [row.second for row in rows]),
    ):
        figure.add_trace(
            go.Scatter(
                x=counts,
                y=places,
                mode="markers",
                name=name,
                marker={
                    "symbol": symbol,
                    "color": palette.accent if symbol == "circle" else palette.ink,
                    "size": 9 if symbol == "circle" else 14,
                    "line": {"width": 2} if symbol == "circle-open" else {"width": 0},
                },
                hovertext=[row.hover for row in rows],
                hoverinfo="text",
                cliponaxis=False,
            )
        )
    figure.layout.yaxis = axis(
        palette,
        tickvals=places,
        ticktext=[f"{row.label}: {row.text}" for row in rows],
        range=[len(rows) - 0.5, -0.5],
        automargin=True,
        tickfont={"size": LABEL_SIZE, "color": palette.ink},
    )
    top = max(_STEPS, round(round_up(max(max(row.first, row.second) for row in rows))))
    ticks = sorted({round(top * step / _STEPS) for step in range(_STEPS + 1)})
    figure.layout.xaxis = axis(
        palette,
        side="top",
        range=[-top * 0.02, top * 1.03],
        tickvals=ticks,
        ticktext=[write_tick(tick) for tick in ticks],
        showgrid=True,
        gridcolor=palette.rule,
        tickfont={"size": SMALL_TEXT_SIZE, "color": palette.ink_soft},
    )
    figure.update_layout(
        showlegend=True,
        legend={
            "orientation": "h",
            "traceorder": "normal",
            "x": 0,
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "font": {"size": LABEL_SIZE, "color": palette.ink},
            "itemclick": False,
            "itemdoubleclick": False,
        },
    )
    return figure
