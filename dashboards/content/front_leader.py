"""The front page for the leader: five figures, what is most worth telling, what is new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from dagster_project.publication.reader import comparability, coverage, reference
from dagster_project.publication.reader.coverage import Point
from dagster_project.publication.reader.publication import Previous
from dagster_project.publication.reader.reference import ALL, Kind
from dashboards.analysis import change, ranking, significance
from dashboards.analysis.change import Change
from dashboards.analysis.ranking import Changed, Figure, OffTarget, Told
from dashboards.analysis.significance import Extremes
from dashboards.charts.sparkline import SparkPoint, sparkline
from dashboards.content import absence, sentences, yearly
from dashboards.content.followup import listed
from dashboards.content.labels import Labels
from dashboards.content.section import KeyFigure, NoFigure, Section, Way, part
from dashboards.content.shared import (
    Picture,
    break_days,
    breaks_in_words,
    notes_of,
    place_and_date,
)
from dashboards.export.downloads import Notes
from dashboards.export.table import Column, Row, Table, Value, shortened
from dashboards.export.table import Kind as Holds
from dashboards.i18n.texts import Sign, capitalised
from dashboards.pages import PageKey
from dashboards.queries import overview
from dashboards.queries.development import Reading
from dashboards.queries.overview import FigureChange
from dashboards.view.state import Parameter, View

FILTERS = (Parameter.MUNICIPALITY, Parameter.REFERENCE_DATE)
# The figures of the page, and the page that shows more of each.
SHOWN = {
    "coordinator_coverage": PageKey.COVERAGE,
    "plan_coverage": PageKey.COVERAGE,
    "living_plan_share": PageKey.PLANS,
    "meeting_coverage": PageKey.MEETINGS,
    "appointment_days": PageKey.NOTICES,
}
_TOLD = 3


@dataclass(frozen=True)
class Card:
    """One figure with everything that is told of it."""

    view: View
    figure: Figure
    points: tuple[Point, ...]
    grade: str | None


@dataclass(frozen=True)
class Overview:
    """Everything that the leader is shown, read at once from one publication."""

    labels: Labels
    view: View
    cards: tuple[Card, ...]
    absent: tuple[str, ...]
    told: tuple[Told, ...]
    ages: Extremes
    changes: tuple[FigureChange, ...]
    previous: Previous | None
    is_newest: bool


class HasChanges(Protocol):
    """What a front page knows of the publication before: the leader's and the steward's."""

    @property
    def labels(self) -> Labels:
        """The names of things."""

    @property
    def view(self) -> View:
        """What is looked at."""

    @property
    def changes(self) -> tuple[FigureChange, ...]:
        """The figures that differ from the publication before."""

    @property
    def previous(self) -> Previous | None:
        """What the municipality's figures are held against; None the first time."""


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page: the figures, what is most worth telling of them, and what has changed."""
    texts = labels.texts
    yield Section(filters=[FILTERS])
    found = gather(labels, view)
    yield Section(lead=three_sentences(found))
    yield from part(_section_figures(found), texts("front.figures"))
    changes = table_of_changes(found)
    yield from part(_section_changes(found, changes), changes.title)


def _section_figures(found: Overview) -> Iterator[Section]:
    texts = found.labels.texts
    absent, table = absent_in_words(found), table_of_figures(found)
    yield Section(
        key="overview",
        key_figures=[_key_figure(found, card) for card in found.cards],
        remarks=[*([absent] if absent else []), texts("front.selection")],
        table=table,
        notes=notes_of_figures(found, table.title, "overview"),
    )


def _key_figure(found: Overview, card: Card) -> KeyFigure:
    code = card.figure.indicator
    return KeyFigure(
        key=code,
        name=found.labels.indicator(code),
        value=value_in_words(found, card),
        interval=interval_in_words(found, card),
        held_against=held_against(found, card),
        picture=small_picture(found, card),
        way=Way(found.labels.texts("front.more"), SHOWN[code], card.view),
        explained=card.view,
    )


def _section_changes(found: Overview, table: Table) -> Iterator[Section]:
    yield Section(remarks=[changes_in_words(found)])
    if table.rows:
        yield Section(key="changes", table=table, notes=notes_of_changes(found, table.title))


def gather(labels: Labels, view: View) -> Overview:
    """Read the figures of a municipality on a date, or raise why there are none."""
    publication, texts = labels.publication, labels.texts
    municipality = labels.municipality(view.municipality)
    dates = absence.dates(labels, view)
    cards = [card for code in SHOWN if (card := _card(labels, view, code)) is not None]
    if not cards:
        raise NoFigure(
            texts(
                "front.no_figures", municipality=municipality, date=texts.date(view.reference_date)
            )
        )
    found = [card.figure for card in cards]
    groups = {card.figure.indicator: _changes_of_ages(labels, card) for card in cards}
    counted = {card.figure.indicator for card in cards}
    return Overview(
        labels=labels,
        view=view,
        cards=tuple(cards),
        absent=tuple(code for code in SHOWN if code not in counted),
        told=tuple(ranking.most_telling(found, groups, _TOLD)),
        ages=_ages(labels, cards[0]),
        changes=overview.changes(publication, view.municipality),
        previous=publication.previous.get(view.municipality),
        is_newest=view.reference_date == dates[0],
    )


def three_sentences(found: Overview) -> list[str]:
    """Return what is most worth telling, the clearest first.

    Where less stands out, it is told that nothing else does, and where the age groups differ.
    """
    texts = found.labels.texts
    told = [_in_words(found, each) for each in found.told]
    if len(told) < _TOLD and not any(isinstance(each, Changed) for each in found.told):
        told.append(_nothing_changed(found))
    if len(told) < _TOLD:
        told.append(_ages_in_words(found))
    if len(told) < _TOLD and found.absent:
        told.append(texts("front.absent", indicators=_names(found, found.absent)))
    return told


def absent_in_words(found: Overview) -> str | None:
    """Return which of the figures are not counted; None where all are."""
    if not found.absent:
        return None
    return found.labels.texts("front.absent", indicators=_names(found, found.absent))


def value_in_words(found: Overview, card: Card) -> str:
    """Return the value as it stands large: `61,2 %`, `34 dagar`."""
    return sentences.value(found.labels, card.figure.kind, card.figure.measured.value)


def interval_in_words(found: Overview, card: Card) -> str:
    """Return how sure the value is and how many it is of."""
    labels, texts, measured = found.labels, found.labels.texts, card.figure.measured
    interval = labels.interval(card.figure.kind, measured)
    if card.figure.kind is Kind.MEDIAN:
        notices = texts.counted("notice", measured.denominator)
        return texts("front.quartiles", interval=interval, of=notices)
    return texts("front.interval", interval=interval, persons=sentences.persons(labels, measured))


def target_in_words(found: Overview, card: Card) -> str:
    """Return what the figure aims at, and whether it is there."""
    texts, figure = found.labels.texts, card.figure
    standing = ranking.reach(figure)
    if figure.target is None or standing is None:
        return texts("front.no_target")
    by = figure.target.by_date
    aim = texts(
        "front.target_by" if by else "front.target",
        value=_target(found.labels, figure.kind, figure.target.value),
        date=texts.date(by) if by else "",
    )
    verdict = "small" if figure.is_small else standing.value
    return f"{aim} {texts(f'front.target_{verdict}')}"


def change_in_words(found: Overview, card: Card) -> str:
    """Return how the figure differs from a year before, and whether by more than chance."""
    figure = card.figure
    multiplier = found.labels.indicator_entry(figure.indicator).multiplier
    return sentences.change(found.labels, figure.kind, figure.change, found.is_newest, multiplier)


def held_against(found: Overview, card: Card) -> list[str]:
    """Return what the figure is held against: a year before, its target, other municipalities."""
    texts = found.labels.texts
    told = [change_in_words(found, card), target_in_words(found, card)]
    if card.grade is not None:
        told.append(texts("grade.sentence", letter=card.grade, words=texts(f"grade.{card.grade}")))
    return told


def small_picture(found: Overview, card: Card) -> Picture:
    """Return the figure's way over time, small and without axes."""
    labels, texts = found.labels, found.labels.texts
    name = labels.indicator(card.figure.indicator)
    first, last = card.points[0], card.points[-1]
    description = texts(
        "front.sparkline",
        indicator=name,
        first=sentences.value(labels, card.figure.kind, first.measured.value),
        first_month=texts.month(first.date),
        last=sentences.value(labels, card.figure.kind, last.measured.value),
        last_month=texts.month(last.date),
    )
    breaks = breaks_in_words(labels, card.view)
    return Picture(
        title=name,
        subtitle=texts("front.period", first=texts.month(first.date), last=texts.month(last.date)),
        draw=partial(
            sparkline,
            points=[
                SparkPoint(
                    point.date,
                    point.measured.value,
                    *_chance(card.figure.kind, point),
                    point.segment,
                    f"{texts.date(point.date)}<br>"
                    f"{sentences.value(labels, card.figure.kind, point.measured.value)}",
                )
                for point in card.points
            ],
            marked=found.view.reference_date,
            breaks=break_days(labels, card.view),
        ),
        spoken=" ".join([description, *([breaks] if breaks else [])]),
    )


