"""The page *Utvikling*: a figure over time, its trend, and what stands out by month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import plotly.graph_objects as go

from dagster_project.publication.reader.reference import ALL, Indicator, Kind
from dashboards.analysis import control, significance, trend
from dashboards.analysis.change import Change
from dashboards.analysis.control import ControlChart, Signal, Stretch
from dashboards.analysis.trend import NoTrend, Trend
from dashboards.charts.colours import Palette
from dashboards.charts.control_chart import Limits, Month, Named, control_chart
from dashboards.charts.time_series import Series, SeriesPoint
from dashboards.content import absence, selection, sentences, side_by_side, year_change, yearly
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure, Section, part
from dashboards.content.shared import (
    EVERY_GROUP,
    OF_SERIES,
    ONE_GROUP,
    OVER_TIME,
    Picture,
    breaks_in_words,
    cautions,
    drawn_over_time,
    notes,
)
from dashboards.export.table import Column, Row, Table, Value, shortened
from dashboards.export.table import Kind as Holds
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
_HUNDRED = 100


@dataclass(frozen=True)
class DevelopmentFigures:
    """Everything that the page shows, read at once from one publication.

    `view` is the chosen one without the groups that the indicator is not counted by.
    """

    labels: Labels
    view: View
    indicator: Indicator
    readings: tuple[Reading, ...]
    change: Change[Reading]
    trend: Trend | NoTrend
    months: tuple[Reading, ...]
    chart: ControlChart | None
    is_newest: bool

    @property
    def kind(self) -> Kind:
        """What the indicator's value is."""
        return self.indicator.kind

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
    texts = labels.texts
    view = selection.fitted(labels, view)
    dates = absence.dates(labels, view)
    absence.require(labels, view)
    indicator = labels.indicator_entry(view.indicator)
    readings = _readings(labels, view, view.municipality)
    if not readings:
        raise NoFigure(texts("development.absent", what=what_in_words(labels, view)))
    months = control.running(readings, view.reference_date)
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


def headline(figures: DevelopmentFigures) -> str:
    """Return the sentence that the page is about: the figure and its change from a year before.

    And what stands out by month, where that is news.
    """
    labels, view = figures.labels, figures.view
    what = what_in_words(labels, view)
    if figures.now is None:
        nearest = min(figures.readings, key=lambda each: abs(each.date - view.reference_date))
        return labels.texts(
            "development.not_at_date",
            what=what,
            date=labels.texts.date(view.reference_date),
            value=sentences.value(labels, figures.kind, nearest.value),
            nearest=labels.texts.date(nearest.date),
        )
    told = [f"{what}: {level_in_words(figures, figures.now)}"]
    if figures.chart is not None and figures.chart.is_news:
        told.append(control_in_words(figures, figures.chart))
    return " ".join(told)


def level_in_words(figures: DevelopmentFigures, now: Reading) -> str:
    """Return the figure of the date, and how it differs from a year before."""
    value = sentences.value(figures.labels, figures.kind, now.value)
    changed = sentences.change(
        figures.labels,
        figures.kind,
        figures.change,
        figures.is_newest,
        figures.indicator.multiplier,
    )
    return f"{value}. {changed}"


def trend_in_words(figures: DevelopmentFigures) -> str:
    """Return whether the figure has a trend over five years, or why that cannot be told."""
    labels, texts, found = figures.labels, figures.labels.texts, figures.trend
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
    texts = figures.labels.texts
    reason = texts(
        f"development.no_trend_{found.obstacle}",
        number=texts.whole(len(found.readings)),
        needed=texts.whole(trend.YEARS),
        limit=texts.whole(significance.SMALL_DENOMINATOR),
    )
    return texts("development.no_trend", reason=reason)


def control_in_words(figures: DevelopmentFigures, chart: ControlChart) -> str:
    """Return what stands out among the changes from month to month: of late, or before."""
    texts = figures.labels.texts
    newest = len(chart.values) - 1
    found = {
        "number": texts.whole(len(chart.marked)),
        "months": texts.whole(len(chart.values)),
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
            change=_signed(figures, chart.values[newest]),
            in_a_row=texts.whole(stretch.length),
            **found,
        )
    last = texts.month(figures.months[chart.marked[-1] + 1].date)
    return texts("development.control_before", last=last, **found)


