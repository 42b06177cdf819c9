"""The heat map: one group by another, the figure in every cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.charts.base import (
    SMALL_TEXT_SIZE,
    TEXT_SIZE,
    axis,
    broken,
    empty_figure,
    hovering,
    rows_axis,
)
from dashboards.charts.colours import Palette, text_on

_ROW_HEIGHT = 38
_TOP = 34
_LABEL_LETTERS = 26
# What marks the trace whose points can be chosen, for static/page.js.
CHOICES = "choices"
_GAP = 0.22  # between the groups and all of them together


@dataclass(frozen=True)
class HeatCell:
    """One cell: how dark it is (0 to 1, None for no figure) and what is written in it."""

    darkness: float | None
    text: str
    below: str
    hover: str
    is_small: bool = False
    # What a click on it chooses; None of what cannot be chosen.
    choice: tuple[str, ...] | None = None
    is_chosen: bool = False


@dataclass(frozen=True)
class Line:
    """A row or a column; the one of `all` is set apart."""

    code: str
    label: str
    is_all: bool = False


def heat_map(
    palette: Palette,
    rows: Sequence[Line],
    columns: Sequence[Line],
    cells: Mapping[tuple[str, str], HeatCell],
) -> go.Figure:
    """Draw a heat map; `cells` are by row and column code."""
    figure = empty_figure(palette, height=_TOP + _ROW_HEIGHT * len(rows) + 20, t=_TOP)
    across, down = _places(columns), _places(rows)
    placed = [
        (across[column.code], down[row.code], cells[row.code, column.code])
        for row in rows
        for column in columns
    ]
    figure.add_trace(_boxes(palette, placed))
    for attribute, lift, size in (("text", -0.14, TEXT_SIZE), ("below", 0.22, SMALL_TEXT_SIZE)):
        figure.add_trace(
            go.Scatter(
                x=[x for x, _, _ in placed],
                y=[y + (lift if cell.below else 0.0) for _, y, cell in placed],
                text=[getattr(cell, attribute) for _, _, cell in placed],
                mode="text",
                textfont={
                    "size": size,
                    "color": [_text_colour(palette, cell) for _, _, cell in placed],
                },
                hoverinfo="skip",
            )
        )
    figure.add_trace(
        hovering(
            [x for x, _, _ in placed],
            [y for _, y, _ in placed],
            [cell.hover for _, _, cell in placed],
            mode="markers",
            # Seen where the keyboard is (static/style.css).
            marker={"size": _ROW_HEIGHT - 8, "symbol": "square", "color": "rgba(0, 0, 0, 0)"},
            customdata=[cell.choice for _, _, cell in placed],
            meta=CHOICES,
        )
    )
    for x, y, cell in placed:
        if cell.is_chosen:
            figure.add_shape(
                x0=x - 0.5,
                x1=x + 0.5,
                y0=y - 0.5,
                y1=y + 0.5,
                line={"color": palette.ink, "width": 3},
            )
    figure.layout.xaxis = axis(
        palette,
        side="top",
        tickvals=list(across.values()),
        ticktext=[_label(column) for column in columns],
        range=[-0.5, max(across.values()) + 0.5],
    )
    figure.layout.yaxis = rows_axis(palette, [_label(row) for row in rows], list(down.values()))
    figure.update_layout(hoverdistance=_ROW_HEIGHT)
    return figure


def _places(lines: Sequence[Line]) -> dict[str, float]:
    """Return where each row or column stands, with a gap before the one of `all`."""
    places: dict[str, float] = {}
    at = 0.0
    for line in lines:
        at += _GAP if line.is_all else 0.0
        places[line.code] = at
        at += 1.0
    return places


def _boxes(palette: Palette, placed: Sequence[tuple[float, float, HeatCell]]) -> go.Bar:
    """Return the boxes of the cells with a figure: one trace, for shapes cost ten times as much."""
    filled = [(x, y, fill) for x, y, cell in placed if (fill := _fill(palette, cell))]
    return go.Bar(
        x=[x for x, _, _ in filled],
        base=[y - 0.5 for _, y, _ in filled],
        y=[1.0] * len(filled),
        width=1.0,
        marker={
            "color": [fill for _, _, fill in filled],
            "line": {"color": palette.paper, "width": 2},
        },
        hoverinfo="skip",
    )


def _fill(palette: Palette, cell: HeatCell) -> str | None:
    """Return the colour of a cell's box; a cell without a figure has none."""
    if cell.is_small:
        return palette.small
    return None if cell.darkness is None else palette.shade(cell.darkness)


def _text_colour(palette: Palette, cell: HeatCell) -> str:
    fill = _fill(palette, cell)
    return palette.ink_soft if cell.is_small or fill is None else text_on(fill)


def _label(line: Line) -> str:
    label = broken(line.label, _LABEL_LETTERS)
    return f"<b>{label}</b>" if line.is_all else label
