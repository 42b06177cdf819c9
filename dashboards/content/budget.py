"""The page *Budsjett*: the gap to the target in persons, posts and kroner, by year of a plan."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go

from dagster_project.planning import PlanningError
from dagster_project.planning.cost import (
    UNKNOWN_AREA,
    Amount,
    Basis,
    Cost,
    Plan,
    Sway,
    Waiting,
    gap,
    reckon,
    waiting,
)
from dagster_project.planning.need import Year
from dagster_project.planning.rates import FEWEST_OF_GROUP
from dagster_project.planning.scenario import (
    Scenario,
    Target,
    age_groups,
    proposals,
    read_scenario,
    write_scenario,
)
from dagster_project.planning.store import KeptScenario
from dagster_project.planning.whole import in_whole
from dagster_project.problems import Problem
from dagster_project.publication.reader import coverage, reference
from dagster_project.publication.reader import needs as reader
from dagster_project.publication.reader.needs import Needs, Neighbour, Projected
from dagster_project.publication.reader.publication import Publication
from dagster_project.publication.reader.reference import ALL, UNKNOWN
from dagster_project.reference import rows
from dashboards.charts.base import SeriesPoint
from dashboards.charts.colours import Palette
from dashboards.charts.dots import Dot, dots
from dashboards.charts.time_series import Series, time_series
from dashboards.content import beside, followup, housing
from dashboards.content.absence import dates
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import NoFigure, Section, Way, or_none, part
from dashboards.content.shared import ON_A_DATE, Picture, cautions
from dashboards.export.table import Holds, Table, table_of
from dashboards.i18n.texts import Texts
from dashboards.pages import PageKey
from dashboards.queries import overview
from dashboards.queries.scenarios import scenario_of, scenarios_of
from dashboards.view.state import Parameter, View

RECORDS = ("koordinator", "tjeneste", "befolkning")
# A plan is of so many years, and looks ahead as far as these.
PLAN_YEARS, YEARS_AHEAD = 4, 10
# Further ahead than this nothing is said.
_MOST_AHEAD = 20
_A_THOUSAND, _A_MILLION = 1_000, 1_000_000
# Further apart than a year's dates nothing is drawn as one line.
_LONGEST_STEP = dt.timedelta(days=400)
_MOST_SWAYS = 8
FEWEST_COMPARED = 2
# What falls on no KOSTRA function.
_NO_FUNCTION = ""
_KEPT_PLANS = 100


# A row of the plan's table: what it is called, the amount of each year, and with how many decimals.
_PlanRow = tuple[str, Sequence[Amount], int]


@dataclass(frozen=True)
class BudgetFigures(PageData):
    """Everything that the page shows, read at once from one publication and one scenario."""

    kept: KeptScenario
    needs: Needs
    plan: Plan
    waiting: Waiting

    @property
    def scenario(self) -> Scenario:
        """What is decided and assumed."""
        return self.plan.scenario

    @property
    def basis(self) -> Basis:
        """What is known and expected before that."""
        return self.needs.basis

    @property
    def last(self) -> Cost:
        """What the last year asks for."""
        return self.plan.years[self.scenario.last_year]


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    texts = labels.texts
    yield Section(filters=[(*ON_A_DATE, Parameter.SCENARIO)])
    kept = scenario_of(view.municipality, view.scenario) or proposed(labels, view)
    try:
        figures = gather(labels, view, kept)
    except NoFigure:
        # Whoever has to mend the scenario needs it beside what is said of it.
        yield Section(scenario=kept)
        raise
    yield Section(lead=headline(figures), remarks=reservations(figures))
    yield Section(scenario=kept)
    yield from part(_section_plan(figures), texts("budget.section_plan"))
    yield from _section_compared(labels, view)
    yield from part(_section_gap(figures), texts("budget.section_gap"))
    yield from part(_section_need(figures), texts("budget.section_need"))
    yield from part(_section_areas(figures), texts("budget.section_areas"))
    yield from part(_section_assumptions(figures), texts("budget.section_assumptions"))
    yield from part(_section_housing(labels, view), texts("budget.section_housing"))


def _section_plan(figures: BudgetFigures) -> Iterator[Section]:
    table = table_of_plan(figures)
    yield Section(
        key="budget_plan",
        table=table,
        notes=figures.notes(table.title, figures.text("budget.definition_plan"), RECORDS, "plan"),
    )
    yield Section(remarks=[figures.text("budget.limits")])


def _section_compared(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the scenarios that are kept side by side, where there are several to compare."""
    found = [
        figures
        for kept in scenarios_of(view.municipality)
        if (figures := or_none(partial(gather, labels, view, kept))) is not None
    ]
    if len(found) < FEWEST_COMPARED:
        return
    table = table_of_scenarios(found)
    yield Section(heading=labels.texts("budget.section_compared"))
    yield Section(
        key="budget_compared",
        table=table,
        notes=found[0].notes(
            table.title, labels.texts("budget.definition_plan"), RECORDS, "scenarios"
        ),
    )


