"""Horizontal bars: of one part or of several, as counts or each as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.charts.base import (
    LABEL_SIZE,
    SMALL_TEXT_SIZE,
    axis,
    broken,
    empty_figure,
    legend,
    rows_axis,
    rule,
)
from dashboards.charts.colours import Palette, text_on
from dashboards.i18n.texts import NO_BREAK_SPACE

_ROW_HEIGHT = 40
_LEGEND_HEIGHT, _NAME_HEIGHT = 36, 20
_LABEL_LETTERS = 30
_THICKNESS, _THIN = 0.66, 0.3
_GAP = 0.4


@dataclass(frozen=True)
class Part:
    """What the parts of one place in the bars are called, and how dark they are (0 to 1)."""

    name: str
    darkness: float = 1.0


@dataclass(frozen=True)
class Bar:
    """One bar: its name and its whole, the values of its parts and what is written in them.

    `before` is where it ended a year before. One that says little is drawn thin; one that begins
    another group of bars is set apart.
    """

    label: str
    text: str
    values: Sequence[int]
    texts: Sequence[str]
    hovers: Sequence[str]
    before: int | None = None
    is_all: bool = False
    is_small: bool = False
    begins_group: bool = False


def bars(
    palette: Palette, parts: Sequence[Part], shown: Sequence[Bar], *, as_wholes: bool = False
) -> go.Figure:
    """Draw the bars from top to bottom, their parts from dark to light as they are told.

    With `as_wholes` every bar has the same length, and its parts are shares of it.
    """
    lengths = [sum(bar.values) for bar in shown]
    scales = [1 / length if as_wholes and length else 1.0 for length in lengths]
    longest = max(
        [length * scale for length, scale in zip(lengths, scales, strict=True)]
        + [float(bar.before or 0) for bar in shown]
    )
    places = _places(shown)
    has_legend = len(parts) > 1
    # On a phone the names of the parts stand under one another.
    head = max(_LEGEND_HEIGHT, _NAME_HEIGHT * len(parts)) if has_legend else 8
    figure = empty_figure(palette, height=round(head + _ROW_HEIGHT * (places[-1] + 1)) + 8, t=head)
    for number, part in enumerate(parts):
        colour = palette.shade(part.darkness)
        figure.add_trace(
            go.Bar(
                name=part.name,
                orientation="h",
                y=places,
                x=[bar.values[number] * scale for bar, scale in zip(shown, scales, strict=True)],
                width=[_THIN if bar.is_small else _THICKNESS for bar in shown],
                marker={"color": colour, "line": {"color": palette.ink_soft, "width": 1}},
                text=[bar.texts[number] for bar in shown],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                insidetextfont={"size": LABEL_SIZE, "color": text_on(colour)},
                hovertext=[bar.hovers[number] for bar in shown],
                hoverinfo="text",
            )
        )
    figure.update_layout(
        barmode="stack",
        # What has no room is left out: it stands in the table.
        uniformtext={"minsize": SMALL_TEXT_SIZE, "mode": "hide"},
        shapes=[
            rule((bar.before, bar.before), (place - 0.44, place + 0.44), palette.ink, 2)
            for bar, place in zip(shown, places, strict=True)
            if bar.before is not None
        ],
    )
    if has_legend:
        above = {"xref": "container", "y": 1, "yref": "container", "yanchor": "top"}
        figure.update_layout(showlegend=True, legend=legend(palette, **above))
    figure.layout.yaxis = rows_axis(
        palette,
        [_label(bar) for bar in shown],
        places,
        tickfont={"size": LABEL_SIZE, "color": palette.ink},
    )
    figure.layout.xaxis = axis(palette, range=[0, (longest or 1) * 1.005], showticklabels=False)
    return figure


def _places(shown: Sequence[Bar]) -> list[float]:
    """Return where each bar stands, with a gap before those that begin a group."""
    places: list[float] = []
    at = 0.0
    for bar in shown:
        at += _GAP if bar.begins_group else 0.0
        places.append(at)
        at += 1.0
    return places


def _label(bar: Bar) -> str:
    # The number stays with the last word.
    number = bar.text.replace(" ", NO_BREAK_SPACE)
    label = broken(f"{bar.label}:{NO_BREAK_SPACE}{number}", _LABEL_LETTERS)
    return f"<b>{label}</b>" if bar.is_all else label
