"""The front page for the analyst: where municipalities differ by more than chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from html import escape

import plotly.graph_objects as go

from dagster_project.publication.reader import comparability, coverage
from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import Indicator, Kind
from dashboards.analysis import funnel as statistics
from dashboards.analysis import significance
from dashboards.analysis.funnel import FEWEST_TO_ADJUST, WITHIN_95, WITHIN_998, Group, Spread
from dashboards.charts.colours import Palette
from dashboards.charts.funnel import FunnelDot, FunnelLimit, funnel, size_range
from dashboards.content import side_by_side
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure, Section
from dashboards.content.shared import Picture, notes_of
from dashboards.export.downloads import Notes
from dashboards.export.table import Column, Table, Value, table_of
from dashboards.export.table import Kind as Holds
from dashboards.i18n.texts import alphabetical
from dashboards.queries import overview
from dashboards.queries.overview import OfMunicipality
from dashboards.view.state import Parameter, View

FILTERS = (Parameter.MUNICIPALITY, Parameter.REFERENCE_DATE, Parameter.INDICATOR)
_FEWEST = 2
# Of so many municipalities the name of each can stand at its point.
_MOST_NAMED = 12


@dataclass(frozen=True)
class Compared:
    """One municipality among those compared, and on which side of which limits it lies.

    `outside_95` and `outside_998` are 1 above the limits, -1 below them, 0 within, and where there
    are too few events to judge.
    """

    municipality: str
    grade: str
    measured: Measured
    is_judged: bool
    outside_95: int
    outside_998: int


@dataclass(frozen=True)
class NotCompared:
    """One municipality that is left out of the comparison, and why."""

    municipality: str
    grade: str
    reason: str


@dataclass(frozen=True)
class Comparison:
    """Everything that the analyst is shown, read at once from one publication."""

    labels: Labels
    view: View
    indicator: Indicator
    group: Group
    spread: Spread | None
    compared: tuple[Compared, ...]
    left_out: tuple[NotCompared, ...]
    # Why it is of an earlier day than the chosen one, where it is.
    of_an_earlier_day: str | None = None

    @property
    def beyond_chance(self) -> tuple[Compared, ...]:
        """Those outside the outer limits, the highest first."""
        return tuple(each for each in self.compared if each.outside_998)

    @property
    def between(self) -> tuple[Compared, ...]:
        """Those between the limits, the highest first."""
        return tuple(each for each in self.compared if each.outside_95 and not each.outside_998)


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page: where the municipalities differ by more than chance."""
    texts = labels.texts
    yield Section(filters=[FILTERS])
    found = gather(labels, view)
    yield Section(lead=[headline(found)])
    table = table_of_compared(found)
    of_compared = notes(found, table.title, found.compared)
    yield Section(heading=texts("front.section_funnel"))
    yield Section(key="funnel", picture=picture(found), explained=found.view, notes=of_compared)
    yield Section(key="municipalities", heading=table.title, table=table, notes=of_compared)
    left_out = table_of_left_out(found)
    if not left_out.rows:
        yield Section(heading=left_out.title, remarks=[texts("front.all_compared")])
        return
    yield Section(
        key="left_out",
        heading=left_out.title,
        of_table=[texts("front.not_ranked")],
        table=left_out,
        notes=notes(found, left_out.title, found.left_out),
    )