def _section_gap(figures: BudgetFigures) -> Iterator[Section]:
    for key, table in (("age", table_of_gaps(figures)), ("area", table_of_area_gaps(figures))):
        definition = figures.text("budget.definition_gap")
        yield Section(
            key=f"budget_gap_{key}",
            of_table=[figures.text("budget.areas_overlap")] if key == "area" else [],
            table=table,
            notes=figures.notes(table.title, definition, RECORDS, f"gap-{key}"),
        )


def _section_need(figures: BudgetFigures) -> Iterator[Section]:
    table = table_of_needs(figures)
    definition = figures.text("budget.definition_need")
    yield Section(
        key="budget_need",
        picture=need_over_time(figures),
        table=table,
        notes=figures.notes(table.title, definition, RECORDS, "need"),
    )
    by_area = table_of_needs_by_area(figures)
    yield Section(
        key="budget_need_area",
        of_table=[figures.text("budget.areas_overlap")],
        table=by_area,
        notes=figures.notes(by_area.title, definition, RECORDS, "need-area"),
    )


def _section_areas(figures: BudgetFigures) -> Iterator[Section]:
    for key, table in (
        ("area", table_of_cost_by_area(figures)),
        ("function", table_of_cost_by_function(figures)),
    ):
        yield Section(
            key=f"budget_cost_{key}",
            of_table=[figures.text(f"budget.about_{key}")],
            table=table,
            notes=figures.notes(
                table.title, figures.text("budget.definition_plan"), RECORDS, f"cost-{key}"
            ),
        )


def _section_assumptions(figures: BudgetFigures) -> Iterator[Section]:
    table = table_of_assumptions(figures)
    definition = figures.text("budget.definition_assumptions")
    yield Section(
        key="budget_sways",
        picture=sways(figures),
        table=table,
        notes=figures.notes(table.title, definition, RECORDS, "assumptions"),
    )


def _section_housing(labels: Labels, view: View) -> Iterator[Section]:
    """Yield what belongs to the plan beside coordinators: homes, and who comes of age."""
    found = housing.gather(labels, view)
    yield Section(
        remarks=[housing.headline(found)],
        way=Way(labels.texts("budget.way_housing"), PageKey.HOUSING, view),
    )


def gather(labels: Labels, view: View, kept: KeptScenario) -> BudgetFigures:
    """Read the figures of a view and a scenario, or raise why there are none."""
    texts = labels.texts
    dates(labels, view)
    scenario = kept.scenario
    if scenario is None:
        raise NoFigure(" ".join(problem_in_words(texts, problem) for problem in kept.problems))
    try:
        found = _reckoned(
            labels.publication,
            view.municipality,
            view.reference_date,
            write_scenario(scenario),
            beside.neighbours(labels, view),
        )
    except PlanningError as error:
        raise NoFigure(
            texts(
                f"budget.{error.code}",
                municipality=labels.municipality(view.municipality),
                date=view.reference_date,
            )
        ) from None
    return BudgetFigures(labels, view, kept, *found)