def table_of_figures(found: Overview) -> Table:
    """Return the figures, what they aim at, and what they were a year before."""
    labels, texts = found.labels, found.labels.texts
    rows: list[Row] = []
    for card in found.cards:
        figure, measured = card.figure, card.figure.measured
        is_median = figure.kind is Kind.MEDIAN
        before = figure.change.earlier.value if figure.change.earlier else None
        ends = (_cell(figure.kind, measured.low), _cell(figure.kind, measured.high))
        neither = (None, None)  # a share has no quartiles, and a median no interval
        rows.append(
            (
                labels.indicator(figure.indicator),
                _unit(labels, figure.indicator),
                _cell(figure.kind, measured.value),
                *(neither if is_median else ends),
                *(ends if is_median else neither),
                None if is_median else measured.numerator,
                measured.denominator,
                _target_cell(figure),
                _cell(figure.kind, before),
                card.grade or "",
            )
        )
    return Table(
        texts("front.table_title", where=place_and_date(labels, found.view)),
        (
            Column(texts("filter.indicator")),
            Column(texts("front.unit")),
            Column(texts("front.value"), Holds.DECIMAL),
            Column(texts("front.interval_low"), Holds.DECIMAL),
            Column(texts("front.interval_high"), Holds.DECIMAL),
            Column(texts("front.first_quartile"), Holds.DECIMAL),
            Column(texts("front.third_quartile"), Holds.DECIMAL),
            Column(texts("front.count"), Holds.WHOLE),
            Column(texts("front.of"), Holds.WHOLE),
            Column(texts("front.target_column"), Holds.DECIMAL),
            Column(texts("front.a_year_before"), Holds.DECIMAL),
            Column(texts("front.grade")),
        ),
        tuple(rows),
    )


