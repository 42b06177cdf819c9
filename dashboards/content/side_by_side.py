"""Municipalities beside each other: the chosen one's own figures, and what the others have shared.

Two questions have one answer here. Who is compared: not those that are graded D or X, not of few,
nobody who counts otherwise. And of when: the newest month's end, at the latest the chosen day, that
all who share have reached.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dagster_project.publication.reader import comparability, coverage
from dagster_project.publication.reader.coverage import Figure, Measured
from dagster_project.publication.reader.reference import Indicator, Kind
from dashboards.analysis import significance
from dashboards.content import beside, columns
from dashboards.content.beside import Compared
from dashboards.content.labels import Labels
from dashboards.content.section import Section
from dashboards.content.shared import Picture, place_and_date, reasons_in_words
from dashboards.content.shared_figures import NOT_COMPARED
from dashboards.export.downloads import Notes
from dashboards.export.table import ColumnOf, Holds, Table, table_of
from dashboards.i18n.texts import Sign, capitalised
from dashboards.view.sharing import last_day
from dashboards.view.state import View


@dataclass(frozen=True)
class Standing:
    """One municipality's figure on the day; `reason` says why it is set apart, where it is."""

    municipality: str
    grade: str
    figure: Figure | None
    reason: str | None
    is_shared: bool = False


@dataclass(frozen=True)
class SideBySide:
    """Municipalities on one day: those that are compared, the highest first, and the others.

    `view` is the chosen one on the day of the comparison.
    """

    labels: Labels
    view: View
    chosen: dt.date
    indicator: Indicator
    ranked: tuple[Standing, ...]
    apart: tuple[Standing, ...]


def why_apart(
    labels: Labels, view: View, grade: str, figure: Figure | Measured | None
) -> str | None:
    """Return why the chosen municipality's figure is not compared; None where it can be."""
    if grade in NOT_COMPARED:
        found = comparability.grade(
            labels.publication, view.municipality, view.reference_date, view.indicator
        )
        reasons = reasons_in_words(labels, found) if found and found.letter == grade else []
        return " ".join([capitalised(labels.texts(f"grade.{grade}")), *reasons])
    if figure is None or figure.denominator == 0:
        return labels.texts("front.no_figure")
    is_counted = labels.indicator_entry(view.indicator).kind in (Kind.COUNT, Kind.RATIO)
    of = figure.denominator
    if not is_counted and of is not None and of < significance.SMALL_DENOMINATOR:
        return labels.texts("front.small", limit=significance.SMALL_DENOMINATOR)
    return None


def set_apart(labels: Labels, view: View) -> frozenset[str]:
    """Return the municipalities of a comparison whose lines are drawn apart; none of one alone."""
    if not view.compared:
        return frozenset()
    found = gather(labels, view)
    return frozenset(each.municipality for each in found.apart if each.grade in NOT_COMPARED)


def gather(labels: Labels, view: View) -> SideBySide:
    """Read the chosen municipality's figure, and what those beside it have shared, of one day."""
    others = list(beside.compared(labels, view, view.compared))
    day = last_day(others[0].month) if others else view.reference_date
    on_day = replace(view, reference_date=day)
    of_others = {each.municipality: _of_package(each) for each in others}
    standings = [_own(labels, on_day)]
    standings += [
        of_others.get(each.municipality)
        or Standing(each.municipality, "", None, each.absence or _not_until(labels, view), True)
        for each in beside.beside(labels, view)
    ]
    ranked = [each for each in standings if each.reason is None]
    ranked.sort(key=lambda each: -_value(each))
    return SideBySide(
        labels=labels,
        view=on_day,
        chosen=view.reference_date,
        indicator=labels.indicator_entry(view.indicator),
        ranked=tuple(ranked),
        apart=tuple(each for each in standings if each.reason is not None),
    )


def names(labels: Labels, view: View) -> str:
    """Return how many municipalities stand side by side, and which."""
    return labels.texts(
        "compare.of",
        number=1 + len(view.compared),
        municipalities=listed(labels, view),
    )


def listed(labels: Labels, view: View) -> str:
    """Return the names of the municipalities that stand side by side, the chosen one first."""
    return ", ".join(labels.municipality(code) for code in (view.municipality, *view.compared))


def titled(labels: Labels, view: View, finding: str, *, of: str = "") -> str:
    """Return the title of a picture over time: of several municipalities, whose finding it is.

    `of` names the chosen one where the finding does not.
    """
    if not view.compared:
        return finding
    return f"{names(labels, view)}. {f'{of}: ' if of else ''}{finding}"


