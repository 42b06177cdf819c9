"""The page *Frå melding til koordinator*: what becomes of notices, and how long it takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter, itemgetter

import plotly.graph_objects as go

from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import change, significance
from dashboards.analysis.change import Verdict
from dashboards.analysis.significance import SMALL_DENOMINATOR
from dashboards.analysis.survival import Curve, DayCount, Median, kaplan_meier
from dashboards.charts.bars import Bar
from dashboards.charts.colours import Palette
from dashboards.charts.flow import FlowBand, FlowStep, flow
from dashboards.charts.survival_curve import Named, Reached, survival_curve
from dashboards.content import columns, journal, sentences, series
from dashboards.content import followup as shared
from dashboards.content.absence import dates
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section, part
from dashboards.content.shared import ON_A_DATE, Picture, cautions
from dashboards.export.downloads import Notes
from dashboards.export.table import Holds, Table, Value, table_of
from dashboards.i18n.texts import Sign, Texts
from dashboards.queries import followup
from dashboards.queries.followup import Channel, Days, FlowLink, Sender
from dashboards.view.state import View

RECORDS = ("melding",)
CURVE_RECORDS = ("melding", "koordinator")
ANSWER = "answer_days"
APPOINTMENT = "appointment_days"
# The days after which those with a coordinator are counted; the first is that of the finding.
_MILESTONES = (90, 30, 180, 365)
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
class NoticeFigures(PageData):
    """Everything that the page shows, read at once from one publication."""

    links: tuple[FlowLink, ...]
    senders: tuple[Sender, ...]
    channels: tuple[Channel, ...]
    curve: Curve
    answers: tuple[Point, ...]
    appointments: tuple[Point, ...]

    @property
    def medians(self) -> dict[str, tuple[Point, ...]]:
        """The medians of days over time, by their indicators."""
        return {ANSWER: self.answers, APPOINTMENT: self.appointments}

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
    yield Section(filters=[ON_A_DATE])
    figures = gather(labels, view)
    yield Section(lead=[headline(figures)])
    yield from part(_section_flow(figures), texts("notices.section_flow"))
    ways = table_of_flow(figures)
    if ways.rows:
        of_ways = _notes(figures, ways.title, "flow", "flow", RECORDS)
        yield Section(key="notices_ways", table=ways, notes=of_ways)
    yield from part(_section_curve(figures), texts("notices.section_curve"))
    yield from part(_section_days(figures), texts("notices.section_days"))
    yield from part(_section_senders(figures), texts("notices.section_senders"))
    yield from journal.sections(figures)


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
    channels = table_of_channels(figures)
    if channels.rows:
        notes = _notes(figures, channels.title, "channels", "channels", RECORDS)
        yield Section(key="notices_channels", table=channels, notes=notes)


def _notes(
    figures: NoticeFigures, title: str, defined: str, name: str, records: tuple[str, ...]
) -> Notes:
    definition = figures.text(f"notices.definition_{defined}")
    return figures.notes(title, definition, records, name)


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
        channels=followup.notice_channels(publication, place, day),
        curve=kaplan_meier(
            [DayCount(each.days, each.at_risk, each.appointed, each.censored) for each in days]
        ),
        answers=series.points(labels, shared.view_of(labels, view, ANSWER)),
        appointments=series.points(labels, shared.view_of(labels, view, APPOINTMENT)),
    )


def headline(figures: NoticeFigures) -> str:
    """Return the sentence that the page is about: how many came, and how soon it goes."""
    received = figures.texts.counted("notice", figures.received)
    return f"{figures.text('notices.came', notices=received)} {_how_soon(figures)}"


def the_flow(figures: NoticeFigures) -> Picture:
    """Return the picture of the way of the notices, from step to step."""
    if not figures.links:
        raise figures.absence("notices.no_notice_in_year")
    title = figures.text(
        "notices.flow_title",
        received=figures.texts.counted("notice", figures.received),
        assessed=_come_to(figures, (_ASSESSED,)),
        with_coordinator=_come_to(figures, _WITH_COORDINATOR),
        awaiting=_come_to(figures, (_AWAITING,)),
    )
    return figures.picture(
        title,
        figures.text("notices.flow_subtitle"),
        partial(_draw_flow, figures),
        figures.text("notices.flow_colours"),
        figures.text("notices.flow_days"),
    )


def time_to_coordinator(figures: NoticeFigures) -> Picture:
    """Return the picture of how soon a coordinator begins, with those who still wait in it."""
    followed = figures.texts.counted("notice", figures.curve.persons)
    if not figures.has_curve:
        few: dict[str, object] = {"notices": followed, "limit": SMALL_DENOMINATOR}
        raise figures.absence("notices.too_few_for_curve", **few)
    last = shared.days_in_words(figures.texts, figures.last_day)
    ends = figures.text("notices.curve_ends", days=last, limit=SMALL_DENOMINATOR)
    return figures.picture(
        _how_soon(figures),
        figures.text("notices.curve_subtitle", notices=followed),
        partial(_draw_curve, figures),
        figures.text("notices.curve_explained"),
        ends if figures.last_day < _LONGEST else None,
    )


def days_in_sentences(figures: NoticeFigures) -> tuple[tuple[str, str], ...]:
    """Return of each indicator how many days it took, and what it was a year before."""
    return tuple(
        (indicator, _days_sentence(figures, indicator, points))
        for indicator, points in figures.medians.items()
    )


def by_sender(figures: NoticeFigures) -> Picture:
    """Return the picture of who sent the notices of the last year."""
    sent = [sender for sender in figures.senders if sender.notices]
    if not sent:
        raise figures.absence("notices.no_notice_in_year")
    return figures.picture_of_bars(
        _who_sends_most(figures, sent),
        figures.text("notices.senders_subtitle"),
        {figures.text("notices.assessed"): 1.0, figures.text("notices.not_assessed"): 0.15},
        [_bar_of_sender(figures, sender) for sender in sent],
        figures.text("notices.senders_years"),
    )


def table_of_phases(figures: NoticeFigures) -> Table:
    """Return how many notices have come to each phase: a funnel."""
    texts, received = figures.texts, figures.received
    come = {phase: _come_to(figures, outcomes) for phase, outcomes in _PHASES}
    return table_of(
        figures.text("notices.phases_table"),
        [(_RECEIVED, received), *come.items()] if received else [],
        (texts("notices.phase_column"), Holds.TEXT, lambda row: texts(f"notices.phase.{row[0]}")),
        (texts("notices.notices"), Holds.WHOLE, lambda row: row[1]),
        (texts("notices.share_of_received"), Holds.PER_CENT, lambda row: row[1] / received),
    )


def table_of_flow(figures: NoticeFigures) -> Table:
    """Return every way between two steps, with its days."""
    texts, step = figures.texts, partial(figures.labels.code, "notice_step")
    return table_of(
        figures.text("notices.flow_table"),
        figures.links,
        (texts("notices.from_step"), Holds.TEXT, lambda link: step(link.step)),
        (texts("notices.to_step"), Holds.TEXT, lambda link: step(link.outcome)),
        (texts("notices.notices"), Holds.WHOLE, lambda link: link.notices),
        *columns.days(texts, attrgetter("days")),
    )


def table_of_curve(figures: NoticeFigures) -> Table:
    """Return how many have a coordinator after some numbers of days."""
    texts = figures.texts

    def known(name: str) -> Callable[[int], Value]:
        def after(days: int) -> Value:
            if not figures.has_curve or days > figures.last_day:
                return Sign.NOT_AVAILABLE
            # Before the first coordinator there is no interval.
            found: float | None = getattr(_share_after(figures, days), name)
            return Sign.NOT_AVAILABLE if found is None else found

        return after

    per_cent = texts("unit.per_cent")
    return table_of(
        figures.text("notices.curve_table"),
        sorted(_MILESTONES),
        (texts("notices.days_after"), Holds.WHOLE, lambda days: days),
        (texts("notices.still_waiting"), Holds.WHOLE, figures.curve.waiting),
        (texts("notices.share_with_coordinator"), Holds.PER_CENT, known("value")),
        *columns.interval(texts, per_cent, Holds.PER_CENT, known("low"), known("high")),
    )


def table_of_days(figures: NoticeFigures) -> Table:
    """Return the days to an answer and to a coordinator, now and a year before."""
    labels, texts = figures.labels, figures.texts
    return table_of(
        figures.text("notices.days_table"),
        [
            (indicator, point.date, _days(point))
            for indicator, points in figures.medians.items()
            for point in _now_and_before(figures, points)
        ],
        (texts("filter.indicator"), Holds.TEXT, lambda row: labels.indicator(row[0])),
        (texts("filter.date"), Holds.DATE, lambda row: row[1]),
        *columns.days(texts, itemgetter(2)),
    )


def table_of_senders(figures: NoticeFigures) -> Table:
    """Return the notices of each kind of sender and what became of them."""
    labels, texts = figures.labels, figures.texts
    return table_of(
        figures.text("notices.senders_table"),
        figures.senders,
        (texts("notices.sender"), Holds.TEXT, lambda each: labels.code("sender", each.code)),
        *(
            (texts(f"notices.{name}"), Holds.WHOLE, attrgetter(name))
            for name in ("notices", "assessed", "notices_year_before")
        ),
        *columns.days(texts, attrgetter("days")),
    )


def table_of_channels(figures: NoticeFigures) -> Table:
    """Return the notices by the way they came, as the sources write it."""
    texts = figures.texts
    return table_of(
        figures.text("notices.channels_table"),
        figures.channels,
        (texts("notices.channel"), Holds.TEXT, partial(_channel, figures)),
        *(
            (texts(f"notices.{name}"), Holds.WHOLE, attrgetter(name))
            for name in ("notices", "assessed", "notices_year_before")
        ),
    )


def _channel(figures: NoticeFigures, channel: Channel) -> str:
    return figures.text("notices.no_channel") if channel.name is None else channel.name


def _how_soon(figures: NoticeFigures) -> str:
    """Return when half had a coordinator, and how many after the first milestone."""
    if not figures.has_curve:
        return figures.text("notices.too_few_to_say", limit=SMALL_DENOMINATOR)
    half = _half_in_words(figures, figures.curve.median(figures.last_day))
    days = _MILESTONES[0]
    return half if days > figures.last_day else f"{half} {_after_in_words(figures, days)}"


def _after_in_words(figures: NoticeFigures, days: int) -> str:
    """Return how many had a coordinator after a number of days."""
    return figures.text(
        "notices.share_after",
        days=shared.days_in_words(figures.texts, days),
        value=figures.labels.value_with_interval(Kind.SHARE, _share_after(figures, days)),
    )


def _half_in_words(figures: NoticeFigures, median: Median) -> str:
    known = figures.last_day if median.days is None else median.days
    # The upper limits of the band come down earlier: they hold the early days.
    if median.days is None:
        key = "notices.half_not_reached"
    elif median.low is None:
        key = "notices.half"
    else:
        key = "notices.half_from" if median.high is None else "notices.half_between"
    days = shared.days_in_words(figures.texts, known)
    return figures.text(key, days=days, low=median.low, high=median.high)


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
    return texts("front.period", first=first, last=last)


def _days_sentence(figures: NoticeFigures, indicator: str, points: Sequence[Point]) -> str:
    texts, day = figures.texts, figures.view.reference_date
    period = _year_before_the_last(texts, day)
    now = next((_days(each) for each in points if each.date == day), None)
    if now is None or None in (now.median, now.first_quartile, now.third_quartile):
        return figures.text(f"notices.{indicator}.none", period=period)

    def values(of: Days) -> dict[str, str]:
        days = shared.days_in_words(texts, of.median or 0.0)
        return {"notices": texts.counted("notice", of.known), "days": days}

    quartiles = (now.first_quartile or 0.0, now.third_quartile or 0.0)
    half = figures.text(
        f"notices.{indicator}.half",
        period=period,
        quartiles=shared.range_in_words(texts, *quartiles),
        **values(now),
    )
    changed = change.in_a_year(points, day, Kind.MEDIAN)
    if changed.earlier is None or changed.verdict is Verdict.FEW:
        before = texts(f"change.{changed.verdict}")
    else:
        before = figures.text("notices.year_before", **values(_days(changed.earlier)))
    return f"{figures.labels.indicator(indicator)}: {half} {before}"


def _come_to(figures: NoticeFigures, outcomes: Sequence[str]) -> int:
    return sum(link.notices for link in figures.links if link.outcome in outcomes)


def _who_sends_most(figures: NoticeFigures, sent: Sequence[Sender]) -> str:
    """Return who sends the most notices; whoever may be ahead by chance alone is not set apart."""
    texts, by_code = figures.texts, {sender.code: sender.notices for sender in sent}
    total = sum(by_code.values())
    if total < SMALL_DENOMINATOR:
        return figures.text("notices.senders_few", notices=texts.counted("notice", total))
    leading = significance.leaders(
        [(code, sentences.count(notices)) for code, notices in by_code.items()], Kind.RATE
    )
    named = [
        figures.text(
            "notices.sender_and_number",
            sender=figures.labels.code("sender", code),
            notices=by_code[code],
        )
        for code in leading
    ]
    return figures.text(
        f"notices.senders_{'one' if len(named) == 1 else 'several'}",
        senders=shared.listed(texts, named),
        total=texts.counted("notice", total),
    )


def _draw_flow(figures: NoticeFigures, palette: Palette) -> go.Figure:
    texts, name_of = figures.texts, partial(figures.labels.code, "notice_step")
    column: dict[str, int] = {}
    for link in figures.links:
        column[link.step] = link.step_order - 1
        column[link.outcome] = link.outcome_order - 1

    def step(code: str) -> FlowStep:
        into = [link for link in figures.links if link.outcome == code]
        number = texts.whole(sum(link.notices for link in into) or figures.received)
        name, days = name_of(code), _medians(texts, into)
        if days:
            number = texts("notices.number_and_days", number=number, days=days)
        return FlowStep(
            code=code,
            column=column[code],
            name=name,
            number=number,
            hover=f"<b>{name}</b><br>{number}",
            goes_on=code not in _STOPS,
        )

    def band(link: FlowLink) -> FlowBand:
        hover = [
            f"<b>{name_of(link.step)} → {name_of(link.outcome)}</b>",
            texts.counted("notice", link.notices),
        ]
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
    texts = figures.texts

    def reached(days: int) -> Reached:
        share = _share_after(figures, days)
        hover = _after_in_words(figures, days)
        return Reached(days, share.value, share.low, share.high, hover)

    def named(key: str, days: int) -> Named:
        share, in_words = _share_after(figures, days).value, shared.days_in_words(texts, days)
        return Named(days, share, texts(key, value=texts.per_cent(share), days=in_words))

    marked = {
        "notices.half_at": figures.curve.median(figures.last_day).days,
        "notices.share_at": _MILESTONES[0] if _MILESTONES[0] <= figures.last_day else None,
    }
    return survival_curve(
        palette,
        [reached(estimate.days) for estimate in figures.curve.estimates],
        figures.last_day,
        [named(key, days) for key, days in marked.items() if days is not None],
        days_title=texts("notices.days_after"),
        write_share=partial(figures.labels.tick, Kind.SHARE),
    )


def _bar_of_sender(figures: NoticeFigures, sender: Sender) -> Bar:
    notices = figures.texts.counted("notice", sender.notices)
    return figures.bar(
        figures.labels.code("sender", sender.code),
        [sender.assessed, sender.notices - sender.assessed],
        figures.text("notices.sender_hover", notices=notices, assessed=sender.assessed),
    )
