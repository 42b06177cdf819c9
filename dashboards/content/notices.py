"""The page *Frå melding til koordinator*: what becomes of notices, and how long it takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go

from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import change, significance
from dashboards.analysis.change import Verdict
from dashboards.analysis.significance import SMALL_DENOMINATOR
from dashboards.analysis.survival import Curve, DayCount, Median, kaplan_meier
from dashboards.charts.bars import Bar, Part, bars
from dashboards.charts.colours import Palette
from dashboards.charts.flow import FlowBand, FlowStep, flow
from dashboards.charts.survival_curve import Named, Reached, survival_curve
from dashboards.content import followup as shared
from dashboards.content import series
from dashboards.content.absence import dates
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure, Section, part
from dashboards.content.shared import Picture, cautions, place_and_date
from dashboards.export.downloads import Notes
from dashboards.export.table import Column, Row, Table, Value
from dashboards.export.table import Kind as Holds
from dashboards.i18n.texts import Sign, Texts
from dashboards.queries import followup
from dashboards.queries.followup import Days, FlowLink, Sender
from dashboards.view.state import View

RECORDS = ("melding",)
CURVE_RECORDS = ("melding", "koordinator")
ANSWER = "answer_days"
APPOINTMENT = "appointment_days"
# The days after which it is told how many have a coordinator; the first is that of the finding.
_TOLD_DAYS = (90, 30, 180, 365)
# The curve shows the first year, as `appointment_days` counts no later coordinator.
_LONGEST = 365
_RECEIVED, _ASSESSED, _AWAITING = "received", "assessed", "awaiting_coordinator"
# Whoever has come here has a coordinator.
_WITH_COORDINATOR = ("appointed", "has_coordinator")
# The phases of the handbook, and by which outcomes a notice has come to each.
_PHASES = (
    (_ASSESSED, (_ASSESSED,)),
    ("with_coordinator", _WITH_COORDINATOR),
    ("with_plan", ("plan_begun", "has_plan")),
    ("met", ("met",)),
)
# Where the way of a notice ends or waits.
_STOPS = frozenset(
    {
        "awaiting_assessment",
        "awaiting_coordinator",
        "pending",
        "not_recorded",
        "rejected",
        "withdrawn",
        "closed",
        "without_plan",
        "without_meeting",
    }
)


@dataclass(frozen=True)
class NoticeFigures:
    """Everything that the page shows, read at once from one publication."""

    labels: Labels
    view: View
    links: tuple[FlowLink, ...]
    senders: tuple[Sender, ...]
    curve: Curve
    answers: tuple[Point, ...]
    appointments: tuple[Point, ...]

    @property
    def received(self) -> int:
        """How many notices came in the last year."""
        return sum(link.notices for link in self.links if link.step == _RECEIVED)

    @property
    def last_day(self) -> int:
        """The last day of the curve: of the first year, while enough notices are followed."""
        return min(self.curve.until(SMALL_DENOMINATOR), _LONGEST)

    @property
    def has_curve(self) -> bool:
        """Whether there are enough notices, and days, for a curve."""
        return self.curve.persons >= SMALL_DENOMINATOR and self.last_day > 0


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    texts = labels.texts
    yield Section(filters=[shared.FILTERS])
    figures = gather(labels, view)
    yield Section(lead=[headline(figures)])
    yield from part(_section_flow(figures), texts("notices.section_flow"))
    ways = table_of_flow(figures)
    if ways.rows:
        of_ways = _notes(figures, ways.title, "flow", "flow", RECORDS)
        yield Section(key="notices_ways", folded=ways.title, table=ways, notes=of_ways)
    yield from part(_section_curve(figures), texts("notices.section_curve"))
    yield from part(_section_days(figures), texts("notices.section_days"))
    yield from part(_section_senders(figures), texts("notices.section_senders"))


def _section_flow(figures: NoticeFigures) -> Iterator[Section]:
    table = table_of_phases(figures)
    notes = _notes(figures, table.title, "flow", "phases", RECORDS)
    yield Section(key="notices_flow", picture=the_flow(figures), table=table, notes=notes)


def _section_curve(figures: NoticeFigures) -> Iterator[Section]:
    picture, table = time_to_coordinator(figures), table_of_curve(figures)
    notes = _notes(figures, table.title, "curve", "curve", CURVE_RECORDS)
    yield Section(key="notices_curve", picture=picture, table=table, notes=notes)


def _section_days(figures: NoticeFigures) -> Iterator[Section]:
    """Yield the medians: sentences, how far they can be compared, and the table."""
    labels, table = figures.labels, table_of_days(figures)
    for indicator, sentence in days_in_sentences(figures):
        view = shared.view_of(labels, figures.view, indicator)
        yield Section(
            key=f"notices_{indicator}",
            remarks=[sentence, *cautions(labels, view)],
            explained=view,
        )
    if table.rows:
        notes = _notes(figures, table.title, "days", "days", CURVE_RECORDS)
        yield Section(key="notices_days", table=table, notes=notes)


def _section_senders(figures: NoticeFigures) -> Iterator[Section]:
    table = table_of_senders(figures)
    notes = _notes(figures, table.title, "senders", "senders", CURVE_RECORDS)
    yield Section(key="notices_senders", picture=by_sender(figures), table=table, notes=notes)


def _notes(
    figures: NoticeFigures, title: str, defined: str, name: str, records: tuple[str, ...]
) -> Notes:
    definition = figures.labels.texts(f"notices.definition_{defined}")
    return shared.notes(figures.labels, figures.view, title, definition, records, name)


def gather(labels: Labels, view: View) -> NoticeFigures:
    """Read the figures of a view, or raise why there are none."""
    publication, place, day = labels.publication, view.municipality, view.reference_date
    dates(labels, view)
    days = followup.notice_survival(publication, place, day)
    links = followup.notice_flow(publication, place, day)
    if not (days or links):
        raise shared.absence(labels, view, RECORDS)
    return NoticeFigures(
        labels=labels,
        view=view,
        links=links,
        senders=followup.notice_senders(publication, place, day),
        curve=kaplan_meier(
            [DayCount(each.days, each.at_risk, each.appointed, each.censored) for each in days]
        ),
        answers=series.points(labels, shared.view_of(labels, view, ANSWER)),
        appointments=series.points(labels, shared.view_of(labels, view, APPOINTMENT)),
    )


def headline(figures: NoticeFigures) -> str:
    """Return the sentence that the page is about: how many came, and how soon it goes."""
    texts = figures.labels.texts
    came = texts(
        "notices.came",
        municipality=figures.labels.municipality(figures.view.municipality),
        notices=texts.counted("notice", figures.received),
        date=texts.date(figures.view.reference_date),
    )
    return f"{came} {_how_soon(figures)}"


def the_flow(figures: NoticeFigures) -> Picture:
    """Return the picture of the way of the notices, from step to step."""
    labels, texts = figures.labels, figures.labels.texts
    if not figures.links:
        raise NoFigure(
            texts("notices.no_notice_in_year", where=place_and_date(labels, figures.view))
        )
    title = texts(
        "notices.flow_title",
        received=texts.counted("notice", figures.received),
        date=texts.date(figures.view.reference_date),
        assessed=texts.whole(_come_to(figures, (_ASSESSED,))),
        with_coordinator=texts.whole(_come_to(figures, _WITH_COORDINATOR)),
        awaiting=texts.whole(_come_to(figures, (_AWAITING,))),
    )
    subtitle = texts("notices.flow_subtitle", where=place_and_date(labels, figures.view))
    return Picture(
        title,
        subtitle,
        partial(_draw_flow, figures),
        texts("notices.see_table"),
        (texts("notices.flow_colours"), texts("notices.flow_days")),
    )


def time_to_coordinator(figures: NoticeFigures) -> Picture:
    """Return the picture of how soon a coordinator begins, with those who still wait in it."""
    labels, texts = figures.labels, figures.labels.texts
    if not figures.has_curve:
        raise NoFigure(
            texts(
                "notices.too_few_for_curve",
                notices=texts.counted("notice", figures.curve.persons),
                limit=texts.whole(SMALL_DENOMINATOR),
            )
        )
    title = _how_soon(figures)
    subtitle = texts(
        "notices.curve_subtitle",
        notices=texts.counted("notice", figures.curve.persons),
        where=place_and_date(labels, figures.view),
    )
    remarks = [texts("notices.curve_explained")]
    if figures.last_day < _LONGEST:
        remarks.append(
            texts(
                "notices.curve_ends",
                days=shared.days_in_words(texts, figures.last_day),
                limit=texts.whole(SMALL_DENOMINATOR),
            )
        )
    return Picture(
        title, subtitle, partial(_draw_curve, figures), texts("notices.see_table"), tuple(remarks)
    )


def days_in_sentences(figures: NoticeFigures) -> tuple[tuple[str, str], ...]:
    """Return of each indicator how many days it took, and what it was a year before."""
    return tuple(
        (indicator, _days_sentence(figures, indicator, points))
        for indicator, points in ((ANSWER, figures.answers), (APPOINTMENT, figures.appointments))
    )


def by_sender(figures: NoticeFigures) -> Picture:
    """Return the picture of who sent the notices of the last year."""
    labels, texts = figures.labels, figures.labels.texts
    sent = [sender for sender in figures.senders if sender.notices]
    if not sent:
        raise NoFigure(
            texts("notices.no_notice_in_year", where=place_and_date(labels, figures.view))
        )
    title = _who_sends_most(figures, sent)
    subtitle = texts("notices.senders_subtitle", where=place_and_date(labels, figures.view))
    return Picture(
        title,
        subtitle,
        partial(_draw_senders, figures, sent),
        texts("notices.see_table"),
        (texts("notices.senders_years"),),
    )


def table_of_phases(figures: NoticeFigures) -> Table:
    """Return how many notices have come to each phase: a funnel."""
    labels, texts = figures.labels, figures.labels.texts
    rows: list[Row] = []
    if figures.received:
        rows.append((texts("notices.phase.received"), figures.received, 1.0))
        for phase, outcomes in _PHASES:
            come = _come_to(figures, outcomes)
            rows.append((texts(f"notices.phase.{phase}"), come, come / figures.received))
    return Table(
        texts("notices.phases_table", where=place_and_date(labels, figures.view)),
        (
            Column(texts("notices.phase_column")),
            Column(texts("notices.notices"), Holds.WHOLE),
            Column(texts("notices.share_of_received"), Holds.PER_CENT),
        ),
        tuple(rows),
    )


def table_of_flow(figures: NoticeFigures) -> Table:
    """Return every way between two steps, with its days."""
    labels, texts = figures.labels, figures.labels.texts
    return Table(
        texts("notices.flow_table", where=place_and_date(labels, figures.view)),
        (
            Column(texts("notices.from_step")),
            Column(texts("notices.to_step")),
            Column(texts("notices.notices"), Holds.WHOLE),
            *shared.day_columns(texts),
        ),
        tuple(
            (
                labels.code("notice_step", link.step),
                labels.code("notice_step", link.outcome),
                link.notices,
                *shared.day_values(link.days),
            )
            for link in figures.links
        ),
    )


def table_of_curve(figures: NoticeFigures) -> Table:
    """Return how many have a coordinator after some numbers of days."""
    labels, texts = figures.labels, figures.labels.texts
    rows: list[Row] = []
    for days in sorted(_TOLD_DAYS):
        values: list[Value] = [Sign.NOT_AVAILABLE] * 3
        if figures.has_curve and days <= figures.last_day:
            share = _share_after(figures, days)
            # Before the first coordinator there is no interval.
            values = [
                Sign.NOT_AVAILABLE if each is None else each
                for each in (share.value, share.low, share.high)
            ]
        rows.append((days, figures.curve.waiting(days), *values))
    per_cent = texts("unit.per_cent")
    return Table(
        texts("notices.curve_table", where=place_and_date(labels, figures.view)),
        (
            Column(texts("notices.days_after"), Holds.WHOLE),
            Column(texts("notices.still_waiting"), Holds.WHOLE),
            Column(texts("notices.share_with_coordinator"), Holds.PER_CENT),
            Column(texts("column.interval_low", unit=per_cent), Holds.PER_CENT),
            Column(texts("column.interval_high", unit=per_cent), Holds.PER_CENT),
        ),
        tuple(rows),
    )


def table_of_days(figures: NoticeFigures) -> Table:
    """Return the days to an answer and to a coordinator, now and a year before."""
    labels, texts = figures.labels, figures.labels.texts
    rows: list[Row] = []
    for indicator, points in ((ANSWER, figures.answers), (APPOINTMENT, figures.appointments)):
        for point in _now_and_before(figures, points):
            rows.append((labels.indicator(indicator), point.date, *shared.day_values(_days(point))))
    return Table(
        texts("notices.days_table", municipality=labels.municipality(figures.view.municipality)),
        (
            Column(texts("filter.indicator")),
            Column(texts("filter.date"), Holds.DATE),
            *shared.day_columns(texts),
        ),
        tuple(rows),
    )


def table_of_senders(figures: NoticeFigures) -> Table:
    """Return the notices of each kind of sender and what became of them."""
    labels, texts = figures.labels, figures.labels.texts
    return Table(
        texts("notices.senders_table", where=place_and_date(labels, figures.view)),
        (
            Column(texts("notices.sender")),
            Column(texts("notices.notices"), Holds.WHOLE),
            Column(texts("notices.assessed"), Holds.WHOLE),
            Column(texts("notices.notices_year_before"), Holds.WHOLE),
            *shared.day_columns(texts),
        ),
        tuple(
            (
                labels.code("sender", sender.code),
                sender.notices,
                sender.assessed,
                sender.notices_year_before,
                *shared.day_values(sender.days),
            )
            for sender in figures.senders
        ),
    )


def _how_soon(figures: NoticeFigures) -> str:
    """Return when half had a coordinator, and how many after the first of the told days."""
    texts = figures.labels.texts
    if not figures.has_curve:
        return texts("notices.too_few_to_say", limit=texts.whole(SMALL_DENOMINATOR))
    half = _half_in_words(texts, figures.curve.median(figures.last_day), figures.last_day)
    days = _TOLD_DAYS[0]
    if days > figures.last_day:
        return half
    share = _share_after(figures, days)
    after = texts(
        "notices.share_after",
        days=shared.days_in_words(texts, days),
        value=figures.labels.value_with_interval(Kind.SHARE, share),
    )
    return f"{half} {after}"


def _half_in_words(texts: Texts, median: Median, last_day: int) -> str:
    if median.days is None:
        return texts("notices.half_not_reached", days=shared.days_in_words(texts, last_day))
    half = shared.days_in_words(texts, median.days)
    # The upper limits of the band come down earlier: they hold the early days.
    if median.low is None:
        return texts("notices.half", days=half)
    if median.high is None:
        return texts("notices.half_from", days=half, low=texts.whole(median.low))
    return texts(
        "notices.half_between",
        days=half,
        low=texts.whole(median.low),
        high=texts.whole(median.high),
    )


def _share_after(figures: NoticeFigures, days: int) -> Measured:
    """Return the share with a coordinator by a day, with the curve's limits turned round."""
    found = figures.curve.on(days)
    return Measured(
        numerator=0,
        denominator=figures.curve.persons,
        value=1 - found.share,
        low=None if found.high is None else 1 - found.high,
        high=None if found.low is None else 1 - found.low,
    )


