"""The page *Koordinatorer*: what each carries, who has left, how often they change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

from dagster_project.publication.reader import provenance, reference
from dagster_project.publication.reader.coverage import Cell, Measured
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Kind
from dashboards.analysis import significance
from dashboards.analysis.significance import SMALL_DENOMINATOR
from dashboards.charts.bars import Bar
from dashboards.content import competence, coordinated, indicator, selection, sentences, units
from dashboards.content.indicator import Figure, figure_of
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import Section, Way, or_none, part
from dashboards.content.shared import Picture, cautions
from dashboards.export.downloads import Notes
from dashboards.export.table import Holds, Table, table_of
from dashboards.i18n.texts import Texts, capitalised
from dashboards.pages import PageKey
from dashboards.queries import coordination
from dashboards.queries.coordination import Departed, Load
from dashboards.view.state import View

# The loads from light to heavy, and how dark each is drawn, to be seen in grey too.
_LOADS = {"1": 0.06, "2": 0.4, "3-5": 0.7, "6+": 1.0}
_HEAVY = "6+"
_SECTORS = ("health", "other", UNKNOWN)
# The rule that ends what a departed coordinator is registered with, and whose rows tell who.
DEPARTED_RULE = "closed_by_employment"
_EMPLOYEES, _COORDINATORS = "ansatt", "koordinator"
# Stands behind the names of few; a remark below the picture begins with it.
_SMALL_MARK = "*"
_NOBODY = Load(ALL, ALL, "", 0, 0)
# A row of the table of areas: a sector, an area, and its loads.
_Loads = tuple[str, str, Sequence[Load]]


@dataclass(frozen=True)
class CoordinatorFigures(PageData):
    """Everything that the page shows, read at once from one publication.

    The loads and the departed of a year before are empty where nothing is compared with.
    """

    per_coordinator: Figure
    loads: tuple[Load, ...]
    loads_before: tuple[Load, ...]
    departed: tuple[Departed, ...]
    departed_before: tuple[Departed, ...]
    knows_departed: bool


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    texts = labels.texts
    yield Section(filters=[indicator.OVER_TIME])
    figures = gather(labels, view)
    yield Section(lead=[headline(figures)], remarks=cautions(labels, figures.per_coordinator.view))
    yield from part(_section_loads(figures), texts("coordinators.section.load"))
    yield from part(coordinated.sections(labels, view), texts("coordinated.section"))
    yield from units.sections(labels, view, figures.per_coordinator)
    yield from part(_section_departed(figures), texts("coordinators.section.departed"))
    yield from part(_section_changes(figures), texts("coordinators.section.changes"))
    yield from part(_section_training(figures), texts("coordinators.section.training"))
    yield from part(competence.sections(labels, view), texts("competence.section"))


def _section_loads(figures: CoordinatorFigures) -> Iterator[Section]:
    figure, loads, areas = figures.per_coordinator, table_by_load(figures), table_by_area(figures)
    yield Section(
        key="loads",
        remarks=selection.only_here(figures.labels, figures.view),
        picture=by_load(figures),
        explained=figure.view,
        table=loads,
        notes=indicator.notes(figure, loads.title),
    )
    notes = indicator.notes(figure, areas.title)
    yield Section(key="load_areas", picture=by_area(figures), table=areas, notes=notes)
    health = or_none(partial(figure_of, figures.labels, figures.view, "health_sector_share"))
    if health:
        yield Section(key="health", remarks=[from_health_in_words(health)], explained=health.view)


def _section_departed(figures: CoordinatorFigures) -> Iterator[Section]:
    picture, table = departed(figures), table_of_departed(figures)
    notes = notes_of_departed(figures, table.title)
    yield Section(
        key="departed",
        remarks=selection.only_here(figures.labels, figures.view),
        picture=picture,
        table=table,
        notes=notes,
    )
    way = Way(
        figures.texts("coordinators.departed.rows"),
        PageKey.REGISTRATION,
        view_of_rows(figures),
    )
    yield Section(way=way)


def _section_changes(figures: CoordinatorFigures) -> Iterator[Section]:
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
    figure, texts = figures.per_coordinator, figures.texts
    level = figures.text(
        f"coordinators.lead.{figure.tense}",
        coordinators=texts.counted("coordinator", figure.measured.denominator),
        persons=texts.counted("person", figure.measured.numerator),
        value=texts.decimal(figure.measured.value),
    )
    everywhere = _of_all(figures.departed)
    left_alone = [_left_alone(figures, everywhere)] if everywhere and everywhere.without else []
    return " ".join([level, indicator.change_in_words(figure), *left_alone])


def by_load(figures: CoordinatorFigures) -> Picture:
    """Return the picture of how many coordinators have so many persons."""
    texts, everybody = figures.texts, figures.per_coordinator.measured
    now, before = _by_load(_of(figures.loads)), _by_load(_of(figures.loads_before))
    heavy = now.get(_HEAVY)
    title = texts(
        "coordinators.load.some_heavy" if heavy else "coordinators.load.none_heavy",
        heavy=heavy.coordinators if heavy else 0,
        coordinators=texts.counted("coordinator", everybody.denominator),
        persons=texts.counted("person", heavy.persons if heavy else 0),
        everybody=everybody.numerator,
    )

    def bar(load: str) -> Bar:
        of_load = now.get(load, _NOBODY)
        earlier = before.get(load, _NOBODY).coordinators if before else None
        hover = _counts_in_words(texts, of_load)
        if earlier is not None:
            hover += f"<br>{texts('coordinators.load.before', number=earlier)}"
        label = texts(f"coordinators.persons_each.{load}")
        return figures.bar(label, [of_load.coordinators], hover, before=earlier)

    return figures.picture_of_bars(
        title,
        figures.text("coordinators.load.subtitle"),
        # One bar says all of it, so it is all of one colour.
        {texts("coordinators.load.coordinators"): 1.0},
        [bar(load) for load in _LOADS],
        texts("coordinators.load.tick") if before else None,
    )


def table_by_load(figures: CoordinatorFigures) -> Table:
    """Return the coordinators and their persons by load, with a year before beside."""
    texts = figures.texts
    now, before = _of(figures.loads), _of(figures.loads_before)

    def counted(loads: Sequence[Load], name: str) -> Callable[[str], int]:
        return lambda load: _sum([each for each in loads if load in (ALL, each.load)], name)

    def name_of(load: str) -> str:
        return texts("column.total" if load == ALL else f"coordinators.persons_each.{load}")

    return table_of(
        figures.text("coordinators.load.table"),
        _LOADS,
        (texts("coordinators.column.load"), Holds.TEXT, name_of),
        *(
            (texts(f"coordinators.column.{name}{when}"), Holds.WHOLE, counted(loads, name))
            for when, loads in (("", now), ("_before", before))
            if loads or not when
            for name in ("coordinators", "persons")
        ),
        whole=ALL,
    )


def from_health_in_words(figure: Figure) -> str:
    """Return how many of the coordinators are from health and care, and how that has changed."""
    return _level_and_change(figure, "health")


def by_area(figures: CoordinatorFigures) -> Picture:
    """Return the picture of the loads in each service area and sector, each bar a whole."""
    texts = figures.texts
    shown = _whole_bars(figures)
    is_few = any(bar.is_small for bar in shown)
    return figures.picture_of_bars(
        _where_loads_are_heavy(figures),
        figures.text("coordinators.area.subtitle"),
        {texts(f"coordinators.persons_each.{load}"): dark for load, dark in _LOADS.items()},
        shown,
        texts("coordinators.area.numbers"),
        texts("coordinators.area.small", limit=SMALL_DENOMINATOR) if is_few else None,
        as_wholes=True,
    )


def _where_loads_are_heavy(figures: CoordinatorFigures) -> str:
    shares = {cell.service_area: cell for cell in _heavy_shares(figures)}
    areas = [cell for area, cell in shares.items() if area not in (ALL, UNKNOWN)]
    found = significance.extremes(areas, shares[ALL].measured, Kind.SHARE)
    labels = figures.labels
    ends, values = sentences.ends_in_words(
        labels, Kind.SHARE, found, lambda cell: labels.service_area(cell.service_area)
    )
    if not found.tested:
        ends = "too_few"
    return figures.texts(f"coordinators.area.{ends or 'nowhere'}", **values)


def table_by_area(figures: CoordinatorFigures) -> Table:
    """Return the loads of each service area under its sector, and of each sector as a whole."""
    labels, texts = figures.labels, figures.texts
    rows = [
        (sector, area, _of(figures.loads, area, sector))
        for sector in _SECTORS
        for area in _areas(labels, [each for each in figures.loads if each.sector == sector])
    ]

    def with_load(load: str) -> Callable[[_Loads], int]:
        return lambda row: _sum([each for each in row[2] if each.load == load])

    return table_of(
        figures.text("coordinators.area.table"),
        rows,
        (texts("filter.area"), Holds.TEXT, lambda row: labels.service_area(row[1])),
        (
            texts("coordinators.column.sector"),
            Holds.TEXT,
            lambda row: texts(f"coordinators.sector.{row[0]}"),
        ),
        (texts("coordinators.column.coordinators"), Holds.WHOLE, lambda row: _sum(row[2])),
        *(
            (texts(f"coordinators.column.with.{load}"), Holds.WHOLE, with_load(load))
            for load in _LOADS
        ),
        (texts("coordinators.column.persons"), Holds.WHOLE, lambda row: _sum(row[2], "persons")),
        (
            texts("coordinators.column.per_coordinator"),
            Holds.DECIMAL,
            lambda row: _sum(row[2], "persons") / _sum(row[2]),
        ),
        whole=(ALL, ALL, _of(figures.loads)),
    )


def departed(figures: CoordinatorFigures) -> Picture:
    """Return the picture of those whose registered coordinator has left."""
    labels, texts = figures.labels, figures.texts
    everywhere = _of_all(figures.departed)
    if not figures.knows_departed:
        raise figures.absence("coordinators.departed.unknown")
    if everywhere is None:
        raise figures.absence("coordinators.departed.nobody")
    persons = texts.counted("person", everywhere.persons)
    if everywhere.without:
        title = _left_alone(figures, everywhere)
    else:
        title = texts("coordinators.departed.all_have", persons=persons)
    parts = {
        texts("coordinators.departed.without"): 1.0,
        texts("coordinators.departed.with_another"): 0.06,
    }

    def bar(each: Departed) -> Bar:
        values = [each.without, each.with_another]
        hovers = [
            f"{part}<br>{texts.counted('person', value)}"
            for part, value in zip(parts, values, strict=True)
        ]
        return figures.bar(labels.service_area(each.service_area), values, hovers)

    return figures.picture_of_bars(
        title,
        figures.text("coordinators.departed.subtitle"),
        parts,
        [bar(each) for each in figures.departed if each.service_area != ALL],
        texts(
            "coordinators.departed.in_all",
            coordinators=texts.counted("coordinator", everywhere.coordinators),
            persons=persons,
        ),
        _departed_before(figures),
        texts("coordinators.departed.advice"),
    )


def _departed_before(figures: CoordinatorFigures) -> str | None:
    """Return how many were left alone a year before, where that can be compared."""
    change = figures.per_coordinator.change
    if not change.earlier:
        return None
    earlier = _of_all(figures.departed_before)
    when = sentences.a_year_ago(figures.labels, change, figures.per_coordinator.is_newest)
    number = earlier.without if earlier else 0
    return figures.texts("coordinators.departed.before", when=capitalised(when), number=number)


def table_of_departed(figures: CoordinatorFigures) -> Table:
    """Return how many have left, and their persons, by service area."""
    labels, texts = figures.labels, figures.texts
    counts = {"departed": "coordinators", "still_registered": "persons", "without": "without"}
    return table_of(
        figures.text("coordinators.departed.table"),
        [each for each in figures.departed if each.service_area != ALL],
        (
            texts("coordinators.column.area"),
            Holds.TEXT,
            lambda each: labels.service_area(each.service_area),
        ),
        *(
            (texts(f"coordinators.column.{heading}"), Holds.WHOLE, attrgetter(name))
            for heading, name in counts.items()
        ),
        whole=_of_all(figures.departed),
    )


def notes_of_departed(figures: CoordinatorFigures, title: str) -> Notes:
    """Return what stands under the picture of the departed, and in its exports."""
    definition = figures.text("coordinators.departed.definition")
    return figures.notes(title, definition, (_COORDINATORS, _EMPLOYEES), "departed")


def view_of_rows(figures: CoordinatorFigures) -> View:
    """Return the view in which the registrations of the departed can be looked up."""
    return replace(figures.view, indicator="coordinator_coverage", rule=DEPARTED_RULE)


def changes_in_words(figure: Figure) -> str:
    """Return how often persons change coordinator, and how that has changed."""
    count = figure.texts.counted("change", figure.measured.numerator)
    return _level_and_change(figure, "changes", count=count)


def training_in_words(figure: Figure) -> str:
    """Return how many training needs were met in time, and how that has changed."""
    return _level_and_change(figure, "training")


def _level_and_change(figure: Figure, what: str, **values: str) -> str:
    """Return an indicator's level and its change from a year before."""
    labels, measured = figure.labels, figure.measured
    usual: dict[str, object] = {
        "count": measured.numerator,
        "of": measured.denominator,
        "value": labels.value(figure.kind, measured.value),
        "interval": labels.interval(figure.kind, measured),
    }
    level = figure.text(f"coordinators.{what}.{figure.tense}", **(usual | values))
    return f"{level} {indicator.change_in_words(figure)}"


