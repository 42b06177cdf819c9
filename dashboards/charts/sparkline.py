"""A small line without axes: which way a figure has gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboards.charts.base import (
    A_MONTH,
    SeriesPoint,
    axis,
    bands,
    empty_figure,
    joined,
    points_of,
)
from dashboards.charts.colours import Palette

_HEIGHT = 84
# So much of the height stays free above and below the line.
_ROOM = 0.2


def sparkline(
    palette: Palette, points: Sequence[SeriesPoint], marked: dt.date, breaks: Sequence[dt.date]
) -> go.Figure:
    """Draw the values from first to last, broken where the series is; the chosen date is a dot.

    The interval is a band about the line, and has room: chance is not drawn larger than it is.
    """
    figure = empty_figure(palette, height=_HEIGHT, l=4, r=10, t=4, b=4)
    lows = [point.value if point.low is None else point.low for point in points]
    highs = [point.value if point.high is None else point.high for point in points]
    bottom, top = min(lows), max(highs)
    room = _ROOM * ((top - bottom) or top or 1.0)
    figure.add_traces(list(bands(points, A_MONTH, palette.accent)))
    for run in joined(points, A_MONTH):
        figure.add_trace(
            points_of(
                run,
                mode="lines" if len(run) > 1 else "markers",
                line={"color": palette.ink_soft, "width": 1.5},
                marker={"color": palette.ink_soft, "size": 3},
            )
        )
    chosen = [point for point in points if point.date == marked]
    dot = {"color": palette.accent, "size": 9}
    figure.add_trace(points_of(chosen, mode="markers", marker=dot, cliponaxis=False))
    first, last = points[0].date, points[-1].date
    for day in breaks:
        if first < day <= last:
            figure.add_vline(x=day, line={"color": palette.ink_soft, "width": 1, "dash": "dot"})
    figure.layout.xaxis = axis(palette, showticklabels=False, type="date", range=[first, last])
    figure.layout.yaxis = axis(palette, showticklabels=False, range=[bottom - room, top + room])
    return figure