def _days(point: Point) -> Days:
    """Return the figure of a median: its interval holds the quartiles."""
    measured = point.measured
    return Days(measured.denominator, measured.low, measured.value, measured.high)


def _now_and_before(figures: NoticeFigures, points: Sequence[Point]) -> list[Point]:
    """Return the figure of the date and that of a year before, as far as they can be compared."""
    day = figures.view.reference_date
    now = [point for point in points if point.date == day]
    earlier = change.in_a_year(points, day, Kind.MEDIAN).earlier
    return [*now, *([earlier] if earlier else [])]


def _year_before_the_last(texts: Texts, day: dt.date) -> str:
    """Return the 365 days that ended 365 days before a day: `2024`, or from when to when."""
    last = day - dt.timedelta(days=_LONGEST)
    first = last - dt.timedelta(days=_LONGEST - 1)
    # Of a leap year a day more is no other year to a reader.
    if (last.month, last.day) == (12, 31) and (last - first).days >= _LONGEST - 1:
        return str(last.year)
    return texts("front.period", first=texts.date(first), last=texts.date(last))


def _days_sentence(figures: NoticeFigures, indicator: str, points: Sequence[Point]) -> str:
    labels, texts = figures.labels, figures.labels.texts
    found = next((each for each in points if each.date == figures.view.reference_date), None)
    period = _year_before_the_last(texts, figures.view.reference_date)
    if found is None:
        return texts(f"notices.{indicator}.none", period=period)
    now = _days(found)
    if now.median is None or now.first_quartile is None or now.third_quartile is None:
        return texts(f"notices.{indicator}.none", period=period)
    told = [
        texts(
            f"notices.{indicator}.half",
            notices=texts.counted("notice", now.known),
            period=period,
            days=shared.days_in_words(texts, now.median),
            quartiles=shared.range_in_words(texts, now.first_quartile, now.third_quartile),
        )
    ]
    changed = change.in_a_year(points, figures.view.reference_date, Kind.MEDIAN)
    if changed.earlier is None or changed.verdict is Verdict.FEW:
        told.append(texts(f"change.{changed.verdict}"))
    else:
        before = _days(changed.earlier)
        told.append(
            texts(
                "notices.year_before",
                days=shared.days_in_words(texts, before.median or 0.0),
                notices=texts.counted("notice", before.known),
            )
        )
    return f"{labels.indicator(indicator)}: {' '.join(told)}"


