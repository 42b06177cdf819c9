"""Municipalities side by side: on which day, in which order, and who is set apart.

Each municipality is counted up to a day of its own. Several are compared on the chosen day where
all are counted on it, else on the newest month's end before it that all have reached.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dagster_project.publication.reader import comparability, coverage
from dagster_project.publication.reader.coverage import Figure, Measured
from dagster_project.publication.reader.publication import Publication
from dagster_project.publication.reader.reference import Indicator, Kind
from dashboards.analysis import significance
from dashboards.content import columns
from dashboards.content.labels import Labels
from dashboards.content.section import Section
from dashboards.content.shared import Picture, place_and_date, reasons_in_words
from dashboards.export.downloads import Notes
from dashboards.export.table import ColumnOf, Holds, Table, table_of
from dashboards.i18n.texts import Sign, capitalised
from dashboards.view.state import View

# Figures of these grades are not compared with other municipalities' or ranked among them.
NOT_COMPARED = ("D", "X")
_A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """One municipality's figure on the day; `reason` says why it is set apart, where it is."""

    municipality: str
    grade: str
    figure: Figure | None
    reason: str | None


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


def day_of(publication: Publication, municipalities: Sequence[str], chosen: dt.date) -> dt.date:
    """Return the day on which municipalities are compared, at the latest the chosen one."""
    days = [publication.counted_up_to(code) for code in municipalities]
    reached = min([chosen, *days])
    if reached == chosen and (_ends_a_month(chosen) or set(days) == {chosen}):
        return chosen
    return reached if _ends_a_month(reached) else reached.replace(day=1) - _A_DAY


def day_in_words(
    labels: Labels, municipalities: Sequence[str], chosen: dt.date, day: dt.date
) -> str | None:
    """Return why a comparison is of an earlier day than the chosen one; None where it is of it."""
    if day == chosen:
        return None
    known = {code: labels.publication.counted_up_to(code) for code in municipalities}
    first = min(known.values())
    # Everybody has come further: it is a day of the municipality's own.
    if first > chosen:
        return labels.texts("compare.own_day", date=day, chosen=chosen)
    behind = ", ".join(labels.municipality(code) for code in known if known[code] == first)
    texts = labels.texts
    return texts("compare.day", date=day, municipalities=behind, until=first)


def why_apart(
    labels: Labels, view: View, grade: str, figure: Figure | Measured | None
) -> str | None:
    """Return why a figure of that grade is not compared or ranked; None where it can be."""
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
    graded = (each.municipality for each in found.apart if each.grade in NOT_COMPARED)
    return frozenset(graded)


def gather(labels: Labels, view: View) -> SideBySide:
    """Read the figures of the chosen municipality and of those beside it, on one day."""
    codes = (view.municipality, *view.compared)
    indicator = labels.indicator_entry(view.indicator)
    day = day_of(labels.publication, codes, view.reference_date)
    standings = [
        _standing(labels, replace(view, municipality=code, reference_date=day)) for code in codes
    ]
    ranked = [each for each in standings if each.reason is None]
    ranked.sort(key=lambda each: -_value(each))
    return SideBySide(
        labels=labels,
        view=replace(view, reference_date=day),
        chosen=view.reference_date,
        indicator=indicator,
        ranked=tuple(ranked),
        apart=tuple(each for each in standings if each.reason is not None),
    )


def views(view: View) -> list[View]:
    """Return the view of the chosen municipality, and of each that stands beside it."""
    return [replace(view, municipality=code) for code in (view.municipality, *view.compared)]


def names(labels: Labels, view: View) -> str:
    """Return how many municipalities stand side by side, and which."""
    return labels.texts(
        "compare.of",
        number=len(views(view)),
        municipalities=listed(labels, view),
    )


def listed(labels: Labels, view: View) -> str:
    """Return the names of the municipalities that stand side by side, the chosen one first."""
    return ", ".join(labels.municipality(each.municipality) for each in views(view))


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
    """Return the comparison in sentences: the day, from where to where, and who is set apart."""
    if not view.compared:
        return []
    found, texts = gather(labels, view), labels.texts
    codes, on = (view.municipality, *view.compared), found.view.reference_date
    day = day_in_words(labels, codes, found.chosen, on)
    if len(found.ranked) > 1:
        highest, lowest = found.ranked[0], found.ranked[-1]
        range_of = texts(
            "compare.range",
            date=on,
            number=len(found.ranked),
            low=labels.value(found.indicator.kind, _value(lowest)),
            lowest=labels.municipality(lowest.municipality),
            high=labels.value(found.indicator.kind, _value(highest)),
            highest=labels.municipality(highest.municipality),
        )
    else:
        range_of = texts("compare.too_few", date=on)
    apart = [
        texts(
            "compare.apart", municipality=labels.municipality(each.municipality), reason=each.reason
        )
        for each in found.apart
    ]
    return [*([day] if day else []), range_of, *apart]


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
        (texts("compare.why_apart"), Holds.PROSE, lambda each: each.reason or ""),
    )


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


def _standing(labels: Labels, view: View) -> Standing:
    date, indicator = view.reference_date, view.indicator
    group = (view.age_scheme, view.age_group, view.service_area)
    figure = coverage.figure(labels.publication, view.municipality, date, indicator, *group)
    graded = comparability.grade(labels.publication, view.municipality, date, indicator)
    grade = graded.letter if graded else ""
    return Standing(view.municipality, grade, figure, why_apart(labels, view, grade, figure))


def _value(standing: Standing) -> float:
    return standing.figure.value if standing.figure else 0.0


def _ends_a_month(day: dt.date) -> bool:
    return (day + _A_DAY).day == 1