def gather(labels: Labels, view: View) -> Comparison:
    """Read the municipalities' figures of a date, or raise why they cannot be compared.

    The view of what is found is on the day that all municipalities with figures have reached.
    """
    texts, publication = labels.texts, labels.publication
    known = [
        code
        for code in coverage.municipalities(publication)
        if code in coverage.counted(publication)
    ]
    chosen = view.reference_date
    view = replace(view, reference_date=side_by_side.day_of(publication, known, chosen))
    earlier = side_by_side.day_in_words(labels, known, chosen, view.reference_date)
    indicator = labels.indicator_entry(view.indicator)
    name, day = labels.indicator(view.indicator), texts.date(view.reference_date)
    if indicator.kind not in (Kind.SHARE, Kind.RATE):
        raise NoFigure(texts("front.no_test", indicator=name))
    everybody = overview.of_municipalities(labels.publication, view.reference_date, view.indicator)
    usable: list[tuple[OfMunicipality, Measured]] = []
    left_out: list[NotCompared] = []
    for each in everybody:
        reason = _why_not(labels, view, each)
        if each.measured is not None and reason is None:
            usable.append((each, each.measured))
        else:
            left_out.append(NotCompared(each.municipality, each.grade, reason or ""))
    counted = {each.municipality for each in everybody}
    left_out += [
        NotCompared(code, "", texts("front.no_figure")) for code in known if code not in counted
    ]
    left_out.sort(key=lambda each: alphabetical(labels.municipality(each.municipality)))
    group = statistics.group_of((measured for _, measured in usable), indicator.multiplier)
    if group is None or len(usable) < _FEWEST:
        raise NoFigure(
            " ".join(
                [
                    *([earlier] if earlier else []),
                    texts("front.too_few_municipalities", indicator=name, date=day),
                    *(
                        f"{labels.municipality(each.municipality)}: {each.reason}"
                        for each in left_out
                    ),
                ]
            )
        )
    spread = statistics.spread_of(
        [measured for _, measured in usable], group.pooled, indicator.kind, indicator.multiplier
    )
    together = _together([measured for _, measured in usable], group.pooled)
    compared = [
        _compared(each, measured, together, indicator, group, spread) for each, measured in usable
    ]
    compared.sort(key=lambda each: -each.measured.value)
    return Comparison(
        labels, view, indicator, group, spread, tuple(compared), tuple(left_out), earlier
    )


def _together(parts: Sequence[Measured], pooled: float) -> Measured:
    return Measured(
        sum(part.numerator for part in parts),
        sum(part.denominator for part in parts),
        pooled,
        None,
        None,
    )


def _compared(
    each: OfMunicipality,
    measured: Measured,
    together: Measured,
    indicator: Indicator,
    group: Group,
    spread: Spread | None,
) -> Compared:
    """Return on which side of which limits a municipality lies, where that can be judged."""
    is_judged = significance.has_events(measured, together, indicator.kind)

    def outside(within: float) -> int:
        return statistics.outside(
            measured,
            group.pooled,
            indicator.kind,
            within,
            indicator.multiplier,
            spread.between if spread else 0.0,
        )

    return Compared(
        each.municipality,
        each.grade,
        measured,
        is_judged,
        outside(WITHIN_95) if is_judged else 0,
        outside(WITHIN_998) if is_judged else 0,
    )


def headline(found: Comparison) -> str:
    """Return who differs from the group by more than chance, or that nobody does; and of when."""
    differs = _who_differs(found)
    return f"{differs} {found.of_an_earlier_day}" if found.of_an_earlier_day else differs


def _who_differs(found: Comparison) -> str:
    texts = found.labels.texts
    number = texts.whole(len(found.compared))
    if not found.beyond_chance:
        return texts("front.funnel_nobody", of=number, indicator=_name(found))
    told = [
        texts(
            "front.funnel_somebody",
            number=texts.whole(len(found.beyond_chance)),
            of=number,
            indicator=_name(found),
        )
    ]
    for side, key in ((1, "front.funnel_above"), (-1, "front.funnel_below")):
        names = [
            found.labels.municipality(each.municipality)
            for each in found.beyond_chance
            if each.outside_998 == side
        ]
        if names:
            told.append(texts(key, municipalities=", ".join(names)))
    return " ".join(told)


def group_in_words(found: Comparison) -> str:
    """Return the group's value, of all its persons together and as the mean of municipalities."""
    labels, kind = found.labels, found.indicator.kind
    return labels.texts(
        "front.group",
        pooled=labels.value(kind, found.group.pooled),
        mean=labels.value(kind, found.group.mean),
    )


