"""The front page for the leader: five figures, what is most worth telling, what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from dagster_project.publication.reader import comparability, coverage, reference
from dagster_project.publication.reader.coverage import Point
from dagster_project.publication.reader.publication import Previous
from dagster_project.publication.reader.reference import ALL, Kind
from dashboards.analysis import change, ranking, significance
from dashboards.analysis.change import Change
from dashboards.analysis.ranking import Changed, Figure, Finding, OffTarget
from dashboards.analysis.significance import Extremes
from dashboards.charts.base import SeriesPoint
from dashboards.charts.sparkline import sparkline
from dashboards.content import absence, barometer, beside, causes, columns, sentences, units, yearly
from dashboards.content.barometer import Scale
from dashboards.content.beside import Together
from dashboards.content.followup import listed
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import KeyFigure, NoFigure, Section, Way, part
from dashboards.content.shared import (
    ON_A_DATE,
    Picture,
    break_days,
    breaks_in_words,
    reasons_in_words,
)
from dashboards.export.downloads import Notes
from dashboards.export.table import Holds, Table, Value, shortened, table_of
from dashboards.i18n.texts import Sign, capitalised
from dashboards.pages import PageKey
from dashboards.queries import overview
from dashboards.queries.development import Reading
from dashboards.queries.overview import FigureChange
from dashboards.view.sharing import last_day
from dashboards.view.state import View

# The figures of the page, and the page that shows more of each.
SHOWN = {
    "coordinator_coverage": PageKey.COVERAGE,
    "plan_coverage": PageKey.COVERAGE,
    "living_plan_share": PageKey.PLANS,
    "meeting_coverage": PageKey.MEETINGS,
    "appointment_days": PageKey.NOTICES,
}
_SENTENCES = 3


@dataclass(frozen=True)
class Card:
    """One figure with everything that is told of it."""

    view: View
    figure: Figure
    points: tuple[Point, ...]
    grade: str | None


@dataclass(frozen=True)
class HasChanges(PageData):
    """What a front page knows of the publication before: the leader's and the steward's.

    `changes` are the figures that differ, `previous` is None the first time.
    """

    changes: tuple[FigureChange, ...]
    previous: Previous | None


@dataclass(frozen=True)
class Overview(HasChanges):
    """Everything that the leader is shown, read at once from one publication."""

    cards: tuple[Card, ...]
    absent: tuple[str, ...]
    findings: tuple[Finding, ...]
    ages: Extremes
    is_newest: bool


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page: the figures, what is most worth telling of them, and what has changed."""
    texts = labels.texts
    yield Section(filters=[ON_A_DATE])
    found = gather(labels, view)
    yield Section(lead=three_sentences(found))
    yield from _section_reports(found)
    yield from part(_section_figures(found), texts("front.figures"))
    changes = table_of_changes(found)
    yield from part(_section_changes(found, changes), changes.title)


def _section_reports(found: Overview) -> Iterator[Section]:
    not_reported = units.missing_in_words(found.labels, found.view)
    if not_reported:
        way = Way(found.texts("units.see_reports"), PageKey.QUALITY, found.view)
        yield Section(key="not_reported", remarks=[not_reported], way=way)


def _section_figures(found: Overview) -> Iterator[Section]:
    texts = found.texts
    absent, table = absent_in_words(found), table_of_figures(found)
    yield Section(
        key="overview",
        # What asks most to be seen comes first; of those that ask alike, the usual order.
        key_figures=[
            _key_figure(found, card)
            for card in sorted(found.cards, key=lambda card: barometer.attention(card.figure))
        ],
        remarks=[
            *([absent] if absent else []),
            texts("front.selection"),
            *about_the_others(found),
        ],
        table=table,
        notes=notes_of_figures(found, table.title, "overview"),
    )


