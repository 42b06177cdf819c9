"""Trends beside each other, with their breaks, and what is published of the whole country."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import plotly.graph_objects as go

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis.significance import SMALL_DENOMINATOR, wilson
from dashboards.charts.base import SeriesPoint
from dashboards.charts.colours import Palette
from dashboards.charts.time_series import BreakMark, Series, time_series
from dashboards.content.comparison_notes import notes
from dashboards.content.section import Section
from dashboards.content.shared import Picture
from dashboards.content.shared_figures import SideBySide, measured_of, peers, segments, series
from dashboards.export.downloads import Notes
from dashboards.export.table import Holds, table_of
from dashboards.i18n.texts import Sign
from dashboards.queries.national import NationalFigure, national
from dashboards.view.sharing import Among, last_day

# The chosen one, the group, the country, and so many more: colours that everybody can tell apart.
_MOST_BESIDE = 3
# Of more than so many not every month is read: one a year, and how far they lie apart.
_MOST_OF_GROUP = 40
_MONTHS_BETWEEN = 12
_SPREAD = (0.1, 0.9)


def sections(found: SideBySide) -> Iterator[Section]:
    """Yield the lines and their table, and the published figures of the country."""
    labels, texts, view = found.labels, found.labels.texts, found.view
    codes = [view.municipality, *_beside(found)]
    points = {code: series(labels.received.packages[code], view) for code in codes}
    if not points[view.municipality]:
        yield Section(absence=texts("comparison.no_series"))
        return
    known = national(view.indicator)
    newest = _newest_of_each(known)
    title = _title(found, points[view.municipality])
    picture = Picture(
        title=title,
        subtitle=texts(
            "comparison.series_subtitle",
            indicator=labels.indicator(view.indicator),
            group=labels.group_in_text(view.age_group, view.service_area),
        ),
        draw=lambda palette: _draw(found, codes, points, newest, palette),
        as_text=texts("picture.see_table"),
        remarks=tuple(_remarks(found, points, newest)),
    )
    table = table_of(
        texts(
            "comparison.table_series",
            indicator=labels.indicator(view.indicator),
            group=labels.group_in_text(view.age_group, view.service_area),
        ),
        [(code, day, each) for code in codes for day, each in reversed(points[code])],
        (texts("filter.month"), Holds.DATE, lambda row: row[1]),
        (texts("filter.municipality"), Holds.TEXT, lambda row: labels.municipality(row[0])),
        (texts("comparison.column_value"), Holds.PER_CENT, lambda row: row[2].value),
        (
            texts("column.interval_low", unit=texts("unit.per_cent")),
            Holds.PER_CENT,
            lambda row: row[2].low,
        ),
        (
            texts("column.interval_high", unit=texts("unit.per_cent")),
            Holds.PER_CENT,
            lambda row: row[2].high,
        ),
        (texts("comparison.column_of"), Holds.WHOLE, lambda row: row[2].denominator),
    )
    yield Section(
        key="shared_series",
        picture=picture,
        table=table,
        notes=notes(found, title, "series", codes),
    )
    if known:
        yield _of_the_country(found, known)


def _of_the_country(found: SideBySide, known: Sequence[NationalFigure]) -> Section:
    """Return the published figures of the country, with what each is and where it breaks."""
    texts = found.labels.texts
    table = table_of(
        texts("comparison.table_national", indicator=found.labels.indicator(found.view.indicator)),
        sorted(known, key=lambda each: (each.series, -each.year)),
        (
            texts("comparison.column_series"),
            Holds.PROSE,
            lambda each: texts(f"comparison.national_{each.series}"),
        ),
        (texts("comparison.column_year"), Holds.ORDINAL, lambda each: each.year),
        (
            texts("comparison.column_share"),
            Holds.PER_CENT,
            lambda each: Sign.NOT_AVAILABLE if each.share is None else each.share,
        ),
        (
            texts("comparison.column_break"),
            Holds.TEXT,
            lambda each: texts("comparison.is_break") if each.breaks_before else "",
        ),
        (texts("comparison.column_note"), Holds.PROSE, lambda each: texts.named(each.notes)),
        (texts("column.source"), Holds.PROSE, lambda each: texts.named(each.sources)),
    )
    about = Notes(
        title=table.title,
        definition=texts("comparison.national_differs"),
        filters=found.labels.indicator(found.view.indicator),
        source="; ".join(dict.fromkeys(texts.named(each.sources) for each in known)),
        publication=texts("comparison.national_publication"),
        reference_date="",
        file_part=f"{found.view.indicator}-national",
    )
    return Section(
        key="shared_national",
        of_table=[texts("comparison.national_differs")],
        table=table,
        notes=about,
    )


def _beside(found: SideBySide) -> list[str]:
    """Return whose lines stand beside: the chosen few, those who do better, the most alike."""
    choice, own = found.view.shared, found.view.municipality
    better = [each.standing.municipality for each in found.better()]
    alike = [each.municipality for each in peers(found.labels.received, found.view)]
    ranked = {each.municipality for each in found.ranked}
    wanted = [*choice.peers] if choice.among is Among.CHOSEN else [*better, *alike]
    compared = [code for code in dict.fromkeys(wanted) if code in ranked and code != own]
    return compared[:_MOST_BESIDE]


def _newest_of_each(known: Sequence[NationalFigure]) -> list[NationalFigure]:
    newest = {each.series: each for each in known if each.share is not None}
    return list(newest.values())


def _title(found: SideBySide, points: Sequence[tuple[dt.date, Measured]]) -> str:
    labels, view = found.labels, found.view
    package = labels.received.packages[view.municipality]
    of = segments(package, view.indicator, [day for day, _ in points])
    last, now = points[-1]
    # What lies before a break is not held against what comes after it.
    first, before = next(each for each in points if of[each[0]] == of[last])
    return labels.texts(
        "comparison.series_title",
        municipality=labels.municipality(found.view.municipality),
        before=labels.value(Kind.SHARE, before.value),
        first=labels.texts.month(first),
        now=labels.value(Kind.SHARE, now.value),
        last=labels.texts.month(last),
    )


def _remarks(
    found: SideBySide,
    points: Mapping[str, Sequence[tuple[dt.date, Measured]]],
    newest: Sequence[NationalFigure],
) -> Iterator[str]:
    labels, texts = found.labels, found.labels.texts
    for code, drawn in points.items():
        # What broke before the lines begin keeps nothing in them apart.
        first = f"{drawn[0][0]:%Y-%m}" if drawn else ""
        breaks = labels.received.packages[code].breaks.get(found.view.indicator, ())
        for each in (one for one in breaks if one.month > first):
            yield texts(
                "comparison.break",
                municipality=labels.municipality(code),
                month=labels.month(each.month),
                kind=labels.of_code("break", each.kind),
            )
    yield texts("comparison.group_over_time" if _is_small(found) else "comparison.group_spread")
    for figure in newest:
        yield texts(
            "comparison.reference_line",
            series=texts(f"comparison.national_{figure.series}"),
            year=str(figure.year),
            share=labels.value(Kind.SHARE, figure.share or 0.0),
        )


def _draw(
    found: SideBySide,
    codes: Sequence[str],
    points: dict[str, list[tuple[dt.date, Measured]]],
    newest: Sequence[NationalFigure],
    palette: Palette,
) -> go.Figure:
    labels, texts, view = found.labels, found.labels.texts, found.view
    packages = labels.received.packages

    def line(code: str) -> Series:
        name = labels.municipality(code)
        segment = segments(packages[code], view.indicator, [day for day, _ in points[code]])
        return Series(
            name,
            [
                SeriesPoint(
                    date=day,
                    value=each.value,
                    low=each.low,
                    high=each.high,
                    hover=_hover(found, name, day, each),
                    segment=segment[day],
                    is_small=each.denominator < SMALL_DENOMINATOR,
                )
                for day, each in points[code]
            ],
        )

    days = [day for day, _ in points[view.municipality]]
    group = _group_over_time(found, days) if _is_small(found) else _spread_over_time(found, days)
    others = [
        _level(
            texts("comparison.country_short", year=str(figure.year)),
            days,
            figure.share or 0.0,
            f"{texts(f'comparison.national_{figure.series}')}<br>{texts('comparison.other_definition')}",
        )
        for figure in newest[:1]
    ]
    lines = [*map(line, codes), group, *others]
    return time_series(
        palette,
        [each for each in lines if each.points],
        last_day(found.month),
        [
            BreakMark(dt.date.fromisoformat(f"{each.month}-01"), texts(f"break_mark.{each.kind}"))
            for each in packages[view.municipality].breaks.get(view.indicator, ())
        ],
        partial(labels.value, Kind.SHARE),
        partial(labels.tick, Kind.SHARE),
        texts.short_month,
    )


def _is_small(found: SideBySide) -> bool:
    """Whether the group has a line of every month: of very many that takes too long to read."""
    return len(found.ranked) <= _MOST_OF_GROUP


def _spread_over_time(found: SideBySide, days: Sequence[dt.date]) -> Series:
    """Return the group's middle and where all but the outermost tenths lie, a month a year."""
    labels, packages = found.labels, found.labels.received.packages
    name = labels.texts("comparison.group_short")
    compared = max((at for at, day in enumerate(days) if day <= last_day(found.month)), default=0)
    drawn = []
    for day in days[compared % _MONTHS_BETWEEN : compared + 1 : _MONTHS_BETWEEN]:
        month = f"{day:%Y-%m}"
        known = [
            measured_of(packages[each.municipality], found.view, month) for each in found.ranked
        ]
        values = [each.value for each in known if each and each.denominator >= SMALL_DENOMINATOR]
        if len(values) <= _MOST_OF_GROUP // 2:
            continue
        low, middle, high = np.quantile(values, (_SPREAD[0], 0.5, _SPREAD[1])).tolist()
        hover = labels.texts(
            "comparison.spread_of",
            number=len(values),
            low=labels.value(Kind.SHARE, low),
            middle=labels.value(Kind.SHARE, middle),
            high=labels.value(Kind.SHARE, high),
        )
        hover = f"<b>{name}</b>, {labels.texts.month(day)}<br>{hover}"
        drawn.append(SeriesPoint(day, middle, low, high, hover))
    return Series(name, drawn, is_spread=True)


