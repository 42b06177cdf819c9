"""The page *Utvikling*: a figure over time, its trend, and what stands out by month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter, itemgetter

import plotly.graph_objects as go

from dagster_project.publication.reader import coverage
from dagster_project.publication.reader.reference import Indicator, Kind
from dashboards.analysis import control, significance, trend
from dashboards.analysis.change import Change
from dashboards.analysis.control import ControlChart, Signal, Stretch
from dashboards.analysis.trend import NoTrend, Trend
from dashboards.charts.base import SeriesPoint
from dashboards.charts.colours import Palette
from dashboards.charts.control_chart import Limits, Month, Named, control_chart
from dashboards.content import (
    absence,
    causes,
    columns,
    selection,
    sentences,
    series,
    side_by_side,
    year_change,
    yearly,
)
from dashboards.content.labels import Labels
from dashboards.content.page_data import IndicatorData
from dashboards.content.section import NoFigure, Section, part
from dashboards.content.shared import (
    EVERY_GROUP,
    OF_SERIES,
    ONE_GROUP,
    OVER_TIME,
    Picture,
    cautions,
    notes,
)
from dashboards.export.table import Holds, Table, table_of
from dashboards.i18n.texts import capitalised
from dashboards.queries.development import Reading
from dashboards.view.state import View

# The shape of the gravest signal of a month, and the same as a sign in text.
_SHAPES = {
    Signal.OVER: "diamond",
    Signal.UNDER: "diamond",
    Signal.ABOVE_MEAN: "square",
    Signal.BELOW_MEAN: "square",
    Signal.RISING: "triangle-up",
    Signal.FALLING: "triangle-down",
}
# What a shape says, the gravest first.
_MARKS = {
    "mark_limit": {Signal.OVER, Signal.UNDER},
    "mark_side": {Signal.ABOVE_MEAN, Signal.BELOW_MEAN},
    "mark_run": {Signal.RISING, Signal.FALLING},
}
# The smallest difference that the figures of a kind are written with.
_LEAST_STEP = {
    Kind.SHARE: 0.001,
    Kind.RATE: 0.1,
    Kind.RATIO: 0.1,
    Kind.MEDIAN: 0.5,
    Kind.COUNT: 1.0,
}


@dataclass(frozen=True)
class DevelopmentFigures(IndicatorData):
    """Everything that the page shows, read at once from one publication.

    `view` is the chosen one without the groups that the indicator is not counted by.
    """

    readings: tuple[Reading, ...]
    change: Change[Reading]
    trend: Trend | NoTrend
    months: tuple[Reading, ...]
    chart: ControlChart | None
    is_newest: bool

    @property
    def now(self) -> Reading | None:
        """The figure of the chosen date."""
        at_date = (each for each in self.readings if each.date == self.view.reference_date)
        return next(at_date, None)


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    of_its_own = selection.fitted(labels, view)
    yield Section(filters=[EVERY_GROUP, OF_SERIES], fitted=of_its_own)
    figures = gather(labels, of_its_own)
    texts = labels.texts
    yield Section(
        lead=[headline(figures)],
        remarks=[*selection.not_counted(labels, view), *cautions(labels, of_its_own)],
    )
    yield from part(_section_series(figures), texts("development.section_series"))
    if causes.is_taken_apart(labels, figures.view):
        yield from part(causes.sections(labels, figures.view), texts("causes.section"))
    yield from part(_section_months(figures), texts("development.months"))
    if year_change.is_compared(labels, figures.view):
        yield from part(year_change.sections(labels, figures.view), texts("development.year"))
    yield from part(_section_years(figures), texts("development.years"))


def _section_series(figures: DevelopmentFigures) -> Iterator[Section]:
    table = table_over_time(figures)
    yield from side_by_side.over_time(
        figures.labels,
        figures.view,
        over_time(figures),
        table,
        notes(figures.labels, figures.view, table.title, OVER_TIME),
        "development",
    )


def _section_months(figures: DevelopmentFigures) -> Iterator[Section]:
    table = table_by_month(figures, chart_of(figures))
    yield Section(
        key="months",
        remarks=selection.only_here(figures.labels, figures.view),
        picture=by_month(figures),
        explained=figures.view,
        table=table,
        notes=notes(figures.labels, figures.view, table.title, ONE_GROUP),
    )


def _section_years(figures: DevelopmentFigures) -> Iterator[Section]:
    """Yield the yearly figures that the trend is tested on, and the test."""
    table = table_of_years(figures)
    remarks = [*selection.only_here(figures.labels, figures.view), how_tested(figures)]
    yield Section(remarks=remarks)
    if table.rows:
        of_years = notes(figures.labels, figures.view, table.title, ONE_GROUP)
        yield Section(key="years", table=table, notes=of_years)


def gather(labels: Labels, view: View) -> DevelopmentFigures:
    """Read the figures of a view over time, or raise why there are none."""
    view = selection.fitted(labels, view)
    dates = absence.dates(labels, view)
    absence.require(labels, view)
    indicator = labels.indicator_entry(view.indicator)
    readings = series.readings(labels, view)
    if not readings:
        raise NoFigure(labels.texts("development.absent", what=what_in_words(labels, view)))
    months = _months(labels, view, readings)
    chart = None
    if len(months) > control.FEWEST_MONTHS:
        chart = control.control_chart(
            control.changes([month.value for month in months]), _one_event(indicator, months)
        )
    return DevelopmentFigures(
        labels=labels,
        view=view,
        indicator=indicator,
        readings=readings,
        change=yearly.change_of_cut(labels, view),
        trend=trend.recent_trend(
            readings, view.reference_date, indicator.kind, indicator.looks_back_days
        ),
        months=months,
        chart=chart,
        is_newest=view.reference_date == dates[0],
    )


def _months(labels: Labels, view: View, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Return what a control chart is made of: a date of one's own is no month."""
    place = (labels.publication, view.municipality)
    own = coverage.own_dates(*place)
    monthly = [each for each in readings if each.date not in own]
    return control.running(monthly, coverage.day_of_series(*place, view.reference_date))


