"""What must hold between two deliveries of the same facts, whatever the facts are.

Each relation is asked of some wild registers. A register and what the relation makes of it lie in
one home, as two municipalities, so that one build answers nearly all of them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.oracle.recount import Recount, age_groups
from tests.oracle.registers import Cells, Source, World, make, municipalities
from tests.support.persons import fnr

REGISTERS = 2
# Leap years return every fourth year, so that no stretch of days gets longer or shorter.
YEARS = -4
CLOSED_ON = dt.date(2024, 3, 1)
OF_AGES = ("coordinator_coverage", "plan_coverage", "both_coverage", "plan_without_coordinator")
AREAS = {"home_care": "hjemmetjeneste", "school": "SKOLE"}

Cell = tuple[dt.date, str, str, str, str]
Figures = dict[Cell, tuple[object, ...]]


def each_file(world: World, change: Callable[[Source, list[Cells]], list[Cells]]) -> World:
    """Return the world with every file changed."""
    return replace(
        world,
        sources=[
            replace(s, deliveries={date: change(s, rows) for date, rows in s.deliveries.items()})
            for s in world.sources
        ],
    )


def as_it_is(world: World) -> World:
    return world


def in_another_order(world: World) -> World:
    """Persons in another order; of one person, what comes last counts, so those rows stay in turn."""
    chance = random.Random(REGISTERS)

    def shuffled(source: Source, rows: list[Cells]) -> list[Cells]:
        places = {row.get("fnr") or row.get("koordinator_id", ""): chance.random() for row in rows}
        return sorted(rows, key=lambda r: places[r.get("fnr") or r.get("koordinator_id", "")])

    return each_file(world, shuffled)


def incremental(world: World) -> World:
    return replace(world, sources=[replace(s, delivery="incremental") for s in world.sources])


def split(world: World) -> World:
    """Every file as two: only of incremental sources, for a snapshot is a whole register.

    So is a file of the population: a year's inhabitants are taken from one delivery.
    """

    def halves(source: Source) -> Iterator[tuple[str, list[Cells]]]:
        for date, rows in source.deliveries.items():
            half = len(rows) if source.record == "befolkning" else (len(rows) + 1) // 2
            yield date, rows[:half]
            if rows[half:]:
                yield f"{date}_2", rows[half:]

    return replace(
        world,
        sources=[replace(s, deliveries=dict(halves(s))) for s in incremental(world).sources],
    )


def twice(world: World) -> World:
    """Every file delivered a second time."""
    return replace(
        world,
        sources=[
            replace(
                s, deliveries={**s.deliveries, **{f"{d}_2": r for d, r in s.deliveries.items()}}
            )
            for s in world.sources
        ],
    )


def encoded_otherwise(world: World) -> World:
    forms = (("utf-16", "\t"), ("cp1252", ","), ("utf-8-sig", "|"))
    return replace(
        world,
        sources=[
            replace(s, encoding=forms[n % 3][0], delimiter=forms[n % 3][1])
            for n, s in enumerate(world.sources)
        ],
    )


def told(world: World, record: str, short: str, **cells: str) -> Source:
    """Return a source of the municipality that tells of one person more."""
    (code,) = world.definition
    row = {"fnr": fnr("1980-05-15", 1), **cells, "_of": code}
    return Source(f"{short}_{code}", record, code, "snapshot", {"20250331": [row]})


def with_one_more(world: World) -> World:
    """One more inhabitant with services in two areas, and no coordinator."""
    services = told(world, "tjeneste", "ekstra")
    ((date, (row,)),) = services.deliveries.items()
    services.deliveries[date] = [
        {**row, "tjeneste_id": area, "tjenesteomrade": area, "fra_dato": "2015-01-01"}
        for area in AREAS.values()
    ]
    return replace(world, sources=[*world.sources, services])


def with_open(world: World, last: str = "") -> World:
    """One more inhabitant with a coordinator."""
    dates = {"fra_dato": "2023-01-15", "til_dato": last}
    cells = {"registrering_id": "E-1", "rolle": "koordinator", "koordinator_id": "A-9", **dates}
    return replace(world, sources=[*world.sources, told(world, "koordinator", "ekstra", **cells)])


def with_closed(world: World) -> World:
    """The same, closed."""
    return with_open(world, (CLOSED_ON - dt.timedelta(days=1)).isoformat())


def with_strangers(world: World) -> World:
    """The same sources tell of persons in a neighbouring municipality, too."""
    number = fnr("1980-05-15", 2)

    def more(source: Source, rows: list[Cells]) -> list[Cells]:
        if source.record not in ("person", "tjeneste", "ip"):
            return rows
        stranger = {k: v for k, v in rows[-1].items() if k != "tidligere_id"} | {"fnr": number}
        key = {"tjeneste": "tjeneste_id", "ip": "registrering_id"}.get(source.record)
        stranger |= {key: "fremmed"} if key else {}
        return [*rows, {**stranger, "kommune": NEIGHBOUR}]

    return each_file(world, more)


def ordinary(world: World) -> World:
    """Ordinary coordinators only: the right to a child coordinator does not move with the years.

    Nor do days of the municipality's own.
    """

    def renamed(source: Source, rows: list[Cells]) -> list[Cells]:
        return [
            {**r, "rolle": "koordinator"} if r.get("rolle", "").strip().lower() in CHILD else r
            for r in rows
        ]

    return replace(
        each_file(world, renamed), definition=counted_so(world, reference_years=10), own_dates={}
    )


def by_one_area(world: World) -> World:
    """Whoever has a service is of the target group, so that it does not fall with the areas."""
    return replace(
        world, definition=counted_so(world, target_service_areas=1, target_service_days=0)
    )


def merged(world: World) -> World:
    """Two service areas as one."""

    def renamed(source: Source, rows: list[Cells]) -> list[Cells]:
        return [
            {**r, "tjenesteomrade": AREAS["home_care"]}
            if r.get("tjenesteomrade", "").strip() == AREAS["school"]
            else r
            for r in rows
        ]

    return each_file(by_one_area(world), renamed)


def counted_so(world: World, **definition: object) -> dict[str, dict[str, object]]:
    return {code: {**said, **definition} for code, said in world.definition.items()}


CHILD = ("barnekoordinator", "bk")
CODES = municipalities()
NEIGHBOUR = CODES[-1]
MADE_OF = (
    as_it_is,
    in_another_order,
    incremental,
    split,
    twice,
    encoded_otherwise,
    with_strangers,
    with_one_more,
    with_open,
    with_closed,
    ordinary,
    by_one_area,
    merged,
)


class Home:
    """Some registers, and each of them as every relation makes it."""

    def __init__(self, root: Path, seed: int) -> None:
        self.originals = CODES[:REGISTERS]
        self.codes: dict[tuple[str, str], str] = {}
        places = iter(CODES[REGISTERS:-1])
        now, then = make(seed, self.originals), make(seed, self.originals, YEARS)
        self.world = make(seed, [NEIGHBOUR])
        self.world.sources = [s for s in self.world.sources if s.record != "befolkning"]
        for original in self.originals:
            for relation in MADE_OF:
                at = self.codes[relation.__name__, original] = next(places)
                self.world += relation(now.of(original, at))
            at = self.codes["moved", original] = next(places)
            self.world += ordinary(then.of(original, at))
        # Whoever is told of less is counted up to the same day.
        self.newest = self.world.newest.isoformat()
        self.warehouse = self.world.deliver(root).build(self.newest, tests=False)

    def pairs(self, one: str, other: str) -> Iterator[tuple[Figures, Figures]]:
        """Yield the figures of each register made so, and made otherwise."""
        for original in self.originals:
            yield self.figures(one, original), self.figures(other, original)

    def figures(self, relation: str, original: str) -> Figures:
        """Return the figures of a register, made so."""
        return figures(self.warehouse, self.codes[relation, original])


def figures(warehouse: duckdb.DuckDBPyConnection, code: str) -> Figures:
    found = warehouse.execute(
        "select reference_date, age_scheme, age_group, service_area, indicator, numerator, "
        "denominator, value, ci_low, ci_high from marts.coverage where municipality_code = ?",
        [code],
    ).fetchall()
    assert found
    return {row[:5]: row[5:] for row in found}


NIGHTLY = [pytest.param(seed, marks=pytest.mark.nightly) for seed in (72, 73, 77)]


@pytest.fixture(scope="module", params=[65, *NIGHTLY], ids=lambda seed: f"seed {seed}")
def home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    made = Home(tmp_path_factory.mktemp("metamorphic") / "home", request.param)
    with contextlib.closing(made.warehouse):
        yield made


pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("as_it_is", "in_another_order", id="row order"),
        pytest.param("incremental", "split", id="file split or merged"),
        pytest.param("as_it_is", "twice", id="duplicate file"),
        pytest.param("as_it_is", "encoded_otherwise", id="re-encoding"),
        pytest.param("as_it_is", "with_strangers", id="a person in another municipality"),
    ],
)
def test_changes_nothing(home: Home, one: str, other: str) -> None:
    for before, after in home.pairs(one, other):
        assert before == after


def test_another_pseudonym_key_changes_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "keys"))
    world = World([], {})
    for original in home.originals:
        code = home.codes["as_it_is", original]
        world += World(
            [s for s in home.world.sources if s.kommune == code],
            {code: home.world.definition[code]},
            {one: days for one, days in home.world.own_dates.items() if one == code},
        )
    keys = "select distinct person_key from marts.person"
    small = world.deliver(tmp_path / "home")
    with contextlib.closing(small.build(home.newest, tests=False)) as warehouse:
        assert not {*warehouse.sql(keys).fetchall()} & {*home.warehouse.sql(keys).fetchall()}
        for original in home.originals:
            code = home.codes["as_it_is", original]
            assert figures(warehouse, code) == home.figures("as_it_is", original)


def test_one_eligible_person_adds_one_to_a_leaf_and_its_ancestors_only(home: Home) -> None:
    for before, after in home.pairs("as_it_is", "with_one_more"):
        dates = {cell[0] for cell in after}
        assert dates >= {cell[0] for cell in before}
        expected = {cell: figure[:2] for cell, figure in before.items()}
        for day in dates:
            age = day.year - 1980 - ((day.month, day.day) < (5, 15))
            for scheme, group in age_groups(age):
                for area in (*AREAS, "all"):
                    for indicator in ("coordinator_coverage", "plan_coverage", "both_coverage"):
                        cell = (day, scheme, group, area, indicator)
                        numerator, denominator = expected.get(cell, (0, 0))
                        expected[cell] = (numerator, denominator + 1)
        assert {cell: figure[:2] for cell, figure in after.items()} == expected


def test_closing_a_coordinator_lowers_the_stock_by_one_from_then_on(home: Home) -> None:
    for before, after in home.pairs("with_open", "with_closed"):
        stock = [c for c in before if c[1:] == ("standard", "all", "all", "coordinator_coverage")]
        assert {cell[0] >= CLOSED_ON for cell in stock} == {True, False}
        for cell in stock:
            less = before[cell][0] - after.get(cell, (0,))[0]
            assert less == (cell[0] >= CLOSED_ON), cell


def test_leaves_sum_to_totals(home: Home) -> None:
    for original in home.originals:
        found = home.figures("as_it_is", original)
        for scheme in ("standard", "sintef"):
            sums: dict[Cell, list[int]] = {}
            for (day, of, group, area, indicator), figure in found.items():
                if of == scheme and group != "all" and indicator in OF_AGES:
                    total = sums.setdefault((day, of, "all", area, indicator), [0, 0])
                    total[0] += figure[0]
                    total[1] += figure[1]
            totals = {
                cell: [*figure[:2]]
                for cell, figure in found.items()
                if cell[1:3] == (scheme, "all") and cell[4] in OF_AGES
            }
            assert sums == totals


def test_coverage_is_a_share_and_rises_with_what_is_counted(home: Home) -> None:
    shares = home.warehouse.sql(
        "select distinct coverage.indicator, denominator, numerator, value, ci_low, ci_high "
        "from marts.coverage inner join reference.indicators using (indicator) "
        "where kind = 'share' order by all"
    ).fetchall()
    assert len(shares) > 20
    for one, other in itertools.pairwise(shares):
        value, low, high = one[3:]
        assert 0 <= low <= value + 1e-12
        assert value <= high + 1e-12 <= 1 + 2e-12
        if one[:2] == other[:2]:
            assert one[2] < other[2]
            assert all(a < b for a, b in zip(one[3:], other[3:], strict=True))


def test_moving_all_dates_by_whole_years_keeps_age_counts(home: Home) -> None:
    for before, after in home.pairs("ordinary", "moved"):
        kept = {
            (day.replace(year=day.year + YEARS), *rest): figure[:2]
            for (day, *rest), figure in before.items()
            if rest[-1] in OF_AGES
        }
        first, last = min(cell[0] for cell in kept), max(cell[0] for cell in kept)
        assert last > first
        found = {
            cell: figure[:2]
            for cell, figure in after.items()
            if first <= cell[0] <= last and cell[-1] in OF_AGES
        }
        earliest = min(cell[0] for cell in found)
        assert found == {cell: figure for cell, figure in kept.items() if cell[0] >= earliest}


def test_merging_two_service_areas_sums_them_but_for_those_in_both(home: Home) -> None:
    recount = Recount(home.world)
    both_met = 0
    for original in home.originals:
        apart, together = (home.figures(r, original) for r in ("by_one_area", "merged"))
        code = home.codes["by_one_area", original]
        persons = [p for (of, _), p in recount.persons.items() if of == code]
        for day in {cell[0] for cell in apart}:
            in_both = [p for p in persons if p.lives_here(day) and p.areas(day) >= AREAS.keys()]
            both_met += len(in_both)
            for scheme, group in {cell[1:3] for cell in apart}:
                cell = (day, scheme, group, "{}", "coordinator_coverage")

                def counted(of: Figures, area: str, cell: Cell = cell) -> tuple[int, int]:
                    return of.get((*cell[:3], area, cell[4]), (0, 0))[:2]

                inside = [p for p in in_both if (scheme, group) in age_groups(p.age(day))]
                expected = [
                    sum(counted(apart, area)[part] for area in AREAS) - twice_counted
                    for part, twice_counted in enumerate(
                        (sum(p.coordinator(day) is not None for p in inside), len(inside))
                    )
                ]
                assert [*counted(together, "home_care")] == expected, cell
                assert counted(together, "all") == counted(apart, "all")
    assert both_met
