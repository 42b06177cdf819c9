"""The page *Koordinatorer*: what each carries, who has left, how often they change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from dagster_project.publication.reader import provenance, reference
from dagster_project.publication.reader.coverage import Cell, Measured
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Kind
from dashboards.analysis import significance
from dashboards.analysis.significance import SMALL_DENOMINATOR
from dashboards.charts.bars import Bar, Part, bars
from dashboards.content import indicator, sentences
from dashboards.content.indicator import ON_A_DATE, Figure, figure_of
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure, Section, Way, or_none, part
from dashboards.content.shared import Picture, cautions, notes_of, place_and_date
from dashboards.export.downloads import Notes
from dashboards.export.table import Column, Row, Table
from dashboards.export.table import Kind as Holds
from dashboards.i18n.texts import capitalised
from dashboards.pages import PageKey
from dashboards.queries import coordination
from dashboards.queries.coordination import Departed, Load
from dashboards.view.state import Parameter, View

# The loads from light to heavy, and how dark each is drawn: told apart in grey too.
_LOADS = {"1": 0.06, "2": 0.4, "3-5": 0.7, "6+": 1.0}
_HEAVY = "6+"
_SECTORS = ("health", "other", UNKNOWN)
# The rule that ends what a departed coordinator is registered with, and whose rows tell who.
DEPARTED_RULE = "closed_by_employment"
_EMPLOYEES, _COORDINATORS = "ansatt", "koordinator"
# Stands behind the names of few; a remark below the picture begins with it.
_SMALL_MARK = "*"


@dataclass(frozen=True)
class CoordinatorFigures:
    """Everything that the page shows, read at once from one publication.

    The loads and the departed of a year before are empty where nothing is compared with.
    """

    labels: Labels
    view: View
    per_coordinator: Figure
    loads: tuple[Load, ...]
    loads_before: tuple[Load, ...]
    departed: tuple[Departed, ...]
    departed_before: tuple[Departed, ...]
    knows_departed: bool


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    texts = labels.texts
    yield Section(filters=[ON_A_DATE])
    figures = gather(labels, view)
    yield Section(lead=[headline(figures)], remarks=cautions(labels, figures.per_coordinator.view))
    yield from part(_section_loads(figures), texts("coordinators.section.load"))
    yield from part(_section_departed(figures), texts("coordinators.section.departed"))
    yield from part(_section_changes(figures), texts("coordinators.section.changes"))
    yield from part(_section_training(figures), texts("coordinators.section.training"))


def _section_loads(figures: CoordinatorFigures) -> Iterator[Section]:
    figure, loads, areas = figures.per_coordinator, table_by_load(figures), table_by_area(figures)
    yield Section(
        key="loads",
        picture=by_load(figures),
        explained=figure.view,
        table=loads,
        notes=indicator.notes(figure, loads.title),
    )
    notes = indicator.notes(figure, areas.title)
    yield Section(key="load_areas", picture=by_area(figures), notes=notes)
    health = or_none(partial(figure_of, figures.labels, figures.view, "health_sector_share"))
    if health:
        yield Section(key="health", remarks=[from_health_in_words(health)], explained=health.view)
    yield Section(key="load_areas", table=areas, notes=notes)


def _section_departed(figures: CoordinatorFigures) -> Iterator[Section]:
    picture, table = departed(figures), table_of_departed(figures)
    notes = notes_of_departed(figures, table.title)
    yield Section(key="departed", picture=picture, notes=notes)
    way = Way(
        figures.labels.texts("coordinators.departed.rows"),
        PageKey.REGISTRATION,
        view_of_rows(figures),
    )
    yield Section(key="departed", way=way, table=table, notes=notes)


def _section_changes(figures: CoordinatorFigures) -> Iterator[Section]:
    yield Section(filters=[[Parameter.COMPARED]])
    figure = figure_of(figures.labels, figures.view, "coordinator_changes")
    yield from indicator.sections_over_time(figure, changes_in_words(figure), "changes")


def _section_training(figures: CoordinatorFigures) -> Iterator[Section]:
    figure = figure_of(figures.labels, figures.view, "training_within_6_months")
    yield from indicator.sections_over_time(figure, training_in_words(figure), "training")


def gather(labels: Labels, view: View) -> CoordinatorFigures:
    """Read the figures of a view, or raise why there are none."""
    per_coordinator = figure_of(labels, view, "persons_per_coordinator")
    publication, municipality = labels.publication, view.municipality
    before = indicator.day_before(per_coordinator)
    return CoordinatorFigures(
        labels=labels,
        view=view,
        per_coordinator=per_coordinator,
        loads=coordination.loads(publication, municipality, view.reference_date),
        loads_before=coordination.loads(publication, municipality, before) if before else (),
        departed=coordination.departed(publication, municipality, view.reference_date),
        departed_before=coordination.departed(publication, municipality, before) if before else (),
        knows_departed=_EMPLOYEES in provenance.records_in_force(publication, municipality),
    )


def headline(figures: CoordinatorFigures) -> str:
    """Return the sentence that the page is about: what each carries, and who is left alone."""
    figure, texts = figures.per_coordinator, figures.labels.texts
    values = {
        "coordinators": texts.counted("coordinator", figure.measured.denominator),
        "persons": texts.counted("person", figure.measured.numerator),
        "value": texts.decimal(figure.measured.value),
        "date": texts.date(figure.view.reference_date),
    }
    told = [texts(f"coordinators.lead.{figure.tense}", **values)]
    told.append(indicator.change_in_words(figure))
    everywhere = _of_all(figures.departed)
    if everywhere and everywhere.without:
        told.append(_left_alone(figures, everywhere))
    return " ".join(told)


def by_load(figures: CoordinatorFigures) -> Picture:
    """Return the picture of how many coordinators have so many persons."""
    labels, texts = figures.labels, figures.labels.texts
    now, before = _in_all(figures.loads), _in_all(figures.loads_before)
    heavy = now.get(_HEAVY)
    everybody = figures.per_coordinator.measured
    title = texts(
        "coordinators.load.some_heavy" if heavy else "coordinators.load.none_heavy",
        heavy=texts.whole(heavy.coordinators if heavy else 0),
        coordinators=texts.counted("coordinator", everybody.denominator),
        persons=texts.counted("person", heavy.persons if heavy else 0),
        everybody=texts.whole(everybody.numerator),
    )
    subtitle = texts("coordinators.load.subtitle", where=place_and_date(labels, figures.view))

    def bar(load: str) -> Bar:
        count = now[load].coordinators if load in now else 0
        persons = now[load].persons if load in now else 0
        label = texts(f"coordinators.persons_each.{load}")
        hover = [
            f"<b>{label}</b>",
            texts.counted("coordinator", count),
            texts.counted("person", persons),
        ]
        earlier = before[load].coordinators if load in before else 0
        if before:
            hover.append(texts("coordinators.load.before", number=texts.whole(earlier)))
        return Bar(
            label=label,
            text=texts.whole(count),
            values=[count],
            texts=[""],
            hovers=["<br>".join(hover)],
            before=earlier if before else None,
        )

    shown = [bar(load) for load in _LOADS]
    # One bar says all of it, so it is all of one colour.
    part = Part(texts("coordinators.load.coordinators"))
    return Picture(
        title,
        subtitle,
        lambda palette: bars(palette, [part], shown),
        texts("coordinators.see_table"),
        (texts("coordinators.load.tick"),) if before else (),
    )


def table_by_load(figures: CoordinatorFigures) -> Table:
    """Return the coordinators and their persons by load, with a year before beside."""
    labels, texts = figures.labels, figures.labels.texts
    now, before = _in_all(figures.loads), _in_all(figures.loads_before)
    none = Load(ALL, ALL, "", 0, 0)

    def row(name: str, here: Sequence[Load], earlier: Sequence[Load]) -> Row:
        of_now = (sum(each.coordinators for each in here), sum(each.persons for each in here))
        if not before:
            return (name, *of_now)
        return (
            name,
            *of_now,
            sum(each.coordinators for each in earlier),
            sum(each.persons for each in earlier),
        )

    headings = ["coordinators", "persons"]
    if before:
        headings += ["coordinators_before", "persons_before"]
    return Table(
        texts("coordinators.load.table", where=place_and_date(labels, figures.view)),
        (
            Column(texts("coordinators.column.load")),
            *(Column(texts(f"coordinators.column.{name}"), Holds.WHOLE) for name in headings),
        ),
        tuple(
            row(
                texts(f"coordinators.persons_each.{load}"),
                [now.get(load, none)],
                [before.get(load, none)],
            )
            for load in _LOADS
        ),
        row(texts("column.total"), list(now.values()), list(before.values())),
    )


def from_health_in_words(figure: Figure) -> str:
    """Return how many of the coordinators are from health and care, and how that has changed."""
    return _told(figure, "health")


def by_area(figures: CoordinatorFigures) -> Picture:
    """Return the picture of the loads in each service area and sector, each bar a whole."""
    labels, texts = figures.labels, figures.labels.texts
    found = significance.extremes(
        [cell for cell in _heavy_shares(figures) if cell.service_area not in (ALL, UNKNOWN)],
        next(cell.measured for cell in _heavy_shares(figures) if cell.service_area == ALL),
        Kind.SHARE,
    )
    values = {}
    for end, cell in (("highest", found.highest), ("lowest", found.lowest)):
        if cell is not None:
            values[end] = labels.service_area(cell.service_area)
            values[f"{end}_value"] = labels.value(Kind.SHARE, cell.measured.value)
    ends = "_and_".join(end for end in ("highest", "lowest") if end in values)
    if not found.judged:
        ends = "too_few"
    title = texts(f"coordinators.area.{ends or 'nowhere'}", **values)
    subtitle = texts("coordinators.area.subtitle", where=place_and_date(labels, figures.view))
    groups = _groups(figures)
    shown = [
        _whole_bar(figures, name, loads, is_all=code == ALL, begins_group=begins)
        for code, name, loads, begins in groups
    ]
    parts = [
        Part(texts(f"coordinators.persons_each.{load}"), darkness)
        for load, darkness in _LOADS.items()
    ]
    remarks = [texts("coordinators.area.numbers")]
    if any(bar.is_small for bar in shown):
        remarks.append(texts("coordinators.area.small", limit=SMALL_DENOMINATOR))
    return Picture(
        title,
        subtitle,
        lambda palette: bars(palette, parts, shown, as_wholes=True),
        texts("coordinators.see_table"),
        tuple(remarks),
    )


def table_by_area(figures: CoordinatorFigures) -> Table:
    """Return the loads of each service area under its sector, and of each sector as a whole."""
    labels, texts = figures.labels, figures.labels.texts
    rows = []
    for sector in _SECTORS:
        in_sector = [each for each in figures.loads if each.sector == sector]
        for area in _areas(labels, in_sector):
            of_area = [each for each in in_sector if each.service_area == area]
            rows.append(_measures(labels, sector, area, of_area))
    total = [each for each in figures.loads if (each.service_area, each.sector) == (ALL, ALL)]
    return Table(
        texts("coordinators.area.table", where=place_and_date(labels, figures.view)),
        (
            Column(texts("filter.area")),
            Column(texts("coordinators.column.sector")),
            Column(texts("coordinators.column.coordinators"), Holds.WHOLE),
            *(Column(texts(f"coordinators.column.with.{load}"), Holds.WHOLE) for load in _LOADS),
            Column(texts("coordinators.column.persons"), Holds.WHOLE),
            Column(texts("coordinators.column.per_coordinator"), Holds.DECIMAL),
        ),
        tuple(rows),
        _measures(labels, ALL, ALL, total),
    )


def departed(figures: CoordinatorFigures) -> Picture:
    """Return the picture of those whose registered coordinator has left."""
    labels, texts = figures.labels, figures.labels.texts
    everywhere = _of_all(figures.departed)
    if not figures.knows_departed:
        raise NoFigure(texts("coordinators.departed.unknown"))
    if everywhere is None:
        raise NoFigure(
            texts("coordinators.departed.nobody", where=place_and_date(labels, figures.view))
        )
    if everywhere.without:
        title = _left_alone(figures, everywhere)
    else:
        title = texts("coordinators.departed.all_have", persons=_persons(labels, everywhere))
    subtitle = texts("coordinators.departed.subtitle", where=place_and_date(labels, figures.view))
    parts = [
        Part(texts("coordinators.departed.without"), 1.0),
        Part(texts("coordinators.departed.with_another"), 0.06),
    ]
    shown = [
        _departed_bar(labels, parts, each) for each in figures.departed if each.service_area != ALL
    ]
    remarks = [
        texts(
            "coordinators.departed.in_all",
            coordinators=texts.counted("coordinator", everywhere.coordinators),
            persons=_persons(labels, everywhere),
        )
    ]
    change = figures.per_coordinator.change
    if change.earlier:
        earlier = _of_all(figures.departed_before)
        when = sentences.a_year_ago(labels, change, figures.per_coordinator.is_newest)
        number = texts.whole(earlier.without if earlier else 0)
        remarks.append(texts("coordinators.departed.before", when=capitalised(when), number=number))
    remarks.append(texts("coordinators.departed.advice"))
    return Picture(
        title,
        subtitle,
        lambda palette: bars(palette, parts, shown),
        texts("coordinators.see_table"),
        tuple(remarks),
    )


def table_of_departed(figures: CoordinatorFigures) -> Table:
    """Return how many have left, and their persons, by service area."""
    labels, texts = figures.labels, figures.labels.texts

    def row(name: str, each: Departed) -> Row:
        return (name, each.coordinators, each.persons, each.without)

    everywhere = _of_all(figures.departed)
    return Table(
        texts("coordinators.departed.table", where=place_and_date(labels, figures.view)),
        (
            Column(texts("coordinators.column.area")),
            Column(texts("coordinators.column.departed"), Holds.WHOLE),
            Column(texts("coordinators.column.still_registered"), Holds.WHOLE),
            Column(texts("coordinators.column.without"), Holds.WHOLE),
        ),
        tuple(
            row(labels.service_area(each.service_area), each)
            for each in figures.departed
            if each.service_area != ALL
        ),
        row(labels.service_area(ALL), everywhere) if everywhere else None,
    )


def notes_of_departed(figures: CoordinatorFigures, title: str) -> Notes:
    """Return what stands under the picture of the departed, and in its exports."""
    return notes_of(
        figures.labels,
        figures.view,
        title,
        definition=figures.labels.texts("coordinators.departed.definition"),
        records=(_COORDINATORS, _EMPLOYEES),
        parameters=ON_A_DATE,
        part="departed",
    )


def view_of_rows(figures: CoordinatorFigures) -> View:
    """Return the view in which the registrations of the departed can be looked up."""
    return replace(figures.view, indicator="coordinator_coverage", rule=DEPARTED_RULE)


def changes_in_words(figure: Figure) -> str:
    """Return how often persons change coordinator, and how that has changed."""
    texts, measured = figure.labels.texts, figure.measured
    count = texts.counted("change", measured.numerator)
    return _told(figure, "changes", count=count)


def training_in_words(figure: Figure) -> str:
    """Return how many training needs were met in time, and how that has changed."""
    return _told(figure, "training")


def _told(figure: Figure, what: str, **values: str) -> str:
    """Return an indicator's level and its change from a year before."""
    labels, texts, measured = figure.labels, figure.labels.texts, figure.measured
    usual = {
        "count": texts.whole(measured.numerator),
        "of": texts.whole(measured.denominator),
        "value": labels.value(figure.kind, measured.value),
        "interval": labels.interval(figure.kind, measured),
        "date": texts.date(figure.view.reference_date),
    }
    level = texts(f"coordinators.{what}.{figure.tense}", **(usual | values))
    return f"{level} {indicator.change_in_words(figure)}"