def _key_figure(found: Overview, card: Card) -> KeyFigure:
    code, against = card.figure.indicator, held_against(found, card)
    return KeyFigure(
        key=code,
        name=found.labels.indicator(code),
        value=value_in_words(found, card),
        interval=interval_in_words(found, card),
        held_against=[*against[:2], *filter(None, [causes.in_words(found.labels, card.view)])],
        scale=scale_of(found, card),
        arrow=barometer.arrow(card.figure),
        without=without_in_words(found, card),
        caveats=[*against[2:], *caveats(found, card)],
        picture=small_picture(found, card),
        way=Way(found.texts("front.more"), SHOWN[code], card.view),
        explained=card.view,
    )


def _section_changes(found: Overview, table: Table) -> Iterator[Section]:
    yield Section(remarks=[changes_in_words(found)])
    if table.rows:
        yield Section(key="changes", table=table, notes=notes_of_changes(found, table.title))


def gather(labels: Labels, view: View) -> Overview:
    """Read the figures of a municipality on a date, or raise why there are none."""
    publication = labels.publication
    dates = absence.dates(labels, view)
    cards = [card for code in SHOWN if (card := _card(labels, view, code)) is not None]
    if not cards:
        raise PageData(labels, view).absence("front.no_figures")
    found = [card.figure for card in cards]
    groups = {card.figure.indicator: _changes_of_ages(labels, card) for card in cards}
    counted = {card.figure.indicator for card in cards}
    return Overview(
        labels=labels,
        view=view,
        cards=tuple(cards),
        absent=tuple(code for code in SHOWN if code not in counted),
        findings=tuple(ranking.clearest(found, groups, _SENTENCES)),
        ages=_ages(labels, cards[0]),
        changes=overview.changes(publication, view.municipality),
        previous=publication.previous.get(view.municipality),
        is_newest=view.reference_date == dates[0],
    )


def three_sentences(found: Overview) -> list[str]:
    """Return what is most worth telling, the clearest first.

    Where less stands out: that nothing else does, where the age groups differ, what is not counted.
    """
    sentences_of = [_in_words(found, each) for each in found.findings]
    has_changes = any(isinstance(each, Changed) for each in found.findings)
    absent = absent_in_words(found)
    others = [
        *([] if has_changes else [_nothing_changed(found)]),
        _ages_in_words(found),
        *([absent] if absent else []),
    ]
    return [*sentences_of, *others][: max(_SENTENCES, len(sentences_of))]


def absent_in_words(found: Overview) -> str | None:
    """Return which of the figures are not counted; None where all are."""
    if not found.absent:
        return None
    return found.texts("front.absent", indicators=_names(found, found.absent))


def value_in_words(found: Overview, card: Card) -> str:
    """Return the value as it stands large: `61,2 %`, `34 dagar`."""
    return sentences.value(found.labels, card.figure.kind, card.figure.measured.value)


def interval_in_words(found: Overview, card: Card) -> str:
    """Return how sure the value is and how many it is of."""
    labels, measured = found.labels, card.figure.measured
    interval = labels.interval(card.figure.kind, measured)
    if card.figure.kind is Kind.MEDIAN:
        notices = found.texts.counted("notice", measured.denominator)
        return found.text("front.quartiles", interval=interval, of=notices)
    return found.text(
        "front.interval", interval=interval, persons=sentences.persons(labels, measured)
    )


def target_in_words(found: Overview, card: Card) -> str:
    """Return what the figure aims at, and whether it is there."""
    figure, standing = card.figure, ranking.reach(card.figure)
    if figure.target is None or standing is None:
        return found.text("front.no_target")
    by = figure.target.by_date
    value = _target(found.labels, figure.kind, figure.target.value)
    aim = found.text("front.target_by" if by else "front.target", value=value, date=by)
    verdict = "small" if figure.is_small else standing.value
    return f"{aim} {found.text(f'front.target_{verdict}')}"


def change_in_words(found: Overview, card: Card) -> str:
    """Return how the figure differs from a year before, and whether by more than chance."""
    figure = card.figure
    multiplier = found.labels.indicator_entry(figure.indicator).multiplier
    return sentences.change(found.labels, figure.kind, figure.change, found.is_newest, multiplier)


