"""The front page for the analyst: where municipalities differ by more than chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from html import escape
from operator import attrgetter

import plotly.graph_objects as go

from dagster_project.publication.reader import comparability, coverage
from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import Indicator, Kind
from dashboards.analysis import funnel as statistics
from dashboards.analysis import significance
from dashboards.analysis.funnel import FEWEST_TO_ADJUST, WITHIN_95, WITHIN_998, Group, Spread
from dashboards.charts.colours import Palette
from dashboards.charts.funnel import FunnelDot, FunnelLimit, funnel, size_range
from dashboards.content import columns, sentences, side_by_side
from dashboards.content.labels import Labels
from dashboards.content.page_data import IndicatorData
from dashboards.content.section import NoFigure, Section
from dashboards.content.shared import Picture, notes_of
from dashboards.export.downloads import Notes
from dashboards.export.table import Holds, Table, table_of
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
class Comparison(IndicatorData):
    """Everything that the analyst is shown, read at once from one publication."""

    group: Group
    spread: Spread | None
    compared: tuple[Compared, ...]
    left_out: tuple[NotCompared, ...]
    # Why it is of an earlier day than the chosen one, where it is.
    of_an_earlier_day: str | None = None

    @property
    def between_variance(self) -> float:
        """How much the limits are widened for; nothing where they are not."""
        return self.spread.between if self.spread else 0.0

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
    name, day = labels.indicator(view.indicator), view.reference_date
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
    parts = [measured for _, measured in usable]
    group = statistics.group_of(parts, indicator.multiplier)
    if group is None or len(usable) < _FEWEST:
        too_few = texts("front.too_few_municipalities", indicator=name, date=day)
        reasons = (f"{labels.municipality(each.municipality)}: {each.reason}" for each in left_out)
        raise NoFigure(" ".join(filter(None, [earlier, too_few, *reasons])))
    spread = statistics.spread_of(parts, group.pooled, indicator.kind, indicator.multiplier)
    numerator, denominator = (
        sum(getattr(part, side) for part in parts) for side in ("numerator", "denominator")
    )
    together = Measured(numerator, denominator, group.pooled, None, None)
    compared = [
        _compared(each, measured, together, indicator, group, spread) for each, measured in usable
    ]
    compared.sort(key=lambda each: -each.measured.value)
    return Comparison(
        labels, view, indicator, group, spread, tuple(compared), tuple(left_out), earlier
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
    beyond, of = found.beyond_chance, len(found.compared)
    if not beyond:
        return found.text("front.funnel_nobody", of=of)
    sides = {
        "front.funnel_above": [each for each in beyond if each.outside_998 > 0],
        "front.funnel_below": [each for each in beyond if each.outside_998 < 0],
    }
    return " ".join(
        [
            found.text("front.funnel_somebody", number=len(beyond), of=of),
            *(
                found.text(key, municipalities=_names(found, side))
                for key, side in sides.items()
                if side
            ),
        ]
    )


def _names(found: Comparison, of: Sequence[Compared]) -> str:
    return ", ".join(found.labels.municipality(each.municipality) for each in of)


def group_in_words(found: Comparison) -> str:
    """Return the group's value, of all its persons together and as the mean of municipalities."""
    pooled, mean = (
        found.labels.value(found.kind, each) for each in (found.group.pooled, found.group.mean)
    )
    return found.text("front.group", pooled=pooled, mean=mean)


def picture(found: Comparison) -> Picture:
    """Return the funnel."""
    outer, between = len(found.beyond_chance), len(found.between)
    within = len(found.compared) - outer - between
    title = found.text("front.funnel_title", outer=outer, between=between, within=within)
    subtitle = found.text("front.funnel_subtitle")
    remarks = [
        *_of_the_chosen(found),
        found.text("front.funnel_limits"),
        group_in_words(found),
        found.text("front.funnel_part"),
        _adjustment(found),
    ]
    if found.between:
        names = _names(found, found.between)
        remarks.insert(-1, found.text("front.funnel_between", municipalities=names))
    return Picture(
        title=title,
        subtitle=subtitle,
        draw=partial(_draw, found),
        spoken=f"{subtitle} {title} {found.texts('front.see_funnel_table')}",
        remarks=tuple(remarks),
    )


def _of_the_chosen(found: Comparison) -> Iterator[str]:
    """Say where the chosen municipality stands, or why it is not compared."""
    for left_out in found.left_out:
        if left_out.municipality == found.view.municipality:
            yield found.text("compare.apart", reason=left_out.reason)
    for each in found.compared:
        if _is_chosen(found, each):
            value = found.labels.value(found.kind, each.measured.value)
            yield found.text("front.funnel_chosen", value=value, side=_side(found, each))