def _in_all(loads: Sequence[Load]) -> dict[str, Load]:
    """Return the loads of everybody, by load."""
    return {each.load: each for each in loads if (each.service_area, each.sector) == (ALL, ALL)}


def _of_all(departed: Sequence[Departed]) -> Departed | None:
    return next((each for each in departed if each.service_area == ALL), None)


def _areas(labels: Labels, loads: Sequence[Load]) -> list[str]:
    """Return the areas that some coordinator is from, in their order; all of them last."""
    present = {each.service_area for each in loads}
    in_order = [*reference.service_areas(labels.publication), UNKNOWN, ALL]
    return [area for area in in_order if area in present]


def _heavy_shares(figures: CoordinatorFigures) -> list[Cell]:
    """Return for each area how many of its coordinators have the heaviest load."""
    counted = [each for each in figures.loads if each.sector == ALL]
    cells = []
    for area in _areas(figures.labels, counted):
        of_area = [each for each in counted if each.service_area == area]
        heavy = sum(each.coordinators for each in of_area if each.load == _HEAVY)
        everybody = sum(each.coordinators for each in of_area)
        cells.append(Cell(ALL, area, Measured(heavy, everybody, heavy / everybody, None, None)))
    return cells


def _groups(figures: CoordinatorFigures) -> list[tuple[str, str, list[Load], bool]]:
    """Return the bars: each area, each sector, everybody; and which of them begin a group."""
    labels = figures.labels
    areas: list[tuple[str, str, list[Load], bool]] = []
    sectors: list[tuple[str, str, list[Load], bool]] = []
    of_areas = [each for each in figures.loads if each.sector == ALL and each.service_area != ALL]
    for area in _areas(labels, of_areas):
        of_area = [each for each in of_areas if each.service_area == area]
        areas.append((area, labels.service_area(area), of_area, False))
    for sector in _SECTORS:
        of_sector = [
            each for each in figures.loads if (each.service_area, each.sector) == (ALL, sector)
        ]
        # Where nobody's area is known, neither is the sector: the same bar twice says nothing.
        if of_sector and (sector != UNKNOWN or len(areas) > 1):
            name = labels.texts(f"coordinators.sector.{sector}")
            sectors.append((sector, name, of_sector, not sectors))
    everybody = [each for each in figures.loads if (each.service_area, each.sector) == (ALL, ALL)]
    return [*areas, *sectors, (ALL, labels.service_area(ALL), everybody, True)]