@functools.lru_cache(maxsize=_KEPT_PLANS)
def _reckoned(
    publication: Publication,
    municipality: str,
    reference_date: dt.date,
    written: str,
    neighbours: tuple[Neighbour, ...],
) -> tuple[Needs, Plan, Waiting]:
    """Return a scenario reckoned, by its text: a page asks for several of them again and again."""
    scenario = read_scenario(written)
    year = reader.year_of(reference_date)
    last_year = min(max(scenario.last_year + 1, year + YEARS_AHEAD), year + _MOST_AHEAD)
    needs = reader.needs(publication, municipality, reference_date, last_year, neighbours)
    plan = reckon(needs.basis, scenario)
    return needs, plan, waiting(needs.basis, plan)


def proposed(labels: Labels, view: View) -> KeptScenario:
    """Return the scenario to begin from: the plan's next years, and the target that is set.

    The plan begins with the first whole year after the one that the newest figures are of.
    """
    newest = coverage.reference_dates(labels.publication, view.municipality)[:1]
    day = max([view.reference_date, *newest]) + dt.timedelta(days=1)
    target = overview.targets(labels.publication, view.municipality).get(reader.COVERAGE)
    scenario = Scenario(
        name=labels.texts("budget.proposal"),
        municipality=view.municipality,
        first_year=day.year + 1,
        last_year=day.year + PLAN_YEARS,
        target=Target(by_age=dict.fromkeys(age_groups(), target.value) if target else {}),
    )
    return KeptScenario("", scenario)


def headline(figures: BudgetFigures) -> Sequence[str]:
    """Return what the page is about: what the target takes, and what waiting costs."""
    year, last = figures.scenario.last_year, figures.last
    as_today = figures.plan.as_today[year]
    if not figures.scenario.target.by_age:
        return [
            figures.text(
                "budget.no_target",
                year=str(year),
                persons=_persons(figures, as_today.persons),
                posts=figures.texts.decimal(as_today.posts.middle),
                kroner=_kroner(figures, as_today.kroner.middle),
            )
        ]
    more = round(last.persons.middle - as_today.persons.middle)
    posts = round(last.posts.middle - as_today.posts.middle, 1)
    kroner = figures.plan.beyond_today(year)
    differences = (more, posts, round(kroner / _A_THOUSAND))
    persons, limits = _persons(figures, last.persons), _limits(figures, last.kroner)
    if all(each > 0 for each in differences) or all(each < 0 for each in differences):
        told = figures.text(
            "budget.headline" if more > 0 else "budget.headline_fewer",
            year=str(year),
            persons=persons,
            more=figures.texts.counted("person", abs(more)),
            posts=figures.texts.decimal(abs(posts)),
            kroner=_kroner(figures, abs(kroner)),
            limits=limits,
        )
    else:
        # The target is today's coverage, or asks more of some ages and less of others.
        told = figures.text(
            "budget.headline_either_way",
            year=str(year),
            persons=persons,
            more=figures.texts.signed(more),
            posts=figures.texts.signed_decimal(posts),
            kroner=_signed_kroner(figures, kroner),
            limits=limits,
        )
    return [told, *_what_waiting_costs(figures)]


def _what_waiting_costs(figures: BudgetFigures) -> Iterator[str]:
    """Yield what a year's waiting takes, where it is anything."""
    found, year = figures.waiting, figures.scenario.last_year
    if found.person_years < 1:
        return
    years = figures.texts.counted("person_year", round(found.person_years))
    yield figures.text("budget.waiting", years=years)
    if round(found.kroner / _A_THOUSAND) > 0:
        yield figures.text(
            "budget.waiting_costs",
            later=str(year + 1),
            kroner=_kroner(figures, found.kroner),
            year=str(year),
        )


def reservations(figures: BudgetFigures) -> list[str]:
    """Return what the figures cannot be read without."""
    texts, plan = figures.texts, figures.plan
    own = sum(figures.scenario.is_own(name, area) for name, area in _assumed(figures))
    whole = len(_assumed(figures))
    found = [
        figures.text(
            "budget.all_proposed"
            if not own
            else "budget.some_own"
            if own < whole
            else "budget.all_own",
            own=own,
            whole=whole,
        ),
        _who_says_how_many_live_here(figures),
        _steadied_by(figures),
    ]
    if of_unknown_age := _of_unknown_age(figures):
        persons = texts.counted("person", of_unknown_age)
        found.append(figures.text("budget.unknown_age", persons=persons))
    if plan.below_today:
        ages = [figures.labels.age_group_in_text(reader.SCHEME, age) for age in plan.below_today]
        found.append(figures.text("budget.below_today", ages=followup.listed(texts, ages)))
    if UNKNOWN_AREA in figures.last.by_area:
        found.append(figures.text("budget.unknown_area"))
    return [
        *found,
        *cautions(figures.labels, followup.view_of(figures.labels, figures.view, reader.COVERAGE)),
    ]