def title_of_table(labels: Labels, view: View, title: str) -> str:
    """Return the title of a table over time, and of its files, with all whose rows it holds."""
    return f"{title}. {names(labels, view)}" if view.compared else title


def in_words(labels: Labels, view: View) -> list[str]:
    """Return the comparison in sentences: what it is of, from where to where, who is set apart."""
    if not view.compared:
        return []
    found, texts = gather(labels, view), labels.texts
    on = found.view.reference_date
    others = beside.beside(labels, view)
    said = [texts("beside.protected")] if any(each.readings for each in others) else []
    if on != found.chosen:
        said.append(texts("compare.day", date=on))
    if len(found.ranked) > 1:
        highest, lowest = found.ranked[0], found.ranked[-1]
        said.append(
            texts(
                "compare.range",
                date=on,
                number=len(found.ranked),
                low=labels.value(found.indicator.kind, _value(lowest)),
                lowest=labels.municipality(lowest.municipality),
                high=labels.value(found.indicator.kind, _value(highest)),
                highest=labels.municipality(highest.municipality),
            )
        )
    else:
        said.append(texts("compare.too_few", date=on))
    return said + [
        texts(
            "compare.apart", municipality=labels.municipality(each.municipality), reason=each.reason
        )
        for each in found.apart
    ]


def table(labels: Labels, view: View) -> Table:
    """Return the figures of one day, the highest first; below them those that are set apart."""
    found, texts = gather(labels, view), labels.texts
    kind, standings = found.indicator.kind, (*found.ranked, *found.apart)

    def figure(each: Standing) -> Figure | Sign:
        return each.figure or Sign.NOT_AVAILABLE

    value: tuple[ColumnOf[Standing], ...] = (
        (labels.indicator(view.indicator), columns.holds_of(kind), columns.field(figure, "value")),
    )
    if kind in (Kind.SHARE, Kind.RATE):
        unit = columns.unit_of(labels, found.indicator)
        value = columns.estimate(texts, unit, columns.holds_of(kind), figure)
    return table_of(
        texts(
            "compare.table",
            indicator=labels.indicator(view.indicator),
            date=found.view.reference_date,
            number=len(standings),
        ),
        standings,
        *columns.named(labels, "municipality"),
        *value,
        *columns.named(labels, "grade"),
        (texts("beside.counts"), Holds.TEXT, lambda each: counts(labels, is_shared=each.is_shared)),
        (texts("compare.why_apart"), Holds.PROSE, lambda each: each.reason or ""),
    )


def counts(labels: Labels, *, is_shared: bool) -> str:
    """Return whether a figure is of exact counts or of protected ones."""
    return labels.texts("beside.counts_protected" if is_shared else "beside.counts_exact")


def over_time(
    labels: Labels, view: View, picture: Picture, shown: Table, notes: Notes, key: str
) -> Iterator[Section]:
    """Yield a picture over time and its table, and the figures of one day of those compared."""
    yield Section(key=key, picture=picture, explained=view, table=shown, notes=notes)
    if view.compared:
        of_a_day = table(labels, view)
        yield Section(
            subject=f"{place_and_date(labels, view)}. {names(labels, view)}",
            of_table=[of_a_day.title],
            table=of_a_day,
        )


def _own(labels: Labels, view: View) -> Standing:
    date, indicator = view.reference_date, view.indicator
    group = (view.age_scheme, view.age_group, view.service_area)
    figure = coverage.figure(labels.publication, view.municipality, date, indicator, *group)
    graded = comparability.grade(labels.publication, view.municipality, date, indicator)
    grade = graded.letter if graded else ""
    return Standing(view.municipality, grade, figure, why_apart(labels, view, grade, figure))


def _of_package(found: Compared) -> Standing:
    measured = found.measured
    figure = (
        None
        if measured is None
        else Figure(
            measured.numerator, measured.denominator, measured.value, measured.low, measured.high,
            None, None,
        )
    )  # fmt: skip
    return Standing(found.municipality, found.grade, figure, found.reason, is_shared=True)


def _not_until(labels: Labels, view: View) -> str:
    """Return that a municipality has shared nothing of the chosen day or before."""
    return labels.texts("beside.later", date=view.reference_date)


def _value(standing: Standing) -> float:
    return standing.figure.value if standing.figure else 0.0
