"""The page *Møte*: who goes without one, how many of which type and form, and who takes part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import plotly.graph_objects as go

from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.coverage import Cell, Measured
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Kind
from dashboards.analysis import significance
from dashboards.analysis.significance import SMALL_DENOMINATOR, Extremes
from dashboards.charts.bars import Bar
from dashboards.charts.base import A_QUARTER, SeriesPoint
from dashboards.charts.colours import Palette
from dashboards.charts.time_series import Series
from dashboards.content import columns, indicator, meetings_each, sentences
from dashboards.content import followup as shared
from dashboards.content.absence import dates
from dashboards.content.indicator import Figure
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section, Way, or_none, part
from dashboards.content.shared import (
    EVERY_GROUP,
    ON_A_DATE,
    Picture,
    break_days,
    breaks_in_words,
    cautions,
    drawn_over_time,
    notes,
)
from dashboards.export.table import Holds, Table, table_of
from dashboards.i18n.texts import tense
from dashboards.pages import PageKey
from dashboards.queries import followup
from dashboards.queries.followup import Participation
from dashboards.view.state import View

RECORDS = ("mote",)
COVERAGE = "meeting_coverage"
GP = "gp_participation"
_NOT_RECORDED = "not_recorded"
# Who is not a service: they are no part of which services meet most often.
_NO_SERVICE = ("gp", "user", "family", "coordinator", "other", _NOT_RECORDED)
# A year is compared with the one before it.
_QUARTERS_OF_A_YEAR = 4
# What a coordination meeting is called, the form that comes before the one that goes; and neither.
_TEAM, _GROUP = "follow_up_team", "responsibility_group"
_NEITHER = "other"
# What meetings are called changes slowly: it is compared with so many years before.
_YEARS_BACK = 5
# Where chance alone may order more services than these, none of them is named.
_MOST_NAMED = 6
Counted = TypeVar("Counted", followup.MeetingCount, followup.FormCount)


@dataclass(frozen=True)
class Quarter:
    """One whole quarter: how many meetings of each type or form, and how many breaks lie behind."""

    first_day: dt.date
    meetings: dict[str, int]
    segment: int


@dataclass(frozen=True)
class MeetingFigures(PageData):
    """Everything that the page shows, read at once from one publication."""

    cells: tuple[Cell, ...]
    quarters: tuple[Quarter, ...]
    forms: tuple[Quarter, ...]
    types: tuple[str, ...]
    types_that_count: frozenset[str]
    coverage: Figure | None
    participation: tuple[Participation, ...]
    is_newest: bool

    @property
    def of_meetings(self) -> View:
        """The view of what is counted from meetings alone: what breaks it, breaks their number."""
        return replace(self.view, indicator=GP)

    @property
    def everyone(self) -> Measured | None:
        """All with a coordinator, and those of them who have had a meeting."""
        return significance.figure_of(self.cells, ALL, ALL)


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    texts = labels.texts
    yield Section(filters=[ON_A_DATE])
    figures = gather(labels, view)
    yield Section(
        lead=[headline(figures)],
        remarks=cautions(labels, figures.view),
        way=Way(texts("meetings.way_back"), PageKey.REGISTRATION, figures.view),
    )

    yield from part(_section_without(figures), texts("meetings.section_without"))
    yield from part(meetings_each.sections_of_each(figures), texts("each.section"))
    yield from part(meetings_each.sections_of_teams(figures), texts("team.section"))
    for what, draw, table in (("types", by_type, table_by_type), ("forms", by_form, table_by_form)):
        yield from part(_counted(figures, what, draw, table), texts(f"meetings.section_{what}"))
    yield from part(_section_gp(figures), texts("meetings.section_gp"))
    yield from part(
        _counted(figures, "participants", participants, table_of_participants),
        texts("meetings.section_participants"),
    )


def _section_without(figures: MeetingFigures) -> Iterator[Section]:
    table = table_without_meeting(figures)
    yield Section(
        key="meetings_without",
        picture=without_meeting(figures),
        explained=figures.view,
        table=table,
        notes=notes(figures.labels, figures.view, table.title, EVERY_GROUP),
    )


def _section_gp(figures: MeetingFigures) -> Iterator[Section]:
    gp = indicator.figure_of(figures.labels, figures.view, GP)
    yield from indicator.sections_over_time(gp, gp_title(figures.labels, gp), "meetings_gp")


def _counted(
    figures: MeetingFigures,
    what: str,
    draw: Callable[[MeetingFigures], Picture],
    tabulate: Callable[[MeetingFigures], Table],
) -> Iterator[Section]:
    """Yield what is counted of the meetings themselves."""
    picture, table = draw(figures), tabulate(figures)
    definition = figures.text(f"meetings.definition_{what}")
    yield Section(
        key=f"meetings_{what}",
        picture=picture,
        table=table,
        notes=figures.notes(table.title, definition, RECORDS, what),
    )


def gather(labels: Labels, view: View) -> MeetingFigures:
    """Read the figures of a view, or raise why there are none."""
    publication = labels.publication
    of_coverage = shared.view_of(labels, view, COVERAGE)
    dates(labels, view)

    def known(counts: Sequence[Counted]) -> list[Counted]:
        return [count for count in counts if count.month <= view.reference_date]

    counts = known(followup.meeting_counts(publication, view.municipality))
    cells = coverage.cells(
        publication, view.municipality, view.reference_date, COVERAGE, of_coverage.age_scheme
    )
    if not counts:
        raise shared.absence(labels, view, RECORDS)
    forms = known(followup.form_counts(publication, view.municipality))
    breaks = break_days(labels, replace(of_coverage, indicator=GP))
    in_order = reference.code_names(publication, "meeting_type")
    held = {count.code for count in counts}
    return MeetingFigures(
        labels=labels,
        view=of_coverage,
        cells=cells,
        quarters=quarters(counts, view.reference_date, breaks),
        forms=quarters(forms, view.reference_date, breaks),
        types=tuple(code for code in in_order if code in held),
        types_that_count=frozenset(count.code for count in counts if count.counts),
        coverage=or_none(partial(indicator.figure_of, labels, of_coverage, COVERAGE)),
        participation=followup.participation(publication, view.municipality, view.reference_date),
        is_newest=shared.is_newest(labels, view),
    )


def quarters(
    counts: Sequence[followup.MeetingCount | followup.FormCount],
    last_day: dt.date,
    breaks: Sequence[dt.date],
) -> tuple[Quarter, ...]:
    """Return the quarters that are whole by a day, from the first that has a meeting.

    A month without meetings has no row: it counts as none.
    """
    if not counts:
        return ()
    day = shared.quarter_of(min(count.month for count in counts))
    found = []
    while shared.next_quarter(day) - dt.timedelta(days=1) <= last_day:
        of_quarter = [count for count in counts if shared.quarter_of(count.month) == day]
        meetings: dict[str, int] = {}
        for count in of_quarter:
            meetings[count.code] = meetings.get(count.code, 0) + count.meetings
        found.append(Quarter(day, meetings, sum(shared.quarter_of(each) <= day for each in breaks)))
        day = shared.next_quarter(day)
    return tuple(found)


def headline(figures: MeetingFigures) -> str:
    """Return the sentence that the page is about: how many have met, and how it has changed."""
    if figures.coverage is None:
        return figures.text("meetings.nobody_with_coordinator")
    return indicator.level_and_change(figures.coverage)


def without_meeting(figures: MeetingFigures) -> Picture:
    """Return the picture of those with a coordinator and without a meeting, by age group."""
    everyone = figures.everyone
    if everyone is None:
        raise figures.absence("meetings.nobody_with_coordinator")
    title = figures.text(
        f"meetings.without_{tense(figures.is_newest)}",
        persons=figures.texts.counted("person", everyone.denominator - everyone.numerator),
        of=everyone.denominator,
    )
    texts = figures.texts
    return figures.picture_of_bars(
        f"{title} {_who_stands_out_in_words(figures, everyone)}",
        figures.text("meetings.without_subtitle"),
        {texts("meetings.without_meeting"): 1.0, texts("meetings.with_meeting"): 0.15},
        [_bar_without(figures, cell) for cell in _ages(figures)],
        texts("meetings.few_explained", limit=SMALL_DENOMINATOR),
        texts("meetings.without_advice"),
    )


def by_type(figures: MeetingFigures) -> Picture:
    """Return the picture of the types of meetings over the quarters."""
    if not figures.quarters:
        raise figures.absence("meetings.no_quarter")
    return _over_quarters(
        figures,
        _years_compared(figures),
        "meetings.types_subtitle",
        figures.quarters,
        figures.labels.codes("meeting_type", figures.types),
        figures.text("meetings.types_explained"),
    )


def by_form(figures: MeetingFigures) -> Picture:
    """Return the picture of what coordination meetings are called over the quarters."""
    if not sum(_called(figures.forms)):
        raise figures.absence("meetings.forms_none")
    return _over_quarters(
        figures,
        _forms_compared(figures),
        "meetings.forms_subtitle",
        figures.forms,
        figures.labels.codes("meeting_form", (_TEAM, _GROUP)),
        figures.text("meetings.forms_explained"),
        _called_otherwise(figures),
    )


def _over_quarters(
    figures: MeetingFigures,
    title: str,
    subtitle: str,
    shown: Sequence[Quarter],
    names: Mapping[str, str],
    *remarks: str | None,
) -> Picture:
    first, last = (figures.texts.quarter(shown[at].first_day) for at in (0, -1))
    return figures.picture(
        title,
        figures.text(subtitle, first=first, last=last),
        _drawn_by_quarter(figures, shown, names),
        *remarks,
        breaks_in_words(figures.labels, figures.of_meetings),
    )


def gp_title(labels: Labels, figure: Figure) -> str:
    """Return in how many meetings the GP took part, and how that has changed in a year."""
    level = figure.text(
        f"meetings.gp_{figure.tense}",
        count=figure.measured.numerator,
        of=figure.measured.denominator,
        value=labels.value_with_interval(Kind.SHARE, figure.measured),
    )
    return f"{level} {indicator.change_in_words(figure)}"


def participants(figures: MeetingFigures) -> Picture:
    """Return the picture of who takes part in the meetings, the most frequent first."""
    if not figures.participation:
        raise figures.absence("meetings.no_meeting_in_year")
    shown = [each for each in figures.participation if each.meetings_with]
    shown.sort(key=lambda each: each.participant == _NOT_RECORDED)
    return figures.picture_of_bars(
        _who_meets_most(figures),
        figures.text("meetings.participants_subtitle", of=figures.participation[0].meetings),
        {"": 1.0},
        [_bar_of_participant(figures, each) for each in shown],
        figures.text("meetings.participants_overlap"),
    )


def _who_meets_most(figures: MeetingFigures) -> str:
    """Return which services take part most often, where chance alone does not order them."""
    services = {
        each.participant: _share_of(each)
        for each in figures.participation
        if each.participant not in _NO_SERVICE and each.meetings_with
    }
    leading = significance.leaders(list(services.items()), Kind.SHARE)
    is_few = figures.participation[0].meetings < SMALL_DENOMINATOR
    if is_few or not 0 < len(leading) <= _MOST_NAMED:
        return figures.text("meetings.participants_few")
    named = [
        figures.text(
            "meetings.service_and_share",
            service=_participant(figures.labels, code),
            value=figures.texts.per_cent(services[code].value),
        )
        for code in leading
    ]
    form = "one" if len(named) == 1 else "several"
    return figures.text(
        f"meetings.participants_{form}", services=shared.listed(figures.texts, named)
    )


def table_without_meeting(figures: MeetingFigures) -> Table:
    """Return those with and without a meeting by age group, everybody last."""
    labels, texts, everyone = figures.labels, figures.texts, figures.everyone

    def without(cell: Cell) -> Measured:
        return _without(cell.measured)

    _, low, high = columns.share(texts, without)
    return table_of(
        figures.text("meetings.without_table"),
        _ages(figures),
        (texts("filter.age"), Holds.TEXT, lambda cell: labels.age_group(cell.age_group)),
        (
            texts("meetings.with_coordinator"),
            Holds.WHOLE,
            lambda cell: cell.measured.denominator,
        ),
        (texts("meetings.with_meeting"), Holds.WHOLE, lambda cell: cell.measured.numerator),
        (texts("meetings.without_meeting"), Holds.WHOLE, lambda cell: without(cell).numerator),
        (texts("meetings.share_without"), Holds.PER_CENT, lambda cell: without(cell).value),
        low,
        high,
        whole=Cell(ALL, ALL, everyone) if everyone else None,
    )


def table_by_type(figures: MeetingFigures) -> Table:
    """Return the meetings by quarter and type, newest first."""
    title = figures.text("meetings.types_table")
    names = figures.labels.codes("meeting_type", figures.types)
    return _table_of_quarters(figures, title, figures.quarters, names)


def table_by_form(figures: MeetingFigures) -> Table:
    """Return the coordination meetings by quarter and what they are called, newest first."""
    title = figures.text("meetings.forms_table")
    names = figures.labels.codes("meeting_form", (_TEAM, _GROUP, _NEITHER))
    return _table_of_quarters(figures, title, figures.forms, names)


def _table_of_quarters(
    figures: MeetingFigures, title: str, shown: Sequence[Quarter], names: Mapping[str, str]
) -> Table:
    texts = figures.texts

    def held(code: str) -> Callable[[Quarter], int]:
        return lambda quarter: quarter.meetings.get(code, 0)

    return table_of(
        title,
        reversed(shown),
        (texts("meetings.quarter"), Holds.TEXT, lambda each: texts.quarter(each.first_day)),
        *((name, Holds.WHOLE, held(code)) for code, name in names.items()),
    )


def table_of_participants(figures: MeetingFigures) -> Table:
    """Return who took part in how many meetings, the most frequent first."""
    labels, texts = figures.labels, figures.texts
    return table_of(
        figures.text("meetings.participants_table"),
        figures.participation,
        (
            texts("meetings.participant"),
            Holds.TEXT,
            lambda each: _participant(labels, each.participant),
        ),
        (texts("meetings.meetings_with"), Holds.WHOLE, lambda each: each.meetings_with),
        (texts("meetings.meetings"), Holds.WHOLE, lambda each: each.meetings),
        *columns.share(texts, _share_of),
    )


def _without(measured: Measured) -> Measured:
    """Return those without a meeting, of those with a coordinator."""
    return significance.wilson(measured.denominator - measured.numerator, measured.denominator)


def _share_of(each: Participation) -> Measured:
    return significance.wilson(each.meetings_with, each.meetings)


def who_stands_out(figures: MeetingFigures, everyone: Measured) -> Extremes:
    """Return the age groups that most and fewest are without a meeting in, beyond chance."""
    by_age = significance.by_age(figures.cells)
    without = [replace(cell, measured=_without(cell.measured)) for cell in by_age]
    return significance.extremes(without, _without(everyone), Kind.SHARE)


def _who_stands_out_in_words(figures: MeetingFigures, everyone: Measured) -> str:
    found = who_stands_out(figures, everyone)
    if not found.tested:
        return figures.texts("where.too_few")
    lowest = "lowest" if found.highest else "lowest_alone"
    sentences_of_ends = [
        figures.text(
            f"meetings.without_{end}",
            group=figures.labels.age_group_in_text(figures.view.age_scheme, cell.age_group),
            value=figures.texts.per_cent(cell.measured.value),
        )
        for end, cell in (("highest", found.highest), (lowest, found.lowest))
        if cell is not None
    ]
    return " ".join(sentences_of_ends) or figures.text("meetings.without_alike")


def _years_compared(figures: MeetingFigures) -> str:
    """Return how many meetings the last four quarters had, beside the four before them."""
    last, before = _years(figures.quarters, 0), _years(figures.quarters, 1)
    now, then = (_counting(figures, quarters_of_year) for quarters_of_year in (last, before))
    if len(last) < _QUARTERS_OF_A_YEAR:
        so_far = figures.texts.counted("quarter", len(last))
        return figures.text("meetings.types_title_short", meetings=now, quarters=so_far)
    level = figures.text("meetings.types_title", meetings=now)
    if len(before) < _QUARTERS_OF_A_YEAR:
        return level
    if before[0].segment != last[-1].segment:
        return f"{level} {figures.text('meetings.types_broken')}"
    if max(now, then) < SMALL_DENOMINATOR:
        return level
    # Counts of two periods of the same length.
    found = sentences.compared(sentences.count(now), sentences.count(then), Kind.RATE)
    changed = figures.text(f"meetings.types_{found}", earlier=then, difference=abs(now - then))
    return f"{level} {changed}"


def _years(of_quarters: Sequence[Quarter], back: int) -> Sequence[Quarter]:
    """Return the four quarters that ended so many years before the last; fewer where it began."""
    end = max(0, len(of_quarters) - back * _QUARTERS_OF_A_YEAR)
    return of_quarters[max(0, end - _QUARTERS_OF_A_YEAR) : end]


def _counting(figures: MeetingFigures, quarters_of_year: Sequence[Quarter]) -> int:
    return sum(
        meetings
        for quarter in quarters_of_year
        for code, meetings in quarter.meetings.items()
        if code in figures.types_that_count
    )


def _called(quarters_of_year: Sequence[Quarter]) -> tuple[int, int]:
    """Return how many meetings are called a follow-up team, and how many a responsibility group."""
    teams, groups = (
        sum(quarter.meetings.get(form, 0) for quarter in quarters_of_year)
        for form in (_TEAM, _GROUP)
    )
    return teams, groups


def _teams(quarters_of_year: Sequence[Quarter]) -> Measured | None:
    """Return the follow-up teams of all that are called one of the two; None of too few to say."""
    teams, groups = _called(quarters_of_year)
    whole = teams + groups
    return significance.wilson(teams, whole) if whole >= SMALL_DENOMINATOR else None


def _forms_compared(figures: MeetingFigures) -> str:
    """Return how far follow-up teams have taken over, beside some years before."""
    texts, last = figures.texts, _years(figures.forms, 0)
    now, period = _teams(last), _period(figures, last)
    if now is None:
        return figures.text("meetings.forms_few", period=period)
    level = figures.text(
        "meetings.forms_title", now=texts.per_cent(now.value), of=now.denominator, period=period
    )
    for years in range(_YEARS_BACK, 0, -1):
        before = _years(figures.forms, years)
        then = _teams(before)
        if then and len(before) == _QUARTERS_OF_A_YEAR and before[0].segment == last[-1].segment:
            changed = figures.text(
                f"meetings.forms_{sentences.compared(now, then, Kind.SHARE)}",
                then=texts.per_cent(then.value),
                years=texts.counted("year", years),
            )
            return f"{level} {changed}"
    is_broken = figures.forms[0].segment != last[-1].segment
    return f"{level} {figures.text('meetings.forms_broken')}" if is_broken else level


def _period(figures: MeetingFigures, last: Sequence[Quarter]) -> str:
    if len(last) == _QUARTERS_OF_A_YEAR:
        return figures.text("meetings.last_year")
    return figures.text("meetings.so_far", quarters=figures.texts.counted("quarter", len(last)))


def _called_otherwise(figures: MeetingFigures) -> str | None:
    """Return how many of the last coordination meetings the picture leaves out, if any."""
    last = _years(figures.forms, 0)
    others = sum(quarter.meetings.get(_NEITHER, 0) for quarter in last)
    if not others:
        return None
    return figures.text(
        "meetings.forms_neither",
        others=others,
        of=others + sum(_called(last)),
        period=_period(figures, last),
    )


def _ages(figures: MeetingFigures) -> list[Cell]:
    """Return the age groups in their order, the unknown last where there is somebody."""
    groups = reference.age_groups(figures.labels.publication)[figures.view.age_scheme]
    order = [group.code for group in groups] + [UNKNOWN]
    cells = {cell.age_group: cell for cell in figures.cells if cell.service_area == ALL}
    return [cells[code] for code in order if code in cells]


def _bar_without(figures: MeetingFigures, cell: Cell) -> Bar:
    labels, found = figures.labels, _without(cell.measured)
    hover = figures.text(
        "meetings.without_hover",
        without=found.numerator,
        of=found.denominator,
        value=labels.value_with_interval(Kind.SHARE, found),
    )
    return figures.bar(
        labels.age_group_in_text(figures.view.age_scheme, cell.age_group),
        [found.numerator, cell.measured.numerator],
        hover,
        text=figures.texts.per_cent(found.value),
        is_small=found.denominator < SMALL_DENOMINATOR,
    )


def _drawn_by_quarter(
    figures: MeetingFigures, shown: Sequence[Quarter], names: Mapping[str, str]
) -> Callable[[Palette], go.Figure]:
    labels, texts = figures.labels, figures.texts

    def point(name: str, quarter: Quarter, meetings: int) -> SeriesPoint:
        return SeriesPoint(
            date=quarter.first_day,
            value=meetings,
            low=None,
            high=None,
            hover=f"<b>{name}</b>, {texts.quarter(quarter.first_day)}<br>"
            + texts.counted("meeting", meetings),
            segment=quarter.segment,
        )

    def whole_or_nothing(number: float) -> str:
        return texts.whole(int(number)) if float(number).is_integer() else ""

    return drawn_over_time(
        labels,
        figures.of_meetings,
        Kind.COUNT,
        [
            Series(name, [point(name, each, each.meetings.get(code, 0)) for each in shown])
            for code, name in names.items()
        ],
        marked=shown[-1].first_day,
        write_tick=whole_or_nothing,
        longest_step=A_QUARTER,
    )


def _bar_of_participant(figures: MeetingFigures, each: Participation) -> Bar:
    labels, texts, measured = figures.labels, figures.texts, _share_of(each)
    value = labels.value_with_interval(Kind.SHARE, measured)
    return figures.bar(
        _participant(labels, each.participant),
        [each.meetings_with],
        f"{sentences.persons(labels, measured)}<br>{value}",
        text=f"{texts.per_cent(measured.value)} ({texts.whole(each.meetings_with)})",
        begins_group=each.participant == _NOT_RECORDED,
    )


def _participant(labels: Labels, code: str) -> str:
    """Return the name of a participant: services have the names of their areas."""
    if code in reference.service_areas(labels.publication):
        return labels.service_area(code)
    return labels.code("participant", code)