def _who_says_how_many_live_here(figures: BudgetFigures) -> str:
    known = figures.needs.inhabitants
    # The last day of a year is the 1 January after it.
    if known.projected_by(max(figures.basis.need) + 1) is Projected.STATISTICS_NORWAY:
        return figures.text("budget.statistics_norway")
    if known.last_projected is None:
        return figures.text("budget.cohort_change")
    return figures.text("budget.projected_in_part", day=dt.date(known.last_projected, 1, 1))


def _steadied_by(figures: BudgetFigures) -> str:
    """Return whose shared figures the shares by age are steadied by, if anybody's."""
    group = figures.needs.of_group
    if group < FEWEST_OF_GROUP:
        return figures.text("budget.not_steadied", needed=FEWEST_OF_GROUP - 1)
    return figures.text("budget.steadied", number=group - 1)


def _of_unknown_age(figures: BudgetFigures) -> int:
    """Return how many of the target group are of no age group, and so of no need."""
    view = figures.view
    found = coverage.figure(
        figures.labels.publication,
        view.municipality,
        view.reference_date,
        reader.COVERAGE,
        reader.SCHEME,
        UNKNOWN,
        ALL,
    )
    return (found.denominator or 0) if found else 0


def need_over_time(figures: BudgetFigures) -> Picture:
    """Return the picture of the target group of the years to come."""
    texts, need = figures.texts, figures.basis.need
    first, last = min(need), max(need)
    now, then = round(need[first].of_all.persons), round(need[last].of_all.persons)
    key = "more" if then > now else "fewer" if then < now else "alike"
    return figures.picture(
        figures.text(
            f"budget.need_{key}",
            year=str(last),
            persons=texts.counted("person", then),
            now=now,
            change=texts.counted("person", abs(then - now)),
            reasons=_reasons(figures, last),
        ),
        figures.text("budget.need_subtitle", first=str(first), last=str(last)),
        partial(_draw_need, figures),
        figures.text("budget.need_limits"),
    )


def _reasons(figures: BudgetFigures, year: int) -> str:
    """Return why there are more or fewer, the parts that are somebody."""
    told = [
        figures.text(f"budget.because_{why}", persons=figures.texts.signed(persons))
        for why, persons in _changed(figures, year).items()
        if persons
    ]
    return followup.listed(figures.texts, told) if told else ""


def _changed(figures: BudgetFigures, year: int) -> dict[str, int]:
    """Return why a year asks for another number than today, in persons that add up to it."""
    need = figures.basis.need
    change = need[year].change
    parts = {"population": change.population, "ages": change.ages, "rate": change.rate}
    return in_whole(parts, round(need[year].of_all.persons) - round(need[min(need)].of_all.persons))


def expected_by_age(year: Year) -> dict[str, int]:
    """Return the persons expected in each age group, which add up to those of all ages."""
    parts = {age: each.persons for age, each in year.by_age.items()}
    return in_whole(parts, round(year.of_all.persons))


def sways(figures: BudgetFigures) -> Picture:
    """Return the picture of what moves the sum most."""
    widest = next((sway for sway in figures.plan.sways if sway.width > 0), None)
    if widest is None:
        raise figures.absence("budget.nothing_sways")
    return figures.picture(
        figures.text(
            "budget.sways_title",
            assumption=_assumption(figures, widest.assumption, widest.area),
            low=_kroner(figures, min(widest.at_low, widest.at_high)),
            high=_kroner(figures, max(widest.at_low, widest.at_high)),
            year=str(figures.scenario.last_year),
        ),
        figures.text("budget.sways_subtitle", year=str(figures.scenario.last_year)),
        partial(_draw_sways, figures),
    )