def _group_over_time(found: SideBySide, days: Sequence[dt.date]) -> Series:
    """Return the value of all compared together, of the months that all of them have shared."""
    packages = found.labels.received.packages
    of_each = [dict(series(packages[each.municipality], found.view)) for each in found.ranked]
    name = found.labels.texts("comparison.group_short")
    drawn = []
    for day in days:
        known = [each[day] for each in of_each if day in each]
        if known and len(known) == len(of_each):
            pooled = wilson(
                sum(each.numerator for each in known), sum(each.denominator for each in known)
            )
            hover = _hover(found, name, day, pooled)
            drawn.append(SeriesPoint(day, pooled.value, None, None, hover))
    return Series(name, drawn)


def _level(name: str, days: Sequence[dt.date], value: float, hover: str) -> Series:
    """Return a reference line: the same value in every month, set apart from what is compared."""
    return Series(
        name,
        [SeriesPoint(day, value, None, None, f"<b>{name}</b><br>{hover}") for day in days],
        is_apart=True,
    )


def _hover(found: SideBySide, name: str, day: dt.date, each: Measured) -> str:
    labels = found.labels
    of = labels.texts("comparison.of", count=each.numerator, of=each.denominator)
    value = labels.value_with_interval(Kind.SHARE, each)
    return f"<b>{name}</b>, {labels.texts.month(day)}<br>{value}<br>{of}"