def picture(found: Comparison) -> Picture:
    """Return the funnel."""
    texts = found.labels.texts
    outer, between = len(found.beyond_chance), len(found.between)
    title = texts(
        "front.funnel_title",
        outer=texts.whole(outer),
        between=texts.whole(between),
        within=texts.whole(len(found.compared) - outer - between),
    )
    subtitle = texts(
        "front.funnel_subtitle", indicator=_name(found), date=texts.date(found.view.reference_date)
    )
    remarks = [texts("front.funnel_limits"), group_in_words(found), texts("front.funnel_part")]
    if found.between:
        names = (found.labels.municipality(each.municipality) for each in found.between)
        remarks.append(texts("front.funnel_between", municipalities=", ".join(names)))
    remarks.append(_adjustment(found))
    chosen = next((each for each in found.compared if _is_chosen(found, each)), None)
    if chosen is not None:
        remarks.insert(
            0,
            texts(
                "front.funnel_chosen",
                municipality=found.labels.municipality(chosen.municipality),
                value=found.labels.value(found.indicator.kind, chosen.measured.value),
                side=_side(found, chosen),
            ),
        )
    remarks[:0] = [
        texts(
            "compare.apart",
            municipality=found.labels.municipality(each.municipality),
            reason=each.reason,
        )
        for each in found.left_out
        if each.municipality == found.view.municipality
    ]
    return Picture(
        title=title,
        subtitle=subtitle,
        draw=partial(_draw, found),
        spoken=f"{subtitle} {title} {texts('front.see_funnel_table')}",
        remarks=tuple(remarks),
    )


def notes(found: Comparison, title: str, about: Sequence[Compared | NotCompared]) -> Notes:
    """Return what stands under the funnel and in the files: the sources of all who are in it."""
    return notes_of(
        found.labels,
        found.view,
        title,
        definition=found.labels.texts.named(found.indicator.definitions),
        records=found.indicator.needs,
        parameters=(Parameter.REFERENCE_DATE, Parameter.INDICATOR),
        part=found.view.indicator,
        municipalities=[each.municipality for each in about],
    )


def table_of_compared(found: Comparison) -> Table:
    """Return the municipalities from the highest value to the lowest, and how far out each is."""
    labels, texts = found.labels, found.labels.texts
    kind = found.indicator.kind
    holds = Holds.PER_CENT if kind is Kind.SHARE else Holds.DECIMAL
    unit = (
        texts("unit.per_cent")
        if kind is Kind.SHARE
        else texts("unit.per", number=texts.whole(found.indicator.multiplier))
    )
    return Table(
        texts("front.compared"),
        (
            Column(texts("filter.municipality")),
            Column(texts("column.value", unit=unit), holds),
            Column(texts("column.interval_low", unit=unit), holds),
            Column(texts("column.interval_high", unit=unit), holds),
            Column(
                texts("column.persons", measure=labels.measure(found.indicator.numerator_measure)),
                Holds.WHOLE,
            ),
            Column(
                texts(
                    "column.persons", measure=labels.measure(found.indicator.denominator_measure)
                ),
                Holds.WHOLE,
            ),
            Column(texts("front.against_group"), Holds.PROSE),
            Column(texts("front.grade")),
        ),
        tuple(
            (
                labels.municipality(each.municipality),
                *_values(each.measured),
                _side(found, each),
                each.grade,
            )
            for each in found.compared
        ),
    )


def table_of_left_out(found: Comparison) -> Table:
    """Return the municipalities that cannot be compared, by name, and why."""
    labels, texts = found.labels, found.labels.texts
    return table_of(
        texts("front.left_out"),
        found.left_out,
        (
            texts("filter.municipality"),
            Holds.TEXT,
            lambda each: labels.municipality(each.municipality),
        ),
        (texts("front.grade"), Holds.TEXT, lambda each: each.grade),
        (texts("front.why_left_out"), Holds.PROSE, lambda each: each.reason),
    )


def _adjustment(found: Comparison) -> str:
    """Return whether the limits are widened for municipalities that differ beyond chance."""
    texts = found.labels.texts
    if found.spread is None:
        return texts("front.not_adjusted_few", number=FEWEST_TO_ADJUST)
    ratio = texts.decimal(found.spread.ratio)
    return texts("front.adjusted" if found.spread.between else "front.not_adjusted", ratio=ratio)