def _whole_bar(
    figures: CoordinatorFigures, name: str, loads: Sequence[Load], is_all: bool, begins_group: bool
) -> Bar:
    texts = figures.labels.texts
    counted = {each.load: each for each in loads}
    coordinators = sum(each.coordinators for each in loads)
    is_small = coordinators < SMALL_DENOMINATOR

    def hover(load: str) -> str:
        each = counted.get(load)
        return "<br>".join(
            [
                f"<b>{name}</b>",
                texts(f"coordinators.persons_each.{load}"),
                texts.counted("coordinator", each.coordinators if each else 0),
                texts.counted("person", each.persons if each else 0),
            ]
        )

    values = [counted[load].coordinators if load in counted else 0 for load in _LOADS]
    mark = _SMALL_MARK if is_small else ""
    return Bar(
        label=name,
        text=f"{texts.whole(coordinators)}{mark}",
        values=values,
        texts=[texts.whole(value) if value else "" for value in values],
        hovers=[hover(load) for load in _LOADS],
        is_all=is_all,
        is_small=is_small,
        begins_group=begins_group,
    )


def _measures(labels: Labels, sector: str, area: str, loads: Sequence[Load]) -> Row:
    counted = {each.load: each.coordinators for each in loads}
    coordinators = sum(each.coordinators for each in loads)
    persons = sum(each.persons for each in loads)
    return (
        labels.service_area(area),
        labels.texts(f"coordinators.sector.{sector}"),
        coordinators,
        *(counted.get(load, 0) for load in _LOADS),
        persons,
        persons / coordinators,
    )


def _departed_bar(labels: Labels, parts: Sequence[Part], each: Departed) -> Bar:
    texts = labels.texts
    name = labels.service_area(each.service_area)
    values = [each.without, each.persons - each.without]
    return Bar(
        label=name,
        text=texts.whole(each.persons),
        values=values,
        texts=[texts.whole(value) if value else "" for value in values],
        hovers=[
            f"<b>{name}</b><br>{part.name}<br>{texts.counted('person', value)}"
            for part, value in zip(parts, values, strict=True)
        ],
    )


def _left_alone(figures: CoordinatorFigures, everywhere: Departed) -> str:
    texts = figures.labels.texts
    return texts(
        f"coordinators.departed.{figures.per_coordinator.tense}",
        persons=texts.counted("person", everywhere.without),
        date=texts.date(figures.view.reference_date),
    )


def _persons(labels: Labels, each: Departed) -> str:
    return labels.texts.counted("person", each.persons)
