"""The two pictures of *Sammenlign*: the funnel, and values with their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from html import escape

import plotly.graph_objects as go

from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import funnel as statistics
from dashboards.analysis.funnel import FEWEST_TO_ADJUST, WITHIN_95, WITHIN_998, Group
from dashboards.charts.colours import Palette
from dashboards.charts.dots import Dot, dots
from dashboards.charts.funnel import FunnelDot, FunnelLimit, funnel, size_range
from dashboards.content.comparison_notes import grade, notes
from dashboards.content.section import Section
from dashboards.content.shared import Picture
from dashboards.content.shared_figures import SideBySide, Standing
from dashboards.i18n.texts import capitalised

# Of so many municipalities the name of each can stand at its point; of more, of the outermost.
_MOST_NAMED = 25
# More rows than these are no picture: then the highest, the lowest and the chosen one are drawn.
_MOST_ROWS = 30
_FEWEST = 2


def sections(found: SideBySide) -> Iterator[Section]:
    """Yield the funnel and the intervals, of those that are compared."""
    if found.group is None or len(found.ranked) < _FEWEST:
        yield Section(absence=found.labels.texts("comparison.too_few"))
        return
    compared = [each.municipality for each in found.ranked]
    shown = _funnel(found, found.group)
    of_funnel = notes(found, shown.title, found.view.indicator, compared)
    yield Section(key="shared_funnel", picture=shown, notes=of_funnel)
    shown = _intervals(found, found.group)
    of_intervals = notes(found, shown.title, found.view.indicator, compared)
    yield Section(key="shared_intervals", picture=shown, notes=of_intervals)


def side(found: SideBySide, each: Standing) -> str:
    """Return on which side of which limits a municipality lies, in words."""
    texts = found.labels.texts
    if not each.has_events:
        return texts("front.few_events")
    for limits, outside in (("998", each.outside_998), ("95", each.outside_95)):
        if outside:
            return texts(f"front.{'above' if outside > 0 else 'below'}_{limits}")
    return texts("comparison.within")


def _funnel(found: SideBySide, group: Group) -> Picture:
    labels, texts = found.labels, found.labels.texts
    outer = [each for each in found.ranked if each.outside_998]
    between = [each for each in found.ranked if each.outside_95 and not each.outside_998]
    within = len(found.ranked) - len(outer) - len(between)
    sides = {
        "front.funnel_above": [each for each in outer if each.outside_998 > 0],
        "front.funnel_below": [each for each in outer if each.outside_998 < 0],
        "comparison.funnel_between": between,
    }
    named = [
        texts(key, municipalities=_names(found, which)) for key, which in sides.items() if which
    ]
    title = texts("comparison.funnel_title", outer=len(outer), between=len(between), within=within)
    subtitle = texts(
        "comparison.funnel_subtitle",
        indicator=labels.indicator(found.view.indicator),
        group=labels.group_in_text(found.view.age_group, found.view.service_area),
        month=labels.month(found.month),
    )
    own = labels.municipality(found.view.municipality)
    chosen = [f"{own}: {side(found, found.own)}."] if found.is_ranked else []
    return Picture(
        title=title,
        subtitle=subtitle,
        draw=partial(_draw_funnel, found, group),
        spoken=f"{subtitle} {title} {texts('comparison.see_table')}",
        remarks=(
            *chosen,
            *named,
            texts("front.funnel_limits"),
            texts("front.funnel_part"),
            texts("comparison.funnel_rounding"),
            _adjustment(found),
        ),
    )


def _adjustment(found: SideBySide) -> str:
    texts, spread = found.labels.texts, found.spread
    if spread is None:
        return texts("front.not_adjusted_few", number=FEWEST_TO_ADJUST)
    key = "front.adjusted" if spread.between else "front.not_adjusted"
    return texts(key, ratio=texts.decimal(spread.ratio))


def _draw_funnel(found: SideBySide, group: Group, palette: Palette) -> go.Figure:
    labels, texts = found.labels, found.labels.texts
    sizes = size_range([each.measured.denominator for each in found.ranked if each.measured])
    between = found.spread.between if found.spread else 0.0

    def limit(label: str, within: float, *, is_outer: bool) -> FunnelLimit:
        curves = statistics.limit_curves(group.pooled, Kind.SHARE, within, 1, *sizes, between)
        return FunnelLimit(texts(label), *curves, is_outer=is_outer)

    return funnel(
        palette,
        [_dot(found, each) for each in found.ranked if each.measured],
        [
            limit("front.limit_95", WITHIN_95, is_outer=False),
            limit("front.limit_998", WITHIN_998, is_outer=True),
        ],
        group.pooled,
        labels.value(Kind.SHARE, group.pooled),
        write_grade=lambda letter: capitalised(
            texts(f"comparison.grade_{letter}") if letter else texts("comparison.grade_none")
        ),
        write_tick=partial(labels.tick, Kind.SHARE),
        write_size=texts.whole,
        of_what=texts("comparison.column_of"),
    )


def _dot(found: SideBySide, each: Standing) -> FunnelDot:
    labels = found.labels
    measured = each.measured
    assert measured is not None  # noqa: S101 - only those that have a figure are drawn
    name = escape(labels.municipality(each.municipality))
    is_own = each is found.own
    is_named = len(found.ranked) <= _MOST_NAMED or each.outside_998 or is_own
    return FunnelDot(
        denominator=measured.denominator,
        value=measured.value,
        grade=each.grade,
        label=(f"<b>{name}</b>" if is_own else name) if is_named else "",
        stands_out=bool(each.outside_95),
        hover=_hover(found, each),
    )


def _hover(found: SideBySide, each: Standing) -> str:
    labels, measured = found.labels, each.measured
    assert measured is not None  # noqa: S101 - as above
    return "<br>".join(
        [
            f"<b>{escape(labels.municipality(each.municipality))}</b>",
            labels.value_with_interval(Kind.SHARE, measured),
            labels.texts("comparison.of", count=measured.numerator, of=measured.denominator),
            grade(labels, each.grade),
            side(found, each),
        ]
    )


def _intervals(found: SideBySide, group: Group) -> Picture:
    labels, texts = found.labels, found.labels.texts
    drawn = _rows(found)
    highest, lowest = found.ranked[0], found.ranked[-1]
    title = texts(
        "comparison.intervals_title",
        high=labels.value(Kind.SHARE, highest.value),
        highest=labels.municipality(highest.municipality),
        low=labels.value(Kind.SHARE, lowest.value),
        lowest=labels.municipality(lowest.municipality),
    )
    subtitle = texts(
        "comparison.intervals_subtitle",
        indicator=labels.indicator(found.view.indicator),
        group=labels.group_in_text(found.view.age_group, found.view.service_area),
        month=labels.month(found.month),
    )
    left_out = len(found.ranked) - len(drawn)
    remarks = (texts("comparison.intervals_left_out", number=left_out),) if left_out else ()
    return Picture(
        title=title,
        subtitle=subtitle,
        draw=lambda palette: _draw_intervals(found, group, drawn, palette),
        spoken=f"{subtitle} {title} {texts('comparison.see_table')}",
        remarks=remarks,
    )


def _rows(found: SideBySide) -> Sequence[Standing]:
    """Return those that are drawn: all, or of many the ends and the chosen one."""
    if len(found.ranked) <= _MOST_ROWS:
        return found.ranked
    half = _MOST_ROWS // 2
    ends = {*found.ranked[:half], *found.ranked[-half:], found.own}
    return [each for each in found.ranked if each in ends]


def _draw_intervals(
    found: SideBySide, group: Group, drawn: Sequence[Standing], palette: Palette
) -> go.Figure:
    labels = found.labels
    rows = [
        Dot(
            (f"▸ {name}" if each is found.own else name),
            each.measured.value,
            each.measured.low,
            each.measured.high,
            labels.value(Kind.SHARE, each.measured.value),
            _hover(found, each),
        )
        for each in drawn
        if each.measured
        for name in [escape(labels.municipality(each.municipality))]
    ]
    pooled = labels.value(Kind.SHARE, group.pooled)
    name = labels.texts("comparison.group_short")
    everyone = Dot(name, group.pooled, None, None, pooled, f"<b>{name}</b><br>{pooled}")
    return dots(palette, rows, everyone, partial(labels.tick, Kind.SHARE))


def _names(found: SideBySide, which: Sequence[Standing]) -> str:
    return ", ".join(found.labels.municipality(each.municipality) for each in which)