def table_of_plan(figures: BudgetFigures) -> Table:
    """Return what each year asks for, as it goes into the plan."""
    texts, plan = figures.texts, figures.plan
    whole, one_decimal = 0, 1
    amounts: list[tuple[str, Callable[[Cost], Amount], int]] = [
        ("target_group", lambda cost: cost.target_group, whole),
        ("persons", lambda cost: cost.persons, whole),
        ("coordinators", lambda cost: cost.coordinators, whole),
        ("training_places", lambda cost: cost.training_places, whole),
        ("hours", lambda cost: cost.hours, whole),
        ("posts", lambda cost: cost.posts, one_decimal),
        ("thousands", lambda cost: _scaled(cost.kroner, _A_THOUSAND), whole),
    ]
    shown: list[_PlanRow] = [
        (texts(f"budget.{name}"), [read(cost) for cost in plan.years.values()], digits)
        for name, read, digits in amounts
    ]
    more = [Amount(plan.beyond_today(year) / _A_THOUSAND, 0, 0) for year in plan.years]
    shown.append((texts("budget.extra_thousands"), more, whole))
    return table_of(
        figures.text("budget.plan_table", name=figures.scenario.name),
        shown,
        (texts("budget.what"), Holds.TEXT, lambda row: row[0]),
        *(
            (str(year), Holds.DECIMAL, partial(_middle, place))
            for place, year in enumerate(plan.years)
        ),
        (
            texts("budget.between", year=str(figures.scenario.last_year)),
            Holds.TEXT,
            partial(_between, figures),
        ),
    )


def _scaled(amount: Amount, by: float) -> Amount:
    return Amount(amount.middle / by, amount.low / by, amount.high / by)


def _middle(place: int, row: _PlanRow) -> float | int:
    value = row[1][place].middle
    return round(value, row[2]) if row[2] else round(value)


def _between(figures: BudgetFigures, row: _PlanRow) -> str:
    last = row[1][-1]
    if (last.low, last.high) == (0, 0):
        return ""

    def write(value: float) -> str:
        return figures.texts.decimal(value) if row[2] else figures.texts.whole(round(value))

    return f"{write(last.low)}-{write(last.high)}"


def table_of_scenarios(compared: Sequence[BudgetFigures]) -> Table:
    """Return what each scenario asks for in its last year."""
    texts = compared[0].texts

    def thousands(kroner: float) -> int:
        return round(kroner / _A_THOUSAND)

    return table_of(
        compared[0].text("budget.compared_table"),
        compared,
        (texts("budget.scenario"), Holds.TEXT, lambda each: each.scenario.name),
        (texts("scenario.last_year"), Holds.TEXT, lambda each: str(each.scenario.last_year)),
        (texts("budget.persons"), Holds.WHOLE, lambda each: round(each.last.persons.middle)),
        (
            texts("budget.coordinators"),
            Holds.WHOLE,
            lambda each: round(each.last.coordinators.middle),
        ),
        (texts("budget.posts"), Holds.DECIMAL, lambda each: round(each.last.posts.middle, 1)),
        (
            texts("budget.thousands"),
            Holds.WHOLE,
            lambda each: thousands(each.last.kroner.middle),
        ),
        (texts("budget.low"), Holds.WHOLE, lambda each: thousands(each.last.kroner.low)),
        (texts("budget.high"), Holds.WHOLE, lambda each: thousands(each.last.kroner.high)),
        (
            texts("budget.extra_thousands"),
            Holds.WHOLE,
            lambda each: thousands(each.plan.beyond_today(each.scenario.last_year)),
        ),
    )


@dataclass(frozen=True)
class _Gap:
    """Who has a coordinator in a group, of how many, and how many more its target asks for."""

    group: str
    cases: int
    persons: int
    target: float | None
    missing: int | None

    @classmethod
    def of(cls, group: str, cases: int, persons: int, target: float | None) -> _Gap:
        """Return the gap of a group by its own target."""
        missing = None if target is None else gap(cases, persons, target)
        return cls(group, cases, persons, target, missing)


