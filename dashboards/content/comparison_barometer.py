"""The barometer of *Sammenlign*: the municipality's place in the group's spread, by indicator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import plotly.graph_objects as go

from dagster_project.publication.reader.reference import Kind
from dagster_project.reference.share_plan import share_plan
from dashboards.analysis import benchmark
from dashboards.analysis.benchmark import Standing as Side
from dashboards.charts.colours import Palette
from dashboards.charts.spine import SpineRow, scaled, spine
from dashboards.content.comparison_notes import notes
from dashboards.content.section import Section
from dashboards.content.shared import Picture
from dashboards.content.shared_figures import SideBySide, gather
from dashboards.export.table import Holds, table_of

_FEWEST = 2


@dataclass(frozen=True)
class Line:
    """One indicator: the chosen municipality's value, and the spread of all that are compared.

    `rank` counts from the best. `side` holds the value at its rounding corners against the
    benchmark: the others together, for nobody is held against herself.
    """

    indicator: str
    value: float
    interval: tuple[float, float]
    benchmark: float
    lowest: float
    highest: float
    quartiles: tuple[float, float, float] | None
    rank: int
    of: int
    side: Side
    places: tuple[float, ...]


def sections(found: SideBySide) -> Iterator[Section]:
    """Yield the barometer and its table, of the indicators that the municipality has a place in."""
    labels, texts = found.labels, found.labels.texts
    lines = lines_of(found)
    if not lines:
        yield Section(absence=texts("comparison.no_barometer"))
        return
    table = table_of(
        texts(
            "comparison.table_barometer",
            municipality=labels.municipality(found.view.municipality),
            month=labels.month(found.month),
        ),
        lines,
        (texts("filter.indicator"), Holds.TEXT, lambda line: labels.indicator(line.indicator)),
        (texts("comparison.column_value"), Holds.PER_CENT, lambda line: line.value),
        (texts("comparison.column_others"), Holds.PER_CENT, lambda line: line.benchmark),
        (texts("comparison.column_lowest"), Holds.PER_CENT, lambda line: line.lowest),
        (texts("comparison.column_highest"), Holds.PER_CENT, lambda line: line.highest),
        (
            texts("comparison.column_rank"),
            Holds.TEXT,
            lambda line: texts("comparison.rank", rank=line.rank, of=line.of),
        ),
        (
            texts("comparison.column_verdict"),
            Holds.PROSE,
            lambda line: texts(f"comparison.side_{line.side.name.lower()}"),
        ),
    )
    subtitle = texts(
        "comparison.barometer_subtitle",
        group=labels.group_in_text(found.view.age_group, found.view.service_area),
        month=labels.month(found.month),
    )
    title = _title(found, lines)
    picture = Picture(
        title=title,
        subtitle=subtitle,
        draw=lambda palette: _draw(found, lines, palette),
        spoken=f"{subtitle} {title} {texts('comparison.see_table')}",
        remarks=(texts("comparison.how_barometer"),),
    )
    yield Section(
        key="shared_barometer", picture=picture, table=table, notes=notes(found, title, "barometer")
    )


def lines_of(found: SideBySide) -> list[Line]:
    """Return a line for each indicator that the municipality can be compared by."""
    lines = []
    for indicator in share_plan().plan.indicators:
        view = replace(
            found.view,
            indicator=indicator,
            shared=replace(found.view.shared, month=found.month),
        )
        of = found if indicator == found.view.indicator else gather(found.labels, view)
        if of.is_ranked and len(of.ranked) >= _FEWEST:
            lines.append(_line(of))
    return lines


def _line(found: SideBySide) -> Line:
    own, polarity = found.own, found.labels.polarity(found.view.indicator)
    assert own.measured is not None  # noqa: S101 - whoever is ranked has a figure
    assert own.rounded is not None  # noqa: S101 - and knows how it was rounded
    others = [each.measured for each in found.ranked if each is not own and each.measured]
    rest = sum(each.numerator for each in others) / sum(each.denominator for each in others)
    values = [each.value for each in found.ranked]
    sides = {
        benchmark.share_against(corner.value, corner.denominator, rest, polarity)
        for corner in (own.rounded.lowest, own.rounded.highest)
    }
    # Where rounding could have put it on either side it is on none.
    side = min(sides, key=abs) if len({each > 0 for each in sides}) == 1 else Side.SIMILAR
    better = [value < own.value if polarity == "less" else value > own.value for value in values]
    quartiles = benchmark.quartiles(values)
    marks = [own.value, min(values), max(values), *(quartiles[::2] if quartiles else ())]
    furthest = scaled([*values, *marks], rest, less_is_better=polarity == "less")
    return Line(
        indicator=found.view.indicator,
        value=own.value,
        interval=(own.measured.low or 0.0, own.measured.high or 0.0),
        benchmark=rest,
        lowest=min(values),
        highest=max(values),
        quartiles=quartiles,
        rank=1 + sum(better),
        of=len(values),
        side=side,
        places=tuple(furthest[len(values) :]),
    )


def _title(found: SideBySide, lines: list[Line]) -> str:
    texts, own = found.labels.texts, found.labels.municipality(found.view.municipality)
    better = sum(line.side > 0 for line in lines)
    worse = sum(line.side < 0 for line in lines)
    if not better + worse:
        return texts("comparison.barometer_none", municipality=own, of=len(lines))
    return texts(
        "comparison.barometer_title", municipality=own, better=better, worse=worse, of=len(lines)
    )


def _draw(found: SideBySide, lines: list[Line], palette: Palette) -> go.Figure:
    labels, texts = found.labels, found.labels.texts

    def value(share: float) -> str:
        return labels.value(Kind.SHARE, share)

    rows = []
    for line in lines:
        own, lowest, highest, *quarters = line.places
        ends = sorted([(lowest, value(line.lowest)), (highest, value(line.highest))])
        hover = texts(
            "comparison.barometer_hover",
            value=value(line.value),
            others=value(line.benchmark),
            low=value(line.lowest),
            high=value(line.highest),
            rank=line.rank,
            of=line.of,
        )
        rows.append(
            SpineRow(
                label=f"{labels.indicator(line.indicator)}: {value(line.value)}",
                place=own,
                lowest=lowest,
                highest=highest,
                quartiles=(quarters[0], quarters[1]) if quarters else None,
                stands_out=bool(line.side),
                hover=f"<b>{labels.indicator(line.indicator)}</b><br>{hover}",
                low_text=ends[0][1],
                high_text=ends[1][1],
            )
        )
    return spine(
        palette,
        rows,
        texts("comparison.others_short"),
        texts("comparison.end_worse"),
        texts("comparison.end_better"),
    )