def _of(loads: Sequence[Load], area: str = ALL, sector: str = ALL) -> list[Load]:
    """Return the loads of an area and a sector."""
    return [each for each in loads if (each.service_area, each.sector) == (area, sector)]


def _by_load(loads: Sequence[Load]) -> dict[str, Load]:
    return {each.load: each for each in loads}


def _sum(loads: Sequence[Load], name: str = "coordinators") -> int:
    return sum(getattr(each, name) for each in loads)


def _of_all(departed: Sequence[Departed]) -> Departed | None:
    return next((each for each in departed if each.service_area == ALL), None)


def _areas(labels: Labels, loads: Sequence[Load]) -> list[str]:
    """Return the areas that some coordinator is from, in their order; all of them last."""
    present = {each.service_area for each in loads}
    in_order = [*reference.service_areas(labels.publication), UNKNOWN, ALL]
    return [area for area in in_order if area in present]


def _heavy_shares(figures: CoordinatorFigures) -> Iterator[Cell]:
    """Yield for each area how many of its coordinators have the heaviest load."""
    counted = [each for each in figures.loads if each.sector == ALL]
    for area in _areas(figures.labels, counted):
        of_area = _of(counted, area)
        heavy = _sum([each for each in of_area if each.load == _HEAVY])
        everybody = _sum(of_area)
        yield Cell(ALL, area, Measured(heavy, everybody, heavy / everybody, None, None))