def changes_in_words(found: HasChanges) -> str:
    """Return what differs from the publication before: figures of days in both, and new days."""
    labels, texts, previous = found.labels, found.labels.texts, found.previous
    place = found.view.municipality
    if previous is None:
        return texts("front.first_publication", municipality=labels.municipality(place))
    number = {0: "nothing_changed", 1: "changed_one"}.get(len(found.changes), "changed_several")
    told = []
    if previous.compared_on is not None:
        told.append(
            texts(
                f"front.{number}",
                number=texts.whole(len(found.changes)),
                date=texts.date(previous.compared_on),
                before=texts.date(previous.as_of),
            )
        )
    now = labels.publication.counted_up_to(place)
    if now != previous.as_of:
        told.append(
            texts(
                "front.new_days" if now > previous.as_of else "front.fewer_days",
                before=texts.date(previous.as_of),
                now=texts.date(now),
            )
        )
    return " ".join(told)


def ordered_changes(found: HasChanges) -> list[FigureChange]:
    """Return the changed figures in the order that the indicators have everywhere."""
    order = list(reference.indicators(found.labels.publication))
    return sorted(found.changes, key=lambda each: order.index(each.indicator))


def table_of_changes(found: HasChanges) -> Table:
    """Return the figures that are not what they were in the publication before, and why."""
    labels, texts = found.labels, found.labels.texts
    return Table(
        texts("front.changes"),
        (
            Column(texts("filter.indicator")),
            Column(texts("front.unit")),
            Column(texts("front.before"), Holds.DECIMAL),
            Column(texts("front.after"), Holds.DECIMAL),
            Column(texts("front.reasons"), Holds.PROSE),
        ),
        tuple(
            (
                labels.indicator(change.indicator),
                _unit(labels, change.indicator),
                *(
                    _cell(labels.indicator_entry(change.indicator).kind, value)
                    for value in (change.before, change.after)
                ),
                capitalised(
                    "; ".join(_reason(labels, code, about) for code, about in change.reasons)
                )
                or texts("front.reason_unknown"),
            )
            for change in ordered_changes(found)
        ),
    )