def _come_to(figures: NoticeFigures, outcomes: Sequence[str]) -> int:
    return sum(link.notices for link in figures.links if link.outcome in outcomes)


def _who_sends_most(figures: NoticeFigures, sent: Sequence[Sender]) -> str:
    """Return who sends the most notices; whoever may be ahead by chance alone is not set apart."""
    labels, texts = figures.labels, figures.labels.texts
    total = sum(sender.notices for sender in sent)
    if total < SMALL_DENOMINATOR:
        return texts("notices.senders_few", notices=texts.counted("notice", total))
    leading = significance.leaders(
        [(each.code, Measured(each.notices, 1, each.notices, None, None)) for each in sent],
        Kind.RATE,
    )
    by_code = {sender.code: sender for sender in sent}
    told = [
        texts(
            "notices.sender_and_number",
            sender=labels.code("sender", code),
            notices=texts.whole(by_code[code].notices),
        )
        for code in leading
    ]
    form = "one" if len(told) == 1 else "several"
    return texts(
        f"notices.senders_{form}",
        senders=shared.listed(texts, told),
        total=texts.counted("notice", total),
    )


def _draw_flow(figures: NoticeFigures, palette: Palette) -> go.Figure:
    labels, texts = figures.labels, figures.labels.texts
    column: dict[str, int] = {}
    for link in figures.links:
        column[link.step] = link.step_order - 1
        column[link.outcome] = link.outcome_order - 1

    def step(code: str) -> FlowStep:
        into = [link for link in figures.links if link.outcome == code]
        number = sum(link.notices for link in into) or figures.received
        name, written = labels.code("notice_step", code), texts.whole(number)
        days = _medians(texts, into)
        if days:
            written = texts("notices.number_and_days", number=written, days=days)
        return FlowStep(
            code=code,
            column=column[code],
            name=name,
            number=written,
            hover=f"<b>{name}</b><br>{written}",
            goes_on=code not in _STOPS,
        )

    def band(link: FlowLink) -> FlowBand:
        names = [labels.code("notice_step", code) for code in (link.step, link.outcome)]
        hover = [f"<b>{names[0]} → {names[1]}</b>", texts.counted("notice", link.notices)]
        days = _medians(texts, [link])
        if days:
            hover.append(texts("notices.median", days=days))
        return FlowBand(link.step, link.outcome, link.notices, "<br>".join(hover))

    # Where the way goes on stands above where it waits or ends.
    codes = sorted(column, key=lambda code: (column[code], code in _STOPS))
    return flow(palette, [step(code) for code in codes], [band(link) for link in figures.links])