def notes(found: Comparison, title: str, about: Sequence[Compared | NotCompared]) -> Notes:
    """Return what stands under the funnel and in the files: the sources of all who are in it."""
    return notes_of(
        found.labels,
        found.view,
        title,
        definition=found.texts.named(found.indicator.definitions),
        records=found.indicator.needs,
        parameters=(Parameter.REFERENCE_DATE, Parameter.INDICATOR),
        part=found.view.indicator,
        municipalities=[each.municipality for each in about],
    )


def table_of_compared(found: Comparison) -> Table:
    """Return the municipalities from the highest value to the lowest, and how far out each is."""
    labels, texts = found.labels, found.texts
    counts = columns.figure(labels, found.indicator, attrgetter("measured"))
    return table_of(
        texts("front.compared"),
        found.compared,
        *columns.named(labels, "municipality"),
        *counts[2:],
        *counts[:2],
        (texts("front.against_group"), Holds.PROSE, partial(_side, found)),
        *columns.named(labels, "grade"),
    )


def table_of_left_out(found: Comparison) -> Table:
    """Return the municipalities that cannot be compared, by name, and why."""
    labels, texts = found.labels, found.texts
    return table_of(
        texts("front.left_out"),
        found.left_out,
        *columns.named(labels, "municipality", "grade"),
        (texts("front.why_left_out"), Holds.PROSE, lambda each: each.reason),
    )


def _adjustment(found: Comparison) -> str:
    """Return whether the limits are widened for municipalities that differ beyond chance."""
    if found.spread is None:
        return found.text("front.not_adjusted_few", number=FEWEST_TO_ADJUST)
    key = "front.adjusted" if found.spread.between else "front.not_adjusted"
    return found.text(key, ratio=found.texts.decimal(found.spread.ratio))


def _why_not(labels: Labels, view: View, each: OfMunicipality) -> str | None:
    """Return why a municipality is not compared with others; None where it can be."""
    place = replace(view, municipality=each.municipality)
    apart = side_by_side.why_apart(labels, place, each.grade, each.measured)
    broken = None if apart else _break_within_a_year(labels, place)
    if broken is None:
        return apart
    day, kind = broken
    return labels.texts("front.broken", date=day, kind=labels.texts(f"break.{kind}"))


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
    labels, texts, indicator = found.labels, found.texts, found.indicator
    sizes = size_range([each.measured.denominator for each in found.compared])

    def limit(label: str, within: float, is_outer: bool) -> FunnelLimit:
        curves = statistics.limit_curves(
            found.group.pooled,
            found.kind,
            within,
            indicator.multiplier,
            *sizes,
            found.between_variance,
        )
        return FunnelLimit(texts(label), *curves, is_outer=is_outer)

    return funnel(
        palette,
        [_dot(found, each) for each in found.compared],
        [
            limit("front.limit_95", WITHIN_95, is_outer=False),
            limit("front.limit_998", WITHIN_998, is_outer=True),
        ],
        found.group.pooled,
        labels.value(found.kind, found.group.pooled),
        write_grade=lambda grade: texts(
            "grade.sentence", letter=grade, words=texts(f"grade.{grade}")
        ),
        write_tick=partial(labels.tick, found.kind),
        write_size=texts.whole,
        of_what=texts("column.persons", measure=labels.measure(indicator.denominator_measure)),
    )


def _dot(found: Comparison, each: Compared) -> FunnelDot:
    labels, measured = found.labels, each.measured
    name = escape(labels.municipality(each.municipality))
    is_named = len(found.compared) <= _MOST_NAMED or each.outside_95 or _is_chosen(found, each)
    return FunnelDot(
        denominator=measured.denominator,
        value=measured.value,
        grade=each.grade,
        label=name if is_named else "",
        stands_out=bool(each.outside_95),
        hover=(
            f"<b>{name}</b><br>{labels.value_with_interval(found.kind, measured)}"
            f"<br>{sentences.persons(labels, measured)}<br>{_side(found, each)}"
        ),
    )


def _is_chosen(found: Comparison, each: Compared) -> bool:
    return each.municipality == found.view.municipality


def _side(found: Comparison, each: Compared) -> str:
    if not each.is_judged:
        return found.texts("front.few_events")
    for limits, outside in (("998", each.outside_998), ("95", each.outside_95)):
        if outside:
            return found.texts(f"front.{'above' if outside > 0 else 'below'}_{limits}")
    return found.texts("front.within")