def table_of_gaps(figures: BudgetFigures) -> Table:
    """Return today's gap to the target by age group, everybody last."""
    labels, targets = figures.labels, figures.scenario.target.by_age
    by_age = [
        _Gap.of(labels.age_group(age), cases, persons, targets.get(age))
        for age, (cases, persons) in figures.basis.counted.items()
    ]
    everybody = _Gap(
        labels.age_group(ALL),
        sum(each.cases for each in by_age),
        sum(each.persons for each in by_age),
        None,
        sum(each.missing or 0 for each in by_age) if targets else None,
    )
    return _table_of_gaps(figures, "age", by_age, everybody)


def table_of_area_gaps(figures: BudgetFigures) -> Table:
    """Return today's gap to the target by service area."""
    labels, view = figures.labels, figures.view
    cells = coverage.cells(
        labels.publication, view.municipality, view.reference_date, reader.COVERAGE, reader.SCHEME
    )
    of_area = {
        cell.service_area: cell.measured
        for cell in cells
        if cell.age_group == ALL and cell.service_area != ALL
    }
    targets = figures.scenario.target.by_service_area
    by_area = [
        _Gap.of(
            labels.service_area(area),
            of_area[area].numerator,
            of_area[area].denominator,
            targets.get(area),
        )
        for area in reference.service_areas(labels.publication)
        if area in of_area
    ]
    return _table_of_gaps(figures, "area", by_area)


def _table_of_gaps(
    figures: BudgetFigures, by: str, gaps: Sequence[_Gap], everybody: _Gap | None = None
) -> Table:
    texts = figures.texts
    return table_of(
        figures.text(f"budget.gap_{by}_table"),
        gaps,
        (texts(f"filter.{by}"), Holds.TEXT, lambda each: each.group),
        (texts("budget.target_group"), Holds.WHOLE, lambda each: each.persons),
        (texts("budget.with_coordinator"), Holds.WHOLE, lambda each: each.cases),
        (
            texts("budget.coverage"),
            Holds.PER_CENT,
            lambda each: each.cases / each.persons if each.persons else None,
        ),
        (texts("budget.target"), Holds.PER_CENT, lambda each: each.target),
        (texts("budget.gap"), Holds.WHOLE, lambda each: each.missing),
        whole=everybody,
    )


def table_of_needs(figures: BudgetFigures) -> Table:
    """Return the target group expected by year and age group, and why it changes."""
    texts, labels, need = figures.texts, figures.labels, figures.basis.need
    return table_of(
        figures.text("budget.need_table"),
        list(need.items()),
        (texts("budget.last_day_of"), Holds.TEXT, lambda row: str(row[0])),
        *(
            (labels.age_group(age), Holds.WHOLE, partial(_expected_of, age))
            for age in figures.basis.counted
        ),
        (texts("budget.all_ages"), Holds.WHOLE, lambda row: round(row[1].of_all.persons)),
        (texts("budget.low"), Holds.WHOLE, lambda row: round(row[1].of_all.low)),
        (texts("budget.high"), Holds.WHOLE, lambda row: round(row[1].of_all.high)),
        *(
            (
                texts(f"budget.by_{why}"),
                Holds.SIGNED,
                partial(lambda of, row: _changed(figures, row[0])[of], why),
            )
            for why in ("population", "ages", "rate")
        ),
    )


def _expected_of(age: str, row: tuple[int, Year]) -> int:
    return expected_by_age(row[1])[age]


def table_of_needs_by_area(figures: BudgetFigures) -> Table:
    """Return the target group expected by service area, in the years of the plan and the last."""
    texts, labels = figures.texts, figures.labels
    years = sorted({figures.basis.year, *figures.scenario.years, max(figures.basis.need)})
    return table_of(
        figures.text("budget.need_area_table"),
        list(figures.needs.by_area.items()),
        (texts("filter.area"), Holds.TEXT, lambda row: labels.service_area(row[0])),
        *(
            (
                str(year),
                Holds.WHOLE,
                partial(lambda of, row: round(row[1][of].of_all.persons), year),
            )
            for year in years
        ),
    )