def notes_of_figures(found: Overview, title: str, part: str) -> Notes:
    """Return what stands in the files of the page's tables."""
    needs = [
        need
        for card in found.cards
        for need in found.labels.indicator_entry(card.figure.indicator).needs
    ]
    return notes_of(
        found.labels,
        found.view,
        title,
        definition=found.labels.texts("front.definition"),
        records=tuple(dict.fromkeys(needs)),
        parameters=FILTERS,
        part=part,
    )


def notes_of_changes(found: Overview, title: str) -> Notes:
    """Return what stands in the file of the changes, which are of a date of their own."""
    view = replace(found.view, reference_date=found.changes[0].date)
    return notes_of_figures(replace(found, view=view), title, "changes")


def _card(labels: Labels, view: View, code: str) -> Card | None:
    publication = labels.publication
    indicator = reference.indicators(publication).get(code)
    if indicator is None:
        return None
    points = coverage.series(publication, view.municipality, code, "standard", ALL, ALL)
    now = next((point for point in points if point.date == view.reference_date), None)
    if now is None:
        return None
    up_to_now = tuple(point for point in points if point.date <= view.reference_date)
    grade = comparability.grade(publication, view.municipality, view.reference_date, code)
    return Card(
        view=replace(view, indicator=code, age_group=ALL, service_area=ALL),
        figure=Figure(
            indicator=code,
            kind=indicator.kind,
            polarity=overview.polarities(publication).get(code, "none"),
            measured=now.measured,
            change=change.in_a_year(points, view.reference_date, indicator.kind),
            target=overview.targets(publication, view.municipality).get(code),
        ),
        points=up_to_now,
        grade=grade.letter if grade else None,
    )


def _changes_of_ages(labels: Labels, card: Card) -> Mapping[str, Change[Reading]]:
    """Return the changes of a figure's age groups, where it is counted by age."""
    if not coverage.cuts(labels.publication)[card.figure.indicator].has_ages:
        return {}
    return yearly.changes_by_age(labels, card.view)


def _ages(labels: Labels, card: Card) -> Extremes:
    view = card.view
    cells = coverage.cells(
        labels.publication,
        view.municipality,
        view.reference_date,
        card.figure.indicator,
        view.age_scheme,
    )
    return significance.extremes(significance.by_age(cells), card.figure.measured, card.figure.kind)