def _medians(texts: Texts, links: Sequence[FlowLink]) -> str:
    """Return the median days of a step; from the lowest to the highest of the ways into it."""
    medians = [link.days.median for link in links if link.days.median is not None]
    return shared.range_in_words(texts, min(medians), max(medians)) if medians else ""


def _draw_curve(figures: NoticeFigures, palette: Palette) -> go.Figure:
    labels, texts = figures.labels, figures.labels.texts
    steps = []
    for estimate in figures.curve.estimates:
        share = _share_after(figures, estimate.days)
        steps.append(
            Reached(
                estimate.days,
                share.value,
                share.low,
                share.high,
                texts(
                    "notices.share_after",
                    days=shared.days_in_words(texts, estimate.days),
                    value=labels.value_with_interval(Kind.SHARE, share),
                ),
            )
        )
    named = []
    median = figures.curve.median(figures.last_day).days
    if median is not None:
        named.append(
            Named(
                median,
                _share_after(figures, median).value,
                texts("notices.half_at", days=shared.days_in_words(texts, median)),
            )
        )
    told = _TOLD_DAYS[0]
    if told <= figures.last_day:
        share = _share_after(figures, told)
        named.append(
            Named(
                told,
                share.value,
                texts(
                    "notices.share_at",
                    value=texts.per_cent(share.value),
                    days=shared.days_in_words(texts, told),
                ),
            )
        )
    return survival_curve(
        palette,
        steps,
        figures.last_day,
        named,
        days_title=texts("notices.days_after"),
        write_share=lambda share: labels.tick(Kind.SHARE, share),
    )


def _draw_senders(figures: NoticeFigures, sent: Sequence[Sender], palette: Palette) -> go.Figure:
    labels, texts = figures.labels, figures.labels.texts

    def bar(sender: Sender) -> Bar:
        name = labels.code("sender", sender.code)
        open_ones = sender.notices - sender.assessed
        hover = f"<b>{name}</b><br>" + texts(
            "notices.sender_hover",
            notices=texts.counted("notice", sender.notices),
            assessed=texts.whole(sender.assessed),
        )
        return Bar(
            label=name,
            values=[sender.assessed, open_ones],
            texts=[texts.whole(sender.assessed), texts.whole(open_ones)],
            hovers=[hover, hover],
            text=texts.whole(sender.notices),
        )

    return bars(
        palette,
        [Part(texts("notices.assessed")), Part(texts("notices.not_assessed"), darkness=0.15)],
        [bar(sender) for sender in sent],
    )
