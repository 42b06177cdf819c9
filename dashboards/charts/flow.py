"""The flow from step to step: how many go which way, as bands of their width (a Sankey diagram).

Drawn of shapes and not by the library's own kind of diagram: that one decides itself where steps
and labels stand, and lets labels cover each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.charts.base import LABEL_SIZE, axis, broken, empty_figure, hovering, note
from dashboards.charts.colours import Palette, transparent

_LABEL_LETTERS = 17
_LINE_HEIGHT = 15  # pixels
_GAP = 16  # pixels between the steps of a column
_WHOLE = 300  # pixels for all that flow
_THICKNESS = 0.055  # of the way from column to column
_LAST_LABELS = 0.85


@dataclass(frozen=True)
class FlowStep:
    """One step: its column (from 0), its name and its number, and whether the way goes on there."""

    code: str
    column: int
    name: str
    number: str
    hover: str
    goes_on: bool


@dataclass(frozen=True)
class FlowBand:
    """So many go from one step to another."""

    source: str
    target: str
    number: int
    hover: str


@dataclass(frozen=True)
class _Placed:
    """A step with the pixels that it takes, from its top down."""

    step: FlowStep
    label: str
    top: float
    height: float


def flow(palette: Palette, steps: Sequence[FlowStep], bands: Sequence[FlowBand]) -> go.Figure:
    """Draw the steps in their columns, each column from the top in the order of the steps.

    The way forward has the accent, what waits or ends is grey.
    """
    placed = _placed(steps, bands)
    foot = max(_end(each) for each in placed.values())
    figure = empty_figure(palette, round(foot) + 16, l=4, r=4, t=8, b=8)
    last = max(step.column for step in steps)
    ways = _ways(placed, bands)
    figure.update_layout(
        shapes=[
            *(_band(palette, placed, band, *ends) for band, ends in ways),
            *(_box(palette, each) for each in placed.values()),
        ],
        annotations=[_name(palette, each) for each in placed.values()],
    )
    boxes = list(placed.values())
    figure.add_trace(
        hovering(
            [
                *(_middle(placed, band) for band, _ in ways),
                *(each.step.column for each in boxes),
            ],
            [
                *((begins + ends + height) / 2 for _, (begins, ends, height) in ways),
                *(each.top + each.height / 2 for each in boxes),
            ],
            [*(band.hover for band, _ in ways), *(each.step.hover for each in boxes)],
            mode="markers",
            marker={"size": 24, "opacity": 0},
        )
    )
    figure.layout.xaxis = axis(
        palette, range=[-_THICKNESS, last + _LAST_LABELS], showticklabels=False
    )
    figure.layout.yaxis = axis(palette, range=[foot, 0], showticklabels=False)
    return figure


def _placed(steps: Sequence[FlowStep], bands: Sequence[FlowBand]) -> Mapping[str, _Placed]:
    size = _sizes(bands)
    per_number = _WHOLE / _most(bands)
    filled: dict[int, float] = defaultdict(float)
    placed = {}
    for step in steps:
        name = broken(step.name, _LABEL_LETTERS)
        each = _Placed(
            step,
            f"<b>{name}</b><br>{step.number}",
            filled[step.column],
            size[step.code] * per_number,
        )
        placed[step.code] = each
        filled[step.column] = _end(each) + _GAP
    return placed


def _sizes(bands: Sequence[FlowBand]) -> Mapping[str, int]:
    """Return how many come to each step, or leave it where none come."""
    into: dict[str, int] = defaultdict(int)
    out_of: dict[str, int] = defaultdict(int)
    for band in bands:
        into[band.target] += band.number
        out_of[band.source] += band.number
    return {code: max(into[code], out_of[code]) for code in {*into, *out_of}}


def _most(bands: Sequence[FlowBand]) -> int:
    return max(_sizes(bands).values())


def _end(placed: _Placed) -> float:
    """Return where a step ends, or its label if that is longer."""
    lines = placed.label.count("<br>") + 1
    return placed.top + max(placed.height, lines * _LINE_HEIGHT)


def _ways(
    placed: Mapping[str, _Placed], bands: Sequence[FlowBand]
) -> list[tuple[FlowBand, tuple[float, float, float]]]:
    """Return where each band begins, ends and how thick it is; bands of one step do not cross."""
    per_number = _WHOLE / _most(bands)
    begun = {code: each.top for code, each in placed.items()}
    ended = dict(begun)
    begins, ends = {}, {}
    for band in sorted(bands, key=lambda band: placed[band.target].top):
        begins[band] = begun[band.source]
        begun[band.source] += band.number * per_number
    for band in sorted(bands, key=lambda band: placed[band.source].top):
        ends[band] = ended[band.target]
        ended[band.target] += band.number * per_number
    return [(band, (begins[band], ends[band], band.number * per_number)) for band in bands]


def _middle(placed: Mapping[str, _Placed], band: FlowBand) -> float:
    return (placed[band.source].step.column + placed[band.target].step.column) / 2


def _band(
    palette: Palette,
    placed: Mapping[str, _Placed],
    band: FlowBand,
    begins: float,
    ends: float,
    height: float,
) -> dict[str, Any]:
    x0 = placed[band.source].step.column + _THICKNESS / 2
    x1 = placed[band.target].step.column - _THICKNESS / 2
    middle = (x0 + x1) / 2
    colour = palette.accent if placed[band.target].step.goes_on else palette.taken_away
    return {
        "type": "path",
        "path": (
            f"M {x0},{begins} C {middle},{begins} {middle},{ends} {x1},{ends} "
            f"L {x1},{ends + height} "
            f"C {middle},{ends + height} {middle},{begins + height} {x0},{begins + height} Z"
        ),
        "fillcolor": transparent(colour, 0.3),
        "line": {"width": 0},
        "layer": "below",
    }


def _box(palette: Palette, placed: _Placed) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": placed.step.column - _THICKNESS / 2,
        "x1": placed.step.column + _THICKNESS / 2,
        "y0": placed.top,
        "y1": placed.top + max(placed.height, 2),
        "fillcolor": palette.accent if placed.step.goes_on else palette.taken_away,
        "line": {"width": 0},
    }


def _name(palette: Palette, placed: _Placed) -> dict[str, Any]:
    return note(
        placed.step.column + _THICKNESS / 2,
        placed.top,
        placed.label,
        palette.ink,
        LABEL_SIZE,
        xanchor="left",
        yanchor="top",
        xshift=3,
        align="left",
        borderpad=0,
    )