def _why_not(labels: Labels, view: View, each: OfMunicipality) -> str | None:
    """Return why a municipality is not compared with others; None where it can be."""
    texts = labels.texts
    place = replace(view, municipality=each.municipality)
    apart = side_by_side.why_apart(labels, place, each.grade)
    if apart is not None:
        return apart
    if each.measured is None or not each.measured.denominator:
        return texts("front.no_figure")
    if each.measured.denominator < significance.SMALL_DENOMINATOR:
        return texts("front.small", limit=significance.SMALL_DENOMINATOR)
    broken = _break_within_a_year(labels, replace(view, municipality=each.municipality))
    if broken is None:
        return None
    day, kind = broken
    return texts("front.broken", date=texts.date(day), kind=texts(f"break.{kind}"))


def _break_within_a_year(labels: Labels, view: View) -> tuple[date, str] | None:
    needs = labels.indicator_entry(view.indicator).needs
    a_year_before = significance.same_day(view.reference_date, years_before=1)
    recent = [
        (found.first_day_after, found.kind)
        for found in comparability.breaks(
            labels.publication, view.municipality, view.indicator, needs
        )
        if a_year_before < found.first_day_after <= view.reference_date
    ]
    return recent[-1] if recent else None


def _draw(found: Comparison, palette: Palette) -> go.Figure:
    labels, texts, kind = found.labels, found.labels.texts, found.indicator.kind
    smallest, largest = size_range([each.measured.denominator for each in found.compared])
    limits = [
        FunnelLimit(
            label,
            *statistics.limit_curves(
                found.group.pooled,
                kind,
                within,
                found.indicator.multiplier,
                smallest,
                largest,
                found.spread.between if found.spread else 0.0,
            ),
            is_outer=is_outer,
        )
        for label, within, is_outer in (
            (texts("front.limit_95"), WITHIN_95, False),
            (texts("front.limit_998"), WITHIN_998, True),
        )
    ]
    return funnel(
        palette,
        [_dot(found, each) for each in found.compared],
        limits,
        found.group.pooled,
        labels.value(kind, found.group.pooled),
        write_grade=lambda grade: texts(
            "grade.sentence", letter=grade, words=texts(f"grade.{grade}")
        ),
        write_tick=lambda value: labels.tick(kind, value),
        write_size=texts.whole,
        of_what=texts(
            "column.persons", measure=labels.measure(found.indicator.denominator_measure)
        ),
    )


def _dot(found: Comparison, each: Compared) -> FunnelDot:
    labels = found.labels
    name = escape(labels.municipality(each.municipality))
    measured = each.measured
    is_named = (
        len(found.compared) <= _MOST_NAMED or bool(each.outside_95) or _is_chosen(found, each)
    )
    of_how_many = labels.texts(
        "measured.of",
        count=labels.texts.whole(measured.numerator),
        of=labels.texts.whole(measured.denominator),
    )
    return FunnelDot(
        denominator=measured.denominator,
        value=measured.value,
        grade=each.grade,
        label=name if is_named else "",
        stands_out=bool(each.outside_95),
        hover=(
            f"<b>{name}</b><br>{labels.value_with_interval(found.indicator.kind, measured)}"
            f"<br>{of_how_many}<br>{_side(found, each)}"
        ),
    )


def _is_chosen(found: Comparison, each: Compared) -> bool:
    return each.municipality == found.view.municipality


def _side(found: Comparison, each: Compared) -> str:
    texts = found.labels.texts
    if not each.is_judged:
        return texts("front.few_events")
    if each.outside_998:
        return texts("front.above_998" if each.outside_998 > 0 else "front.below_998")
    if each.outside_95:
        return texts("front.above_95" if each.outside_95 > 0 else "front.below_95")
    return texts("front.within")


def _values(measured: Measured) -> Sequence[Value]:
    return (
        measured.value,
        measured.low,
        measured.high,
        measured.numerator,
        measured.denominator,
    )


def _name(found: Comparison) -> str:
    return found.labels.indicator(found.view.indicator)