def _whole_bars(figures: CoordinatorFigures) -> list[Bar]:
    """Return the bars: each area, each sector, everybody; the first of each sort begins a group."""
    labels = figures.labels
    of_areas = [each for each in figures.loads if each.sector == ALL and each.service_area != ALL]
    areas = _areas(labels, of_areas)
    shown = [_whole_bar(figures, labels.service_area(area), _of(of_areas, area)) for area in areas]
    # Where nobody's area is known, neither is the sector: the same bar twice says nothing.
    sectors = [
        sector
        for sector in _SECTORS
        if _of(figures.loads, ALL, sector) and (sector != UNKNOWN or len(areas) > 1)
    ]
    for number, sector in enumerate(sectors):
        name = labels.texts(f"coordinators.sector.{sector}")
        loads = _of(figures.loads, ALL, sector)
        shown.append(_whole_bar(figures, name, loads, begins_group=number == 0))
    all_of_them = labels.service_area(ALL)
    everybody = _whole_bar(figures, all_of_them, _of(figures.loads), is_all=True, begins_group=True)
    return [*shown, everybody]


def _whole_bar(figures: CoordinatorFigures, name: str, loads: Sequence[Load], **marks: bool) -> Bar:
    texts, counted = figures.texts, _by_load(loads)
    coordinators = _sum(loads)
    is_small = coordinators < SMALL_DENOMINATOR
    of_loads = {load: counted.get(load, _NOBODY) for load in _LOADS}
    return figures.bar(
        name,
        [each.coordinators for each in of_loads.values()],
        [
            f"{texts(f'coordinators.persons_each.{load}')}<br>{_counts_in_words(texts, each)}"
            for load, each in of_loads.items()
        ],
        text=f"{texts.whole(coordinators)}{_SMALL_MARK if is_small else ''}",
        is_small=is_small,
        **marks,
    )


def _counts_in_words(texts: Texts, load: Load) -> str:
    coordinators = texts.counted("coordinator", load.coordinators)
    return f"{coordinators}<br>{texts.counted('person', load.persons)}"


def _left_alone(figures: CoordinatorFigures, everywhere: Departed) -> str:
    persons = figures.texts.counted("person", everywhere.without)
    key = f"coordinators.departed.{figures.per_coordinator.tense}"
    return figures.text(key, persons=persons)