def _in_words(found: Overview, told: Told) -> str:
    if isinstance(told, Changed):
        return _changed_in_words(found, told.figures)
    labels, texts, figure = found.labels, found.labels.texts, told.figure
    name = labels.indicator(figure.indicator)
    if isinstance(told, OffTarget):
        return texts(
            "front.told_above" if told.is_above else "front.told_below",
            indicator=name,
            value=sentences.value(labels, figure.kind, figure.measured.value),
            target=_target(labels, figure.kind, told.target.value),
        )
    return texts(
        f"front.told_group_{told.change.verdict}",
        indicator=name,
        group=labels.age_group_in_text(found.view.age_scheme, told.age_group),
        difference=sentences.difference(labels, figure.kind, told.change.difference),
        when=sentences.a_year_ago(labels, told.change, found.is_newest),
    )


def _changed_in_words(found: Overview, figures: Sequence[Figure]) -> str:
    """Return which figures have changed by more than chance: all of them, in one sentence."""
    labels, texts = found.labels, found.labels.texts
    told = [
        texts(
            f"front.told_{figure.change.verdict}",
            indicator=labels.indicator(figure.indicator),
            value=sentences.value(labels, figure.kind, figure.measured.value),
            difference=sentences.difference(labels, figure.kind, figure.change.difference),
        )
        for figure in figures
    ]
    when = sentences.a_year_ago(labels, figures[0].change, found.is_newest)
    return texts("front.told_changed", figures=listed(texts, told), when=when)


def _nothing_changed(found: Overview) -> str:
    is_tested = any(card.figure.change.verdict.is_tested for card in found.cards)
    return found.labels.texts("front.told_no_change" if is_tested else "front.told_no_year")


def _ages_in_words(found: Overview) -> str:
    labels, texts = found.labels, found.labels.texts
    figure = found.cards[0].figure
    values = {"indicator": labels.indicator(figure.indicator)}
    for end, cell in (("highest", found.ages.highest), ("lowest", found.ages.lowest)):
        if cell is not None:
            values[end] = labels.age_group_in_text(found.view.age_scheme, cell.age_group)
            values[f"{end}_value"] = labels.value(figure.kind, cell.measured.value)
    ends = [end for end in ("highest", "lowest") if end in values]
    if not found.ages.judged:
        return texts("front.ages_too_few", **values)
    return texts(f"front.ages_{'_and_'.join(ends) or 'alike'}", **values)


def _chance(kind: Kind, point: Point) -> tuple[float | None, float | None]:
    """Return a point's interval; quartiles are none, they tell of persons and not of chance."""
    if kind is Kind.MEDIAN:
        return None, None
    return point.measured.low, point.measured.high


def _names(found: Overview, codes: Sequence[str]) -> str:
    known = reference.indicators(found.labels.publication)
    return ", ".join(found.labels.indicator(code) for code in codes if code in known)


def _reason(labels: Labels, code: str, about: str) -> str:
    key = f"front.reason_{code}"
    if not labels.texts.known(key):
        return code
    return labels.texts(key, record=labels.of_code("record", about))


def _target(labels: Labels, kind: Kind, value: float) -> str:
    """Return a target, without the decimals that nobody set: `50 %`."""
    return sentences.value(labels, kind, value) if kind is Kind.MEDIAN else labels.tick(kind, value)


def _target_cell(figure: Figure) -> Value:
    if figure.target is None:
        return Sign.NOT_AVAILABLE
    return shortened(round(_factor(figure.kind) * figure.target.value, 6))


def _unit(labels: Labels, indicator: str) -> str:
    texts, entry = labels.texts, labels.indicator_entry(indicator)
    if entry.kind is Kind.RATE:
        return texts("unit.per", number=texts.whole(entry.multiplier))
    return {Kind.SHARE: texts("unit.per_cent"), Kind.MEDIAN: texts("unit.days")}.get(entry.kind, "")


def _factor(kind: Kind) -> int:
    return 100 if kind is Kind.SHARE else 1


def _cell(kind: Kind, value: float | None) -> Value:
    """Return a value in its unit, as it stands in a table; whole days without decimals."""
    if value is None:
        return Sign.NOT_AVAILABLE
    return shortened(value) if kind is Kind.MEDIAN else _factor(kind) * value