def headline(figures: DevelopmentFigures) -> str:
    """Return the sentence that the page is about: the figure and its change from a year before.

    And what stands out by month, where that is news.
    """
    view, what = figures.view, what_in_words(figures.labels, figures.view)
    if figures.now is None:
        nearest = min(figures.readings, key=lambda each: abs(each.date - view.reference_date))
        value = sentences.value(figures.labels, figures.kind, nearest.value)
        return figures.text("development.not_at_date", what=what, value=value, nearest=nearest.date)
    level = f"{what}: {level_in_words(figures, figures.now)}"
    if figures.chart is None or not figures.chart.is_news:
        return level
    return f"{level} {control_in_words(figures, figures.chart)}"


def level_in_words(figures: DevelopmentFigures, now: Reading) -> str:
    """Return the figure of the date, and how it differs from a year before."""
    labels, kind, multiplier = figures.labels, figures.kind, figures.indicator.multiplier
    changed = sentences.change(labels, kind, figures.change, figures.is_newest, multiplier)
    return f"{sentences.value(labels, kind, now.value)}. {changed}"


def trend_in_words(figures: DevelopmentFigures) -> str:
    """Return whether the figure has a trend over five years, or why that cannot be told."""
    labels, texts, found = figures.labels, figures.texts, figures.trend
    if isinstance(found, NoTrend):
        return no_trend_in_words(figures, found)
    first, last = found.readings[0], found.readings[-1]
    return texts(
        f"development.trend_{found.slope.direction}",
        earlier=sentences.value(labels, figures.kind, first.value),
        first=texts.month(first.date),
        now=sentences.value(labels, figures.kind, last.value),
        last=texts.month(last.date),
    )


def no_trend_in_words(figures: DevelopmentFigures, found: NoTrend) -> str:
    """Return why a trend cannot be calculated."""
    texts = figures.texts
    reason = texts(
        f"development.no_trend_{found.obstacle}",
        number=len(found.readings),
        needed=trend.YEARS,
        limit=significance.SMALL_DENOMINATOR,
    )
    return texts("development.no_trend", reason=reason)


def control_in_words(figures: DevelopmentFigures, chart: ControlChart) -> str:
    """Return what stands out among the changes from month to month: of late, or before."""
    texts = figures.texts
    newest = len(chart.values) - 1
    found: dict[str, object] = {
        "number": len(chart.marked),
        "months": len(chart.values),
        "start": texts.month(figures.months[0].date),
        "month": texts.month(figures.months[-1].date),
    }
    if not chart.marked:
        return texts("development.control_nothing", **found)
    signals = chart.signals_at(newest)
    if signals:
        stretch = next(each for each in chart.stretches if each.last == newest)
        return texts(
            f"development.control_{signals[0]}",
            change=figures.signed(chart.values[newest]),
            in_a_row=stretch.length,
            **found,
        )
    last = texts.month(figures.months[chart.marked[-1] + 1].date)
    return texts("development.control_before", last=last, **found)


