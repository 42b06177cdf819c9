"""The flow from step to step: how many go which way, as bands of their width."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.charts.base import LABEL_SIZE, broken, empty_figure
from dashboards.charts.colours import Palette, transparent

_LABEL_LETTERS = 18
_NODE_WIDTH = 14
_SLOT = 58  # pixels that a step with its label takes at least
_LEAST_HEIGHT = 380


@dataclass(frozen=True)
class FlowStep:
    """One step: its column (from 0), what is written at it, and whether the way goes on there."""

    code: str
    column: int
    lines: Sequence[str]
    hover: str
    goes_on: bool


@dataclass(frozen=True)
class FlowBand:
    """So many go from one step to another."""

    source: str
    target: str
    number: int
    hover: str


def flow(palette: Palette, steps: Sequence[FlowStep], bands: Sequence[FlowBand]) -> go.Figure:
    """Draw the steps in their columns: the way forward in the accent, what waits in grey."""
    most = max(Counter(step.column for step in steps).values())
    height = max(_LEAST_HEIGHT, _SLOT * most + 40)
    figure = empty_figure(palette, height, l=4, r=120, t=24, b=24)
    place = {step.code: number for number, step in enumerate(steps)}
    last = max(step.column for step in steps) or 1
    forward = {step.code for step in steps if step.goes_on}
    figure.add_trace(
        go.Sankey(
            arrangement="snap",
            node={
                "label": [_label(step) for step in steps],
                "x": [min(0.999, max(0.001, step.column / last)) for step in steps],
                "y": _heights(steps, bands),
                "pad": _SLOT - 24,
                "thickness": _NODE_WIDTH,
                "color": [palette.accent if step.goes_on else palette.taken_away for step in steps],
                "line": {"width": 0},
                "customdata": [step.hover for step in steps],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
            link={
                "source": [place[band.source] for band in bands],
                "target": [place[band.target] for band in bands],
                "value": [band.number for band in bands],
                "color": [
                    transparent(palette.accent, 0.32)
                    if band.target in forward
                    else transparent(palette.taken_away, 0.32)
                    for band in bands
                ],
                "customdata": [band.hover for band in bands],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
            textfont={"size": LABEL_SIZE, "color": palette.ink, "shadow": "none"},
        )
    )
    return figure


def _heights(steps: Sequence[FlowStep], bands: Sequence[FlowBand]) -> list[float]:
    """Return where the middle of each step stands, from the top (0) to the foot (1).

    Each column is filled from the top in the order of the steps, with room for every label.
    """
    into: Counter[str] = Counter()
    out_of: Counter[str] = Counter()
    for band in bands:
        into[band.target] += band.number
        out_of[band.source] += band.number
    size = {step.code: max(into[step.code], out_of[step.code]) for step in steps}
    whole = max(sum(size[s.code] for s in steps if s.column == step.column) for step in steps)
    most = max(Counter(step.column for step in steps).values())
    room = 0.45 / most  # what is kept between the steps of the fullest column
    filled: dict[int, float] = {}
    heights = []
    for step in steps:
        part = size[step.code] / whole * 0.55
        top = filled.get(step.column, 0.0)
        heights.append(min(0.999, max(0.001, top + part / 2)))
        filled[step.column] = top + part + room
    return heights


def _label(step: FlowStep) -> str:
    first, *rest = step.lines
    return "<br>".join([f"<b>{broken(first, _LABEL_LETTERS)}</b>", *rest])
