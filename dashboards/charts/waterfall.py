"""The horizontal waterfall: what each step leaves, takes or adds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.charts.base import (
    LABEL_SIZE,
    TEXT_SIZE,
    axis,
    broken,
    empty_figure,
    note,
    rows_axis,
    rule,
)
from dashboards.charts.colours import Palette

_ROW_HEIGHT = 38
_LABEL_LETTERS = 36
_THICKNESS = 0.56


@dataclass(frozen=True)
class Bar:
    """One step: from where to where it reaches; a level begins at zero.

    `part` marks the last bar, a part of the level above it. `address` is where its rows are.
    """

    label: str
    begins: int
    ends: int
    is_level: bool
    text: str
    hover: str
    is_part: bool = False
    address: str | None = None


def waterfall(palette: Palette, bars: Sequence[Bar]) -> go.Figure:
    """Draw the bars from top to bottom."""
    figure = empty_figure(palette, height=_ROW_HEIGHT * len(bars) + 20, r=70)
    widest = max((max(bar.begins, bar.ends) for bar in bars), default=0) or 1
    rows = list(range(len(bars)))
    figure.add_trace(
        go.Bar(
            orientation="h",
            y=rows,
            base=[min(bar.begins, bar.ends) for bar in bars],
            x=[abs(bar.ends - bar.begins) for bar in bars],
            width=_THICKNESS,
            marker={"color": [_colour(palette, bar) for bar in bars], "line": {"width": 0}},
            hovertext=[bar.hover for bar in bars],
            hoverinfo="text",
        )
    )
    figure.update_layout(
        annotations=[_number(palette, row, bar) for row, bar in enumerate(bars)],
        shapes=[
            _connection(palette, row, bar.ends)
            for row, (bar, below) in enumerate(itertools.pairwise(bars))
            if not below.is_part
        ],
    )
    figure.layout.yaxis = rows_axis(
        palette,
        [_label(bar) for bar in bars],
        tickfont={"size": LABEL_SIZE, "color": palette.ink},
    )
    figure.layout.xaxis = axis(palette, range=[0, widest * 1.01], showticklabels=False)
    return figure


def _number(palette: Palette, row: int, bar: Bar) -> dict[str, Any]:
    text = f"<b>{bar.text}</b>" if bar.is_level else bar.text
    at = max(bar.begins, bar.ends)
    return note(at, row, text, palette.ink, TEXT_SIZE, xanchor="left", xshift=6)


def _connection(palette: Palette, row: int, at: int) -> dict[str, Any]:
    """Return the line from where a bar ends to where the next begins."""
    between = (row + _THICKNESS / 2, row + 1 - _THICKNESS / 2)
    return rule((at, at), between, palette.ink_soft, 1)


def _label(bar: Bar) -> str:
    label = broken(bar.label, _LABEL_LETTERS)
    if bar.address:
        return f'<a href="{bar.address}" target="_self"><u>{label}</u></a>'
    return f"<b>{label}</b>" if bar.is_level else label


def _colour(palette: Palette, bar: Bar) -> str:
    if bar.is_part:
        return palette.accent_light
    if bar.is_level:
        return palette.accent
    return palette.taken_away