def over_time(figures: DevelopmentFigures) -> Picture:
    """Return the picture of the whole series with its breaks, beside other municipalities."""
    labels, view, texts = figures.labels, figures.view, figures.labels.texts
    title = side_by_side.titled(labels, view, headline(replace(figures, chart=None)))
    subtitle = texts(
        "development.subtitle_series",
        what=what_in_words(labels, view),
        compared=", ".join(labels.municipality(code) for code in view.compared),
    )
    if not view.compared:
        subtitle = texts("development.subtitle_alone", what=what_in_words(labels, view))
    apart = side_by_side.set_apart(labels, view)
    lines = [
        Series(
            labels.municipality(code),
            [_series_point(figures, code, reading) for reading in _readings(labels, view, code)],
            is_apart=code in apart,
        )
        for code in (view.municipality, *view.compared)
    ]
    return Picture(
        title,
        subtitle,
        drawn_over_time(labels, view, figures.kind, lines),
        texts("picture.see_table"),
        tuple(_remarks_of_series(figures, lines)),
    )


def chart_of(figures: DevelopmentFigures) -> ControlChart:
    """Return the control chart, or raise that there are too few months for one."""
    texts = figures.labels.texts
    if figures.chart is None:
        raise NoFigure(
            texts(
                "development.few_months",
                number=texts.whole(len(figures.months)),
                needed=texts.whole(control.FEWEST_MONTHS),
                limit=texts.whole(significance.SMALL_DENOMINATOR),
            )
        )
    return figures.chart


def by_month(figures: DevelopmentFigures) -> Picture:
    """Return the control chart of the months since the series last broke."""
    labels, view, texts, chart = (
        figures.labels,
        figures.view,
        figures.labels.texts,
        chart_of(figures),
    )
    title = control_in_words(figures, chart)
    subtitle = texts(
        "development.subtitle_months",
        what=what_in_words(labels, view),
        first=texts.month(figures.months[0].date),
        last=texts.month(figures.months[-1].date),
    )
    return Picture(
        title,
        subtitle,
        partial(_control_chart, figures, chart),
        texts("picture.see_table"),
        tuple(_remarks_of_months(figures, chart)),
    )


def table_over_time(figures: DevelopmentFigures) -> Table:
    """Return the figures of the lines, newest first."""
    labels, view, texts = figures.labels, figures.view, figures.labels.texts
    rows: list[Row] = [
        (reading.date, labels.municipality(code), *_as_values(figures.kind, reading))
        for code in (view.municipality, *view.compared)
        for reading in reversed(_readings(labels, view, code))
    ]
    # Of several municipalities the rows are not the chosen one's alone.
    what = (
        _with_cut(labels, view, labels.indicator(view.indicator))
        if view.compared
        else what_in_words(labels, view)
    )
    return Table(
        side_by_side.title_of_table(labels, view, texts("development.table_series", what=what)),
        (
            Column(texts("filter.date"), Holds.DATE),
            Column(texts("filter.municipality")),
            *_columns(figures),
        ),
        tuple(rows),
    )


def table_by_month(figures: DevelopmentFigures, chart: ControlChart) -> Table:
    """Return the months of the control chart with their changes and signals, newest first."""
    labels, texts = figures.labels, figures.labels.texts
    factor = _factor(figures)
    rows = [
        (
            month.date,
            shortened(month.value) if figures.kind is Kind.MEDIAN else month.value,
            factor * chart.values[at],
            ", ".join(texts(f"development.signal_{each}") for each in chart.signals_at(at)),
        )
        for at, month in enumerate(figures.months[1:])
    ]
    return Table(
        texts("development.table_months", what=what_in_words(labels, figures.view)),
        (
            Column(texts("filter.date"), Holds.DATE),
            _value_column(figures),
            Column(texts("development.column_step", unit=_unit_of_change(figures)), Holds.DECIMAL),
            Column(texts("development.column_signal"), Holds.PROSE),
        ),
        tuple(reversed(rows)),
    )