def held_against(found: Overview, card: Card) -> list[str]:
    """Return what the figure is held against: a year before, its target, other municipalities."""
    against = [change_in_words(found, card), target_in_words(found, card)]
    if card.grade is not None:
        words = found.text(f"grade.{card.grade}")
        against.append(found.text("grade.sentence", letter=card.grade, words=words))
    return against


def caveats(found: Overview, card: Card) -> list[str]:
    """Return what the figure cannot be read without: what keeps the grade down, breaks."""
    labels, view = found.labels, card.view
    grade = comparability.grade(
        labels.publication, view.municipality, view.reference_date, view.indicator
    )
    reasons = reasons_in_words(labels, grade) if grade else []
    return [*reasons, *filter(None, [breaks_in_words(labels, view)])]


def without_in_words(found: Overview, card: Card) -> str:
    """Return how many are without what the figure counts; nothing where it counts no persons."""
    measured, key = card.figure.measured, f"front.without_{card.figure.indicator}"
    without = measured.denominator - (measured.numerator or 0)
    if card.figure.kind is not Kind.SHARE or not found.texts.known(f"{key}_several"):
        return ""
    return found.texts.plural(key, without)


def scale_of(found: Overview, card: Card) -> Scale:
    """Return the figure's scale, with its target, a year before, and the other municipalities."""
    labels, figure = found.labels, card.figure
    others = _others(found, card)
    marks: list[tuple[str, float, str]] = []
    if figure.target is not None:
        target = figure.target.value
        value = _target(labels, figure.kind, target)
        marks.append(("target", target, found.text("front.mark_target", value=value)))
    if figure.change.earlier is not None:
        before = figure.change.earlier
        value = sentences.value(labels, figure.kind, before.value)
        marks.append(("before", before.value, found.text("front.mark_before", value=value)))
    if others is not None:
        value = sentences.value(labels, figure.kind, others.value)
        month = labels.texts.month(last_day(others.month))
        words = found.text("front.mark_others", value=value, number=others.number, month=month)
        marks.append(("others", others.value, words))
    return barometer.scale(
        figure.kind,
        figure.measured,
        f"{labels.indicator(figure.indicator)}: {value_in_words(found, card)}",
        marks,
        lambda end: found.text("front.scale_ends", end=_target(labels, figure.kind, end)),
    )


def about_the_others(found: Overview) -> Iterator[str]:
    """Yield why the scales have no mark of the other municipalities, where there are others."""
    labels, own = found.labels, found.view.municipality
    try:
        packages = beside.packages_of_others(labels, own)
    except NoFigure as absent:
        yield absent.sentence
        return
    others = {*coverage.counted(labels.publication), *packages} - {own}
    if others and len(packages) < beside.FEWEST_OTHERS:
        yield found.text("front.others_few", number=len(packages), needed=beside.FEWEST_OTHERS)


def _others(found: Overview, card: Card) -> Together | None:
    """Return what the other municipalities have shared, together; None where they are too few."""
    if card.figure.kind is not Kind.SHARE or not beside.is_shared(card.figure.indicator):
        return None
    try:
        return beside.together(found.labels, beside.of_everybody(card.view, card.figure.indicator))
    except NoFigure:
        # The packages cannot be read. The municipality's own figures are none the worse for it.
        return None


def small_picture(found: Overview, card: Card) -> Picture:
    """Return the figure's way over time, small and without axes."""
    labels, texts, kind = found.labels, found.texts, card.figure.kind
    name = labels.indicator(card.figure.indicator)
    first, last = card.points[0], card.points[-1]
    months = {"first": texts.month(first.date), "last": texts.month(last.date)}

    def point(each: Point) -> SeriesPoint:
        value = sentences.value(labels, kind, each.value)
        hover = f"{texts.date(each.date)}<br>{value}"
        return SeriesPoint(each.date, each.value, *_chance(kind, each), hover, each.segment)

    description = texts(
        "front.sparkline",
        indicator=name,
        first=sentences.value(labels, kind, first.value),
        first_month=months["first"],
        last=sentences.value(labels, kind, last.value),
        last_month=months["last"],
    )
    breaks = breaks_in_words(labels, card.view)
    return Picture(
        title=name,
        subtitle=texts("front.period", **months),
        draw=partial(
            sparkline,
            points=[point(each) for each in card.points],
            marked=found.view.reference_date,
            breaks=break_days(labels, card.view),
        ),
        spoken=" ".join(filter(None, [description, breaks])),
    )