def over_time(figures: DevelopmentFigures) -> Picture:
    """Return the picture of the whole series with its breaks, beside other municipalities."""
    labels, view = figures.labels, figures.view
    lines = series.beside_each_other(labels, view)
    is_few = any(_is_small(each) for _, of in lines for each in of)
    are_broken = any(len({each.segment for each in of}) > 1 for _, of in lines[1:])
    bands = {
        Kind.SHARE: "coverage.band",
        Kind.RATE: "coverage.band",
        Kind.MEDIAN: "development.quartiles",
    }
    few = figures.text("development.small", limit=significance.SMALL_DENOMINATOR)
    return series.picture(
        labels,
        view,
        side_by_side.titled(labels, view, headline(replace(figures, chart=None))),
        figures.text(
            "development.subtitle_series" if view.compared else "development.subtitle_alone",
            what=what_in_words(labels, view),
            compared=", ".join(labels.municipality(code) for code in view.compared),
        ),
        figures.texts(bands.get(figures.kind, "development.without_interval")),
        few if is_few else None,
        point=partial(_series_point, figures),
        of_breaks=figures.text("development.breaks_of_others") if are_broken else None,
    )


def chart_of(figures: DevelopmentFigures) -> ControlChart:
    """Return the control chart, or raise that there are too few months for one."""
    if figures.chart is None:
        raise figures.absence(
            "development.few_months",
            number=len(figures.months),
            needed=control.FEWEST_MONTHS,
            limit=significance.SMALL_DENOMINATOR,
        )
    return figures.chart


def by_month(figures: DevelopmentFigures) -> Picture:
    """Return the control chart of the months since the series last broke."""
    chart = chart_of(figures)
    first, last = (figures.texts.month(figures.months[at].date) for at in (0, -1))
    what = what_in_words(figures.labels, figures.view)
    return figures.picture(
        control_in_words(figures, chart),
        figures.text("development.subtitle_months", what=what, first=first, last=last),
        partial(_control_chart, figures, chart),
        *_remarks_of_months(figures, chart),
    )


def table_over_time(figures: DevelopmentFigures) -> Table:
    """Return the figures of the lines, newest first."""
    labels, view = figures.labels, figures.view
    # Of several municipalities the rows are not the chosen one's alone.
    what = (
        _with_cut(labels, view, labels.indicator(view.indicator))
        if view.compared
        else what_in_words(labels, view)
    )
    return series.table(labels, view, figures.text("development.table_series", what=what))


def table_by_month(figures: DevelopmentFigures, chart: ControlChart) -> Table:
    """Return the months of the control chart with their changes and signals, newest first."""
    labels, texts, factor = figures.labels, figures.texts, figures.factor
    months = list(enumerate(figures.months[1:]))

    def signals(row: tuple[int, Reading]) -> str:
        return ", ".join(texts(f"development.signal_{each}") for each in chart.signals_at(row[0]))

    return table_of(
        figures.text("development.table_months", what=what_in_words(labels, figures.view)),
        reversed(months),
        (texts("filter.date"), Holds.DATE, lambda row: row[1].date),
        columns.value(labels, figures.indicator, itemgetter(1)),
        (
            texts("development.column_step", unit=figures.unit_of_change),
            Holds.DECIMAL,
            lambda row: factor * chart.values[row[0]],
        ),
        (texts("development.column_signal"), Holds.PROSE, signals),
    )


def table_of_years(figures: DevelopmentFigures) -> Table:
    """Return the yearly figures that the trend is tested on, oldest first."""
    labels = figures.labels
    return table_of(
        figures.text("development.table_years", what=what_in_words(labels, figures.view)),
        figures.trend.readings,
        (figures.texts("filter.date"), Holds.DATE, attrgetter("date")),
        *columns.figure(labels, figures.indicator, _itself),
    )


def _itself(reading: Reading) -> Reading:
    return reading


def how_tested(figures: DevelopmentFigures) -> str:
    """Return the trend of five years and how it was tested, or why it was not."""
    texts, found = figures.texts, figures.trend
    in_words = capitalised(trend_in_words(figures))
    if isinstance(found, NoTrend):
        return in_words
    method = "shares" if figures.kind is Kind.SHARE else "values"
    return " ".join(
        [
            in_words,
            texts(f"development.test_{method}"),
            texts(
                "development.test_rule",
                statistic=texts.decimal(found.slope.chi_squared),
                critical=texts.decimal(trend.CRITICAL),
            ),
        ]
    )