def table_of_cost_by_area(figures: BudgetFigures) -> Table:
    """Return the kroner of each year by the service area that the coordinators work in."""
    return _table_of_cost(
        figures,
        "area",
        {area: _area(figures, area) for area in figures.last.by_area},
    )


def table_of_cost_by_function(figures: BudgetFigures) -> Table:
    """Return the kroner of each year by KOSTRA function; what falls on none stands apart."""
    language = figures.texts.language
    names = {row["kostra_function"]: row[f"name_{language}"] for row in rows("kostra_functions")}
    costs = figures.plan.years.values()
    named = {
        function: f"{function} {names[function]}"
        for cost in costs
        for function in sorted(cost.by_function)
    }
    if any(round(_on_no_function(cost) / _A_THOUSAND) for cost in costs):
        named[_NO_FUNCTION] = figures.texts("budget.no_function")
    return _table_of_cost(figures, "function", named)


def _on_no_function(cost: Cost) -> float:
    return sum(cost.by_area.values()) - sum(cost.by_function.values())


def _table_of_cost(figures: BudgetFigures, what: str, named: dict[str, str]) -> Table:
    texts, plan = figures.texts, figures.plan

    def of(year: int) -> dict[str, int]:
        cost = plan.years[year]
        amounts = (
            cost.by_area
            if what == "area"
            else {**cost.by_function, _NO_FUNCTION: _on_no_function(cost)}
        )
        parts = {code: amounts.get(code, 0.0) / _A_THOUSAND for code in named}
        return in_whole(parts, round(cost.kroner.middle / _A_THOUSAND))

    amounts = {year: of(year) for year in plan.years}
    return table_of(
        figures.text(f"budget.cost_{what}_table", name=figures.scenario.name),
        list(named),
        (texts(f"budget.{what}"), Holds.TEXT, lambda code: named[code]),
        *((str(year), Holds.WHOLE, partial(dict.get, each)) for year, each in amounts.items()),
        total=(texts("column.total"), *(sum(each.values()) for each in amounts.values())),
    )


def table_of_assumptions(figures: BudgetFigures) -> Table:
    """Return every assumption with where it is from, and how far it moves the last year's sum."""
    texts, scenario = figures.texts, figures.scenario
    swayed = {(sway.assumption, sway.area): sway for sway in figures.plan.sways}
    proposed_by = {
        row["assumption"]: row[f"source_{texts.language}"] for row in rows("assumptions")
    }

    def source(key: tuple[str, str]) -> str:
        if not scenario.is_own(*key):
            return proposed_by[key[0]]
        return scenario.estimate(*key).source or texts("budget.own_without_source")

    def end(which: str, key: tuple[str, str]) -> str:
        value = getattr(scenario.estimate(*key), which)
        unit = proposals()[key[0]].unit
        if unit == "share":
            return texts.per_cent(value)
        return texts.whole(int(value)) if float(value).is_integer() else texts.decimal(value)

    return table_of(
        figures.text("budget.assumptions_table", name=scenario.name),
        _assumed(figures),
        (texts("budget.assumption"), Holds.TEXT, lambda key: _assumption(figures, *key)),
        *(
            (texts(f"budget.{which}"), Holds.TEXT, partial(end, which))
            for which in ("low", "middle", "high")
        ),
        (
            texts("budget.whose"),
            Holds.TEXT,
            lambda key: texts("budget.own" if scenario.is_own(*key) else "budget.proposed"),
        ),
        (
            texts("budget.sways_by", year=str(scenario.last_year)),
            Holds.WHOLE,
            lambda key: round(swayed[key].width / _A_THOUSAND),
        ),
        (texts("budget.source"), Holds.PROSE, source),
    )


def _assumed(figures: BudgetFigures) -> list[tuple[str, str]]:
    return sorted(
        ((sway.assumption, sway.area) for sway in figures.plan.sways),
        key=lambda key: (list(proposals()).index(key[0]), key[1]),
    )


