"""Bars of parts that make a whole, one whole under another, with its number written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.charts.base import LABEL_SIZE, axis, empty_figure, legend, note, rows_axis
from dashboards.charts.colours import Palette

_ROW_HEIGHT = 30
_THICKNESS = 0.62


@dataclass(frozen=True)
class Whole:
    """One whole: how many each of its parts is, what each is in words, and its sum as text."""

    label: str
    parts: tuple[int, ...]
    hovers: tuple[str, ...]
    text: str


def stacked_bars(palette: Palette, names: Sequence[str], wholes: Sequence[Whole]) -> go.Figure:
    """Draw the parts as shares of their whole, in the order of their names."""
    # The last parts are those to look at: they have a colour of their own.
    colours = [palette.accent, palette.accent_light, palette.taken_away, *palette.lines[1:]]
    figure = empty_figure(palette, height=_ROW_HEIGHT * len(wholes) + 70, t=40, r=70)
    rows = list(range(len(wholes)))
    for number, (name, colour) in enumerate(zip(names, colours, strict=False)):
        figure.add_trace(
            go.Bar(
                orientation="h",
                name=name,
                y=rows,
                x=[
                    whole.parts[number] / sum(whole.parts) if sum(whole.parts) else 0
                    for whole in wholes
                ],
                width=_THICKNESS,
                marker={"color": colour, "line": {"color": palette.paper, "width": 0.5}},
                hovertext=[whole.hovers[number] for whole in wholes],
                hoverinfo="text",
            )
        )
    figure.layout.yaxis = rows_axis(
        palette,
        [whole.label for whole in wholes],
        tickfont={"size": LABEL_SIZE, "color": palette.ink},
    )
    figure.layout.xaxis = axis(palette, range=[0, 1], showticklabels=False)
    figure.update_layout(
        barmode="stack",
        showlegend=True,
        legend=legend(palette, y=1, yanchor="bottom"),
        annotations=[
            note(1, row, whole.text, palette.ink, xanchor="left", xshift=6)
            for row, whole in enumerate(wholes)
        ],
    )
    return figure