def table_of_figures(found: Overview) -> Table:
    """Return the figures, what they aim at, and what they were a year before."""
    labels, texts = found.labels, found.texts

    def of_measured(name: str, *, of_medians: bool | None = None) -> Callable[[Card], Value]:
        """Return what reads an end of an interval; a share has no quartiles, a median no other."""

        def of_card(card: Card) -> Value:
            if of_medians not in (None, card.figure.kind is Kind.MEDIAN):
                return None
            return _cell(card.figure.kind, getattr(card.figure.measured, name))

        return of_card

    def count(card: Card) -> Value:
        return None if card.figure.kind is Kind.MEDIAN else card.figure.measured.numerator

    def before(card: Card) -> Value:
        earlier = card.figure.change.earlier
        return _cell(card.figure.kind, earlier.value if earlier else None)

    return table_of(
        found.text("front.table_title"),
        found.cards,
        (
            texts("filter.indicator"),
            Holds.TEXT,
            lambda card: labels.indicator(card.figure.indicator),
        ),
        (texts("front.unit"), Holds.TEXT, lambda card: _unit(labels, card.figure.indicator)),
        (texts("front.value"), Holds.DECIMAL, of_measured("value")),
        (texts("front.interval_low"), Holds.DECIMAL, of_measured("low", of_medians=False)),
        (texts("front.interval_high"), Holds.DECIMAL, of_measured("high", of_medians=False)),
        (texts("front.first_quartile"), Holds.DECIMAL, of_measured("low", of_medians=True)),
        (texts("front.third_quartile"), Holds.DECIMAL, of_measured("high", of_medians=True)),
        (texts("front.count"), Holds.WHOLE, count),
        (texts("front.of"), Holds.WHOLE, lambda card: card.figure.measured.denominator),
        (texts("front.target_column"), Holds.DECIMAL, lambda card: _target_cell(card.figure)),
        (texts("front.a_year_before"), Holds.DECIMAL, before),
        (texts("front.grade"), Holds.TEXT, lambda card: card.grade or ""),
    )


def changes_in_words(found: HasChanges) -> str:
    """Return what differs from the publication before: figures of days in both, and new days."""
    previous, place = found.previous, found.view.municipality
    if previous is None:
        return found.text("front.first_publication")
    number = {0: "nothing_changed", 1: "changed_one"}.get(len(found.changes), "changed_several")
    changes = []
    if previous.compared_on is not None:
        changes.append(
            found.text(
                f"front.{number}",
                number=len(found.changes),
                date=previous.compared_on,
                before=previous.as_of,
            )
        )
    now = found.labels.publication.counted_up_to(place)
    if now != previous.as_of:
        key = "front.new_days" if now > previous.as_of else "front.fewer_days"
        changes.append(found.text(key, before=previous.as_of, now=now))
    return " ".join(changes)


def ordered_changes(found: HasChanges) -> list[FigureChange]:
    """Return the changed figures in the order that the indicators have everywhere."""
    order = list(reference.indicators(found.labels.publication))
    return sorted(found.changes, key=lambda each: order.index(each.indicator))


def table_of_changes(found: HasChanges) -> Table:
    """Return the figures that are not what they were in the publication before, and why."""
    labels, texts = found.labels, found.texts

    def value(name: str) -> Callable[[FigureChange], Value]:
        return lambda each: _cell(labels.indicator_entry(each.indicator).kind, getattr(each, name))

    def reasons(each: FigureChange) -> str:
        known = "; ".join(_reason(labels, code, about) for code, about in each.reasons)
        return capitalised(known) or texts("front.reason_unknown")

    return table_of(
        texts("front.changes"),
        ordered_changes(found),
        *columns.named(labels, "indicator"),
        (texts("front.unit"), Holds.TEXT, lambda each: _unit(labels, each.indicator)),
        (texts("front.before"), Holds.DECIMAL, value("before")),
        (texts("front.after"), Holds.DECIMAL, value("after")),
        (texts("front.reasons"), Holds.PROSE, reasons),
    )


