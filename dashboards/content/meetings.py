"""The page *Møte*: who goes without one, how many of which type and form, and who takes part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import plotly.graph_objects as go

from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader.coverage import Cell, Measured
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Kind
from dashboards.analysis import significance
from dashboards.analysis.significance import SMALL_DENOMINATOR, Extremes
from dashboards.charts.bars import Bar, Part, bars
from dashboards.charts.base import A_QUARTER
from dashboards.charts.colours import Palette
from dashboards.charts.time_series import Series, SeriesPoint, time_series
from dashboards.content import followup as shared
from dashboards.content import indicator, sentences
from dashboards.content.absence import dates
from dashboards.content.indicator import Figure
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure, Section, Way, or_none, part
from dashboards.content.shared import (
    EVERY_GROUP,
    Picture,
    break_days,
    break_marks,
    breaks_in_words,
    cautions,
    notes,
    place_and_date,
)
from dashboards.export.table import Column, Row, Table
from dashboards.export.table import Kind as Holds
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


@dataclass(frozen=True)
class Quarter:
    """One whole quarter: how many meetings of each type or form, and how many breaks lie behind."""

    first_day: dt.date
    meetings: dict[str, int]
    segment: int


@dataclass(frozen=True)
class MeetingFigures:
    """Everything that the page shows, read at once from one publication."""

    labels: Labels
    view: View
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
    yield Section(filters=[shared.FILTERS])
    figures = gather(labels, view)
    yield Section(
        lead=[headline(figures)],
        remarks=cautions(labels, figures.view),
        way=Way(texts("meetings.way_back"), PageKey.REGISTRATION, figures.view),
    )

    yield from part(_section_without(figures), texts("meetings.section_without"))
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
    """Yield what is counted of the meetings themselves, its table folded."""
    labels, picture, table = figures.labels, draw(figures), tabulate(figures)
    definition = labels.texts(f"meetings.definition_{what}")
    yield Section(
        key=f"meetings_{what}",
        picture=picture,
        folded=table.title,
        table=table,
        notes=shared.notes(labels, figures.view, table.title, definition, RECORDS, what),
    )


def gather(labels: Labels, view: View) -> MeetingFigures:
    """Read the figures of a view, or raise why there are none."""
    publication = labels.publication
    of_coverage = shared.view_of(labels, view, COVERAGE)
    dates(labels, view)
    counts = [
        count
        for count in followup.meeting_counts(publication, view.municipality)
        if count.month <= view.reference_date
    ]
    cells = coverage.cells(
        publication, view.municipality, view.reference_date, COVERAGE, of_coverage.age_scheme
    )
    if not counts:
        raise shared.absence(labels, view, RECORDS)
    forms = [
        count
        for count in followup.form_counts(publication, view.municipality)
        if count.month <= view.reference_date
    ]
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
        return figures.labels.texts(
            "meetings.nobody_with_coordinator", where=place_and_date(figures.labels, figures.view)
        )
    return indicator.level_and_change(figures.coverage)


def without_meeting(figures: MeetingFigures) -> Picture:
    """Return the picture of those with a coordinator and without a meeting, by age group."""
    labels, texts = figures.labels, figures.labels.texts
    everyone = figures.everyone
    if everyone is None:
        raise NoFigure(
            texts("meetings.nobody_with_coordinator", where=place_and_date(labels, figures.view))
        )
    title = texts(
        "meetings.without_title" if figures.is_newest else "meetings.without_then",
        persons=texts.counted("person", everyone.denominator - everyone.numerator),
        of=texts.whole(everyone.denominator),
        date=texts.date(figures.view.reference_date),
    )
    found = _who_stands_out_in_words(figures, everyone)
    subtitle = texts("meetings.without_subtitle", where=place_and_date(labels, figures.view))
    return Picture(
        f"{title} {found}",
        subtitle,
        partial(_draw_without, figures),
        texts("meetings.see_table"),
        (
            texts("meetings.few_explained", limit=SMALL_DENOMINATOR),
            texts("meetings.without_advice"),
        ),
    )


def by_type(figures: MeetingFigures) -> Picture:
    """Return the picture of the types of meetings over the quarters."""
    labels, texts, view = figures.labels, figures.labels.texts, figures.view
    if not figures.quarters:
        raise NoFigure(texts("meetings.no_quarter", where=place_and_date(labels, view)))
    subtitle = texts(
        "meetings.types_subtitle",
        municipality=labels.municipality(view.municipality),
        first=texts.quarter(figures.quarters[0].first_day),
        last=texts.quarter(figures.quarters[-1].first_day),
    )
    title = _years_compared(figures)
    told_breaks = breaks_in_words(labels, figures.of_meetings)
    return Picture(
        title,
        subtitle,
        partial(_draw_quarters, figures, figures.quarters, "meeting_type", figures.types),
        texts("meetings.see_table"),
        (texts("meetings.types_explained"), *([told_breaks] if told_breaks else [])),
    )


def by_form(figures: MeetingFigures) -> Picture:
    """Return the picture of what coordination meetings are called over the quarters."""
    labels, texts, view = figures.labels, figures.labels.texts, figures.view
    if not sum(_called(figures.forms)):
        raise NoFigure(texts("meetings.forms_none", where=place_and_date(labels, view)))
    subtitle = texts(
        "meetings.forms_subtitle",
        municipality=labels.municipality(view.municipality),
        first=texts.quarter(figures.forms[0].first_day),
        last=texts.quarter(figures.forms[-1].first_day),
    )
    title = _forms_compared(figures)
    told_breaks = breaks_in_words(labels, figures.of_meetings)
    return Picture(
        title,
        subtitle,
        partial(_draw_quarters, figures, figures.forms, "meeting_form", (_TEAM, _GROUP)),
        texts("meetings.see_table"),
        (
            texts("meetings.forms_explained"),
            *_called_otherwise(figures),
            *([told_breaks] if told_breaks else []),
        ),
    )


def gp_title(labels: Labels, figure: Figure) -> str:
    """Return in how many meetings the GP took part, and how that has changed in a year."""
    texts, measured = labels.texts, figure.measured
    told = texts(
        "meetings.gp_title" if figure.is_newest else "meetings.gp_title_then",
        date=texts.date(figure.view.reference_date),
        count=texts.whole(measured.numerator),
        of=texts.whole(measured.denominator),
        value=labels.value_with_interval(Kind.SHARE, measured),
    )
    return f"{told} {indicator.change_in_words(figure)}"


def participants(figures: MeetingFigures) -> Picture:
    """Return the picture of who takes part in the meetings, the most frequent first."""
    labels, texts, view = figures.labels, figures.labels.texts, figures.view
    if not figures.participation:
        raise NoFigure(texts("meetings.no_meeting_in_year", where=place_and_date(labels, view)))
    services = [
        (each.participant, significance.wilson(each.meetings_with, each.meetings))
        for each in figures.participation
        if each.participant not in _NO_SERVICE and each.meetings_with
    ]
    leading = significance.leaders(services, Kind.SHARE)
    told = [
        texts(
            "meetings.service_and_share",
            service=_participant(labels, code),
            value=texts.per_cent(dict(services)[code].value),
        )
        for code in leading
    ]
    few = figures.participation[0].meetings < SMALL_DENOMINATOR
    if few or not 0 < len(told) <= _MOST_NAMED:
        title = texts("meetings.participants_few")
    else:
        title = texts(
            f"meetings.participants_{'one' if len(told) == 1 else 'several'}",
            services=shared.listed(texts, told),
        )
    subtitle = texts(
        "meetings.participants_subtitle",
        of=texts.whole(figures.participation[0].meetings),
        where=place_and_date(labels, view),
    )
    return Picture(
        title,
        subtitle,
        partial(_draw_participants, figures),
        texts("meetings.see_table"),
        (texts("meetings.participants_overlap"),),
    )


def table_without_meeting(figures: MeetingFigures) -> Table:
    """Return those with and without a meeting by age group, everybody last."""
    labels, texts = figures.labels, figures.labels.texts
    rows = [
        _row_without(labels.age_group(cell.age_group), cell.measured) for cell in _ages(figures)
    ]
    total = figures.everyone
    return Table(
        texts("meetings.without_table", where=place_and_date(labels, figures.view)),
        (
            Column(texts("filter.age")),
            Column(texts("meetings.with_coordinator"), Holds.WHOLE),
            Column(texts("meetings.with_meeting"), Holds.WHOLE),
            Column(texts("meetings.without_meeting"), Holds.WHOLE),
            Column(texts("meetings.share_without"), Holds.PER_CENT),
            Column(texts("column.interval_low", unit=texts("unit.per_cent")), Holds.PER_CENT),
            Column(texts("column.interval_high", unit=texts("unit.per_cent")), Holds.PER_CENT),
        ),
        tuple(rows),
        _row_without(labels.age_group(ALL), total) if total else None,
    )


def table_by_type(figures: MeetingFigures) -> Table:
    """Return the meetings by quarter and type, newest first."""
    labels, texts = figures.labels, figures.labels.texts
    title = texts(
        "meetings.types_table", municipality=labels.municipality(figures.view.municipality)
    )
    return _table_of_quarters(labels, title, figures.quarters, "meeting_type", figures.types)


def table_by_form(figures: MeetingFigures) -> Table:
    """Return the coordination meetings by quarter and what they are called, newest first."""
    labels, texts = figures.labels, figures.labels.texts
    title = texts(
        "meetings.forms_table", municipality=labels.municipality(figures.view.municipality)
    )
    codes = (_TEAM, _GROUP, _NEITHER)
    return _table_of_quarters(labels, title, figures.forms, "meeting_form", codes)


def table_of_participants(figures: MeetingFigures) -> Table:
    """Return who took part in how many meetings, the most frequent first."""
    labels, texts = figures.labels, figures.labels.texts
    per_cent = texts("unit.per_cent")
    rows: list[Row] = []
    for each in figures.participation:
        measured = significance.wilson(each.meetings_with, each.meetings)
        rows.append(
            (
                _participant(labels, each.participant),
                each.meetings_with,
                each.meetings,
                measured.value,
                measured.low,
                measured.high,
            )
        )
    return Table(
        texts("meetings.participants_table", where=place_and_date(labels, figures.view)),
        (
            Column(texts("meetings.participant")),
            Column(texts("meetings.meetings_with"), Holds.WHOLE),
            Column(texts("meetings.meetings"), Holds.WHOLE),
            Column(texts("column.value", unit=per_cent), Holds.PER_CENT),
            Column(texts("column.interval_low", unit=per_cent), Holds.PER_CENT),
            Column(texts("column.interval_high", unit=per_cent), Holds.PER_CENT),
        ),
        tuple(rows),
    )


def _without(measured: Measured) -> Measured:
    """Return those without a meeting, of those with a coordinator."""
    return significance.wilson(measured.denominator - measured.numerator, measured.denominator)


def who_stands_out(figures: MeetingFigures, everyone: Measured) -> Extremes:
    """Return the age groups that most and fewest are without a meeting in, beyond chance."""
    return significance.extremes(
        [
            replace(cell, measured=_without(cell.measured))
            for cell in significance.by_age(figures.cells)
        ],
        _without(everyone),
        Kind.SHARE,
    )


def _who_stands_out_in_words(figures: MeetingFigures, everyone: Measured) -> str:
    labels, texts = figures.labels, figures.labels.texts
    found = who_stands_out(figures, everyone)
    if not found.judged:
        return texts("where.too_few")
    lowest = "lowest" if found.highest else "lowest_alone"
    told = [
        texts(
            f"meetings.without_{end}",
            group=labels.age_group_in_text(figures.view.age_scheme, cell.age_group),
            value=texts.per_cent(cell.measured.value),
        )
        for end, cell in (("highest", found.highest), (lowest, found.lowest))
        if cell is not None
    ]
    return " ".join(told) or texts("meetings.without_alike")


def _years_compared(figures: MeetingFigures) -> str:
    """Return how many meetings the last four quarters had, beside the four before them."""
    texts = figures.labels.texts
    last = figures.quarters[-_QUARTERS_OF_A_YEAR:]
    before = figures.quarters[-2 * _QUARTERS_OF_A_YEAR : -_QUARTERS_OF_A_YEAR]
    now = _counting(figures, last)
    if len(last) < _QUARTERS_OF_A_YEAR:
        return texts(
            "meetings.types_title_short",
            meetings=texts.whole(now),
            quarters=texts.counted("quarter", len(last)),
        )
    told = texts("meetings.types_title", meetings=texts.whole(now))
    if len(before) < _QUARTERS_OF_A_YEAR:
        return told
    if before[0].segment != last[-1].segment:
        return f"{told} {texts('meetings.types_broken')}"
    then = _counting(figures, before)
    if max(now, then) < SMALL_DENOMINATOR:
        return told
    found = "alike"
    # Counts of two periods of the same length.
    if significance.differ(
        Measured(now, 1, now, None, None), Measured(then, 1, then, None, None), Kind.RATE
    ):
        found = "more" if now > then else "fewer"
    compared = texts(
        f"meetings.types_{found}",
        earlier=texts.whole(then),
        difference=texts.whole(abs(now - then)),
    )
    return f"{told} {compared}"


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
    texts = figures.labels.texts
    last = figures.forms[-_QUARTERS_OF_A_YEAR:]
    now = _teams(last)
    period = _period(figures, last)
    if now is None:
        return texts("meetings.forms_few", period=period)
    told = texts(
        "meetings.forms_title",
        now=texts.per_cent(now.value),
        of=texts.whole(now.denominator),
        period=period,
    )
    for years in range(_YEARS_BACK, 0, -1):
        end = len(figures.forms) - years * _QUARTERS_OF_A_YEAR
        before = figures.forms[max(0, end - _QUARTERS_OF_A_YEAR) : max(0, end)]
        then = _teams(before)
        if (
            then is None
            or len(before) < _QUARTERS_OF_A_YEAR
            or before[0].segment != last[-1].segment
        ):
            continue
        found = "alike"
        if significance.differ(now, then, Kind.SHARE):
            found = "more" if now.value > then.value else "fewer"
        compared = texts(
            f"meetings.forms_{found}",
            then=texts.per_cent(then.value),
            years=texts.counted("year", years),
        )
        return f"{told} {compared}"
    is_broken = figures.forms[0].segment != last[-1].segment
    return f"{told} {texts('meetings.forms_broken')}" if is_broken else told


def _period(figures: MeetingFigures, last: Sequence[Quarter]) -> str:
    texts = figures.labels.texts
    if len(last) == _QUARTERS_OF_A_YEAR:
        return texts("meetings.last_year")
    return texts("meetings.so_far", quarters=texts.counted("quarter", len(last)))


def _called_otherwise(figures: MeetingFigures) -> tuple[str, ...]:
    """Return how many of the last coordination meetings the picture leaves out, if any."""
    texts = figures.labels.texts
    last = figures.forms[-_QUARTERS_OF_A_YEAR:]
    others = sum(quarter.meetings.get(_NEITHER, 0) for quarter in last)
    if not others:
        return ()
    told = texts(
        "meetings.forms_neither",
        others=texts.whole(others),
        of=texts.whole(others + sum(_called(last))),
        period=_period(figures, last),
    )
    return (told,)


def _table_of_quarters(
    labels: Labels, title: str, shown: Sequence[Quarter], field: str, codes: Sequence[str]
) -> Table:
    texts = labels.texts
    return Table(
        title,
        (
            Column(texts("meetings.quarter")),
            *(Column(labels.code(field, code), Holds.WHOLE) for code in codes),
        ),
        tuple(
            (
                texts.quarter(quarter.first_day),
                *(quarter.meetings.get(code, 0) for code in codes),
            )
            for quarter in reversed(shown)
        ),
    )


def _ages(figures: MeetingFigures) -> list[Cell]:
    """Return the age groups in their order, the unknown last where there is somebody."""
    groups = reference.age_groups(figures.labels.publication)[figures.view.age_scheme]
    order = [group.code for group in groups] + [UNKNOWN]
    cells = {cell.age_group: cell for cell in figures.cells if cell.service_area == ALL}
    return [cells[code] for code in order if code in cells]


def _row_without(label: str, measured: Measured) -> Row:
    found = _without(measured)
    return (
        label,
        measured.denominator,
        measured.numerator,
        found.numerator,
        found.value,
        found.low,
        found.high,
    )


def _draw_without(figures: MeetingFigures, palette: Palette) -> go.Figure:
    labels, texts = figures.labels, figures.labels.texts

    def bar(label: str, measured: Measured) -> Bar:
        found = _without(measured)
        hover = f"<b>{label}</b><br>" + texts(
            "meetings.without_hover",
            without=texts.whole(found.numerator),
            of=texts.whole(found.denominator),
            value=labels.value_with_interval(Kind.SHARE, found),
        )
        return Bar(
            label=label,
            values=[found.numerator, measured.numerator],
            texts=[texts.whole(found.numerator), texts.whole(measured.numerator)],
            hovers=[hover, hover],
            text=texts.per_cent(found.value),
            is_small=found.denominator < SMALL_DENOMINATOR,
        )

    return bars(
        palette,
        [
            Part(texts("meetings.without_meeting")),
            Part(texts("meetings.with_meeting"), darkness=0.15),
        ],
        [
            bar(labels.age_group_in_text(figures.view.age_scheme, cell.age_group), cell.measured)
            for cell in _ages(figures)
        ],
    )


def _draw_quarters(
    figures: MeetingFigures,
    shown: Sequence[Quarter],
    field: str,
    codes: Sequence[str],
    palette: Palette,
) -> go.Figure:
    labels, texts = figures.labels, figures.labels.texts

    def line(code: str) -> Series:
        name = labels.code(field, code)
        return Series(
            name,
            [
                SeriesPoint(
                    date=quarter.first_day,
                    value=quarter.meetings.get(code, 0),
                    low=None,
                    high=None,
                    hover=f"<b>{name}</b>, {texts.quarter(quarter.first_day)}<br>"
                    + texts.counted("meeting", quarter.meetings.get(code, 0)),
                    segment=quarter.segment,
                )
                for quarter in shown
            ],
        )

    def whole_or_nothing(number: float) -> str:
        return texts.whole(int(number)) if float(number).is_integer() else ""

    return time_series(
        palette,
        [line(code) for code in codes],
        marked=shown[-1].first_day,
        breaks=break_marks(labels, figures.of_meetings),
        write_value=lambda value: texts.whole(int(value)),
        write_tick=whole_or_nothing,
        write_month=texts.short_month,
        longest_step=A_QUARTER,
    )


def _draw_participants(figures: MeetingFigures, palette: Palette) -> go.Figure:
    labels, texts = figures.labels, figures.labels.texts
    shown = [each for each in figures.participation if each.meetings_with]

    def bar(each: Participation) -> Bar:
        measured = significance.wilson(each.meetings_with, each.meetings)
        name = _participant(labels, each.participant)
        return Bar(
            label=name,
            values=[each.meetings_with],
            texts=[""],
            hovers=[
                f"<b>{name}</b><br>{sentences.persons(labels, measured)}<br>"
                f"{labels.value_with_interval(Kind.SHARE, measured)}"
            ],
            text=f"{texts.per_cent(measured.value)} ({texts.whole(each.meetings_with)})",
            begins_group=each.participant == _NOT_RECORDED,
        )

    named = [each for each in shown if each.participant != _NOT_RECORDED]
    unnamed = [each for each in shown if each.participant == _NOT_RECORDED]
    return bars(palette, [Part("")], [bar(each) for each in [*named, *unnamed]])


def _participant(labels: Labels, code: str) -> str:
    """Return the name of a participant: services have the names of their areas."""
    if code in reference.service_areas(labels.publication):
        return labels.service_area(code)
    return labels.code("participant", code)