def what_in_words(labels: Labels, view: View) -> str:
    """Return what is shown: `Koordinatordekning i Asker, 0-17 år, PPT`."""
    what = labels.texts(
        "development.what",
        indicator=labels.indicator(view.indicator),
        municipality=labels.municipality(view.municipality),
    )
    return _with_cut(labels, view, what)


def _with_cut(labels: Labels, view: View, what: str) -> str:
    return ", ".join(filter(None, [what, selection.chosen_in_words(labels, view)]))


def _control_chart(figures: DevelopmentFigures, chart: ControlChart, palette: Palette) -> go.Figure:
    texts = figures.texts
    months = figures.months[1:]

    def month(at: int, reading: Reading) -> Month:
        signals = chart.signals_at(at)
        signalled = "".join(
            f"<br>{capitalised(texts(f'development.signal_{each}'))}" for each in signals
        )
        step = texts("development.step", change=figures.signed(chart.values[at]))
        return Month(
            reading.date,
            chart.values[at],
            f"{_hover(figures, texts.date(reading.date), reading)}<br>{step}{signalled}",
            _SHAPES[signals[0]] if signals else None,
        )

    def limit(which: str, value: float) -> str:
        return f"{texts(f'development.limit_{which}')}<br>{figures.signed(value)}"

    return control_chart(
        palette,
        [month(at, reading) for at, reading in enumerate(months)],
        Limits(
            chart.mean,
            chart.lower,
            chart.upper,
            limit("mean", chart.mean),
            limit("lower", chart.lower),
            limit("upper", chart.upper),
        ),
        [
            Named(
                months[stretch.first].date,
                months[stretch.last].date,
                _name_of(figures, stretch),
            )
            for stretch in chart.stretches
        ],
        write_tick=figures.signed,
        write_month=texts.short_month,
        least_step=_LEAST_STEP[figures.kind],
    )


def _one_event(indicator: Indicator, months: Sequence[Reading]) -> float:
    """Return the most that one person more or less changes a figure by, or that can be read."""
    least = _LEAST_STEP[indicator.kind]
    if indicator.kind not in (Kind.SHARE, Kind.RATE):
        return least
    return max(
        least, *(indicator.multiplier / month.denominator for month in months if month.denominator)
    )


def _name_of(figures: DevelopmentFigures, stretch: Stretch) -> str:
    return figures.texts.plural(f"development.stretch_{stretch.signal}", stretch.length)


def _remarks_of_months(figures: DevelopmentFigures, chart: ControlChart) -> Iterator[str]:
    texts = figures.texts
    yield texts(
        "development.meaning",
        lower=figures.signed(chart.lower),
        upper=figures.signed(chart.upper),
        unit=figures.unit_of_change,
    )
    shown = {signals[0] for at in chart.marked if (signals := chart.signals_at(at))}
    marks = [texts(f"development.{mark}") for mark, of in _MARKS.items() if shown & of]
    if marks:
        yield " ".join(marks)
    yield texts("development.why_changes")


def _series_point(figures: DevelopmentFigures, name: str, reading: Reading) -> SeriesPoint:
    return SeriesPoint(
        date=reading.date,
        segment=reading.segment,
        value=reading.value,
        low=reading.low,
        high=reading.high,
        hover=_hover(figures, f"{name}, {figures.texts.date(reading.date)}", reading),
        is_small=_is_small(reading),
    )


def _is_small(reading: Reading) -> bool:
    return reading.denominator is not None and reading.denominator < significance.SMALL_DENOMINATOR


def _hover(figures: DevelopmentFigures, name: str, reading: Reading) -> str:
    """Return a reading in words: its name, the value with its interval, of how many."""
    labels, texts = figures.labels, figures.texts
    value = sentences.value(labels, figures.kind, reading.value)
    if reading.low is not None and reading.high is not None:
        ends = (texts.decimal(figures.factor * end) for end in (reading.low, reading.high))
        key = "development.with_quartiles" if figures.kind is Kind.MEDIAN else "measured.interval"
        value = texts(key, value=value, interval="-".join(ends))
    lines = [f"<b>{name}</b>", value]
    for measure, number in (
        (figures.indicator.numerator_measure, reading.numerator),
        (figures.indicator.denominator_measure, reading.denominator),
    ):
        if number is not None:
            lines.append(f"{labels.measure(measure)}: {texts.whole(number)}")
    return "<br>".join(lines)