def table_of_years(figures: DevelopmentFigures) -> Table:
    """Return the yearly figures that the trend is tested on, oldest first."""
    texts = figures.labels.texts
    return Table(
        texts("development.table_years", what=what_in_words(figures.labels, figures.view)),
        (Column(texts("filter.date"), Holds.DATE), *_columns(figures)),
        tuple(
            (reading.date, *_as_values(figures.kind, reading)) for reading in figures.trend.readings
        ),
    )


def how_tested(figures: DevelopmentFigures) -> str:
    """Return the trend of five years and how it was tested, or why it was not."""
    texts, found = figures.labels.texts, figures.trend
    told = capitalised(trend_in_words(figures))
    if isinstance(found, NoTrend):
        return told
    method = "shares" if figures.kind is Kind.SHARE else "values"
    return " ".join(
        [
            told,
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
    parts = [what]
    if view.age_group != ALL:
        parts.append(labels.age_group_in_text(view.age_scheme, view.age_group))
    if view.service_area != ALL:
        parts.append(labels.service_area(view.service_area))
    return ", ".join(parts)


def _control_chart(figures: DevelopmentFigures, chart: ControlChart, palette: Palette) -> go.Figure:
    texts = figures.labels.texts
    months = figures.months[1:]

    def month(at: int, reading: Reading) -> Month:
        signals = chart.signals_at(at)
        told = "".join(
            f"<br>{capitalised(texts(f'development.signal_{each}'))}" for each in signals
        )
        step = texts("development.step", change=_signed(figures, chart.values[at]))
        return Month(
            reading.date,
            chart.values[at],
            f"{_hover(figures, texts.date(reading.date), reading)}<br>{step}{told}",
            _SHAPES[signals[0]] if signals else None,
        )

    def limit(which: str, value: float) -> str:
        return f"{texts(f'development.limit_{which}')}<br>{_signed(figures, value)}"

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
        write_tick=lambda value: _signed(figures, value),
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


def _signed(figures: DevelopmentFigures, change: float) -> str:
    """Return a change with its sign: `+4,1`; of shares in percentage points."""
    return figures.labels.texts.signed_decimal(_factor(figures) * change)


def _factor(figures: DevelopmentFigures) -> int:
    return _HUNDRED if figures.kind is Kind.SHARE else 1


def _unit_of_change(figures: DevelopmentFigures) -> str:
    texts = figures.labels.texts
    if figures.kind in (Kind.COUNT, Kind.RATIO):
        name = figures.labels.indicator(figures.indicator.code)
        return name[:1].lower() + name[1:]
    return texts("development.unit_points") if figures.kind is Kind.SHARE else _unit(figures)


def _name_of(figures: DevelopmentFigures, stretch: Stretch) -> str:
    texts = figures.labels.texts
    number = "one" if stretch.length == 1 else "several"
    return texts(
        f"development.stretch_{stretch.signal}_{number}", number=texts.whole(stretch.length)
    )


def _remarks_of_series(figures: DevelopmentFigures, lines: Sequence[Series]) -> Iterator[str]:
    labels, view, texts = figures.labels, figures.view, figures.labels.texts
    yield from side_by_side.in_words(labels, view)
    if figures.kind in (Kind.SHARE, Kind.RATE):
        yield texts("coverage.band")
    elif figures.kind is Kind.MEDIAN:
        yield texts("development.quartiles")
    else:
        yield texts("development.without_interval")
    if any(point.is_small for line in lines for point in line.points):
        yield texts("development.small", limit=texts.whole(significance.SMALL_DENOMINATOR))
    breaks = breaks_in_words(labels, view)
    if breaks:
        yield breaks
    if any(len({point.segment for point in line.points}) > 1 for line in lines[1:]):
        yield texts("development.breaks_of_others")
    empty = [line.name for line in lines if not line.points]
    if empty:
        yield texts("coverage.without_line", municipalities=", ".join(empty))


def _remarks_of_months(figures: DevelopmentFigures, chart: ControlChart) -> Iterator[str]:
    texts = figures.labels.texts
    yield texts(
        "development.meaning",
        lower=_signed(figures, chart.lower),
        upper=_signed(figures, chart.upper),
        unit=_unit_of_change(figures),
    )
    shown = {signals[0] for at in chart.marked if (signals := chart.signals_at(at))}
    marks = [texts(f"development.{mark}") for mark, of in _MARKS.items() if shown & of]
    if marks:
        yield " ".join(marks)
    yield texts("development.why_changes")


def _readings(labels: Labels, view: View, municipality: str) -> tuple[Reading, ...]:
    return yearly.readings(labels, replace(view, municipality=municipality))


def _series_point(figures: DevelopmentFigures, municipality: str, reading: Reading) -> SeriesPoint:
    labels = figures.labels
    name = f"{labels.municipality(municipality)}, {labels.texts.date(reading.date)}"
    return SeriesPoint(
        date=reading.date,
        segment=reading.segment,
        value=reading.value,
        low=reading.low,
        high=reading.high,
        hover=_hover(figures, name, reading),
        is_small=_is_small(reading),
    )


def _is_small(reading: Reading) -> bool:
    return reading.denominator is not None and reading.denominator < significance.SMALL_DENOMINATOR


def _hover(figures: DevelopmentFigures, name: str, reading: Reading) -> str:
    """Return a reading in words: its name, the value with its interval, of how many."""
    labels, texts = figures.labels, figures.labels.texts
    value = sentences.value(labels, figures.kind, reading.value)
    if reading.low is not None and reading.high is not None:
        factor = _HUNDRED if figures.kind is Kind.SHARE else 1
        ends = (texts.decimal(factor * end) for end in (reading.low, reading.high))
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


def _columns(figures: DevelopmentFigures) -> tuple[Column, ...]:
    """Return the columns of a reading: what its kind has, and no others."""
    labels, texts, indicator = figures.labels, figures.labels.texts, figures.indicator
    measures = {
        Kind.MEDIAN: (indicator.denominator_measure,),
        Kind.COUNT: (),
    }.get(figures.kind, (indicator.numerator_measure, indicator.denominator_measure))
    columns = [
        Column(texts("column.persons", measure=labels.measure(measure)), Holds.WHOLE)
        for measure in measures
    ]
    columns.append(_value_column(figures))
    ends = {
        Kind.SHARE: ("column.interval_low", "column.interval_high"),
        Kind.RATE: ("column.interval_low", "column.interval_high"),
        Kind.MEDIAN: ("development.column_quartile_low", "development.column_quartile_high"),
    }.get(figures.kind, ())
    holds = _value_column(figures).kind
    columns += [Column(texts(end, unit=_unit(figures)), holds) for end in ends]
    return tuple(columns)


def _value_column(figures: DevelopmentFigures) -> Column:
    texts, kind = figures.labels.texts, figures.kind
    if kind is Kind.COUNT:
        return Column(figures.labels.measure(figures.indicator.numerator_measure), Holds.WHOLE)
    if kind is Kind.RATIO:
        return Column(figures.labels.indicator(figures.indicator.code), Holds.DECIMAL)
    holds = Holds.PER_CENT if kind is Kind.SHARE else Holds.DECIMAL
    return Column(texts("column.value", unit=_unit(figures)), holds)


def _unit(figures: DevelopmentFigures) -> str:
    texts = figures.labels.texts
    if figures.kind is Kind.MEDIAN:
        return texts("unit.days")
    if figures.kind is Kind.RATE:
        return texts("unit.per", number=texts.whole(figures.indicator.multiplier))
    return texts("unit.per_cent")


def _as_values(kind: Kind, reading: Reading) -> tuple[Value, ...]:
    if kind is Kind.COUNT:
        return (reading.value,)
    if kind is Kind.RATIO:
        return (reading.numerator, reading.denominator, reading.value)
    if kind is Kind.MEDIAN:
        days = (reading.value, reading.low, reading.high)
        return (reading.denominator, *(shortened(each) for each in days))
    return (reading.numerator, reading.denominator, reading.value, reading.low, reading.high)