def notes_of_figures(found: Overview, title: str, part: str) -> Notes:
    """Return what stands in the files of the page's tables."""
    needs = (
        need
        for card in found.cards
        for need in found.labels.indicator_entry(card.figure.indicator).needs
    )
    definition = found.text("front.definition")
    return found.notes(title, definition, tuple(dict.fromkeys(needs)), part)


def notes_of_changes(found: Overview, title: str) -> Notes:
    """Return what stands in the file of the changes, which are of a date of their own."""
    view = replace(found.view, reference_date=found.changes[0].date)
    return notes_of_figures(replace(found, view=view), title, "changes")


def _card(labels: Labels, view: View, code: str) -> Card | None:
    publication = labels.publication
    indicator = reference.indicators(publication).get(code)
    if indicator is None:
        return None
    of_everybody = (view.municipality, code, "standard", ALL, ALL)
    points = coverage.series(publication, *of_everybody, view.reference_date)
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


def _in_words(found: Overview, finding: Finding) -> str:
    if isinstance(finding, Changed):
        return _changed_in_words(found, finding.figures)
    labels, figure = found.labels, finding.figure
    name = labels.indicator(figure.indicator)
    if isinstance(finding, OffTarget):
        return found.text(
            "front.told_above" if finding.is_above else "front.told_below",
            indicator=name,
            value=sentences.value(labels, figure.kind, figure.measured.value),
            target=_target(labels, figure.kind, finding.target.value),
        )
    return found.text(
        f"front.told_group_{finding.change.verdict}",
        indicator=name,
        group=labels.age_group_in_text(found.view.age_scheme, finding.age_group),
        difference=sentences.difference(labels, figure.kind, finding.change.difference),
        when=sentences.a_year_ago(labels, finding.change, found.is_newest),
    )


def _changed_in_words(found: Overview, figures: Sequence[Figure]) -> str:
    """Return which figures have changed by more than chance: all of them, in one sentence."""
    labels = found.labels
    changed = [
        found.text(
            f"front.told_{figure.change.verdict}",
            indicator=labels.indicator(figure.indicator),
            value=sentences.value(labels, figure.kind, figure.measured.value),
            difference=sentences.difference(labels, figure.kind, figure.change.difference),
        )
        for figure in figures
    ]
    when = sentences.a_year_ago(labels, figures[0].change, found.is_newest)
    return found.text("front.told_changed", figures=listed(found.texts, changed), when=when)


def _nothing_changed(found: Overview) -> str:
    is_tested = any(card.figure.change.verdict.is_tested for card in found.cards)
    return found.text("front.told_no_change" if is_tested else "front.told_no_year")


def _ages_in_words(found: Overview) -> str:
    labels, figure = found.labels, found.cards[0].figure
    ends, values = sentences.ends_in_words(
        labels,
        figure.kind,
        found.ages,
        lambda cell: labels.age_group_in_text(found.view.age_scheme, cell.age_group),
    )
    if not found.ages.tested:
        ends = "too_few"
    name = labels.indicator(figure.indicator)
    return found.text(f"front.ages_{ends or 'alike'}", indicator=name, **values)


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
    entry = labels.indicator_entry(indicator)
    return "" if entry.kind in (Kind.COUNT, Kind.RATIO) else columns.unit_of(labels, entry)


def _factor(kind: Kind) -> int:
    return 100 if kind is Kind.SHARE else 1


def _cell(kind: Kind, value: float | None) -> Value:
    """Return a value in its unit, as it stands in a table; whole days without decimals."""
    if value is None:
        return Sign.NOT_AVAILABLE
    return shortened(value) if kind is Kind.MEDIAN else _factor(kind) * value