def _assumption(figures: BudgetFigures, name: str, area: str) -> str:
    """Return the name of an assumption, and of which service area it is."""
    row = next(row for row in rows("assumptions") if row["assumption"] == name)
    told = row[f"name_{figures.texts.language}"]
    if not area:
        return told
    return f"{told}: {_area(figures, area)}"


def _area(figures: BudgetFigures, area: str) -> str:
    if area == UNKNOWN_AREA:
        return figures.texts("budget.area_unknown")
    return figures.labels.service_area(area)


def _persons(figures: BudgetFigures, amount: Amount) -> str:
    return figures.texts.counted("person", round(amount.middle))


def _kroner(figures: BudgetFigures, kroner: float) -> str:
    """Return an amount as it is said: `1,2 mill. kr`, `350 000 kr`."""
    if abs(kroner) >= _A_MILLION:
        return figures.texts(
            "budget.million_kroner", number=figures.texts.decimal(kroner / _A_MILLION)
        )
    return figures.texts("budget.kroner", number=round(kroner / _A_THOUSAND) * _A_THOUSAND)


def _signed_kroner(figures: BudgetFigures, kroner: float) -> str:
    return f"{'+' if round(kroner / _A_THOUSAND) > 0 else ''}{_kroner(figures, kroner)}"


def _limits(figures: BudgetFigures, amount: Amount) -> str:
    return figures.texts(
        "budget.from_to", low=_kroner(figures, amount.low), high=_kroner(figures, amount.high)
    )


def _draw_need(figures: BudgetFigures, palette: Palette) -> go.Figure:
    texts, plan = figures.texts, figures.plan

    def line(name: str, amounts: dict[int, Amount]) -> Series:
        return Series(
            name,
            [
                SeriesPoint(
                    # Where the axis names the year.
                    date=dt.date(year, 1, 1),
                    value=amount.middle,
                    low=amount.low,
                    high=amount.high,
                    hover=f"<b>{name}</b>, {year}<br>"
                    + texts.counted("person", round(amount.middle)),
                )
                for year, amount in amounts.items()
            ],
        )

    need = {
        year: Amount(each.of_all.persons, each.of_all.low, each.of_all.high)
        for year, each in figures.basis.need.items()
    }
    # Until the plan begins coverage is today's.
    before = {
        year: figures.plan.at_todays_coverage(figures.basis, year)
        for year in range(figures.basis.year, figures.scenario.first_year)
    }
    at_target = {
        **{year: Amount(persons, persons, persons) for year, persons in before.items()},
        **{year: cost.persons for year, cost in plan.years.items()},
    }
    return time_series(
        palette,
        [line(texts("budget.target_group"), need), line(texts("budget.persons"), at_target)],
        marked=dt.date(figures.basis.year, 1, 1),
        breaks=(),
        write_value=lambda value: texts.whole(round(value)),
        write_tick=lambda value: texts.whole(round(value)),
        write_month=texts.short_month,
        longest_step=_LONGEST_STEP,
    )


def _draw_sways(figures: BudgetFigures, palette: Palette) -> go.Figure:
    texts, middle = figures.texts, figures.last.kroner.middle

    def dot(sway: Sway) -> Dot:
        low, high = sorted((sway.at_low, sway.at_high))
        name = _assumption(figures, sway.assumption, sway.area)
        told = texts("budget.from_to", low=_kroner(figures, low), high=_kroner(figures, high))
        return Dot(name, middle, low, high, told, f"<b>{name}</b><br>{told}")

    return dots(
        palette,
        [dot(sway) for sway in figures.plan.sways[:_MOST_SWAYS] if sway.width > 0],
        Dot(
            texts("budget.all_middle"), middle, None, None, _kroner(figures, middle),
            _kroner(figures, middle),
        ),
        write_tick=partial(_kroner, figures),
    )  # fmt: skip


def problem_in_words(texts: Texts, problem: Problem) -> str:
    """Return what is wrong with a scenario, with its line and what to do."""
    about = {name: str(value) for name, value in problem.params.items() if name != "key"}
    field = str(problem.params.get("key", ""))
    fault = texts(f"scenario.fault.{problem.code}", field=field, **about)
    line = problem.params.get("line")
    return texts("scenario.at_line", line=str(line), fault=fault) if line else fault
